"""The list of orders: what each filter finds, its totals, and its lines as a file."""

import csv
import io
from decimal import Decimal

import pytest
from django.urls import reverse

from franchise.office import order_list
from franchise.office.order_list import CappedPaginator, Filter, orders_matching, rows
from franchise.office.wording import State
from tests.office.test_order_page import text_of
from tests.orders.files import good
from tests.regions_cast import CHANGAN, GUANGDONG, TIANHE, region

LIST = "/office/orders/"


def numbers(**wanted):
    return {order.order_no for order in orders_matching(Filter(**wanted))}


def test_each_state_finds_its_orders(world):
    assert numbers(state=State.PENDING) == {"A1", "A2", "A3"}
    assert numbers(state=State.TAKEN_BACK) == {"A1"}
    assert numbers(state=State.UNRESOLVED) == {"D1", "D2"}
    assert numbers(state=State.NO_PLAN) == {"N1"}
    assert numbers(state=State.OWN) == {"O1"}
    assert numbers(state=State.CANCELLED) == {"C1"}
    assert numbers(state=State.EARNED) == set()
    assert numbers(state=State.COUNTS) == {"A1", "A2", "A3", "D1", "D2", "N1"}


def test_a_region_finds_what_lies_in_it(world):
    assert numbers(region=region(GUANGDONG)) == {"A1", "A2", "D1", "D2", "C1", "N1"}
    assert numbers(region=region(CHANGAN)) == {"A2"}
    assert numbers(region=region(TIANHE), state=State.PENDING) == {"A1"}


def test_number_shop_and_days_narrow_the_list(world):
    assert numbers(number="A1", shop=world.shop) == {"A1"}
    assert numbers(last=order_list.date(2026, 1, 31)) == {"N1"}


def test_a_row_tells_what_came_of_an_order(world):
    by_number = {row.order.order_no: row for row in rows(orders_matching(Filter()))}

    assert by_number["A1"].agents == Decimal("42.00")
    assert by_number["A1"].retained == Decimal("0.00")
    assert by_number["A1"].state == State.PENDING
    assert by_number["D1"].state == State.UNRESOLVED
    assert by_number["N1"].state == State.NO_PLAN
    assert by_number["O1"].state == State.OWN
    assert by_number["C1"].state == State.CANCELLED


def test_the_page_adds_up(world, clerk):
    clerk.cookies["django_language"] = "en"
    text = text_of(clerk.get(LIST, {"state": "pending"}))

    # 42.00 + 2.00 + 60.00, of which head office keeps nothing
    assert "Total ¥ 2,033.33 ¥ 104.00 ¥ 0.00" in text


def test_beyond_the_cap_the_list_says_so(world, clerk, monkeypatch):
    monkeypatch.setattr(order_list, "COUNTED", 3)
    clerk.cookies["django_language"] = "en"
    text = text_of(clerk.get(LIST))

    assert "The first 3 are counted" in text
    assert "Total" not in text.replace("totals", "")
    assert CappedPaginator(orders_matching(Filter()), 2).num_pages == 2


def test_the_lines_of_the_filter_as_a_file(world, clerk):
    answer = clerk.get(reverse("office:order_lines"), {"q": "A1"})
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(content)))

    assert [(line["cause"], line["tier"], line["amount"]) for line in lines] == [
        ("order", "county", "30.00"),
        ("order", "city", "20.00"),
        ("order", "province", "10.00"),
        ("refund:R1", "county", "-9.00"),
        ("refund:R1", "city", "-6.00"),
        ("refund:R1", "province", "-3.00"),
    ]
    assert {line["state"] for line in lines} == {"pending"}


def test_a_new_order_costs_no_query(world, clerk, django_assert_num_queries):
    clerk.get(LIST)
    with django_assert_num_queries(QUERIES):
        clerk.get(LIST)
    world.take(*(good(f"X{number}", region_code=TIANHE) for number in range(9)))
    with django_assert_num_queries(QUERIES):
        clerk.get(LIST)


QUERIES = 12


@pytest.mark.parametrize("query", ["first=nonsense", "page=999", "sort=buyer", "region=x&shop=9"])
def test_a_bent_address_still_shows_a_list(world, clerk, query):
    assert clerk.get(f"{LIST}?{query}").status_code == 200
