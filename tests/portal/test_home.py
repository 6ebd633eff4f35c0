from datetime import date
from decimal import Decimal

import pytest

from agents.models import Agent, Member
from franchise.portal.earnings import earnings
from franchise.users.models import User
from tests.portal.books import DECEMBER

pytestmark = pytest.mark.usefixtures("on_christmas_eve")
EVE = date(2026, 12, 24)


@pytest.fixture
def home(client, books):
    client.force_login(books.chen)
    return lambda query="": client.get(f"/portal/{query}").content.decode()


def test_earned_counts_from_the_day_it_is_earned_and_a_clawback_from_its_refund(books):
    order = books.order("A1", date(2026, 11, 20))
    books.award(order, books.changan)
    books.earn(order, date(2026, 12, 2))
    books.refund(order, "300.00", date(2026, 12, 9), books.changan)
    pending = books.order("A2", date(2026, 12, 20), "286.00")
    books.award(pending, books.changan)

    figures = earnings(books.chens, DECEMBER, EVE)

    assert figures.by_day == {
        date(2026, 12, 2): Decimal("30.00"),
        date(2026, 12, 9): Decimal("-9.00"),
    }
    assert figures.earned == Decimal("21.00")
    assert (figures.clawed_back, figures.clawed_back_lines) == (Decimal("-9.00"), 1)
    assert (figures.pending, figures.pending_orders) == (Decimal("8.58"), 1)
    assert earnings(books.chens, date(2026, 11, 1), EVE).earned == 0


def test_a_refund_before_the_order_was_earned_counts_with_it(books):
    order = books.order("A1", date(2026, 11, 20))
    books.award(order, books.changan)
    books.refund(order, "300.00", date(2026, 11, 25), books.changan)
    assert earnings(books.chens, DECEMBER, EVE).pending == Decimal("21.00")
    books.earn(order, date(2026, 12, 2))
    figures = earnings(books.chens, DECEMBER, EVE)
    assert figures.by_day == {date(2026, 12, 2): Decimal("21.00")}
    assert figures.pending == 0


def test_of_an_order_refunded_as_a_whole_nothing_is_to_come(books):
    order = books.order("A1", date(2026, 12, 20))
    books.award(order, books.changan)
    books.refund(order, "1000.00", date(2026, 12, 21), books.changan)
    figures = earnings(books.chens, DECEMBER, EVE)
    assert (figures.pending, figures.pending_orders) == (0, 0)
    assert figures.regions[0].pending_orders == 0


def test_every_figure_is_the_sum_of_the_agents_own_lines(books):
    books.some_weeks()
    figures = earnings(books.chens, DECEMBER, EVE)
    assert figures.earned == sum(region.earned for region in figures.regions) == Decimal("214.20")
    assert figures.pending == Decimal("173.16")
    assert [region.pending_orders for region in figures.regions] == [6, 2]
    assert earnings(books.wangs, DECEMBER, EVE).earned == Decimal("-6.00")


def test_the_start_page_shows_them(books, home):
    books.some_weeks()
    page = home()
    for shown in ("214.20", "173.16", "−9.00", "134.25", "79.95", "12月已入账（元）"):
        assert shown in page
    assert "比 11月1–24日多" in page
    assert "184.20" in page
    assert "数据到 12月24日 09:41" in page


def test_another_month_by_its_address(books, home):
    books.some_weeks()
    page = home("?month=2026-11")
    assert "11月已入账（元）" in page
    assert "30.00" in page


@pytest.mark.parametrize("month", ["2027-01", "nonsense", "2026-13", ""])
def test_a_month_that_is_none_is_this_one(books, home, month):
    assert "12月已入账（元）" in home(f"?month={month}")


def test_htmx_gets_the_figures_alone(client, books):
    client.force_login(books.chen)
    part = client.get("/portal/?month=2026-11", headers={"HX-Request": "true"}).content.decode()
    assert "11月已入账" in part
    assert "<html" not in part


def test_an_agent_without_territory_learns_what_comes_next(client, db):
    user = User.objects.create_user("13800001111")
    Member.objects.create(agent=Agent.objects.create(code="N", name="新代理商"), user=user)
    client.force_login(user)
    page = client.get("/portal/").content.decode()
    assert "您还没有区域" in page
    assert "0.00" in page


def test_more_lines_and_regions_ask_no_more_queries(client, books, django_assert_num_queries):
    client.force_login(books.chen)
    books.award(books.order("A1", date(2026, 12, 20)), books.changan)
    with django_assert_num_queries(8):
        client.get("/portal/")
    books.some_weeks()
    with django_assert_num_queries(8):
        client.get("/portal/")
