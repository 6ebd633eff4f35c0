"""Refunds: stored once, joined to their order whichever comes first, moving on by their status."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from franchise.core.clock import SHANGHAI
from franchise.orders import errors
from franchise.orders.actions.imports import preview_refunds
from franchise.orders.models import ImportFile, Order, Refund, RejectedRow, Shop, WaitingRefund
from franchise.orders.queries.orders import is_refund_requested, refunds_without_order
from tests.at_once import at_once
from tests.orders.files import Mall, as_csv, good, problems, refund, told
from tests.regions_cast import plant_regions


def test_a_completed_refund_waits_for_its_claw_back(mall: Mall) -> None:
    mall.take(good())
    report = mall.refund(refund(freight_amount="10"))
    assert told(report) == {"rows": 1, "new": 1}
    assert report.without_order == 0
    stored = Refund.objects.get()
    assert (stored.amount, stored.freight_amount, stored.status) == (
        Decimal("300.00"),
        Decimal("10.00"),
        "completed",
    )
    assert stored.refunded_at == datetime(2026, 3, 5, 10, tzinfo=SHANGHAI)
    assert stored.order == Order.objects.get()
    waiting = WaitingRefund.objects.get()
    assert (waiting.refund, waiting.order, waiting.is_parked) == (stored, stored.order, False)


def test_the_same_refunds_twice_change_nothing(mall: Mall) -> None:
    mall.take(good())
    rows = [refund("R1"), refund("R2", status="requested"), refund("R3", order_no="X")]
    mall.refund(*rows)
    before = list(Refund.objects.order_by("pk").values())
    WaitingRefund.objects.all().delete()
    assert told(mall.refund(*rows)) == {"rows": 3, "unchanged": 3}
    assert list(Refund.objects.order_by("pk").values()) == before
    assert not WaitingRefund.objects.exists()


def test_a_refund_before_its_order_waits_for_it(mall: Mall) -> None:
    report = mall.refund(refund("R1"), refund("R2", status="requested"), refund("R3", order_no="B"))
    assert (report.new, report.without_order) == (3, 3)
    assert not WaitingRefund.objects.exists()
    assert refunds_without_order().count() == 3
    mall.take(good("A1"))
    joined = Refund.objects.exclude(order=None).order_by("refund_no")
    assert [stored.refund_no for stored in joined] == ["R1", "R2"]
    assert WaitingRefund.objects.get().refund.refund_no == "R1"
    assert refunds_without_order().get().refund_no == "R3"


def test_refunds_of_another_shop_are_not_joined(mall: Mall) -> None:
    other = Mall(mall.folder, Shop.objects.create(code="other", name="other"))
    other.refund(refund())
    mall.take(good())
    assert Refund.objects.get().order is None


def test_a_requested_refund_holds_its_order_and_moves_on(mall: Mall) -> None:
    mall.take(good())
    order = Order.objects.get()
    mall.refund(refund(status="申请中"))
    assert is_refund_requested(order.pk)
    assert not WaitingRefund.objects.exists()
    assert told(mall.refund(refund(status="completed", amount="250"))) == {"rows": 1, "changed": 1}
    stored = Refund.objects.get()
    assert (stored.status, stored.amount) == ("completed", Decimal("250.00"))
    assert WaitingRefund.objects.get().refund == stored
    assert not is_refund_requested(order.pk)


@pytest.mark.parametrize(
    ("held", "told_", "after", "counts"),
    [
        ("requested", "rejected", "rejected", {"rows": 1, "changed": 1}),
        ("rejected", "completed", "completed", {"rows": 1, "changed": 1}),
        ("rejected", "requested", "rejected", {"rows": 1, "unchanged": 1}),
        ("completed", "requested", "completed", {"rows": 1, "unchanged": 1}),
        ("completed", "rejected", "completed", {"rows": 1, "rejected": 1}),
    ],
)
def test_states_come_in_any_order(
    mall: Mall, held: str, told_: str, after: str, counts: dict[str, int]
) -> None:
    mall.take(good())
    mall.refund(refund(status=held))
    assert told(mall.refund(refund(status=told_))) == counts
    assert Refund.objects.get().status == after
    assert WaitingRefund.objects.count() == (after == "completed")


@pytest.mark.parametrize(
    "cells",
    [
        {"amount": "299"},
        {"freight_amount": "5"},
        {"refunded_at": "2026-03-05 10:00:01"},
    ],
)
def test_what_was_completed_no_longer_changes(mall: Mall, cells: dict[str, Any]) -> None:
    mall.refund(refund())
    report = mall.refund(refund() | cells)
    assert told(report) == {"rows": 1, "rejected": 1}
    assert problems(report) == [(2, "amount", "completed_stays")]
    assert report.problems[0]["facts"]["day"] == "2026-03-05"
    assert Refund.objects.get().amount == Decimal("300.00")


def test_a_refund_stays_with_its_order(mall: Mall) -> None:
    mall.refund(refund(status="requested"))
    report = mall.refund(refund(order_no="A2"))
    assert problems(report) == [(2, "order_no", "other_order")]
    assert Refund.objects.get().order_no == "A1"


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"refund_no": ""}, "refund_no", "missing"),
    ({"refund_no": "2.02611E+15"}, "refund_no", "stored_as_number"),
    ({"order_no": ""}, "order_no", "missing"),
    ({"amount": ""}, "amount", "missing"),
    ({"amount": "0"}, "amount", "not_positive"),
    ({"amount": "-1"}, "amount", "negative"),
    ({"amount": "x"}, "amount", "not_a_number"),
    ({"amount": "10000001"}, "amount", "absurd"),
    ({"refunded_at": ""}, "refunded_at", "missing"),
    ({"refunded_at": "2100-01-01"}, "refunded_at", "in_the_future"),
    ({"freight_amount": "300.01"}, "freight_amount", "freight_over_amount"),
    ({"status": "?"}, "status", "unknown_word"),
]


@pytest.mark.parametrize(("cells", "column", "code"), BAD)
def test_a_bad_row_alone_is_left_out(
    mall: Mall, cells: dict[str, Any], column: str, code: str
) -> None:
    report = mall.refund(refund("G1"), refund("R2") | cells)
    assert told(report) == {"rows": 2, "new": 1, "rejected": 1}
    assert problems(report) == [(3, column, code)]
    assert RejectedRow.objects.get().row == 3


def test_a_number_that_comes_twice(mall: Mall) -> None:
    report = mall.refund(refund(), refund(), refund(amount="299"))
    assert told(report) == {"rows": 3, "new": 1, "unchanged": 1, "rejected": 1}
    assert problems(report) == [(4, "refund_no", "other_content")]


def test_chinese_headers(mall: Mall) -> None:
    report = mall.refund(
        {
            "退款单号": "R1",
            "订单编号": "A1",
            "退款金额": "¥12.30",
            "退款时间": "2026/3/5 9:00",
            "退款状态": "退款成功",
            "运费": "2",
        }
    )
    assert told(report) == {"rows": 1, "new": 1}
    stored = Refund.objects.get()
    assert (stored.amount, stored.freight_amount) == (Decimal("12.30"), Decimal("2.00"))


def test_a_file_of_orders_is_no_file_of_refunds(mall: Mall) -> None:
    with pytest.raises(errors.ColumnsMissing):
        mall.refund(good())


def test_a_preview_stores_nothing(mall: Mall) -> None:
    path = mall.write(as_csv([refund()]), "refunds.csv")
    assert told(preview_refunds(path, shop="mall")) == {"rows": 1, "new": 1}
    assert not Refund.objects.exists()
    assert not ImportFile.objects.exists()


@pytest.mark.both_databases
def test_the_database_keeps_completed_refunds(mall: Mall) -> None:
    mall.take(good())
    mall.refund(refund())
    for change in ("amount = 1", "status = 'rejected'", "order_no = 'X'", "order_id = null"):
        with pytest.raises(IntegrityError, match="refund"), transaction.atomic():
            connection.cursor().execute(f"update orders_refund set {change}")


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
def test_an_order_and_its_refunds_at_once_find_each_other(tmp_path: Path) -> None:
    plant_regions()
    mall = Mall(tmp_path, Shop.objects.create(code="mall", name="商城"))
    orders = mall.write(as_csv(good(f"A{n}") for n in range(300)))
    refunds = [refund(f"R{n}", order_no=f"A{n}") for n in range(300)]
    at_once([lambda: mall.take_file(orders), lambda: mall.refund(*refunds)])
    assert Refund.objects.exclude(order=None).count() == 300
    assert WaitingRefund.objects.count() == 300


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_refunds_at_once_store_them_once(tmp_path: Path) -> None:
    plant_regions()
    folders = [tmp_path / "a", tmp_path / "b"]
    shop = Shop.objects.create(code="mall", name="商城")
    malls = []
    for folder in folders:
        folder.mkdir()
        malls.append(Mall(folder, shop))
    rows = [refund(f"R{n}") for n in range(200)]
    reports = at_once([lambda: malls[0].refund(*rows), lambda: malls[1].refund(*rows)])
    assert sorted((report.new, report.unchanged) for report in reports) == [(0, 200), (200, 0)]
    assert Refund.objects.count() == 200
