"""Where the demo's buyers live: real divisions and towns, made-up streets and people."""

import random
from collections import defaultdict
from dataclasses import dataclass

from franchise.office.demo import market
from franchise.regions.divisions import Division, division_data

BUYERS = 7_000
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田"
    "董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹"
)
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建文辉玲春红志海燕雪梅慧鹏宇婷浩"
ROADS = (
    "人民路", "中山路", "解放路", "建设路", "文化路", "和平路", "新华路", "胜利路",
    "幸福路", "育才路", "振兴路", "工业大道", "学府路", "滨河路", "迎宾大道", "公园路",
    "体育路", "金穗路", "花园街", "东风路",
)  # fmt: skip
ESTATES = (
    "阳光花园", "翠湖名邸", "锦绣江南", "金色家园", "东方明珠苑", "丽景湾", "康城国际", "紫荆苑",
    "和谐家园", "水岸新城", "碧桂花园", "春天里", "祥和小区", "书香门第", "中央公馆",
)  # fmt: skip
LAKE_ROADS = ("科技四路", "学府路", "新竹路", "月荷路")
NICKNAMES = (
    "爱吃米饭",
    "小厨娘",
    "谷谷",
    "田里的风",
    "早安粥",
    "饭饭",
    "稻香",
    "老灶台",
    "米粒",
    "禾苗",
)
# Counties elsewhere in a province or city with agents get a share of the orders too.
ELSEWHERE, IN_PROVINCE, IN_CITY, OF_TOWN, OF_COUNTY = 0.03, 0.35, 1.6, 2.6, 7.0
# The agents whose logins are shown have more to look at.
OF_SHOWN = 20.0


@dataclass(frozen=True)
class Neighbourhood:
    """A home as shops say it. `is_town`: it counts for a town, so its name belongs in a line."""

    code: str
    province: str
    city: str
    district: str
    town: str
    street: str
    is_town: bool

    @property
    def city_said(self) -> str:
        """Shops repeat a municipality's name, and write a placeholder where no city is."""
        if self.city:
            return self.city
        in_municipality = self.province in {"北京市", "天津市", "上海市", "重庆市"}
        return self.province if in_municipality else "省直辖县级行政区划"

    def in_one_line(self, *, with_town: bool) -> str:
        town = self.town if with_town else ""
        return f"{self.province}{self.city}{self.district}{town}{self.street}"


@dataclass(frozen=True)
class Buyer:
    name: str
    nickname: str
    phone: str
    home: Neighbourhood


def buyers(chance: random.Random) -> list[Buyer]:
    """People with one address each; some share a surname, none a phone with an agent."""
    children: dict[tuple[str, str], list[Division]] = defaultdict(list)
    homes: dict[Division, float] = {}
    for division in division_data().divisions:
        if division.valid_to is not None:
            continue
        if division.kind == "town" and division.parent:
            children[division.parent.code, division.parent.kind].append(division)
        if weight := _weight(division):
            homes[division] = weight
    chosen = chance.choices(list(homes), list(homes.values()), k=BUYERS)
    people = [_buyer(n, place, children, chance) for n, place in enumerate(chosen)]
    lake = [_lake_buyer(BUYERS + n, chance) for n in range(60)]
    return people + lake


def _weight(division: Division) -> float:
    """How many orders go to a place where something could be sold at the county tier."""
    parent = division.parent
    is_town = division.kind == "town" and parent is not None and parent.kind == "city"
    if division.kind != "county" and not is_town:
        return 0
    held = {code for agent in market.AGENTS for code, _, _ in agent.holds}
    held.add(market.HANDED_OVER[0])
    above: list[str] = []
    row: Division | None = parent
    while row is not None:
        above.append(row.code)
        row = row.parent
    if division.code in market.SHOWN:
        return OF_SHOWN
    if division.code in held:
        return OF_TOWN if is_town else OF_COUNTY
    near = {code[:4] for code in held}
    if any(code[:4] in near and code[2:4] != "00" for code in above):
        return IN_CITY / 4 if is_town else IN_CITY
    provinces = {code[:2] for code in held}
    return IN_PROVINCE if division.code[:2] in provinces else ELSEWHERE


def _buyer(
    number: int,
    place: Division,
    children: dict[tuple[str, str], list[Division]],
    chance: random.Random,
) -> Buyer:
    towns = children.get((place.code, place.kind), [])
    town = place if place.kind == "town" else chance.choice(towns) if towns else None
    county = place if place.kind == "county" else None
    above = place.parent
    city = above if above is not None and above.kind == "city" else None
    province = city.parent if city else above
    # One town of 番禺区 is sold apart: there the county alone would not be certain.
    counts_by_town = county is None or place.code == "440113"
    home = Neighbourhood(
        code=town.code if town and counts_by_town else place.code,
        province=province.name if province else "",
        city=city.name if city else "",
        district=county.name if county else "",
        town=town.name if town else "",
        street=_street(chance),
        is_town=counts_by_town,
    )
    return _person(number, home, chance)


def _lake_buyer(number: int, chance: random.Random) -> Buyer:
    """Somebody in the zone that the demo adds: its name stands where a town's would."""
    street = f"松山湖{chance.choice(LAKE_ROADS)}{chance.randint(1, 30)}号"
    home = Neighbourhood(
        market.SONGSHAN_LAKE, "广东省", "东莞市", "", "", f"{street}{chance.randint(1, 18)}栋", True
    )
    return _person(number, home, chance)


def _person(number: int, home: Neighbourhood, chance: random.Random) -> Buyer:
    name = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice([1, 2, 2])))
    nickname = f"{chance.choice(NICKNAMES)}{chance.randint(10, 9999)}"
    return Buyer(name, nickname, f"1990000{2000 + number % 8000:04}", home)


def _street(chance: random.Random) -> str:
    road = f"{chance.choice(ROADS)}{chance.randint(1, 320)}号"
    home = f"{chance.randint(1, 28)}栋{chance.randint(1, 30)}0{chance.randint(1, 6)}室"
    return f"{road}{chance.choice(ESTATES)}{home}" if chance.random() < 0.8 else road
