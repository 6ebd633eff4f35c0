"""Addresses made from the tree, each with the region it is truly in.

The truth is the deepest region that the words settle: a resolver may say something above it, but
nothing beside it. Where the words settle nothing, the truth is the country ("").
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from franchise.regions.gazetteer import AddressFields, Gazetteer
from franchise.regions.gazetteer.places import Day, Place, deepest_shared
from franchise.regions.gazetteer.spelling import LOOSE, short_names

ROADS = [
    "北京路", "上海南路", "天津路", "重庆南路", "南京东路", "中山北路", "长安街", "西湖大道",
    "朝阳路", "和平西路", "解放路", "人民中路", "建设大道", "广州大道中", "香港中路", "青岛路",
    "海南路", "江西路", "湖北大街", "大连街", "武汉大道", "昆明路", "合肥路", "鼓楼街", "新华路",
    "文三路", "延安路", "滨江路", "长江路", "黄河路", "昌平路", "白云路", "吉林大路",
]  # fmt: skip
HOUSES = [
    "上海花园", "西湖花园", "北京大学", "海南大厦", "湖南商会大厦", "浙江省商会", "长安广场",
    "东方明珠小区", "朝阳新村", "南山公寓", "天府广场", "江南春晓", "中山医院", "新城国际",
    "万达广场", "武汉小吃店", "义乌市场", "河南饭店", "成都小区", "和平里", "南京银行", "温州城",
    "桂林花园", "大理古城", "福州商会大厦", "河西家园", "城关中学", "苏州园林小区",
]  # fmt: skip
TRADITIONAL = str.maketrans(
    "广东区县乡镇湾台国龙门阳汉苏辽宁济郑长庆贵云兰银乌鲁齐尔滨岛烟兴义温丰",
    "廣東區縣鄉鎮灣臺國龍門陽漢蘇遼寧濟鄭長慶貴雲蘭銀烏魯齊爾濱島煙興義溫豐",
)


TODAY = date(2026, 11, 24)


@dataclass(frozen=True)
class Case:
    style: str
    fields: AddressFields
    code: str


class Maker:
    """Makes addresses of random counties and towns that are in force."""

    def __init__(self, gazetteer: Gazetteer, seed: int) -> None:
        self.random = random.Random(seed)
        places = gazetteer.places.values()
        self.names: dict[str, list[Place]] = {}
        self.counties = [p for p in places if p.kind == "county" and p.valid_to.year == 9999]
        self.towns = [p for p in places if p.kind == "town"]
        for place in places:
            if place.kind in {"province", "city", "county"}:
                self.names.setdefault(place.name, []).append(place)
        self.day = Day(TODAY)

    def bearers(self, name: str, within: Place | None = None) -> list[Place]:
        """The places of today that a name may mean, inside another place."""
        return self.day.standing(
            p for p in self.names[name] if within is None or self.day.is_within(p, within)
        )

    def cases(self, count: int) -> Iterator[Case]:
        for number in range(count):
            style = STYLES[number % len(STYLES)]
            case = style(self)
            if case:
                yield case

    def county(self) -> Place:
        return self.random.choice(self.counties)

    def town(self) -> Place:
        return self.random.choice(self.towns)

    def detail(self) -> str:
        road, other = self.random.choice(ROADS), self.random.choice(ROADS)
        house = self.random.choice(HOUSES)
        number = self.random.randrange(1, 999)
        return self.random.choice(
            [
                f"{road}{number}号",
                f"{road}{number}号{house}",
                f"{house}{number}栋",
                f"{road}与{other}交叉口",
                f"{number}号",
            ]
        )


def path(place: Place) -> list[Place]:
    return list(reversed(place.chain[:-1]))


def bare(place: Place) -> str:
    telling, shorter = short_names(place.name, place.kind)
    return min(shorter or telling or {place.name}, key=len)


def case(style: str, text: str, code: str) -> Case:
    return Case(style, AddressFields(text=text), code)


def full(maker: Maker) -> Case:
    county = maker.county()
    return case("full", "".join(p.name for p in path(county)) + maker.detail(), county.code)


def full_with_town(maker: Maker) -> Case:
    town = maker.town()
    return case("town", "".join(p.name for p in path(town)) + maker.detail(), town.code)


def separated(maker: Maker) -> Case:
    town = maker.town()
    mark = maker.random.choice([" ", "，", "/", "-", "  "])
    return case("separated", mark.join([p.name for p in path(town)] + [maker.detail()]), town.code)


def no_province(maker: Maker) -> Case:
    town = maker.town()
    return case("no province", "".join(p.name for p in path(town)[1:]) + maker.detail(), town.code)


def county_and_town(maker: Maker) -> Case:
    town = maker.town()
    return case(
        "county and town", "".join(p.name for p in path(town)[-2:]) + maker.detail(), town.code
    )


def county_only(maker: Maker) -> Case:
    county = maker.county()
    code = deepest_shared(maker.bearers(county.name)).code
    return case("county only", county.name + maker.detail(), code)


def province_and_county(maker: Maker) -> Case:
    county = maker.county()
    province = path(county)[0]
    code = deepest_shared(maker.bearers(county.name, province)).code
    return case("province and county", province.name + county.name + maker.detail(), code)


def bare_chain(maker: Maker) -> Case:
    town = maker.town()
    *above, county, last = path(town) if len(path(town)) > 2 else [*path(town), town]
    text = "".join(bare(p) for p in above) + county.name + (last.name if last is town else "")
    return case("bare above", text + maker.detail(), town.code)


def bare_all(maker: Maker) -> Case:
    town = maker.town()
    text = "".join(bare(p) for p in path(town)[:-1]) + town.name
    return case("all bare", text + maker.detail(), town.code)


def bare_county_and_road(maker: Maker) -> Case:
    county = maker.county()
    return case("bare county", "".join(bare(p) for p in path(county)) + maker.detail(), county.code)


def bare_county_and_house(maker: Maker) -> Case:
    city = maker.county().parent
    assert city
    below = {"city": "county", "province": "city"}[city.kind]
    others = [p for p in city.children if p.kind == below and bare(p)[-1] not in "区县市旗"]
    other = bare(maker.random.choice(others or [city]))
    text = "".join(p.name for p in path(city)) + other + maker.random.choice(
        ["花园", "大学", "广场", "新村小区", "大厦", "文化广场", "国际酒店", "市场", "医院", "公园"]
    )  # fmt: skip
    return case("house named after a county", text + "8号", city.code)


def city_and_road(maker: Maker) -> Case:
    city = maker.county().parent
    assert city
    return case("city only", "".join(p.name for p in path(city)) + maker.detail(), city.code)


def repeated(maker: Maker) -> Case:
    county = maker.county()
    whole = "".join(p.name for p in path(county))
    return case("repeated", whole + whole + maker.detail(), county.code)


def noisy(maker: Maker) -> Case:
    town = maker.town()
    phone = f"1380013{maker.random.randrange(8000, 9999)}"
    text = "".join(p.name for p in path(town)) + maker.detail()
    return case("noisy", f"收货人：张三 {phone} 地址：[{text}]", town.code)


def traditional(maker: Maker) -> Case:
    county = maker.county()
    text = "".join(p.name for p in path(county)) + maker.detail()
    return case("traditional", text.translate(TRADITIONAL), county.code)


def full_width(maker: Maker) -> Case:
    county = maker.county()
    text = "　".join(p.name for p in path(county)) + "（" + maker.detail() + "）１２３室"
    return case("full width", text, county.code)


def one_character_wrong(maker: Maker) -> Case | None:
    """Any character may be wrong, so nothing below the city is settled; often less is."""
    county = maker.county()
    name = list(county.name)
    name[maker.random.randrange(len(name) - 1)] = maker.random.choice("邺锭夏燕陵洋丽宁江平州安")
    written = "".join(name)
    city = county.parent
    assert city
    meant = [p for p in city.children if p.name == written]
    code = meant[0].code if meant else county.code
    near = [
        p.name
        for p in city.children
        if sum(a != b for a, b in zip(p.name, written, strict=False)) < 2
    ]
    if len(near) > 1:
        return None  # nobody could say which is meant
    return case("typo", "".join(p.name for p in path(city)) + written + maker.detail(), code)


def two_counties(maker: Maker) -> Case:
    county = maker.county()
    city = county.parent
    assert city
    beside = [p for p in city.children if p.kind == "county" and p.valid_to.year == 9999]
    other = maker.random.choice(beside)
    was_in_it = any(maker.day.is_within(county, place) for place in maker.names[other.name])
    code = county.code if was_in_it else city.code
    whole = "".join(p.name for p in path(county))
    return case("two counties", f"{whole}{maker.detail()} {other.name}", code)


def nothing_but_a_road(maker: Maker) -> Case:
    return case("road only", maker.detail(), "")


def columns(maker: Maker) -> Case:
    town = maker.town()
    tiers = {p.kind: p.name for p in path(town)}
    fields = AddressFields(
        province=tiers["province"],
        city=tiers.get("city", maker.random.choice(["市辖区", tiers["province"], ""])),
        district=tiers.get("county", maker.random.choice(["市辖区", "", tiers.get("city", "")])),
        town=maker.random.choice([town.name, ""]),
        text=maker.random.choice([maker.detail(), town.name + maker.detail()]),
    )
    says_town = fields.town or town.name in fields.text
    return Case("columns", fields, town.code if says_town else path(town)[-2].code)


def bare_columns(maker: Maker) -> Case:
    county = maker.county()
    tiers = {p.kind: p for p in path(county)}
    fields = AddressFields(
        province=bare(tiers["province"]),
        city=bare(tiers["city"]) if "city" in tiers else "",
        district=bare(county),
        text=maker.detail(),
    )
    return Case("bare columns", fields, county.code)


def county_in_the_city_column(maker: Maker) -> Case:
    county = maker.county()
    province = path(county)[0]
    fields = AddressFields(province=province.name, city=county.name, text=maker.detail())
    code = deepest_shared(maker.bearers(county.name, province)).code
    return Case("county in the city column", fields, code)


def columns_of_two_places(maker: Maker) -> Case | None:
    one, other = maker.county(), maker.county()
    fits = one.parent in other.chain
    if len(maker.bearers(other.name)) > 1 or fits or other.name in LOOSE:
        return None
    fields = AddressFields(
        province=path(one)[0].name, city=one.parent.name if one.parent else "", district=other.name
    )
    shared = [a for a, b in zip(path(one), path(other), strict=False) if a is b]
    return Case("columns of two places", fields, shared[-1].code if shared else "")


STYLES: list[Callable[[Maker], Case | None]] = [
    full, full_with_town, separated, no_province, county_and_town, county_only,
    province_and_county, bare_chain, bare_all, bare_county_and_road, bare_county_and_house,
    city_and_road, repeated, noisy, traditional, full_width, one_character_wrong, two_counties,
    nothing_but_a_road, columns, bare_columns, county_in_the_city_column, columns_of_two_places,
]  # fmt: skip
