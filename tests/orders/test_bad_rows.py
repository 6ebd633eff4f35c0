"""Bad rows: each alone, with the column, what is wrong with it, and its cells to be mended."""

import csv
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from django.utils.translation import override

from franchise.orders.importing.problems import MESSAGES, sentence
from franchise.orders.models import Order, RejectedRow
from tests.orders.files import GOOD, Mall, good, problems, told

BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"order_no": ""}, "order_no", "missing"),
    ({"order_no": "1.23457E+17"}, "order_no", "stored_as_number"),
    ({"order_no": "=A2"}, "order_no", "formula"),
    ({"order_no": "+A2"}, "order_no", "formula"),
    ({"order_no": "x" * 81}, "order_no", "too_long"),
    ({"paid_at": ""}, "paid_at", "missing"),
    ({"paid_at": "-"}, "paid_at", "missing"),
    ({"paid_at": "yesterday"}, "paid_at", "not_a_date"),
    ({"paid_at": "2026-02-30"}, "paid_at", "not_a_date"),
    ({"paid_at": "2026-02-29 10:00"}, "paid_at", "not_a_date"),
    ({"paid_at": "2026-13-01"}, "paid_at", "not_a_date"),
    ({"paid_at": "2026-03-01 24:01"}, "paid_at", "not_a_date"),
    ({"paid_at": "46082.4"}, "paid_at", "not_a_date"),
    ({"paid_at": "=NOW()"}, "paid_at", "formula"),
    ({"paid_at": "2100-01-01"}, "paid_at", "in_the_future"),
    ({"paid_at": "1999-12-31 23:59:59"}, "paid_at", "too_long_ago"),
    ({"goods_amount": ""}, "goods_amount", "missing"),
    ({"goods_amount": "abc"}, "goods_amount", "not_a_number"),
    ({"goods_amount": "1,5"}, "goods_amount", "not_a_number"),
    ({"goods_amount": "NaN"}, "goods_amount", "not_a_number"),
    ({"goods_amount": "1e3"}, "goods_amount", "not_a_number"),
    ({"goods_amount": "=1+1"}, "goods_amount", "formula"),
    ({"goods_amount": "-0.01"}, "goods_amount", "negative"),
    ({"goods_amount": "10000000.01"}, "goods_amount", "absurd"),
    ({"goods_amount": "999999999999999999"}, "goods_amount", "absurd"),
    ({"goods_amount": "1.234"}, "goods_amount", "too_many_decimals"),
    ({"freight": "-1"}, "freight", "negative"),
    ({"buyer": '=cmd|"/c calc"!A1'}, "buyer", "formula"),
    ({"buyer": "@SUM(1+1)"}, "buyer", "formula"),
    ({"address": "+cmd|x"}, "address", "formula"),
    ({"buyer_kind": "friend"}, "buyer_kind", "unknown_word"),
    ({"status": "refunding"}, "status", "unknown_word"),
    ({"completed_at": "2026-02-28", "status": "completed"}, "completed_at",
     "completed_before_paid"),
    ({"completed_at": "2100-01-01"}, "completed_at", "in_the_future"),
    ({"updated_at": "2100-01-01"}, "updated_at", "in_the_future"),
    ({"region_code": ""}, "address", "no_way_to_region"),
    ({"address": "x" * 501}, "address", "too_long"),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "column", "code"), BAD)
def test_a_bad_row_alone_is_left_out(
    mall: Mall, cells: dict[str, Any], column: str, code: str
) -> None:
    report = mall.take(good("G1"), good("A2") | cells, good("G2"))
    assert told(report) == {"rows": 3, "new": 2, "rejected": 1}
    assert problems(report) == [(3, column, code)]
    assert set(Order.objects.values_list("order_no", flat=True)) == {"G1", "G2"}


GOOD_ALL_THE_SAME = [
    {"buyer_phone": "+86 138-0013-8000"},
    {"buyer": "@小王"},
    {"buyer": "-"},
    {"goods_amount": "￥ 1,000.00 元"},
    {"goods_amount": "1000.0000"},
    {"goods_amount": "0"},
    {"goods_amount": "10000000"},
    {"paid_at": "2026.3.1"},
    {"paid_at": "20260301"},
    {"paid_at": "2026年03月01日10时00分"},
    {"paid_at": "2026-03-01T10:00:00.123+08:00"},
    {"paid_at": "2024-02-29 10:00"},
    {"completed_at": "0000-00-00 00:00:00"},
    {"status": "PAID"},
    {"order_no": '="0012345678901234567"'},
    {"order_no": "\t0012345678901234567"},
    {"order_no": "'0012345678901234567"},
    {"order_no": "12E5"},
]


@pytest.mark.parametrize("cells", GOOD_ALL_THE_SAME)
def test_what_exports_write_is_not_bad(mall: Mall, cells: dict[str, Any]) -> None:
    assert told(mall.take(good() | cells)) == {"rows": 1, "new": 1}


def test_text_marks_are_taken_off(mall: Mall) -> None:
    mall.take(good('="0012345678901234567"'), good("'0012"), good(" 12E5 "))
    numbers = set(Order.objects.values_list("order_no", flat=True))
    assert numbers == {"0012345678901234567", "0012", "12E5"}


def test_all_that_is_wrong_with_a_row_is_said(mall: Mall) -> None:
    report = mall.take(good(goods_amount="-5", paid_at="x", status="?"))
    assert problems(report) == [
        (2, "paid_at", "not_a_date"),
        (2, "goods_amount", "negative"),
        (2, "status", "unknown_word"),
    ]
    assert report.rejected == 1


def test_a_number_that_comes_twice(mall: Mall) -> None:
    report = mall.take(
        good("A1"), good("A1", goods_amount="999"), good("A2"), good("A1"), good("A2")
    )
    assert told(report) == {"rows": 5, "new": 2, "unchanged": 2, "rejected": 1}
    assert problems(report) == [(3, "order_no", "other_content")]
    assert report.problems[0]["facts"] == {"row": 2}
    assert Order.objects.get(order_no="A1").goods_amount == Decimal("1000.00")


def test_too_many_and_too_few_cells(mall: Mall) -> None:
    text = "order_no,paid_at,goods_amount,region_code\nA1,2026-03-01,5\n"
    text += "A2,2026-03-01,5,440106,x\nA3,2026-03-01,5,440106\n\nA4,2026-03-01,5,440106\n"
    report = mall.take_file(mall.write(text))
    assert told(report) == {"rows": 4, "new": 2, "rejected": 2}
    assert problems(report) == [(2, "", "too_few_cells"), (3, "", "too_many_cells")]


def test_rejected_rows_are_kept_and_written_beside_the_file(mall: Mall) -> None:
    mall.take(good("A1"), good("A2", goods_amount="-5", buyer="@x(", note="=1+1"), good("A3"))
    kept = RejectedRow.objects.get()
    assert kept.row == 3
    assert kept.cells == ["A2", "2026-03-01 10:00:00", "-5", "440106", "@x(", "=1+1"]
    assert [(p["column"], p["code"]) for p in kept.problems] == [
        ("goods_amount", "negative"),
        ("buyer", "formula"),
    ]
    with (mall.folder / "orders.csv.rejected.csv").open(encoding="utf-8-sig") as file:
        [header, row] = csv.reader(file)
    assert header == [*GOOD, "buyer", "note", "row", "problem"]
    assert row[:7] == ["A2", "2026-03-01 10:00:00", "'-5", "440106", "'@x(", "'=1+1", "3"]
    assert row[7].startswith("goods_amount: ")


def test_the_rejected_file_can_be_mended_and_imported(mall: Mall) -> None:
    mall.take(good("A1", goods_amount="-5"), good("A2", goods_amount="x", buyer_phone="+86138"))
    rejected = mall.folder / "orders.csv.rejected.csv"
    text = rejected.read_text("utf-8-sig").replace("'-5", "5").replace(",x,", ",6,")
    report = mall.take_file(mall.write(text, "mended.csv"))
    assert told(report) == {"rows": 2, "new": 2}
    assert Order.objects.get(order_no="A2").contact.phone == "+86138"


def test_a_clean_file_takes_the_old_list_away(mall: Mall) -> None:
    mall.take(good("A1", goods_amount="-5"))
    mall.take(good("A1", goods_amount="5"))
    assert not (mall.folder / "orders.csv.rejected.csv").exists()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("code", MESSAGES)
def test_problems_are_told_in_the_readers_language(mall: Mall, language: str, code: str) -> None:
    facts = dict.fromkeys(
        ("value", "known", "most", "row", "cells", "columns", "order_no", "amount", "day"), "X"
    )
    with override(language):
        told_ = sentence({"code": code, "facts": facts})
    has_chinese = any("\u4e00" <= character <= "\u9fff" for character in told_)
    assert has_chinese == (language == "zh-hans")


class TestSpreadsheets:
    def test_cells_of_all_kinds(self, mall: Mall) -> None:
        header = ["order_no", "paid_at", "goods_amount", "freight", "region_code", "buyer_phone"]
        rows = [
            ["A1", datetime.fromisoformat("2026-03-01 10:00:05"), 12.3, 0, 440106, 13800138000],
            [20260301, datetime.fromisoformat("2026-03-01"), "12.30", "", "440106", ""],
        ]
        report = mall.take_file(mall.write_sheet([header, *rows]))
        assert told(report) == {"rows": 2, "new": 2}
        order = Order.objects.select_related("contact").get(order_no="A1")
        assert (order.goods_amount, order.region.code) == (Decimal("12.30"), "440106")
        assert order.paid_at.isoformat() == "2026-03-01T02:00:05+00:00"
        assert order.contact.phone == "13800138000"
        assert Order.objects.filter(order_no="20260301").exists()

    def test_a_long_number_has_lost_digits(self, mall: Mall) -> None:
        rows = [
            list(GOOD),
            [123456789012345, "2026-03-01", 5, "440106"],
            [1234567890123456, "2026-03-01", 5, "440106"],
            [3.1234567890123456e17, "2026-03-01", 5, "440106"],
            ["312345678901234567", "2026-03-01", 5, "440106"],
        ]
        report = mall.take_file(mall.write_sheet(rows))
        assert told(report) == {"rows": 4, "new": 2, "rejected": 2}
        assert problems(report) == [
            (3, "order_no", "stored_as_number"),
            (4, "order_no", "stored_as_number"),
        ]

    def test_a_formula_is_a_bad_row(self, mall: Mall) -> None:
        path = mall.folder / "formula.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, list(GOOD))
            sheet.write_row(1, 0, ["A1", "2026-03-01", 5, "440106"])
            sheet.write_row(2, 0, ["A2", "2026-03-01", 5, "440106"])
            sheet.write_formula(2, 2, "=C2*2", None, 10)
        report = mall.take_file(path)
        assert told(report) == {"rows": 2, "new": 1, "rejected": 1}
        assert problems(report) == [(3, "goods_amount", "formula")]

    def test_rows_are_numbered_as_the_spreadsheet_shows_them(self, mall: Mall) -> None:
        empty: list[Any] = []
        rows = [empty, empty, list(GOOD), list(GOOD.values()), empty, ["A2", "x", 5, "440106"]]
        report = mall.take_file(mall.write_sheet(rows))
        assert told(report) == {"rows": 2, "new": 1, "rejected": 1}
        assert problems(report) == [(6, "paid_at", "not_a_date")]
