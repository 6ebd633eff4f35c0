"""The whole way: a shop's file is taken in and awarded, and the agents' pages tell of it."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from franchise.bonuses.actions.awarding import award_all
from franchise.bonuses.actions.plans import approve_plan, propose_plan
from franchise.bonuses.models import Plan
from franchise.core import clock
from franchise.orders.models import Order, Shop
from tests.cast import plant_cast
from tests.orders.files import Mall

# Long enough ago for its after-sales to be over, whatever day the test runs on.
PAID = datetime(2026, 3, 2, 10, 24, tzinfo=clock.SHANGHAI)
IN_CHANGAN = {"address": "广东省东莞市长安镇振安中路 123 号 3 栋 李小明", "goods_amount": "1000.00"}
BUYER = {"buyer_name": "李小明", "buyer_phone": "13812342046"}


@pytest.fixture
def cast(db):
    return plant_cast()


@pytest.fixture
def mall(cast, tmp_path):
    return Mall(tmp_path, Shop.objects.create(code="mall", name="商城"))


@pytest.fixture
def plan(cast):
    def plan(mode=Plan.Mode.ADDITIVE, rates=("0.03", "0.02", "0.01"), cap=None):
        county, city, province = map(Decimal, rates)
        proposed = propose_plan(
            name="2026",
            mode=mode,
            county_rate=county,
            city_rate=city,
            province_rate=province,
            cap=cap and Decimal(cap),
            starts_on=date(2026, 1, 1),
            by=cast.operations,
        )
        return approve_plan(proposed.pk, by=cast.approver)

    return plan


@pytest.fixture
def additive(plan):
    return plan()


@pytest.fixture
def take(mall):
    def take(order_no, **cells):
        row = {"order_no": order_no, "paid_at": str(PAID), **IN_CHANGAN, **BUYER, **cells}
        assert mall.take(row).rejected == 0
        award_all()
        return Order.objects.get(order_no=order_no)

    return take


@pytest.fixture
def page(client):
    def page(holder, path=""):
        client.force_login(holder.member)
        return client.get(f"/portal/{path}").content.decode()

    return page


@pytest.fixture
def ask(client):
    def ask(holder, number):
        client.force_login(holder.member)
        return client.post("/portal/why/", {"number": number}).content.decode()

    return ask


def completed(days=6):
    return {"status": "completed", "completed_at": str(PAID + timedelta(days=days))}


def yours(page):
    return re.search(r'<div class="rg-amt rg-amt--xl">([^<]+)</div>', page)[1]


def test_each_agent_of_an_order_sees_their_own_share_of_it(cast, plan, take, page):
    plan()
    order = take("A1", **completed())
    shares = {"changan": "30.00", "dongguan": "20.00", "guangdong": "10.00"}
    names = {name: getattr(cast, name).agent.name for name in shares}
    for name, amount in shares.items():
        seen = page(getattr(cast, name), f"orders/{order.pk}/")
        assert yours(seen) == amount
        for other in shares.keys() - {name}:
            assert names[other] not in seen
            assert f"+{shares[other]}" not in seen
    assert "没有您能看的这一页" in page(cast.tianhe, f"orders/{order.pk}/")


def test_the_places_that_were_read_are_marked_and_the_door_is_hidden(plan, take, cast, page):
    plan()
    seen = page(cast.changan, f"orders/{take('A1').pk}/")
    for name in ("广东省", "东莞市", "长安镇"):
        assert f'<span class="rg-mark">{name}</span>' in seen
    assert "振安中路***" in seen
    for secret in ("123", "3 栋", "李小明", "13812342046"):
        assert secret not in seen
    assert "李**" in seen


def test_pending_earned_and_clawed_back_on_the_start_page(plan, take, mall, cast, page):
    plan()
    take("A1", **completed())
    take("A2", goods_amount="286.00")
    mall.refund(
        {"refund_no": "R1", "order_no": "A1", "amount": "300.00", "refunded_at": "2026-04-05 10:00"}
    )
    award_all()
    march, april = page(cast.changan, "?month=2026-03"), page(cast.changan, "?month=2026-04")
    assert '<div class="rg-hero__amt rg-wait">30.00</div>' in march
    assert '<b class="rg-wait">8.58</b>' in march
    assert '<div class="rg-hero__amt rg-wait">−9.00</div>' in april
    assert "1 笔，合计" in page(cast.changan, "orders/?state=pending")


def test_the_refund_of_the_rest_leaves_exactly_nothing(plan, take, mall, cast, page):
    plan()
    order = take("A1", **completed())
    for number, amount in (("R1", "300.00"), ("R2", "700.00")):
        mall.refund(
            {
                "refund_no": number,
                "order_no": "A1",
                "amount": amount,
                "refunded_at": "2026-04-05 10:00",
            }
        )
        award_all()
    seen = page(cast.changan, f"orders/{order.pk}/")
    assert yours(seen) == "0.00"
    assert "还剩 700.00，按 3% 是 21.00；已记 30.00，所以扣回 9.00。" in seen
    assert "还剩 0.00，按 3% 是 0.00；已记 21.00，所以扣回 21.00。" in seen
    assert "已全部扣回" in seen


def test_a_changed_amount_is_taken_back_and_counted_anew(plan, take, cast, page):
    plan()
    take("A1", updated_at="2026-03-03 10:00")
    order = take("A1", goods_amount="800.00", updated_at="2026-03-04 10:00")
    seen = page(cast.changan, f"orders/{order.pk}/")
    assert yours(seen) == "24.00"
    assert "更正，扣回" in seen
    assert "800.00 × 3% = 24.00" in seen


def test_under_level_difference_the_city_gets_what_is_above_the_town(plan, take, cast, page):
    plan(Plan.Mode.LEVEL_DIFFERENCE, ("0.03", "0.05", "0.06"), cap="0.05")
    order = take("A1", goods_amount="33.33")
    seen = page(cast.dongguan, f"orders/{order.pk}/")
    assert yours(seen) == "0.67"
    assert "33.33 × 2% = 0.6666，记 0.67" in seen
    assert "一单合计不超过 5%" in seen


def test_the_cap_leaves_the_province_nothing_and_says_so(plan, take, cast, page, ask):
    plan(Plan.Mode.LEVEL_DIFFERENCE, ("0.03", "0.05", "0.06"), cap="0.05")
    take("A1")
    assert "下面各级已经用满方案给一单的上限" in ask(cast.guangdong, "A1")
    assert "A1" not in page(cast.guangdong, "orders/")


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (
            {"address": "广东省东莞市大朗镇松山湖大道 8 号"},
            "货送到<b>大朗镇</b>，那天不在您的代理权里。",
        ),
        ({"paid_at": "2025-12-30 10:00"}, "还没有奖金方案"),
        ({"address": "广东省东莞市工业南路 8 号"}, "还没算，正在核对地址"),
        ({"buyer_kind": "agent"}, "代理商或服务点自己进的货"),
        ({"status": "cancelled"}, "这一单已经取消"),
        ({"goods_amount": "0.10"}, "您的这一份不到半分钱"),
        ({"pickup_point": "NOWHERE"}, "提货的服务点总部还没有录入"),
    ],
)
@pytest.mark.usefixtures("additive")
def test_why_an_order_brought_nothing(take, cast, ask, cells, said):
    take("A1", **cells)
    seen = ask(cast.changan, "A1")
    assert said in seen
    for secret in ("李小明", "李**", "1,000.00", cast.dongguan.agent.name):
        assert secret not in seen


def test_what_the_pages_add_up_to_is_what_was_posted(plan, take, cast, page, client):
    plan()
    for number in range(3):
        take(f"A{number}", goods_amount=f"{100 + number}.55", **completed())
    client.force_login(cast.changan.member)
    text = b"".join(client.get("/portal/me/lines.csv").streaming_content).decode()
    amounts = [Decimal(row.split(",")[8]) for row in text.splitlines()[1:]]
    assert amounts == [Decimal("3.02"), Decimal("3.05"), Decimal("3.08")]
    month = f"{clock.day_of(Order.objects.first().completed_at + timedelta(days=7)):%Y-%m}"
    assert '<div class="rg-hero__amt rg-wait">9.15</div>' in page(cast.changan, f"?month={month}")
