"""How names of places are written: characters, short names, homophones. Knows no place."""

import csv
import re
from functools import cache

from franchise.regions.divisions import DATA

SEPARATORS = r"\s,，;；/\\\-—_|·、。.:：\[\]【】()（）<>《》\"'“”"

# What stands where a division would and is none.
PLACEHOLDERS = frozenset(
    {
        "市辖区", "县", "郊县", "省直辖县级行政区划", "省直辖县级行政单位", "省直辖",
        "自治区直辖县级行政区划", "自治区直辖县级行政单位", "省直辖行政单位", "直辖县级",
        "其他", "其它", "其他区", "其它区", "无", "暂无", "全部", "不限", "null", "None", "nan",
    }
)  # fmt: skip

# Said loosely of some part of a town, whatever its districts are called.
LOOSE = frozenset(
    {
        "城区", "郊区", "矿区", "东区", "西区", "南区", "北区", "中区", "新区", "市区", "开发区",
        "市中区", "城中区", "城东区", "城西区", "城南区", "城北区", "新城区", "老城区", "中心区",
        "新市区", "城郊区", "市郊区",
    }
)  # fmt: skip

# Short names of counties that mean a direction or a province sooner than the county.
_PLAIN = frozenset({name[:-1] for name in LOOSE} | {"河北", "海南", "中原", "城关", "城厢"})

_NOISE = re.compile(
    r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)"
    r"|(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)"
    r"|(?:收货人|收件人|收货|收件|详细地址|收货地址|联系地址|地址|联系电话|电话|手机号|手机|所在地区|所在地|姓名)[::：]?"
)
_ETHNIC = re.compile(
    "(?:壮族|回族|维吾尔|哈萨克|蒙古族|蒙古|藏族|羌族|彝族|苗族|侗族|布依族|土家族|朝鲜族|傣族|白族|"
    "景颇族|哈尼族|傈僳族|柯尔克孜|满族|瑶族|水族|仡佬族|黎族|畲族|土族|撒拉族|锡伯|达斡尔族|各族|"
    "塔吉克|裕固族|保安族|东乡族|纳西族|拉祜族|佤族|布朗族|独龙族|怒族|普米族|仫佬族|毛南族|鄂温克族|"
    "鄂伦春)+$"
)
_SUFFIX = re.compile(
    "(?:特别行政区|自治区|自治州|自治县|自治旗|新区|林区|特区|地区|省|市|区|县|盟|旗)$"
)
_TOWN_SUFFIX = re.compile("(?:街道办事处|街道办|街道|镇人民政府|民族乡|镇|乡|苏木)$")


@cache
def _simplified() -> dict[int, str]:
    with (DATA / "traditional.csv").open(encoding="utf-8", newline="") as file:
        table = {ord(row["traditional"]): row["simplified"] for row in csv.DictReader(file)}
    table |= {full: chr(full - 0xFEE0) for full in range(0xFF01, 0xFF5F)}
    table[0x3000] = " "
    return table


@cache
def _likenesses() -> dict[str, frozenset[str]]:
    """What a character sounds like, and the part that others share with it beside their radical."""
    likenesses: dict[str, set[str]] = {}
    for name in ("sounds.csv", "shapes.csv"):
        with (DATA / name).open(encoding="utf-8", newline="") as file:
            for likeness, characters in list(csv.reader(file))[1:]:
                for character in characters:
                    likenesses.setdefault(character, set()).add(likeness)
    return {character: frozenset(found) for character, found in likenesses.items()}


def spelled(text: str) -> str:
    """The text in simplified characters of normal width, each at the place where it stood."""
    return text.translate(_simplified())


def without_noise(text: str) -> str:
    """Telephone numbers and labels blanked out; everything else keeps its place."""
    return _NOISE.sub(lambda match: " " * len(match.group()), text)


def short_names(name: str, kind: str) -> tuple[set[str], set[str]]:
    """Shorter forms of a division's name: those that still say what it is, and the bare ones.

    长阳土家族自治县 gives 长阳县 and 长阳, 恩施土家族苗族自治州 gives 恩施州 and 恩施. Names that
    say no more than a direction have none.
    """
    if kind in {"town", "zone", "country"} or name in LOOSE:
        return set(), set()
    stem = _SUFFIX.sub("", name)
    bare = _ETHNIC.sub("", stem)
    if len(bare) < 2:
        bare = stem
    telling = set()
    if name.endswith("自治县"):
        telling.add(bare + "县")
    elif name.endswith("自治旗"):
        telling.add(bare + "旗")
    elif name.endswith("自治州"):
        telling.add(bare + "州")
    shorter = {short for short in (stem, bare) if len(short) >= 2}
    if kind == "county":
        shorter -= _PLAIN
    return telling - {name}, shorter - {name}


def town_stem(name: str) -> str:
    """五山街道 and 五山街道办 are both said as 五山."""
    return _TOWN_SUFFIX.sub("", name)


def is_misspelling(written: str, name: str) -> bool:
    """Whether one character was mistaken for one that sounds or looks like it.

    建业区 and 海锭区 are 建邺区 and 海淀区; 沌口区 is not 硚口区, it is something else.
    """
    if len(written) != len(name) or len(name) < 3 or written[-1] != name[-1]:
        return False
    wrong = [(a, b) for a, b in zip(written, name, strict=True) if a != b]
    if len(wrong) != 1:
        return False
    [(typed, meant)] = wrong
    likenesses = _likenesses()
    return bool(likenesses.get(typed, frozenset()) & likenesses.get(meant, frozenset()))
