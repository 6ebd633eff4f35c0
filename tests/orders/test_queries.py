"""Finding orders and what belongs to them, for lists and pages."""

from datetime import date
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from franchise.orders.models import Order
from franchise.orders.queries import imports, orders
from tests.cast import Cast
from tests.orders.files import Mall, good, refund
from tests.regions_cast import BEIJING, CHAOYANG, GUANGDONG, GUANGZHOU, TIANHE, region


@pytest.fixture
def mall(mall: Mall, cast: Cast) -> Mall:
    mall.take(
        good("A1", region_code=TIANHE, paid_at="2026-03-01 23:59"),
        good("A2", region_code=GUANGZHOU, paid_at="2026-03-02", status="cancelled"),
        good("A3", region_code=GUANGDONG, paid_at="2026-03-03"),
        good("B1", region_code=CHAOYANG, paid_at="2026-03-02", buyer_kind="agent"),
    )
    return mall


@pytest.mark.parametrize(
    ("by", "found"),
    [
        ({}, ["A3", "B1", "A2", "A1"]),
        ({"order_no": " A"}, ["A3", "A2", "A1"]),
        ({"order_no": "A1"}, ["A1"]),
        ({"first": date(2026, 3, 2)}, ["A3", "B1", "A2"]),
        ({"last": date(2026, 3, 1)}, ["A1"]),
        ({"first": date(2026, 3, 2), "last": date(2026, 3, 2)}, ["B1", "A2"]),
        ({"status": "cancelled"}, ["A2"]),
        ({"buyer_kind": "agent"}, ["B1"]),
        ({"shop_id": 0}, []),
    ],
)
def test_orders_found(mall: Mall, by: dict[str, Any], found: list[str]) -> None:
    assert [order.order_no for order in orders.orders_found(**by)] == found


@pytest.mark.parametrize(
    ("code", "found"),
    [(TIANHE, {"A1"}), (GUANGZHOU, {"A1", "A2"}), (GUANGDONG, {"A1", "A2", "A3"}),
     (BEIJING, {"B1"})],
)  # fmt: skip
def test_orders_in_a_region_and_below(mall: Mall, code: str, found: set[str]) -> None:
    inside = orders.orders_found(region_id=region(code).pk)
    assert {order.order_no for order in inside} == found


def test_a_list_of_orders_is_two_queries(
    mall: Mall, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    guangdong = region(GUANGDONG).pk
    with django_assert_num_queries(2):
        for order in orders.orders_found(region_id=guangdong):
            assert order.shop.name
            assert order.region.name
            assert order.address.evidence


def test_what_belongs_to_an_order(mall: Mall) -> None:
    order = orders.order_by_number("mall", "A1")
    assert order is not None
    assert orders.order_by_number("other", "A1") is None
    mall.take(good("A1", goods_amount="900", updated_at="2026-03-04"))
    mall.take(good("A1", goods_amount="800", updated_at="2026-03-03"))
    mall.refund(refund("R2"), refund("R1"), refund("R0", refunded_at="2026-03-09"))
    [version] = orders.versions_of(order.pk)
    assert version.content["goods_amount"] == 1000.0
    assert [listed.why for listed in orders.old_versions()] == ["older"]
    assert [r.refund_no for r in orders.refunds_of(order.pk)] == ["R1", "R2", "R0"]


def test_own_orders(mall: Mall) -> None:
    assert [order.order_no for order in orders.own_orders()] == ["B1"]


def test_the_list_of_imports(mall: Mall, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    mall.take(good("C1", goods_amount="-1"), good("C2", goods_amount="-2"))
    with django_assert_num_queries(1):
        listed = [
            (file.shop and file.shop.code, file.still_rejected, imports.report_of(file)["new"])
            for file in imports.imports()
        ]
    assert listed == [("mall", 2, 0), ("mall", 0, 4)]
    assert Order.objects.count() == 4
