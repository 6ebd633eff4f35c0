"""Orders of the cast's places, taken in from a file, awarded and summed as in earnest."""

from datetime import date
from decimal import Decimal

import pytest

from franchise.bonuses.actions.awarding import award_all
from franchise.bonuses.actions.plans import approve_plan, propose_plan
from franchise.bonuses.actions.summing import sum_dirty_days
from franchise.orders.models import Order, Shop
from tests.orders.files import Mall, good
from tests.regions_cast import CHANGAN, CHAOYANG, GUANGZHOU, TIANHE


def award():
    award_all()
    sum_dirty_days()


def order(number):
    return Order.objects.get(order_no=number)


@pytest.fixture
def world(cast, tmp_path):
    """Level difference 3/5/6 % with the cast's holders; a refund, a doubtful, an own order."""
    plan = propose_plan(
        name="2026",
        mode="level_difference",
        county_rate=Decimal("0.03"),
        city_rate=Decimal("0.05"),
        province_rate=Decimal("0.06"),
        cap=None,
        starts_on=date(2026, 2, 1),
        by=cast.finance,
    )
    approve_plan(plan.pk, by=cast.approver)
    mall = Mall(tmp_path, Shop.objects.create(code="mall", name="官方商城"))
    mall.take(
        good("A1", region_code=TIANHE, buyer_name="李小明", buyer_phone="13812342046"),
        good("A2", region_code=CHANGAN, goods_amount="33.33"),
        good("A3", region_code=CHAOYANG),
        good("D1", region_code=GUANGZHOU, goods_amount="88.00"),
        good("D2", region_code=GUANGZHOU, goods_amount="12.00"),
        good("O1", region_code=CHAOYANG, buyer_kind="agent"),
        good("C1", region_code=TIANHE, status="cancelled"),
        good("N1", region_code=TIANHE, paid_at="2026-01-15 09:00:00"),
    )
    mall.refund(
        {
            "refund_no": "R1",
            "order_no": "A1",
            "amount": "300.00",
            "refunded_at": "2026-03-05 10:00:00",
        }
    )
    award()
    return mall
