import csv
import io
import re
from datetime import date, datetime
from decimal import Decimal

import pytest

from agents.models import Agent, Member
from franchise.bonuses.models import BonusTurn
from franchise.core.clock import SHANGHAI
from tests.portal.books import JIYUAN

pytestmark = pytest.mark.usefixtures("on_christmas_eve")


@pytest.fixture
def see(client, books):
    client.force_login(books.chen)
    return lambda path: client.get(f"/portal/{path}").content.decode()


def test_lines_stand_under_their_day_with_place_formula_and_sign(books, see):
    books.some_weeks()
    page = see("orders/")
    assert "12月23日 周三" in page
    assert "尾号 4423" in page
    assert "251.00 × 3%" in page
    assert "+7.53" in page
    assert "= 7.53" not in page
    assert "25 笔" in page
    assert '<b class="rg-amt">417.36</b>' in page
    assert "第 1–20 笔，共 25 笔" in page


def test_the_older_page_has_the_rest(books, see):
    books.some_weeks()
    page = see("orders/?page=2")
    assert "第 21–25 笔，共 25 笔" in page
    assert "−9.00" in page
    assert "page=1" in page


def test_an_unrounded_share_is_shown_where_rounding_changed_it(books, see):
    books.award(books.order("A1", date(2026, 12, 20), "268.50"), books.changan)
    page = see("orders/")
    assert "268.50 × 3%" in page
    assert "= 8.055，四舍五入" in page
    assert "+8.06" in page


@pytest.mark.parametrize(
    ("query", "lines", "total"),
    [
        ("state=pending", 8, "173.16"),
        ("state=earned", 17, "244.20"),
        ("state=clawed_back", 1, "−9.00"),
        ("month=2026-11", 1, "30.00"),
        ("month=2026-12&state=earned", 16, "214.20"),
        ("day=2026-12-05", 1, "−9.00"),
        ("q=4418", 3, "46.98"),
        ("q=HJ2611050004418", 2, "21.00"),
    ],
)
def test_filters(books, see, query, lines, total):
    books.some_weeks()
    page = see(f"orders/?{query}")
    assert f"{lines} 笔，合计" in page
    assert re.search(rf'<b class="rg-amt[^"]*">{total}</b>', page)


def test_what_was_taken_off_pending_orders_is_no_claw_back(books, see):
    """The figure on the start page and the lines behind it are the same."""
    order = books.order("A1", date(2026, 12, 20))
    books.award(order, books.changan)
    books.refund(order, "300.00", date(2026, 12, 21), books.changan)
    assert "没有这样的单" in see("orders/?state=clawed_back")
    books.earn(order, date(2026, 12, 22))
    assert "1 笔，合计" in see("orders/?state=clawed_back")


def test_the_filter_chosen_stays_chosen(books, see):
    books.some_weeks()
    page = see(f"orders/?state=pending&month=2026-12&region={books.changan.pk}&q=44")
    assert 'value="pending" aria-pressed="true"' in page
    assert '<option value="2026-12" selected>' in page
    assert f'<option value="{books.changan.pk}" selected>' in page
    assert 'value="44"' in page


def test_a_region_filters_too_and_anothers_finds_nothing(books, see):
    books.some_weeks()
    assert "7 笔，合计" in see(f"orders/?region={books.jiyuan.pk}")
    assert "没有这样的单" in see(f"orders/?region={books.dongguan.pk}")


@pytest.mark.parametrize(
    "query", ["state=x", "region=abc", "month=2026", "day=yesterday", "page=99"]
)
def test_a_filter_that_makes_no_sense_is_left_out(books, see, query):
    books.some_weeks()
    assert "共 25 笔" in see(f"orders/?{query}")


def test_no_orders_yet(books, see):
    assert "还没有订单" in see("orders/")


def test_a_page_of_lines_asks_as_few_queries_as_one_line(client, books, django_assert_num_queries):
    client.force_login(books.chen)
    books.award(books.order("A1", date(2026, 12, 20)), books.changan)
    with django_assert_num_queries(6):
        client.get("/portal/orders/")
    books.some_weeks()
    with django_assert_num_queries(6):
        client.get("/portal/orders/")


def test_the_ladder_tells_the_whole_way(books, see):
    order = books.some_weeks()
    page = see(f"orders/{order.pk}/")
    for said in (
        '<span class="rg-mark">东莞市</span>',
        "振安中路***",
        "收货人 李**",
        "138****2046",
        "东莞市 › 长安镇",
        "长安镇，是您的",
        "2026年3月1日",
        "2029年2月28日",
        "11月5日 12:00 付款（竖线处），在期内。",
        "1,000.00 × 3% = 30.00",
        "11月11日 收货，满 7 天没有售后。",
        "11月18日 入账",
        "后来退款 300.00",
        "还剩 700.00，按 3% 是 21.00；已记 30.00，所以扣回 9.00。",
        "订单号 HJ2611050004418",
        '<div class="rg-amt rg-amt--xl">21.00</div>',
    ):
        assert said in page


def test_nothing_of_the_buyer_but_the_masks(books, see):
    order = books.some_weeks()
    page = see(f"orders/{order.pk}/")
    for secret in ("李小明", "13812342046", "123 号"):
        assert secret not in page


def test_nothing_of_another_agent(books, see):
    order = books.some_weeks()
    page = see(f"orders/{order.pk}/")
    for secret in ("王氏贸易", "王先生", "20.00", "−6.00", "2%"):
        assert secret not in page


def test_an_order_that_is_a_strangers_does_not_exist(client, books):
    order = books.order("A1", date(2026, 12, 20), place=JIYUAN)
    books.award(order, books.jiyuan)
    client.force_login(books.wang)
    answer = client.get(f"/portal/orders/{order.pk}/")
    nowhere = client.get("/portal/orders/999999/")
    assert answer.status_code == nowhere.status_code == 404
    assert "A1" not in answer.content.decode()
    client.force_login(books.chen)
    assert client.get(f"/portal/orders/{order.pk}/").status_code == 200


def test_a_pending_order_says_what_it_waits_for(books, see):
    received = datetime(2026, 12, 22, 18, tzinfo=SHANGHAI)
    order = books.order("A1", date(2026, 12, 20), completed_at=received, status="completed")
    books.award(order, books.changan)
    page = see(f"orders/{order.pk}/")
    assert "12月22日 收货。到 12月29日 没有售后就入账。" in page
    assert "待入账" in page


def test_a_correction_is_a_taking_back_and_a_new_share(books, see):
    order = books.order("A1", date(2026, 12, 1), "1000.00")
    books.award(order, books.changan)
    for turn, cause, base, left in (
        (1, BonusTurn.Cause.TAKEN_BACK, "-1000.00", "0.00"),
        (2, BonusTurn.Cause.PAID_ANEW, "800.00", "800.00"),
    ):
        BonusTurn.objects.create(
            order=order,
            turn=turn,
            cause=cause,
            batch=books.batch,
            correction=1,
            ladder_turn=2 if cause == BonusTurn.Cause.PAID_ANEW else None,
            goods_amount=Decimal(left),
            goods_refunded=0,
            freight_refunded=0,
        )
        books.award(order, books.changan, turn=turn, base=Decimal(base))
    page = see(f"orders/{order.pk}/")
    assert '<div class="rg-amt rg-amt--xl">24.00</div>' in page
    assert "更正，扣回" in page
    assert "更正后重新算" in page
    assert "800.00 × 3% = 24.00" in page


def test_the_order_page_asks_a_fixed_number_of_queries(client, books, django_assert_num_queries):
    order = books.some_weeks()
    client.force_login(books.chen)
    with django_assert_num_queries(15):
        client.get(f"/portal/orders/{order.pk}/")


def test_all_lines_as_csv(client, books):
    books.some_weeks()
    books.award(books.order("=1+1", date(2026, 12, 21)), books.changan)
    client.force_login(books.chen)
    answer = client.get("/portal/me/lines.csv")
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert len(rows) == 26
    assert sum(Decimal(row["金额"]) for row in rows) == Decimal("417.36") + Decimal("30.00")
    assert [row["订单号"] for row in rows if "1+1" in row["订单号"]] == ["'=1+1"]
    assert {row["进度"] for row in rows} == {"已入账", "待入账"}


def test_a_member_of_two_agents_sees_one_at_a_time(client, books, see):
    second = Agent.objects.create(code="A-003", name="陈记分号")
    Member.objects.create(agent=second, user=books.chen)
    order = books.order("A1", date(2026, 12, 20))
    books.award(order, books.changan)
    assert "陈记商行" in see("")
    assert client.post("/portal/me/agent/", {"agent": second.pk})["Location"] == "/portal/me/"
    assert "陈记分号" in see("")
    assert client.get(f"/portal/orders/{order.pk}/").status_code == 404


@pytest.mark.parametrize("agent", ["", "abc", "0"])
def test_somebody_elses_agent_cannot_be_chosen(client, books, see, agent):
    asked = agent or str(books.wangs.pk)
    assert client.post("/portal/me/agent/", {"agent": asked}).status_code == 404
    assert "陈记商行" in see("")
