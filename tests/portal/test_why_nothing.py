from datetime import date

import pytest

from agents.models import Tier
from franchise.bonuses.models import Refusal
from franchise.history.models import Event
from tests.portal.books import DALANG
from tests.regions_cast import CHANGAN, HUMEN

pytestmark = pytest.mark.usefixtures("on_christmas_eve")


@pytest.fixture
def ask(client, books):
    client.force_login(books.chen)
    return lambda number: client.post("/portal/why/", {"number": number})


def said(answer):
    return answer.content.decode()


def test_it_went_to_another_region(books, ask):
    order = books.order("HJ2612200009001", date(2026, 12, 20), place=DALANG)
    books.award(order, books.dongguan)
    page = said(ask("HJ2612200009001"))
    assert "货送到<b>大朗镇</b>，那天不在您的代理权里。" in page
    assert "卡在第 3 步" in page
    assert "长安镇、济源市，没有大朗镇" in page
    assert "振安中路***" in page


def test_of_an_order_that_is_not_theirs_no_buyer_and_no_amount(books, ask):
    order = books.order("HJ2612200009001", date(2026, 12, 20), "987.00", place=DALANG)
    books.award(order, books.dongguan)
    page = said(ask("HJ2612200009001"))
    for secret in ("李", "138****2046", "987.00", "19.74", "王氏贸易", "123 号"):
        assert secret not in page


def test_the_territory_had_not_begun(books, ask):
    order = books.order("A1", date(2026, 2, 27))
    books.award(order, books.dongguan)
    page = said(ask("A1"))
    assert "付款时，您的长安镇代理权<b>还差 2 天</b>才生效。" in page
    assert "rg-span__day" in page


def test_the_territory_was_over(books, ask):
    books.hold(HUMEN, Tier.COUNTY, books.chens, date(2026, 3, 1), date(2026, 12, 1))
    order = books.order("A1", date(2026, 12, 4), place=HUMEN)
    books.award(order, books.dongguan)
    page = said(ask("A1"))
    assert "付款时，您的虎门镇代理权<b>已经到期 4 天</b>。" in page


def test_the_address_is_being_looked_at(books, ask):
    order = books.order("A1", date(2026, 12, 20))
    Refusal.objects.create(
        order=order, why="unresolved", region=order.region, paid_on=order.paid_on
    )
    page = said(ask("A1"))
    assert "还没算，正在核对地址" in page
    assert "卡在第 2 步" in page


def test_no_plan_covers_the_day(books, ask):
    order = books.order("A1", date(2025, 12, 20))
    Refusal.objects.create(order=order, why="no_plan", region=order.region, paid_on=order.paid_on)
    assert "付款那天还没有奖金方案" in said(ask("A1"))


def test_an_agents_own_purchase(books, ask):
    books.order("A1", date(2026, 12, 20), buyer_kind="agent")
    assert "代理商或服务点自己进的货" in said(ask("A1"))


def test_a_cancelled_order(books, ask):
    books.order("A1", date(2026, 12, 20), status="cancelled")
    assert "这一单已经取消" in said(ask("A1"))


def test_it_has_only_just_arrived(books, ask):
    books.order("A1", date(2026, 12, 20))
    assert "这一单刚到" in said(ask("A1"))


def test_a_share_of_less_than_half_a_fen(books, ask):
    order = books.order("A1", date(2026, 12, 20), "0.10")
    books.award(order, books.changan, books.dongguan)
    assert "不到半分钱" in said(ask("A1"))


def test_an_order_that_did_bring_something_is_opened(books, ask):
    order = books.order("A1", date(2026, 12, 20))
    books.award(order, books.changan)
    assert ask(" A1 ")["Location"] == f"/portal/orders/{order.pk}/"


def test_the_number_must_be_the_whole_one(books, ask):
    books.order("HJ2612200009001", date(2026, 12, 20), place=CHANGAN)
    assert "没有 9001 这一单" in said(ask("9001"))
    assert "请输入完整订单号" in said(ask(""))


def test_guessing_is_recorded_and_ends_after_twenty(books, ask):
    books.order("A1", date(2026, 12, 20))
    for number in range(20):
        assert "没有 X" in said(ask(f"X{number}"))
    assert "一小时最多查 20 单" in said(ask("A1"))
    looked_up = Event.objects.filter(verb="order.looked_up", by=books.chen)
    assert looked_up.count() == 20
    assert looked_up.first().data == {"order_no": "X0", "agent": books.chens.pk}


def test_the_limit_is_each_persons_own_and_passes(client, books, ask, time_machine):
    for number in range(20):
        ask(f"X{number}")
    client.force_login(books.wang)
    assert "没有 A1" in said(client.post("/portal/why/", {"number": "A1"}))
    client.force_login(books.chen)
    time_machine.shift(3601)
    assert "没有 A1" in said(ask("A1"))
