"""The story of an order: what happened, step by step, and why an agent has nothing of it."""

import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from agents.actions.territories import grant_territory
from agents.models import Tier
from franchise.bonuses.actions.awarding import award_all
from franchise.bonuses.actions.summing import sum_dirty_days
from franchise.bonuses.models import DaySum, Plan
from franchise.bonuses.queries import overview
from franchise.bonuses.queries.story import story, why_nothing
from tests.bonuses.test_awarding import LEVEL, put_in_force
from tests.cast import Cast
from tests.deliveries import deliver_orders, deliver_refunds, the_order
from tests.regions_cast import region

pytestmark = [pytest.mark.django_db]
yuan = Decimal


@pytest.fixture
def plan(cast: Cast) -> Plan:
    return put_in_force(LEVEL)


@pytest.fixture
def told(plan: Plan):
    deliver_orders({"order_no": "A", "freight": "12.00"})
    deliver_refunds(
        {"refund_no": "R1", "order_no": "A", "amount": "300.00"},
        {
            "refund_no": "R2",
            "order_no": "A",
            "amount": "33.33",
            "refunded_at": "2026-11-24T12:00:00",
        },
    )
    award_all()
    return story(the_order("A").pk)


def test_every_step_is_shown(told):
    assert [turn.cause for turn in told.turns] == ["order", "refund:R1", "refund:R2"]
    assert [turn.amount for turn in told.turns] == [yuan("60.00"), yuan("-18.00"), yuan("-2.00")]
    city = told.turns[2].steps[1]
    assert (city.unrounded, city.cumulative, city.below) == (
        yuan("33.3335"),
        yuan("33.33"),
        yuan("20.00"),
    )
    assert (city.due, city.before, city.amount) == (yuan("13.33"), yuan("14.00"), yuan("-0.67"))
    assert [holding.amount for holding in told.holdings] == [
        yuan("20.00"),
        yuan("13.33"),
        yuan("6.67"),
    ]
    assert (told.base, told.total, told.full_rate) == (yuan("666.67"), yuan("40.00"), yuan("0.06"))
    assert told.is_exact
    assert (told.verdict, told.state) == ("awarded", "pending")


def test_every_turn_adds_up_to_what_was_posted(told):
    for turn in told.turns:
        for step in turn.steps:
            assert step.due - step.before == step.amount


def test_the_way_up_names_holders_and_gaps(plan: Plan, cast: Cast):
    deliver_orders({"order_no": "A", "region_code": "440104"})
    award_all()
    places = [
        (place.region.name, place.territory.agent if place.territory else None)
        for place in story(the_order("A").pk).places
        if place.tier is not None
    ]
    assert places == [
        ("广东省", cast.guangdong.agent),
        ("广州市", cast.guangzhou.agent),
        ("越秀区", None),
    ]


def test_a_correction_shows_both_sides(plan: Plan):
    deliver_orders({"order_no": "A"})
    award_all()
    deliver_orders({"order_no": "A", "region_code": "110105"})
    award_all()
    told = story(the_order("A").pk)
    assert [(turn.kind, turn.cause, turn.amount) for turn in told.turns] == [
        ("award", "order", yuan("60.00")),
        ("taken_back", "correction:1", yuan("-60.00")),
        ("paid_anew", "correction:1", yuan("60.00")),
    ]
    assert told.counted_region == region("110105")


WHY = [
    # the order, who asks, the last answer
    ({}, "tianhe", "has_it"),
    ({}, "chaoyang", "not_the_region"),
    ({"paid_at": "2025-12-31T23:59:59"}, "tianhe", "no_plan"),
    ({"buyer_kind": "agent"}, "tianhe", "own"),
    ({"status": "cancelled"}, "tianhe", "cancelled"),
    ({"province": "广东省", "city": "广州市", "district": ""}, "tianhe", "unresolved"),
    ({"pickup_point": "P9"}, "tianhe", "unknown_point"),
    ({"goods_amount": "0.10"}, "tianhe", "rounded_away"),
    ({"region_code": "440106001"}, "tianhe", "carved_out"),
]


@pytest.mark.parametrize(("facts", "who", "answer"), WHY)
def test_why_an_agent_has_nothing(plan: Plan, cast: Cast, facts, who, answer):
    if answer == "carved_out":
        grant_territory(
            region_id=region(facts["region_code"]).pk,
            tier=Tier.COUNTY,
            agent_id=cast.jiyuan.agent.pk,
            starts_on=cast.jiyuan.territory.starts_on,
            consent="attached",
            by=None,
        )
    deliver_orders({"order_no": "A", "district": "天河区", "town": "", **facts})
    award_all()
    agent = getattr(cast, who).agent
    assert why_nothing(story(the_order("A").pk), agent)[-1][1] == answer


def test_explain_as_json_and_in_words(told):
    out = StringIO()
    call_command("explain", "official", "A", "--json", stdout=out)
    found = json.loads(out.getvalue())
    assert (found["verdict"], found["total"], found["path"]) == (
        "awarded",
        "40.00",
        ["广东省", "广州市", "天河区"],
    )
    assert found["turns"][2]["steps"][1]["unrounded"] == "33.3335"
    words = StringIO()
    with translation.override("en"):
        call_command("explain", "official", "A", stdout=words)
    assert "666.67 × 5.00% = 33.3335 ≈ 33.33 − 20.00 − 14.00 → -0.67" in words.getvalue()
    with pytest.raises(CommandError):
        call_command("explain", "official", "nothing")


def test_the_sums_of_a_day_are_those_of_its_lines(told, cast: Cast):
    deliver_orders(
        {"order_no": "B", "region_code": "110105", "goods_amount": "500.00"},
        {"order_no": "C", "province": "广东省", "city": "广州市", "goods_amount": "70.00"},
        {"order_no": "D", "buyer_kind": "agent"},
        {"order_no": "E", "province": "浙江省", "city": "杭州市", "goods_amount": "100.00"},
    )
    award_all()
    assert sum_dirty_days() == 1
    assert sum_dirty_days() == 0
    day = told.order.paid_on
    all_of = overview.figures(day, day.replace(day=day.day + 1))
    assert (all_of.orders, all_of.goods_amount, all_of.refunded) == (
        4,
        yuan("1670.00"),
        yuan("333.33"),
    )
    assert (all_of.awarded, all_of.clawed_back, all_of.retained) == (
        yuan("90.00"),
        yuan("-20.00"),
        yuan("6.00"),
    )
    assert (all_of.earned, all_of.pending) == (yuan("0.00"), yuan("70.00"))
    provinces = overview.figures_by_region(day, day.replace(day=day.day + 1))
    assert [(row.region.name, row.agents, row.retained) for row in provinces] == [
        ("广东省", yuan("40.00"), yuan("0.00")),
        ("北京市", yuan("30.00"), yuan("0.00")),
        ("浙江省", yuan("0.00"), yuan("6.00")),
    ]
    assert overview.unresolved().orders == 1
    before = list(DaySum.objects.order_by("region").values_list("region", "awarded", "retained"))
    assert len(before) == 3
