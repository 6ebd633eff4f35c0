"""From a delivered file to lines, ledger and back, in the real places of the business rules."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection

from agents.actions.agents import add_agent
from franchise.bonuses.actions.awarding import (
    Outcome,
    award_all,
    award_orders,
    claw_back_refunds,
)
from franchise.bonuses.actions.plans import take_over_plan
from franchise.bonuses.models import BonusLine, Plan, Refusal
from franchise.ledger.models import Purpose
from franchise.orders.actions.decisions import decide_region
from franchise.orders.models import WaitingRefund
from inventory.actions.pickup_points import add_pickup_point
from tests.bonuses.posted import assert_proven, line_rows, lines_of
from tests.cast import Cast
from tests.deliveries import TIANHE, deliver_orders, deliver_refunds, the_order
from tests.regions_cast import region

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

LEVEL = {"mode": "level_difference", "rates": ("0.03", "0.05", "0.06"), "cap": None}
ADDITIVE = {"mode": "additive", "rates": ("0.03", "0.02", "0.01"), "cap": None}
CAP_5 = {**LEVEL, "cap": "0.05"}


def put_in_force(told: dict[str, Any], starts_on: date = date(2026, 1, 1)) -> Plan:
    county, city, province = (Decimal(rate) for rate in told["rates"])
    return take_over_plan(
        Plan(
            mode=told["mode"],
            county_rate=county,
            city_rate=city,
            province_rate=province,
            cap=told["cap"] and Decimal(told["cap"]),
            starts_on=starts_on,
        )
    )


@pytest.fixture
def plan(cast: Cast) -> Plan:
    return put_in_force(LEVEL)


def balance(purpose: Purpose, agent_code: str) -> Decimal:
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(sum(e.credit - e.debit), 0) from ledger_entry e"
            " join ledger_account a on a.id = e.account_id"
            " join ledger_party p on p.id = a.party_id"
            " where a.purpose = %s and p.reference = %s",
            [purpose.value, agent_code],
        )
        (found,) = cursor.fetchone()
    return found


WORKED = [
    # plan, where, (county, city, province, head office)
    (LEVEL, TIANHE, ("30.00", "20.00", "10.00", None)),
    (ADDITIVE, TIANHE, ("30.00", "20.00", "10.00", None)),
    (CAP_5, TIANHE, ("30.00", "20.00", None, None)),
    (LEVEL, {"region_code": "110105"}, ("30.00", None, "30.00", None)),
    (ADDITIVE, {"region_code": "110105"}, ("30.00", None, "10.00", "20.00")),
    (CAP_5, {"region_code": "110105"}, ("30.00", None, "20.00", None)),
    (LEVEL, {"region_code": "441900119"}, ("30.00", "20.00", "10.00", None)),
    (LEVEL, {"region_code": "419001"}, ("30.00", None, "30.00", None)),
    (LEVEL, {"region_code": "440104"}, (None, "50.00", "10.00", None)),
]


@pytest.mark.parametrize(("told", "where", "paid"), WORKED)
def test_worked_examples_of_the_business_rules(cast: Cast, told, where, paid):
    put_in_force(told)
    deliver_orders({"order_no": "A", **where})
    outcome = award_all()
    expected = dict(zip(("county", "city", "province", ""), paid, strict=True))
    assert lines_of("A") == {"order": {tier: n for tier, n in expected.items() if n}}
    assert outcome.orders == 1
    assert_proven()


def test_awarding_twice_changes_nothing(plan: Plan):
    deliver_orders({"order_no": "A"})
    award_all()
    before = line_rows()
    outcome = award_all()
    assert (outcome.orders, outcome.lines) == (0, 0)
    assert line_rows() == before


def test_refunds_post_the_difference_and_end_at_zero(plan: Plan, cast: Cast):
    deliver_orders({"order_no": "A"})
    award_all()
    deliver_refunds({"refund_no": "R1", "order_no": "A", "amount": "300.00"})
    award_all()
    assert lines_of("A")["refund:R1"] == {"county": "-9.00", "city": "-6.00", "province": "-3.00"}
    assert balance(Purpose.OVERRIDE_ACCRUED, cast.tianhe.agent.code) == Decimal("21.00")
    deliver_refunds({"refund_no": "R2", "order_no": "A", "amount": "700.00"})
    award_all()
    assert lines_of("A")["refund:R2"] == {"county": "-21.00", "city": "-14.00", "province": "-7.00"}
    assert balance(Purpose.OVERRIDE_ACCRUED, cast.tianhe.agent.code) == 0
    assert_proven()


def test_refunds_count_in_the_order_they_were_made(plan: Plan):
    deliver_orders({"order_no": "A", "goods_amount": "33.33"})
    deliver_refunds(
        {
            "refund_no": "B",
            "order_no": "A",
            "amount": "10.00",
            "refunded_at": "2026-11-21T00:00:00",
        },
        {"refund_no": "A", "order_no": "A", "amount": "5.00", "refunded_at": "2026-11-20T00:00:00"},
    )
    award_all()
    assert [line["cause"] for line in line_rows() if line["tier"] == "county"] == [
        "order",
        "refund:A",
        "refund:B",
    ]
    assert_proven()


def test_refunds_of_one_order_count_in_order_in_batches_of_their_own(plan: Plan):
    deliver_orders({"order_no": "A"})
    deliver_refunds(
        {"refund_no": "b", "order_no": "A", "amount": "10.00"},
        {"refund_no": "B", "order_no": "A", "amount": "10.00"},
        {"refund_no": "C", "order_no": "A", "amount": "5.00", "refunded_at": "2026-11-20"},
    )
    award_orders(Outcome())
    while claw_back_refunds(Outcome(), limit=1):
        pass
    assert [line["cause"] for line in line_rows() if line["tier"] == "county"] == [
        "order",
        "refund:C",
        "refund:B",
        "refund:b",
    ]


def test_a_refund_before_its_order_waits_for_it(plan: Plan):
    deliver_refunds({"refund_no": "R1", "order_no": "A", "amount": "300.00"})
    assert award_all().refunds == 0
    deliver_orders({"order_no": "A"})
    assert award_all().refunds == 1
    assert lines_of("A")["refund:R1"] == {"county": "-9.00", "city": "-6.00", "province": "-3.00"}
    assert_proven()


def test_freight_changes_no_bonus_and_what_is_over_is_kept_apart(plan: Plan):
    deliver_orders({"order_no": "A", "freight": "12.00"})
    deliver_refunds(
        {"refund_no": "R1", "order_no": "A", "amount": "12.00", "freight_amount": "12.00"},
        {"refund_no": "R2", "order_no": "A", "amount": "1001.00"},
    )
    award_all()
    turns = list(the_order("A").bonus_turns.order_by("turn"))
    assert [(t.goods_part, t.freight_part, t.over_part) for t in turns] == [
        (Decimal("0.00"), Decimal("12.00"), Decimal("0.00")),
        (Decimal("1000.00"), Decimal("0.00"), Decimal("1.00")),
    ]
    assert sum(Decimal(line["amount"]) for line in line_rows()) == 0
    assert_proven()


def test_a_new_version_is_corrected_and_named(plan: Plan, cast: Cast):
    deliver_orders({"order_no": "A"})
    award_all()
    deliver_orders({"order_no": "A", "region_code": "110105"})
    outcome = award_all()
    assert outcome.corrections == 1
    assert lines_of("A")["correction:1"] == {
        "county": "-30.00 30.00",
        "city": "-20.00",
        "province": "-10.00 30.00",
    }
    assert balance(Purpose.OVERRIDE_ACCRUED, cast.tianhe.agent.code) == 0
    assert balance(Purpose.OVERRIDE_ACCRUED, cast.chaoyang.agent.code) == Decimal("30.00")
    deliver_orders({"order_no": "A", "status": "cancelled"})
    award_all()
    assert lines_of("A")["correction:2"] == {"county": "-30.00", "province": "-30.00"}
    assert_proven()


def test_a_version_that_changes_nothing_that_counts_posts_nothing(plan: Plan):
    deliver_orders({"order_no": "A"})
    award_all()
    deliver_orders({"order_no": "A", "buyer": "someone else"})
    assert award_all().lines == 0
    assert list(lines_of("A")) == ["order"]


@pytest.mark.parametrize(
    "facts", [{"buyer_kind": "agent"}, {"buyer_kind": "service_point"}, {"status": "cancelled"}]
)
def test_own_and_cancelled_orders_earn_nothing(plan: Plan, facts):
    deliver_orders({"order_no": "A", **facts})
    award_all()
    assert line_rows() == []
    assert not Refusal.objects.exists()
    assert_proven()


def test_an_agents_phone_makes_the_order_its_own(plan: Plan, cast: Cast):
    deliver_orders({"order_no": "A", "buyer_phone": cast.jiyuan.member.phone})
    award_all()
    assert line_rows() == []


def test_a_customer_who_becomes_an_agent_later_was_a_consumer(plan: Plan):
    told = {"order_no": "A", "buyer_phone": "199 1234 5678"}
    deliver_orders(told)
    award_all()
    add_agent(code="new", name="new", phone="19912345678", by=None)
    deliver_orders(told | {"status": "completed", "completed_at": "2026-11-19"})
    award_all()
    assert set(lines_of("A")) == {"order"}
    deliver_orders(told | {"buyer_phone": "19900007000"})
    award_all()
    assert set(lines_of("A")) == {"order", "correction:1"}


def test_who_is_an_agent_no_more_was_one_when_the_order_came(plan: Plan, cast: Cast):
    told = {"order_no": "A", "buyer_phone": "+86 199-0000-7000"}
    deliver_orders(told)
    cast.tianhe.agent.members.update(left_at=datetime(2026, 11, 20, tzinfo=UTC))
    deliver_orders(told | {"status": "completed", "completed_at": "2026-11-19"})
    assert the_order("A").buyer_kind == "agent"


def test_without_plan_an_order_waits_until_one_covers_its_day(cast: Cast):
    deliver_orders({"order_no": "A"})
    award_all()
    assert Refusal.objects.get().why == Refusal.Why.NO_PLAN
    put_in_force(LEVEL)
    award_all()
    assert lines_of("A")["order"]["county"] == "30.00"
    assert not Refusal.objects.exists()
    assert_proven()


def test_an_uncertain_order_waits_only_where_territory_is_sold(plan: Plan):
    deliver_orders(
        {"order_no": "A", "province": "广东省", "city": "广州市"},
        {"order_no": "B", "province": "浙江省", "city": "杭州市"},
    )
    award_all()
    assert Refusal.objects.get().order.order_no == "A"
    assert lines_of("B") == {"order": {"": "60.00"}}
    assert_proven()


def test_a_pickup_counts_at_its_point_and_waits_for_an_unknown_one(plan: Plan):
    deliver_orders({"order_no": "A", "pickup_point": "P1", **TIANHE})
    award_all()
    assert Refusal.objects.get().why == Refusal.Why.UNKNOWN_POINT
    add_pickup_point(code="P1", name="朝阳店", region_id=region("110105").pk, by=None)
    award_all()
    assert lines_of("A") == {"order": {"county": "30.00", "province": "30.00"}}
    assert_proven()


def test_a_share_that_rounds_to_nothing_is_no_line(plan: Plan):
    deliver_orders({"order_no": "A", "goods_amount": "0.10"})
    assert award_all().lines == 1
    assert lines_of("A") == {"order": {"city": "0.01"}}
    assert BonusLine.objects.count() == 3
    assert_proven()


def test_a_bonus_is_earned_after_the_after_sales_days(plan: Plan, cast: Cast):
    done = {"status": "completed", "completed_at": "2026-11-19T10:00:00"}
    deliver_orders({"order_no": "A", **done}, {"order_no": "B"})
    seven_days_later = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
    with time_machine.travel(seven_days_later - timedelta(seconds=1), tick=False):
        assert award_all().earned == 0
    with time_machine.travel(seven_days_later, tick=False):
        assert award_all().earned == 1
        assert award_all().earned == 0
    code = cast.tianhe.agent.code
    assert balance(Purpose.OVERRIDE_PAYABLE, code) == Decimal("30.00")
    assert balance(Purpose.OVERRIDE_ACCRUED, code) == Decimal("30.00")
    assert the_order("A").earning.earned_on == date(2026, 11, 26)
    deliver_refunds({"refund_no": "R1", "order_no": "A", "amount": "1000.00"})
    award_all()
    assert balance(Purpose.OVERRIDE_PAYABLE, code) == 0
    assert_proven()


def test_a_requested_refund_holds_the_order_until_it_is_rejected(plan: Plan):
    done = {"status": "completed", "completed_at": "2026-11-01T10:00:00"}
    paid = {"paid_at": "2026-10-31T10:00:00"}
    asked = {"refund_no": "R1", "order_no": "A", "amount": "5.00"}
    deliver_orders({"order_no": "A", **paid, **done})
    deliver_refunds({**asked, "status": "requested"})
    assert award_all().earned == 0
    deliver_refunds({**asked, "status": "rejected"})
    assert award_all().earned == 1
    assert list(lines_of("A")) == ["order"]
    assert_proven()


def test_a_refund_of_an_unresolved_order_waits_with_it(plan: Plan, cast: Cast):
    deliver_orders({"order_no": "A", "province": "广东省", "city": "广州市"})
    deliver_refunds({"refund_no": "R1", "order_no": "A", "amount": "300.00"})
    award_all()
    assert WaitingRefund.objects.get().is_parked
    tianhe = region("440106")
    called = {"reason": "called the buyer", "by": cast.operations}
    decide_region([the_order("A").pk], region_id=tianhe.pk, **called)
    award_all()
    assert lines_of("A") == {
        "order": {"county": "30.00", "city": "20.00", "province": "10.00"},
        "refund:R1": {"county": "-9.00", "city": "-6.00", "province": "-3.00"},
    }
    assert_proven()
