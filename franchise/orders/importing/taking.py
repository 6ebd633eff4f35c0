"""Take in one file: read, stage, cast, place and merge, inside the caller's transaction."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

from franchise.core import locks
from franchise.orders.doubt import count_unresolved
from franchise.orders.importing.found import begin_list, count_bad_rows, problems
from franchise.orders.importing.headers import map_order_headers, map_refund_headers
from franchise.orders.importing.merging import merge_orders
from franchise.orders.importing.order_rows import tell_orders, tell_summed_orders
from franchise.orders.importing.placing import place_addresses
from franchise.orders.importing.reading import Table
from franchise.orders.importing.refund_rows import merge_refunds, tell_refunds
from franchise.orders.importing.report import MOST_PROBLEMS, Report
from franchise.orders.importing.staging import stage
from franchise.orders.models import ImportFile
from franchise.regions.gazetteer import current_gazetteer

# What is being done ("read" or "place"), and how many rows or addresses are done.
Tell = Callable[[str, int], None]


def take_in(table: Table, file: ImportFile, tell: Tell) -> Report:
    """Import a file's orders or refunds. Two files of one shop are taken in one after the other."""
    started = time.monotonic()
    with _import_settings():
        report = _TAKES[file.kind](table, file, tell)
        report.rejected = count_bad_rows()
        report.problems = [
            {"row": problem.row, **problem.stored()} for problem in problems(MOST_PROBLEMS)
        ]
    report.header = table.header
    report.seconds = round(time.monotonic() - started, 3)
    return report


def _take_orders(table: Table, file: ImportFile, tell: Tell) -> Report:
    shop = file.shop
    assert shop is not None
    mapped = map_order_headers(table.header, {**shop.header_names, **file.header_names})
    staged = stage(table, mapped, lambda rows: tell("read", rows))
    begin_list(staged.problems)
    locks.hold_for(locks.Lock.IMPORT, shop.code)
    gazetteer = current_gazetteer()
    days = gazetteer.change_days()
    repeated = 0
    if shop.rows_are_items:
        tell_summed_orders(shop.pk, staged.columns, days)
    else:
        repeated = tell_orders(shop.pk, staged.columns, days)
    place_addresses(gazetteer, lambda addresses: tell("place", addresses))
    merged = merge_orders(shop.pk, file.pk)
    return Report(
        rows=staged.rows,
        new=merged.new,
        changed=merged.changed,
        unchanged=merged.unchanged + repeated,
        old_versions=merged.old,
        unresolved=count_unresolved(merged.ids),
        unknown_columns=mapped.unknown,
    )


def _take_refunds(table: Table, file: ImportFile, tell: Tell) -> Report:
    shop = file.shop
    assert shop is not None
    mapped = map_refund_headers(table.header, {**shop.header_names, **file.header_names})
    staged = stage(table, mapped, lambda rows: tell("read", rows))
    begin_list(staged.problems)
    locks.hold_for(locks.Lock.IMPORT, shop.code)
    tell_refunds(shop.pk, staged.columns)
    merged = merge_refunds(shop.pk, file.pk)
    return Report(
        rows=staged.rows,
        new=merged.new,
        changed=merged.changed,
        unchanged=staged.rows - count_bad_rows() - merged.new - merged.changed,
        without_order=merged.without_order,
        unknown_columns=mapped.unknown,
    )


_TAKES = {ImportFile.Kind.ORDERS.value: _take_orders, ImportFile.Kind.REFUNDS.value: _take_refunds}

# The columns' casts read moments without an offset as the session's time zone; sorting and
# hashing a million rows in the default 4 MB would go through the disk.
_SETTINGS = {
    "timezone": "Asia/Shanghai",
    "datestyle": "ISO, YMD",
    "work_mem": "64MB",
    "jit": "off",
}


@contextmanager
def _import_settings() -> Iterator[None]:
    """Settings of the session for as long as the import runs; a rollback puts them back, too."""
    with connection.cursor() as cursor:
        before = {}
        for name, value in _SETTINGS.items():
            cursor.execute("select current_setting(%s)", [name])
            before[name] = cursor.fetchone()[0]
            cursor.execute("select set_config(%s, %s, true)", [name, value])
    yield
    with connection.cursor() as cursor:
        for name, value in before.items():
            cursor.execute("select set_config(%s, %s, true)", [name, value])
