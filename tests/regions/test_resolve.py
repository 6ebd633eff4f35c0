"""The rules of resolving, each with the addresses that show it."""

from datetime import date
from pathlib import Path

import pytest

from franchise.regions.actions.aliases import add_alias, end_alias
from franchise.regions.actions.divisions import add_region, retire_region
from franchise.regions.gazetteer import AddressFields, Gazetteer, Resolution, current_gazetteer
from franchise.regions.models import Alias
from tests.regions.addresses import Maker
from tests.regions_cast import CHANGAN, DONGGUAN, HUMEN, TIANHE, plant_regions, region

TODAY = date(2026, 11, 24)
SAMPLE = Path(__file__).parent / "addresses.tsv"


@pytest.fixture
def gazetteer(whole_country: None) -> Gazetteer:
    return current_gazetteer()


def codes(gazetteer: Gazetteer, resolution: Resolution) -> list[str]:
    return [gazetteer.places[id_].code for id_ in resolution.candidates]


def said(gazetteer: Gazetteer, on: date = TODAY, **fields: str) -> tuple[str, list[str]]:
    resolution = gazetteer.resolve(AddressFields(**fields), on)
    return resolution.code, codes(gazetteer, resolution)


class TestSample:
    def test_none_is_wrong_and_at_least_98_of_100_are_right(self, gazetteer):
        lines = SAMPLE.read_text(encoding="utf-8").splitlines()[1:]
        right, wrong = 0, []
        for address, expected, *_ in (line.split("\t") for line in lines):
            found = gazetteer.resolve(AddressFields(text=address), TODAY)
            chain = [place.code for place in gazetteer.places[found.region_id].chain]
            above = {p.code for place in gazetteer.names.by_code[expected] for p in place.chain}
            if found.code == expected or (expected and expected in chain):
                right += 1
            elif found.code not in above:
                wrong.append((address, expected, found.code))
        assert wrong == []
        assert right / len(lines) >= 0.98

    def test_made_addresses_are_never_placed_beside_the_truth(self, gazetteer, record_property):
        wrong, right, count = [], 0, 0
        for case in Maker(gazetteer, seed=20261124).cases(6900):
            found = gazetteer.resolve(case.fields, TODAY)
            truth = next(p for p in gazetteer.names.by_code[case.code] if p.valid_to == date.max)
            count += 1
            right += found.code == case.code
            if found.code not in [place.code for place in truth.chain]:
                wrong.append((case, found.code))
        print(f"\n{right / count:.1%} of {count} made addresses right, {len(wrong)} wrong")
        assert wrong == []
        assert right / count > 0.9


FREE_TEXT = [
    # address, code, candidates
    ("朝阳区建国路88号", "", ["110105", "220104"]),
    ("朝阳区三里屯街道工体北路", "110105004", []),
    ("福州市鼓楼区五四路", "350102", []),
    ("鼓楼区", "", ["320106", "320302", "350102", "410204"]),
    ("杭州市江干区", "330100", ["330102", "330114"]),
    ("杭州市江干区下沙街道", "330114001", []),
    ("浙江省杭州市余杭区临平街道", "330113001", []),
    ("重庆市渝北区龙溪街道", "500157013", []),
    ("广西南宁横县那阳镇", "450181102", []),
    ("新疆哈密地区哈密市", "650502", []),
    ("安徽省巢湖市", "340181", []),
    ("安徽省巢湖市庐江县", "340124", []),
    ("山东莱芜市莱城区", "370116", []),
    ("北京市市辖区海淀区中关村大街27号", "110108", []),
    ("重庆市县云阳县双江街道", "500235002", []),
    ("河南省省直辖县级行政区划济源市", "419001", []),
    ("湖北仙桃", "429004", []),
    ("广东省东莞市长安镇", "441900119", []),
    ("东莞市东城区", "441900003", []),
    ("广东省东莞市莞太路1号", "441900", []),
    ("广东省东莞市松山湖", "441900", []),
    ("广东省东莞市松山湖大朗镇", "441900113", []),
    ("成都市高新区桂溪街道", "510107021", []),
    ("南京市江北新区", "320100", []),
    ("江岸区天津路", "420102", []),
    ("昆明市北京路300号", "530100", []),
    ("青岛市市北区重庆南路", "370203", []),
    ("浙江杭州西湖文三路", "330106", []),
    ("浙江杭州西湖花园12幢", "330100", []),
    ("广西壮族自治区南宁市上林县巷贤镇黄河路262号", "450125102", []),
    ("上海花园5栋", "", []),
    ("北京大学", "", []),
    ("中山陵园路8号", "", []),
    ("朝阳公园路1号", "", []),
    ("北京朝阳门内大街", "", []),
    ("广州市天河区番禺区商会大厦", "440106", []),
    ("苏州市吴中区苏州市相城区", "320500", ["320506", "320507"]),
    ("湖南省长沙市岳麓区 湖北省武汉市洪山区", "", ["420111", "430104"]),
    ("广州市天河区五山街道石牌街道", "440106", ["440106001", "440106006"]),
    ("安阳 收 广东省广州市天河区", "440106", []),
    ("张三 13800138000 广东省广州市天河区体育西路103号", "440106", []),
    ("廣東省深圳市南山區", "440305", []),
    ("江苏省南京市建业区", "320105", []),
    ("北京市海锭区学院路", "110108", []),
    ("武汉市沌口区", "420100", []),
    ("粤深圳市南山区科技园", "440305", []),
    ("香港九龙尖沙咀", "810000", []),
    ("台湾省台北市信义区", "710000", []),
    ("", "", []),
]


@pytest.mark.parametrize(("address", "code", "candidates"), FREE_TEXT)
def test_free_text(gazetteer, address, code, candidates):
    assert said(gazetteer, text=address) == (code, candidates)


COLUMNS = [
    # province, city, district, town, text, code, candidates
    ("北京市", "北京市", "朝阳区", "", "建国路88号", "110105", []),
    ("北京", "市辖区", "朝阳", "", "", "110105", []),
    ("河南省", "省直辖县级行政区划", "济源市", "", "", "419001", []),
    ("湖北省", "仙桃市", "仙桃市", "", "", "429004", []),
    ("江苏", "昆山", "", "花桥镇", "", "320583108", []),
    ("江苏省", "苏州市", "昆山市", "", "上海路1号", "320583", []),
    ("吉林", "吉林", "昌邑", "", "", "220202", []),
    ("廣東省", "廣州市", "天河區", "五山", "", "440106001", []),
    ("广东省", "东莞市", "东莞市", "长安镇", "", "441900119", []),
    ("广东省", "东莞市", "长安", "", "", "441900119", []),
    ("广东省", "东莞市", "", "", "长安镇锦厦", "441900119", []),
    ("四川省", "成都市", "高新区", "桂溪街道", "", "510107021", []),
    ("四川省", "成都市", "高新区", "", "天府大道", "510100", []),
    ("广西", "南宁市", "横县", "", "", "450181", []),
    ("浙江省", "杭州市", "江干区", "", "", "330100", ["330102", "330114"]),
    ("浙江省", "杭州市", "江干区", "", "下沙街道2号大街", "330114001", []),
    ("安徽省", "巢湖市", "", "", "", "340181", []),
    ("广东省", "杭州市", "西湖区", "", "", "", ["330106", "440000"]),
    ("北京市", "北京市", "朝阳区", "", "海淀区中关村", "110000", ["110105", "110108"]),
    ("浙江省杭州市", "", "西湖区", "", "", "330106", []),
    ("甘肃省", "临夏州", "临夏", "", "", "622900", ["622901", "622921"]),
    ("上海市", "上海城区", "浦东新区", "", "", "310115", []),
    ("辽宁", "", "朝阳", "", "", "211300", []),
    ("辽宁", "朝阳", "朝阳", "", "", "211321", []),
    ("西藏", "那曲地区", "那曲县", "", "", "540602", []),
    ("江苏省", "苏州市", "苏州工业园区", "唯亭街道", "", "320506009", []),
    ("河北省", "雄安新区", "容城县", "", "", "130629", []),
    ("", "", "", "", "", "", []),
]


@pytest.mark.parametrize("row", COLUMNS)
def test_columns(gazetteer, row):
    *values, code, candidates = row
    names = ("province", "city", "district", "town", "text")
    assert said(gazetteer, **dict(zip(names, values, strict=True))) == (code, candidates)


CODES = [
    # region_code, further fields, day, code, candidates
    ("440106", {}, TODAY, "440106", []),
    ("440106000000", {}, TODAY, "440106", []),
    ("440106001", {}, TODAY, "440106001", []),
    ("440106.0", {}, TODAY, "440106", []),
    ("110100", {}, TODAY, "110000", []),
    ("419000", {}, TODAY, "410000", []),
    ("441923", {}, TODAY, "441900", []),
    ("450127", {}, TODAY, "450181", []),
    ("450127", {}, date(2019, 5, 1), "450127", []),
    ("450181", {}, date(2019, 5, 1), "450127", []),
    ("330104", {}, TODAY, "330100", ["330102", "330114"]),
    ("330104", {}, date(2020, 12, 31), "330104", []),
    ("330104", {"text": "下沙街道"}, TODAY, "330114001", []),
    ("330104", {"text": "下沙街道"}, date(2020, 12, 31), "330104", []),
    ("330110", {}, TODAY, "330110", []),
    ("330110", {"town": "临平街道"}, TODAY, "330113001", []),
    ("330110", {"town": "临平街道"}, date(2020, 6, 1), "330110", []),
    ("440106", {"city": "杭州市", "district": "西湖区"}, TODAY, "", ["330106", "440106"]),
    ("440106", {"district": "越秀区"}, TODAY, "440100", ["440104", "440106"]),
    ("440100", {"district": "越秀区"}, TODAY, "440104", []),
    ("440104", {"city": "广州市"}, TODAY, "440104", []),
    ("999999", {"city": "杭州市", "district": "西湖区"}, TODAY, "330106", []),
    ("天河", {}, TODAY, "", []),
]


@pytest.mark.parametrize("row", CODES)
def test_codes(gazetteer, row):
    region_code, further, day, code, candidates = row
    assert said(gazetteer, day, region_code=region_code, **further) == (code, candidates)


def test_a_code_used_twice_means_the_one_of_the_day(gazetteer):
    """500156 and others were given to a second division; 640104 was 郊区 before it was 兴庆区."""
    before, after = date(2001, 6, 1), TODAY
    assert gazetteer.resolve(AddressFields(region_code="640104"), before).path[-1] == "郊区"
    assert gazetteer.resolve(AddressFields(region_code="640104"), after).path[-1] == "兴庆区"


def test_two_that_exist_side_by_side_are_two_until_one_takes_the_other_over(gazetteer):
    text = "浙江省杭州市下城区 杭州市拱墅区"
    assert said(gazetteer, date(2020, 6, 1), text=text) == ("330100", ["330103", "330105"])
    assert said(gazetteer, text=text) == ("330105", [])


def test_is_certain_from_the_county_down(gazetteer):
    for text, is_certain in (
        ("广东省广州市天河区", True),
        ("广东省东莞市长安镇", True),
        ("河南省济源市", True),
        ("香港特别行政区", True),
        ("广东省东莞市", False),
        ("昆明市北京路", False),
        ("广东省", False),
        ("杭州市江干区", False),
    ):
        assert gazetteer.resolve(AddressFields(text=text), TODAY).is_certain is is_certain, text


def test_evidence_names_each_source_and_where_its_words_stand(gazetteer):
    address = AddressFields(
        region_code="440100", province="广东省", district="天河区", text="广州市 五山街道1号"
    )
    resolution = gazetteer.resolve(address, TODAY)
    assert resolution.path == ("广东省", "广州市", "天河区", "五山街道")
    code, names, text = resolution.evidence
    assert code == {
        "source": "code", "said": "440100", "code": "440100", "name": "广州市", "decided": False,
    }  # fmt: skip
    assert names == {
        "source": "names",
        "said": {"province": "广东省", "district": "天河区"},
        "code": "440106",
        "name": "天河区",
        "decided": False,
    }
    assert text["decided"]
    assert text["matches"] == [
        {"text": "广州市", "start": 0, "end": 3, "codes": ["440106"]},
        {"text": "五山街道", "start": 4, "end": 8, "codes": ["440106001"]},
    ]


def test_evidence_says_what_contradicted(gazetteer):
    address = AddressFields(city="广州市", district="天河区", text="杭州市西湖区文三路")
    [names, text] = gazetteer.resolve(address, TODAY).evidence
    assert names["code"] == "440106"
    assert text["code"] == ""
    assert text["contradicts"] == ["杭州市"]
    assert text["matches"][0]["contradicts"] is True


def test_many_are_resolved_as_one_by_one(gazetteer):
    addresses = [
        (AddressFields(region_code=code, **further), day) for code, further, day, *_ in CODES
    ] + [(AddressFields(text=text), TODAY) for text, *_ in FREE_TEXT]
    assert list(gazetteer.resolve_many(addresses)) == [
        gazetteer.resolve(address, day) for address, day in addresses
    ]


def test_nothing_changes_between_two_change_days(gazetteer):
    days = gazetteer.change_days()
    assert days == sorted(set(days))
    assert date(2021, 1, 1) in days
    for code, further, *_ in CODES:
        address = AddressFields(region_code=code, **further)
        first = gazetteer.resolve(address, date(2021, 1, 1))
        last = gazetteer.resolve(address, date(2022, 12, 31))
        assert (first.code, first.candidates) == (last.code, last.candidates)


@pytest.mark.django_db
class TestHeadOfficeEdits:
    """What head office adds or ends by hand counts at once."""

    def zone(self):
        return add_region(
            code="441900401",
            name="松山湖",
            kind="zone",
            parent_id=region(DONGGUAN).pk,
            valid_from=date(2026, 12, 1),
            by=None,
        )

    def resolve(self, text: str, on: date) -> tuple[str, list[str]]:
        return said(current_gazetteer(), on, text=text)

    def test_a_zone_counts_from_its_first_day(self):
        plant_regions()
        assert self.resolve("广东省东莞市松山湖", TODAY) == (DONGGUAN, [])
        self.zone()
        assert self.resolve("广东省东莞市松山湖", date(2026, 11, 30)) == (DONGGUAN, [])
        assert self.resolve("广东省东莞市松山湖", date(2026, 12, 1)) == ("441900401", [])
        assert self.resolve("广东省东莞市松山湖大道1号", date(2026, 12, 1)) == (DONGGUAN, [])

    def test_a_zone_and_a_town_beside_it_leave_both_possible(self):
        plant_regions()
        self.zone()
        both = (DONGGUAN, ["441900113", "441900401"])
        assert self.resolve("东莞市松山湖大朗镇", date(2026, 12, 1)) == both
        assert self.resolve("东莞市大朗镇松山湖", date(2026, 12, 1)) == both

    def test_an_alias_counts_while_it_lasts_and_only_in_its_bounds(self):
        plant_regions()
        alias = add_alias(
            name="万象新城",
            region_id=region(TIANHE).pk,
            within_id=region("440100").pk,
            kind=Alias.Kind.NAME,
            starts_on=date(2026, 11, 1),
            ends_on=None,
            source="asked the buyer",
            by=None,
        )
        assert self.resolve("广州市万象新城3栋", TODAY) == (TIANHE, [])
        assert self.resolve("广州市万象新城3栋", date(2026, 10, 31)) == ("440100", [])
        assert self.resolve("深圳市万象新城3栋", TODAY) == ("440300", [])
        assert self.resolve("万象新城3栋", TODAY) == ("", [])
        end_alias(alias.pk, on=date(2026, 11, 20), by=None)
        assert self.resolve("广州市万象新城3栋", date(2026, 11, 19)) == (TIANHE, [])
        assert self.resolve("广州市万象新城3栋", TODAY) == ("440100", [])

    def test_a_retired_division_gives_way_to_its_successor(self):
        plant_regions()
        retire_region(
            region(HUMEN).pk,
            on=date(2027, 1, 1),
            successor_ids=[region(CHANGAN).pk],
            change_kind="merge",
            by=None,
        )
        assert self.resolve("东莞市虎门镇", date(2026, 12, 31)) == (HUMEN, [])
        assert self.resolve("东莞市虎门镇", date(2027, 1, 1)) == (CHANGAN, [])
