"""The arithmetic of business.md, section 5: every worked example, exactly."""

from datetime import date
from decimal import Decimal

import pytest

from franchise.bonuses.rules import (
    CITY,
    COUNTY,
    HEAD_OFFICE,
    PROVINCE,
    Books,
    Ladder,
    Map,
    Mode,
    Order,
    Placement,
    Plan,
    Refusal,
    Region,
    Territory,
    decide,
    share_base,
    split_refund,
)

yuan = Decimal

CHINA, GUANGDONG, GUANGZHOU, TIANHE, WUSHAN = 1, 44, 4401, 440106, 440106001
DONGGUAN, CHANGAN, SONGSHANHU = 4419, 441900119, 441900401
BEIJING, CHAOYANG = 11, 110105
HENAN, JIYUAN = 41, 419001
OLD_COUNTY, NEW_CITY = 450127, 450181

REGIONS = [
    Region(CHINA, None, "country"),
    Region(GUANGDONG, CHINA, "province"),
    Region(GUANGZHOU, GUANGDONG, "city"),
    Region(TIANHE, GUANGZHOU, "county"),
    Region(WUSHAN, TIANHE, "town"),
    Region(DONGGUAN, GUANGDONG, "city"),
    Region(CHANGAN, DONGGUAN, "town"),
    Region(SONGSHANHU, DONGGUAN, "zone"),
    Region(BEIJING, CHINA, "province"),
    Region(CHAOYANG, BEIJING, "county"),
    Region(HENAN, CHINA, "province"),
    Region(JIYUAN, HENAN, "county"),
    Region(OLD_COUNTY, GUANGZHOU, "county", date(2026, 7, 1), (NEW_CITY,)),
    Region(NEW_CITY, GUANGZHOU, "county"),
]

ADDITIVE = Plan(
    1,
    Mode.ADDITIVE,
    (yuan("0.03"), yuan("0.02"), yuan("0.01")),
    None,
    date(2026, 1, 1),
    date(2027, 1, 1),
)
LEVEL = Plan(
    2, Mode.LEVEL_DIFFERENCE, (yuan("0.03"), yuan("0.05"), yuan("0.06")), None, date(2026, 1, 1)
)
CAP_5 = Plan(
    3,
    Mode.LEVEL_DIFFERENCE,
    (yuan("0.03"), yuan("0.05"), yuan("0.06")),
    yuan("0.05"),
    date(2026, 1, 1),
)
PAID_ON = date(2026, 11, 18)

TIER_OF = {
    GUANGDONG: PROVINCE,
    BEIJING: PROVINCE,
    HENAN: PROVINCE,
    GUANGZHOU: CITY,
    DONGGUAN: CITY,
}


def held(*regions: int) -> list[Territory]:
    return [
        Territory(n, region, TIER_OF.get(region, COUNTY), 100 + n, date(2026, 1, 1))
        for n, region in enumerate(regions, start=1)
    ]


def ladder_of(region: int, territories: list[Territory], plan: Plan, **facts) -> Ladder:
    order = Order(PAID_ON, yuan("1000.00"), Placement(region), **facts)
    ladder = decide(order, Map(REGIONS, territories, [plan]))
    assert isinstance(ladder, Ladder)
    return ladder


def shares_of(region: int, territories: list[Territory], plan: Plan, base: str = "1000.00") -> dict:
    ladder = ladder_of(region, territories, plan)
    return {s.rung.place: s.amount for s in share_base(yuan(base), ladder.rungs)}


EXAMPLES = [
    # where, who holds, additive, level difference, cap 5: county, city, province
    (TIANHE, [TIANHE, GUANGZHOU, GUANGDONG], (30, 20, 10), (30, 20, 10), (30, 20, 0)),
    (TIANHE, [GUANGZHOU, GUANGDONG], (None, 20, 10), (None, 50, 10), (None, 50, 0)),
    (TIANHE, [TIANHE, GUANGDONG], (30, None, 10), (30, None, 30), (30, None, 20)),
    (TIANHE, [GUANGDONG], (None, None, 10), (None, None, 60), (None, None, 50)),
    (CHAOYANG, [CHAOYANG, BEIJING], (30, None, 10), (30, None, 30), (30, None, 20)),
    (CHANGAN, [CHANGAN, DONGGUAN, GUANGDONG], (30, 20, 10), (30, 20, 10), (30, 20, 0)),
    (SONGSHANHU, [SONGSHANHU, DONGGUAN, GUANGDONG], (30, 20, 10), (30, 20, 10), (30, 20, 0)),
    (JIYUAN, [JIYUAN, HENAN], (30, None, 10), (30, None, 30), (30, None, 20)),
]


@pytest.mark.parametrize(("where", "holds", "additive", "level", "cap"), EXAMPLES)
def test_worked_examples(where, holds, additive, level, cap):
    for plan, expected, full in ((ADDITIVE, additive, 60), (LEVEL, level, 60), (CAP_5, cap, 50)):
        shares = shares_of(where, held(*holds), plan)
        assert tuple(shares.get(tier) for tier in (COUNTY, CITY, PROVINCE)) == expected
        assert shares[HEAD_OFFICE] == full - sum(n or 0 for n in expected)


def test_head_office_keeps_what_nobody_holds():
    assert shares_of(CHAOYANG, held(CHAOYANG, BEIJING), ADDITIVE)[HEAD_OFFICE] == yuan("20.00")
    assert shares_of(TIANHE, [], LEVEL) == {HEAD_OFFICE: yuan("60.00")}
    assert shares_of(TIANHE, [], CAP_5) == {HEAD_OFFICE: yuan("50.00")}


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("33.33", ("1.00", "0.67", "0.33")),
        ("10.10", ("0.30", "0.21", "0.10")),
        ("99.99", ("3.00", "2.00", "1.00")),
        ("666.67", ("20.00", "13.33", "6.67")),
        ("0.10", ("0.00", "0.01", "0.00")),
        ("0.01", ("0.00", "0.00", "0.00")),
        ("0.00", ("0.00", "0.00", "0.00")),
    ],
)
@pytest.mark.parametrize("plan", [ADDITIVE, LEVEL])
def test_rounded_on_the_cumulative_rate_and_then_differenced(base, expected, plan):
    shares = shares_of(TIANHE, held(TIANHE, GUANGZHOU, GUANGDONG), plan, base)
    assert tuple(shares[tier] for tier in (COUNTY, CITY, PROVINCE)) == tuple(map(yuan, expected))
    assert sum(shares.values()) == sum(map(yuan, expected))


def test_every_step_of_the_rounding_can_be_shown():
    ladder = ladder_of(TIANHE, held(TIANHE, GUANGZHOU, GUANGDONG), LEVEL)
    city = share_base(yuan("666.67"), ladder.rungs)[1]
    assert (city.rung.upto, city.rung.rate) == (yuan("0.05"), yuan("0.02"))
    assert (city.unrounded, city.cumulative, city.below) == (
        yuan("33.3335"),
        yuan("33.33"),
        yuan("20.00"),
    )
    assert city.amount == yuan("13.33")


def test_a_carve_out_goes_before_its_county():
    ladder = ladder_of(WUSHAN, held(TIANHE, WUSHAN, GUANGZHOU), ADDITIVE)
    assert ladder.rungs[0].territory.region_id == WUSHAN


def test_a_territory_changes_hands_at_midnight():
    old = Territory(1, TIANHE, COUNTY, 7, date(2026, 1, 1), PAID_ON)
    new = Territory(2, TIANHE, COUNTY, 8, PAID_ON)
    on_map = Map(REGIONS, [old, new], [ADDITIVE])
    assert on_map.holders(TIANHE, date(2026, 11, 17))[COUNTY].agent_id == 7
    assert on_map.holders(TIANHE, PAID_ON)[COUNTY].agent_id == 8


UNRESOLVED = [
    # region, candidates, who holds, waits
    (TIANHE, (), [TIANHE], False),
    (TIANHE, (), [WUSHAN], True),
    (GUANGZHOU, (), [GUANGZHOU], False),
    (GUANGZHOU, (), [TIANHE], True),
    (GUANGZHOU, (), [DONGGUAN], False),
    (DONGGUAN, (CHANGAN,), [SONGSHANHU], False),
    (DONGGUAN, (CHANGAN, SONGSHANHU), [SONGSHANHU], True),
    (GUANGDONG, (GUANGZHOU,), [GUANGZHOU], True),
    (GUANGDONG, (GUANGZHOU,), [WUSHAN], True),
    (GUANGDONG, (GUANGZHOU,), [GUANGDONG], False),
    (CHINA, (), [JIYUAN], True),
    (CHINA, (), [], False),
]


@pytest.mark.parametrize(("region", "candidates", "holds", "waits"), UNRESOLVED)
def test_an_order_is_unresolved_while_territory_is_sold_where_it_may_belong(
    region, candidates, holds, waits
):
    on_map = Map(REGIONS, held(*holds), [LEVEL])
    verdict = decide(Order(PAID_ON, yuan(100), Placement(region, candidates)), on_map)
    assert (verdict == Refusal.UNRESOLVED) is waits
    decided = decide(Order(PAID_ON, yuan(100), Placement(region, candidates, decided=True)), on_map)
    assert isinstance(decided, Ladder)


def test_not_yet_in_force_leaves_no_doubt():
    later = Territory(1, TIANHE, COUNTY, 7, date(2026, 11, 19))
    on_map = Map(REGIONS, [later], [LEVEL])
    assert isinstance(decide(Order(PAID_ON, yuan(100), Placement(GUANGZHOU)), on_map), Ladder)


def test_orders_of_the_successor_wait_until_the_territory_is_moved():
    on_map = Map(REGIONS, held(OLD_COUNTY), [LEVEL])
    order = Order(PAID_ON, yuan(100), Placement(NEW_CITY))
    assert decide(order, on_map) == Refusal.REGION_ENDED
    before = Order(date(2026, 6, 30), yuan(100), Placement(OLD_COUNTY))
    assert isinstance(decide(before, on_map), Ladder)
    moved = [
        Territory(1, OLD_COUNTY, COUNTY, 7, date(2026, 1, 1), date(2026, 7, 1)),
        Territory(2, NEW_CITY, COUNTY, 7, date(2026, 7, 1)),
    ]
    assert isinstance(decide(order, Map(REGIONS, moved, [LEVEL])), Ladder)


def test_an_order_that_might_belong_to_the_successor_is_unresolved():
    on_map = Map(REGIONS, held(OLD_COUNTY), [LEVEL])
    order = Order(PAID_ON, yuan(100), Placement(GUANGDONG, (NEW_CITY, TIANHE)))
    assert decide(order, on_map) == Refusal.UNRESOLVED


def test_no_plan_on_the_day():
    on_map = Map(REGIONS, held(TIANHE), [ADDITIVE])
    assert decide(Order(date(2027, 1, 1), yuan(100), Placement(TIANHE)), on_map) == Refusal.NO_PLAN
    assert isinstance(
        decide(Order(date(2026, 12, 31), yuan(100), Placement(TIANHE)), on_map), Ladder
    )


def test_own_and_cancelled_orders_earn_nothing():
    on_map = Map(REGIONS, held(TIANHE), [LEVEL])
    assert decide(Order(PAID_ON, yuan(1), Placement(TIANHE), is_consumers=False), on_map) is None
    assert decide(Order(PAID_ON, yuan(1), Placement(TIANHE), is_cancelled=True), on_map) is None


def test_a_pickup_counts_at_its_point_unless_the_plan_says_otherwise():
    at_point = {"is_picked_up": True, "point": Placement(CHANGAN)}
    assert ladder_of(TIANHE, [], LEVEL, **at_point).region_id == CHANGAN
    at_buyer = Plan(4, Mode.ADDITIVE, ADDITIVE.rates, None, date(2026, 1, 1), None, False)
    assert ladder_of(TIANHE, [], at_buyer, **at_point).region_id == TIANHE
    unknown = Order(PAID_ON, yuan(1), Placement(TIANHE), is_picked_up=True)
    assert decide(unknown, Map(REGIONS, [], [LEVEL])) == Refusal.UNKNOWN_POINT
    assert isinstance(decide(unknown, Map(REGIONS, [], [at_buyer])), Ladder)


REFUNDS = [
    # amount, freight given, goods left, freight left: goods, freight, over
    ("300", None, "1000", "12", ("300", "0", "0")),
    ("1012", None, "1000", "12", ("1000", "12", "0")),
    ("1020", None, "1000", "12", ("1000", "12", "8")),
    ("112", "12", "1000", "12", ("100", "12", "0")),
    ("112", "20", "1000", "12", ("100", "12", "0")),
    ("15", "10", "0", "10", ("0", "10", "5")),
    ("10", "10", "1000", "0", ("10", "0", "0")),
    ("10", None, "0", "0", ("0", "0", "10")),
]


@pytest.mark.parametrize(("amount", "given", "goods", "freight", "expected"), REFUNDS)
def test_a_refund_is_goods_freight_and_over(amount, given, goods, freight, expected):
    parts = split_refund(
        yuan(amount),
        freight_given=None if given is None else yuan(given),
        goods_left=yuan(goods),
        freight_left=yuan(freight),
    )
    assert (parts.goods, parts.freight, parts.over) == tuple(map(yuan, expected))


def lines_of(books: Books, turn: int) -> dict[int, Decimal]:
    return {line.place: line.amount for line in books.lines if line.turn == turn and line.amount}


def test_refunds_post_the_difference_and_end_at_zero():
    books = Books()
    books.award(ladder_of(TIANHE, held(TIANHE, GUANGZHOU, GUANGDONG), LEVEL), yuan("1000.00"))
    books.refund(yuan("300.00"))
    assert lines_of(books, 1) == {
        COUNTY: yuan("-9.00"),
        CITY: yuan("-6.00"),
        PROVINCE: yuan("-3.00"),
    }
    assert {line.base for line in books.lines if line.turn == 1} == {yuan("-300.00")}
    books.refund(yuan("33.33"))
    assert lines_of(books, 2) == {
        COUNTY: yuan("-1.00"),
        CITY: yuan("-0.67"),
        PROVINCE: yuan("-0.33"),
    }
    books.refund(yuan("666.67"))
    assert sum(line.amount for line in books.lines) == 0
    assert all(books.earned_by(place) == 0 for place in range(4))


def test_a_refund_of_freight_changes_no_bonus():
    books = Books(freight=yuan("12.00"))
    books.award(ladder_of(TIANHE, held(TIANHE), LEVEL), yuan("100.00"))
    parts = books.refund(yuan("12.00"), yuan("12.00"))
    assert (parts.freight, books.goods_left, lines_of(books, 1)) == (
        yuan("12.00"),
        yuan("100.00"),
        {},
    )
    over = books.refund(yuan("130.00"), yuan("12.00"))
    assert (over.goods, over.freight, over.over) == (yuan("100.00"), yuan("0.00"), yuan("30.00"))


def test_a_correction_takes_back_each_sum_and_pays_anew_on_what_is_left():
    books = Books()
    old = ladder_of(TIANHE, held(TIANHE, GUANGZHOU, GUANGDONG), LEVEL)
    new = ladder_of(CHANGAN, held(CHANGAN), LEVEL)
    books.award(old, yuan("1000.00"))
    books.refund(yuan("300.00"))
    assert books.correct(new, yuan("1000.00"))
    assert lines_of(books, 2) == {
        COUNTY: yuan("-21.00"),
        CITY: yuan("-14.00"),
        PROVINCE: yuan("-7.00"),
    }
    assert lines_of(books, 3) == {COUNTY: yuan("21.00"), HEAD_OFFICE: yuan("21.00")}
    books.refund(yuan("700.00"))
    assert lines_of(books, 4) == {COUNTY: yuan("-21.00"), HEAD_OFFICE: yuan("-21.00")}
    assert sum(line.amount for line in books.lines) == 0


def test_a_correction_that_changes_nothing_posts_nothing():
    books = Books()
    ladder = ladder_of(TIANHE, held(TIANHE), LEVEL)
    books.award(ladder, yuan("1000.00"))
    books.refund(yuan("300.00"))
    assert not books.correct(ladder, yuan("1000.00"))
    assert books.correct(ladder, yuan("900.00"))
    assert lines_of(books, 3) == {COUNTY: yuan("18.00"), HEAD_OFFICE: yuan("18.00")}


def test_cancelled_after_award_is_taken_back_to_zero_and_may_come_back():
    books = Books()
    ladder = ladder_of(TIANHE, held(TIANHE), LEVEL)
    books.award(ladder, yuan("100.00"))
    assert books.correct(None, yuan("100.00"))
    assert sum(line.amount for line in books.lines) == 0
    assert not books.correct(None, yuan("100.00"))
    assert books.correct(ladder, yuan("100.00"))
    assert lines_of(books, 2) == {COUNTY: yuan("3.00"), HEAD_OFFICE: yuan("3.00")}


def test_a_refund_of_a_cancelled_order_is_counted_but_earns_nothing_back():
    books = Books(freight=yuan("12.00"))
    ladder = ladder_of(TIANHE, held(TIANHE), LEVEL)
    books.award(ladder, yuan("100.00"))
    books.correct(None, yuan("100.00"))
    parts = books.refund(yuan("40.00"))
    assert (parts.goods, parts.freight, parts.over) == (yuan("40.00"), yuan("0.00"), yuan("0.00"))
    assert lines_of(books, 2) == {}
    assert books.correct(ladder, yuan("100.00"))
    assert lines_of(books, 3) == {COUNTY: yuan("1.80"), HEAD_OFFICE: yuan("1.80")}


def test_a_persons_decision_counts_before_the_pickup_point():
    decided = Order(
        PAID_ON,
        yuan("100.00"),
        Placement(TIANHE, decided=True),
        is_picked_up=True,
        point=Placement(CHANGAN),
    )
    ladder = decide(decided, Map(REGIONS, [], [LEVEL]))
    assert isinstance(ladder, Ladder)
    assert ladder.region_id == TIANHE
