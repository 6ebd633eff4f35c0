"""Files that head office brings through the browser: received, checked, started, discarded.

A file waits in its row: sweeps check what was received and take in what was started. Whoever works
on a file holds its lock until the end, so a file whose worker died is taken up again, and one that
is being worked on is not.
"""

import hashlib
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import InterfaceError, OperationalError, transaction

from franchise.core import clock, locks
from franchise.core.errors import BusinessError
from franchise.history.actions import record
from franchise.orders.actions.imports import finish_import, refuse_without_divisions
from franchise.orders.errors import FileTooLarge, ImportBroke, ImportInOtherState
from franchise.orders.importing.headers import our_columns, refuse_unknown_columns
from franchise.orders.importing.progress import shown_on
from franchise.orders.importing.reading import MEGABYTE, Table, open_table
from franchise.orders.importing.taking import Tell, take_in
from franchise.orders.models import ImportFile
from franchise.users.models import User

log = logging.getLogger(__name__)

MOST_UPLOADED = 300 * MEGABYTE
FOLDER = "imports"
State = ImportFile.State


def receive_file(upload: "File[Any]", *, kind: str, shop_id: int, by: User | None) -> ImportFile:
    """Keep an uploaded file of orders or refunds, to be checked. Refuses with FileTooLarge."""
    if upload.size > MOST_UPLOADED:
        raise FileTooLarge(most=f"{MOST_UPLOADED // MEGABYTE} MB")
    stored_as, digest = _store(upload)
    with transaction.atomic():
        file = ImportFile.objects.create(
            kind=kind,
            shop_id=shop_id,
            file_name=Path(upload.name or "").name[-200:],
            stored_as=stored_as,
            sha256=digest,
            bytes=upload.size,
            by=by,
        )
        record("import.received", on=file, by=by, sha256=digest)
    return file


@transaction.atomic
def name_headers(file_id: int, header_names: Mapping[str, str], *, by: User | None) -> ImportFile:
    """Say what this file's headers mean ({its header: our column, or ""}); it is checked anew."""
    file = _locked(file_id, State.PREVIEWED, State.REFUSED)
    refuse_unknown_columns(header_names, our_columns(file.kind))
    file.header_names = dict(header_names)
    file.state = State.UPLOADED
    file.refusal = ""
    file.save(update_fields=["header_names", "state", "refusal"])
    record("import.headers_named", on=file, by=by, header_names=file.header_names)
    return file


@transaction.atomic
def start_import(file_id: int, *, by: User | None) -> ImportFile:
    """Give the go to a file that was checked; it is taken in by the next sweep."""
    file = _locked(file_id, State.PREVIEWED)
    file.state = State.WAITING
    file.save(update_fields=["state"])
    record("import.started", on=file, by=by)
    return file


@transaction.atomic
def discard_import(file_id: int, *, by: User | None) -> ImportFile:
    """Put a file aside that is not to be taken in."""
    file = _locked(file_id, State.UPLOADED, State.PREVIEWED, State.WAITING, State.REFUSED)
    file.state = State.DISCARDED
    file.save(update_fields=["state"])
    record("import.discarded", on=file, by=by)
    return file


def preview_import(file_id: int) -> None:
    """Check a received file: what it would do and what is wrong, without storing an order."""
    _work_on(file_id, State.UPLOADED, State.CHECKING, _preview)


def run_import(file_id: int) -> None:
    """Take in a file that was started, whole or not at all."""
    _work_on(file_id, State.WAITING, State.RUNNING, finish_import)


def _preview(table: Table, file: ImportFile, tell: Tell) -> None:
    with transaction.atomic():
        report = take_in(table, file, tell)
        transaction.set_rollback(True)
    file.state = State.PREVIEWED
    file.rows = file.progress = report.rows
    file.report = report.stored()
    file.save(update_fields=["state", "rows", "progress", "report"])


def _work_on(
    file_id: int, waiting: str, working: str, work: Callable[[Table, ImportFile, Tell], object]
) -> None:
    ImportFile.objects.filter(pk=file_id, state=waiting).update(
        state=working, started_at=clock.now(), progress=0
    )
    with transaction.atomic():
        if not locks.try_to_hold_for(locks.Lock.IMPORT_FILE, str(file_id)):
            return
        file = ImportFile.objects.select_related("shop").get(pk=file_id)
        if file.state != working:
            return
        header: list[str] = []
        try:
            with transaction.atomic(), shown_on(file_id) as tell:
                refuse_without_divisions()
                table = open_table(stored_path(file))
                header = table.header
                work(table, file, tell)
        except BusinessError as refusal:
            _refuse(file, refusal, header)
        except (OperationalError, InterfaceError):
            raise  # the database is gone, not the file bad: the next sweep takes it up again
        except Exception:
            log.exception("import %s failed", file_id)
            _refuse(file, ImportBroke(), header)


def _refuse(file: ImportFile, refusal: BusinessError, header: list[str]) -> None:
    file.state = State.REFUSED
    file.refusal = str(refusal)[:500]
    why = {"name": type(refusal).__name__, "facts": refusal.facts}
    file.report = {"refusal": why, "header": header}
    file.finished_at = clock.now()
    file.save(update_fields=["state", "refusal", "report", "finished_at"])
    record("import.refused", on=file, by=file.by, why=file.refusal)


def stored_path(file: ImportFile) -> Path:
    """Where a received file lies."""
    return Path(settings.MEDIA_ROOT) / file.stored_as


def _store(content: "File[Any]") -> tuple[str, str]:
    """Keep a file under its digest, once; half of one is never seen under that name."""
    folder = Path(settings.MEDIA_ROOT) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with NamedTemporaryFile(dir=folder, prefix=".part-", delete=False) as part:
        for chunk in content.chunks():
            digest.update(chunk)
            part.write(chunk)
    name = digest.hexdigest()
    Path(part.name).replace(folder / name)
    return f"{FOLDER}/{name}", name


def _locked(file_id: int, *states: str) -> ImportFile:
    file = ImportFile.objects.select_for_update().get(pk=file_id)
    if file.state not in states:
        raise ImportInOtherState(state=file.get_state_display())
    return file
