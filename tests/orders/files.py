"""Files as shops export them, written for one test."""

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import xlsxwriter

from franchise.orders.actions.imports import import_orders, import_refunds
from franchise.orders.importing.report import Report
from franchise.orders.models import Shop

GOOD = {
    "order_no": "A1",
    "paid_at": "2026-03-01 10:00:00",
    "goods_amount": "1000.00",
    "region_code": "440106",
}
REFUND = {
    "refund_no": "R1",
    "order_no": "A1",
    "amount": "300.00",
    "refunded_at": "2026-03-05 10:00:00",
}


def as_csv(rows: Iterable[Mapping[str, Any]]) -> str:
    """One header of all columns that any of the rows has."""
    rows = list(rows)
    columns = list(dict.fromkeys(column for row in rows for column in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


class Mall:
    """A shop whose files are written and taken in."""

    def __init__(self, folder: Path, shop: Shop) -> None:
        self.folder = folder
        self.shop = shop

    def write(self, content: str | bytes, name: str = "orders.csv") -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def write_sheet(self, rows: list[list[Any]], name: str = "orders.xlsx") -> Path:
        path = self.folder / name
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            day = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if hasattr(cell, "year"):
                        sheet.write_datetime(at, column, cell, day)
                    else:
                        sheet.write(at, column, cell)
        return path

    def take(self, *rows: Mapping[str, Any]) -> Report:
        return self.take_file(self.write(as_csv(rows)))

    def take_file(self, path: Path) -> Report:
        return import_orders(path, shop=self.shop.code)

    def refund(self, *rows: Mapping[str, Any]) -> Report:
        path = self.write(as_csv(rows), "refunds.csv")
        return import_refunds(path, shop=self.shop.code)


def good(order_no: str = "A1", **cells: Any) -> dict[str, Any]:
    """A row of an order without fault, but for the cells given."""
    return {**GOOD, "order_no": order_no, **cells}


def refund(refund_no: str = "R1", **cells: Any) -> dict[str, Any]:
    """A row of a refund without fault, but for the cells given."""
    return {**REFUND, "refund_no": refund_no, **cells}


def told(report: Report) -> dict[str, int]:
    """The counts of a report that are not zero."""
    counts = ("rows", "new", "changed", "unchanged", "rejected", "unresolved", "old_versions")
    return {name: getattr(report, name) for name in counts if getattr(report, name)}


def problems(report: Report) -> list[tuple[int, str, str]]:
    """Row, column and code of each problem."""
    return [(problem["row"], problem["column"], problem["code"]) for problem in report.problems]
