"""The first page: figures that add up, by region and by day, and what waits."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.urls import reverse

from franchise.office import waiting
from franchise.office.overview import change, gathered, strips
from franchise.office.periods import asked_for
from tests.office.test_order_page import text_of
from tests.regions_cast import DONGGUAN, GUANGDONG, GUANGZHOU, region

PAGE = "/office/overview/"
MARCH = "period=own&first=2026-03-01&last=2026-03-31"


def period(query, day=date(2026, 3, 31)):
    return asked_for(QueryDict(query), day)


@pytest.mark.parametrize(
    ("query", "day", "expected"),
    [
        ("", "2026-03-10", "2026-03-01 2026-03-10 2026-02-01 2026-02-10"),
        ("", "2026-03-30", "2026-03-01 2026-03-30 2026-02-01 2026-02-28"),
        ("period=7d", "2026-03-10", "2026-03-04 2026-03-10 2026-02-25 2026-03-03"),
        ("period=last_month", "2026-03-10", "2026-02-01 2026-02-28 2026-01-01 2026-01-31"),
        ("period=quarter", "2026-05-20", "2026-04-01 2026-05-20 2026-01-01 2026-02-19"),
        (
            "period=own&first=2026-03-05&last=2026-03-07",
            "2026-05-20",
            "2026-03-05 2026-03-07 2026-03-02 2026-03-04",
        ),
        (
            "period=own&first=x&last=2026-03-07",
            "2026-03-02",
            "2026-03-01 2026-03-02 2026-02-01 2026-02-02",
        ),
        (
            "period=own&first=2020-01-01&last=2026-03-07",
            "2026-03-02",
            "2026-03-01 2026-03-02 2026-02-01 2026-02-02",
        ),
    ],
)
def test_periods_and_what_they_are_compared_with(query, day, expected):
    found = period(query, date.fromisoformat(day))

    days = (found.first, found.last, found.former_first, found.former_last)
    assert " ".join(map(str, days)) == expected


def test_a_change_needs_something_before():
    assert change(Decimal(150), Decimal(100)) == 50
    assert change(Decimal(-50), Decimal(-100)) == 50
    assert change(Decimal(150), Decimal(0)) is None


def test_figures_of_a_period_add_up_region_by_region_and_day_by_day(world):
    found = gathered(period(MARCH), None)

    assert found.figures.goods_amount == Decimal("2133.33")
    assert found.figures.refunded == Decimal("300.00")
    assert found.figures.awarded == Decimal("122.00")
    assert found.figures.clawed_back == Decimal("-18.00")
    assert found.figures.agents == found.figures.pending == Decimal("104.00")
    assert {row.name: row.figures.agents for row in found.regions} == {
        "北京市": Decimal("60.00"),
        "广东省": Decimal("44.00"),
    }
    assert sum(row.figures.orders for row in found.regions) == found.figures.orders == 5
    assert sum(row.figures.due for row in found.days) == found.figures.due
    assert len(found.days) == 31


def test_a_province_opens_into_its_cities(world):
    found = gathered(period(MARCH), region(GUANGDONG))

    assert {row.code: row.figures.orders for row in found.regions} == {GUANGZHOU: 3, DONGGUAN: 1}
    assert found.figures.agents == Decimal("44.00")
    assert found.unresolved.orders == 2
    assert gathered(period(MARCH), region(DONGGUAN)).unresolved.orders == 0
    assert [strip.width for strip in strips(found, "agents")] == ["1000.0", "47.6"]


def test_the_page_shows_the_figures_and_their_rows(world, clerk):
    clerk.cookies["django_language"] = "en"
    text = text_of(clerk.get(f"{PAGE}?{MARCH}"))

    assert "Sales ¥ 2,133.33" in text
    assert "refunded − ¥ 300.00" in text
    assert "Total 5 ¥ 1,833.33 ¥ 104.00 ¥ 0.00" in text
    assert "2 orders’ regions are not certain: their bonus waits" in text
    assert "1 order without plan" in text


def test_figures_lead_to_their_orders(world, clerk):
    html = clerk.get(f"{PAGE}?{MARCH}").content.decode()
    address = (
        f"{reverse('office:orders')}?first=2026-03-01&amp;last=2026-03-31&amp;state=counts"
        f"&amp;region={region(GUANGDONG).pk}"
    )
    assert address in html
    clerk.cookies["django_language"] = "en"
    assert "1–4 of 4" in text_of(clerk.get(address.replace("&amp;", "&")))


def test_a_link_changes_one_thing_and_keeps_the_rest(world, clerk):
    html = clerk.get(f"{PAGE}?{MARCH}&measure=retained").content.decode()
    guangdong = region(GUANGDONG).pk

    assert f"?{MARCH}&measure=retained&within={guangdong}".replace("&", "&amp;") in html
    assert f"?{MARCH}&measure=net_sales".replace("&", "&amp;") in html
    assert "?measure=retained&amp;period=7d" in html


def test_the_figures_as_a_file(world, clerk):
    answer = clerk.get(f"{reverse('office:overview_csv')}?{MARCH}")
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content)))

    assert rows[-1][2:10] == [
        "5", "2133.33", "300.00", "122.00", "-18.00", "0.00", "104.00", "0.00",
    ]  # fmt: skip
    assert len(rows) == 4


def test_without_any_order_the_page_says_what_to_do(cast, clerk):
    clerk.cookies["django_language"] = "en"
    assert "No figures yet" in text_of(clerk.get(PAGE))


def test_what_waits_is_counted_the_blocking_first(world):
    found = waiting.items()

    assert [item.tone for item in found] == sorted(
        (item.tone for item in found), key=["now", "soon", ""].index
    )
    assert found[0].href == reverse("office:unresolved")
    assert waiting.count_unresolved() == 2


@pytest.mark.parametrize("query", ["sort=-agents", "sort=change", "measure=retained", "sort=x"])
def test_it_can_be_sorted_and_measured(world, clerk, query):
    assert clerk.get(f"{PAGE}?{MARCH}&{query}").status_code == 200


def test_an_unknown_region_is_not_found(world, clerk):
    assert clerk.get(f"{PAGE}?within=999999999").status_code == 404


QUERIES = 27


def test_the_page_costs_the_same_with_more_orders(world, clerk, django_assert_num_queries):
    clerk.get(f"{PAGE}?{MARCH}")
    with django_assert_num_queries(QUERIES):
        clerk.get(f"{PAGE}?{MARCH}")
