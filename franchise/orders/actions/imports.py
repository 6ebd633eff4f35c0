"""Import files of orders and of refunds from where they lie, as the commands do."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import transaction

from franchise.core import clock
from franchise.history.actions import record
from franchise.orders.actions.shops import find_or_add_shop
from franchise.orders.errors import NoDivisions, UnknownShop
from franchise.orders.importing.reading import Table, open_table
from franchise.orders.importing.rejected import keep_rejected, write_rejected
from franchise.orders.importing.report import Report
from franchise.orders.importing.taking import Tell, take_in
from franchise.orders.models import ImportFile, Shop
from franchise.regions.models import Region
from franchise.users.models import User


def silent(_doing: str, _done: int) -> None:
    """Tell nobody how far an import is."""


def import_orders(
    path: Path,
    *,
    shop: str,
    by: User | None = None,
    tell: Tell = silent,
    may_enter_shop: bool = False,
) -> Report:
    """Take in a CSV or XLSX file of orders of the shop with this code, whole or not at all.

    Good rows go in; bad ones are kept with their problems and written beside the file as
    FILE.rejected.csv. The same file twice changes nothing. Refuses with a FileRefused, and with
    UnknownShop unless the shop may be entered with its first file.
    """
    return _import(ImportFile.Kind.ORDERS, path, _Shop(shop, may_enter_shop), by, tell)


def import_refunds(
    path: Path,
    *,
    shop: str,
    by: User | None = None,
    tell: Tell = silent,
    may_enter_shop: bool = False,
) -> Report:
    """Take in a CSV or XLSX file of refunds likewise. A refund may come before its order."""
    return _import(ImportFile.Kind.REFUNDS, path, _Shop(shop, may_enter_shop), by, tell)


def preview_orders(
    path: Path, *, shop: str, tell: Tell = silent, may_enter_shop: bool = False
) -> Report:
    """What import_orders would report; nothing is stored or written."""
    return _preview(ImportFile.Kind.ORDERS, path, _Shop(shop, may_enter_shop), tell)


def preview_refunds(
    path: Path, *, shop: str, tell: Tell = silent, may_enter_shop: bool = False
) -> Report:
    """What import_refunds would report; nothing is stored or written."""
    return _preview(ImportFile.Kind.REFUNDS, path, _Shop(shop, may_enter_shop), tell)


@dataclass(frozen=True)
class _Shop:
    code: str
    may_be_entered: bool


def _import(kind: str, path: Path, shop: _Shop, by: User | None, tell: Tell) -> Report:
    table = open_table(path)
    beside = path.with_name(f"{path.name}.rejected.csv")
    with TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as folder:
        written = Path(folder) / beside.name
        with transaction.atomic():
            report = finish_import(table, _begin_file(kind, path, shop, by), tell)
            if report.rejected:
                write_rejected(table, written)
        if report.rejected:
            written.replace(beside)
        else:
            beside.unlink(missing_ok=True)
    return report


def _preview(kind: str, path: Path, shop: _Shop, tell: Tell) -> Report:
    table = open_table(path)
    with transaction.atomic():
        report = take_in(table, _begin_file(kind, path, shop, None), tell)
        transaction.set_rollback(True)
    return report


@transaction.atomic
def finish_import(table: Table, file: ImportFile, tell: Tell) -> Report:
    """Take in an opened file, keep its rejected rows and finish its record."""
    report = take_in(table, file, tell)
    if report.rejected:
        keep_rejected(table, file.pk)
    file.state = ImportFile.State.DONE
    file.rows = file.progress = report.rows
    file.report = report.stored()
    file.refusal = ""
    file.finished_at = clock.now()
    file.save(update_fields=["state", "rows", "progress", "report", "refusal", "finished_at"])
    counts = {
        name: getattr(report, name) for name in ("rows", "new", "changed", "unchanged", "rejected")
    }
    record("import.finished", on=file, by=file.by, **counts)
    return report


def refuse_without_divisions() -> None:
    """Refuse (NoDivisions) while no region is there that an order could be in."""
    if not Region.objects.exists():
        raise NoDivisions


def _begin_file(kind: str, path: Path, asked: _Shop, by: User | None) -> ImportFile:
    refuse_without_divisions()
    shop = Shop.objects.filter(code=asked.code).first()
    if shop is None and not asked.may_be_entered:
        raise UnknownShop(code=asked.code)
    if shop is None:
        shop = find_or_add_shop(asked.code, by=by)
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return ImportFile.objects.create(
        kind=kind,
        shop=shop,
        state=ImportFile.State.RUNNING,
        file_name=path.name,
        sha256=digest,
        bytes=path.stat().st_size,
        by=by,
        started_at=clock.now(),
    )
