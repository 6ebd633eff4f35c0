"""Rejected rows, mended by hand and imported again."""

import csv
import io
from collections.abc import Mapping, Sequence

from django.core.files.base import ContentFile
from django.db import transaction

from franchise.core import clock
from franchise.history.actions import record
from franchise.orders.actions.uploads import receive_file, run_import
from franchise.orders.errors import RowsAreNotThere
from franchise.orders.models import ImportFile, RejectedRow
from franchise.users.models import User


def mend_rows(file_id: int, rows: Mapping[int, Sequence[str]], *, by: User | None) -> ImportFile:
    """Import rejected rows again, {row: all its cells in the order of the file's header}.

    They go in as a small file of their own, which is returned, done: what is still wrong with them
    is in its report and among its rejected rows. Refuses with RowsAreNotThere.
    """
    mended = _set_aside(file_id, rows, by=by)
    run_import(mended.pk)
    mended.refresh_from_db()
    return mended


@transaction.atomic
def _set_aside(file_id: int, rows: Mapping[int, Sequence[str]], *, by: User | None) -> ImportFile:
    file = ImportFile.objects.get(pk=file_id)
    waiting = RejectedRow.objects.select_for_update().filter(file=file, mended_at=None)
    found = list(waiting.filter(row__in=rows).order_by("row"))
    if missing := sorted(set(rows) - {rejected.row for rejected in found}):
        raise RowsAreNotThere(rows="、".join(map(str, missing)))
    assert file.shop_id is not None
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(file.report["header"])
    writer.writerows(rows[rejected.row] for rejected in found)
    mended = receive_file(
        ContentFile(text.getvalue().encode(), name=f"{file.file_name} +{len(found)}"),
        kind=file.kind,
        shop_id=file.shop_id,
        by=by,
    )
    mended.header_names = file.header_names
    mended.state = ImportFile.State.WAITING
    mended.save(update_fields=["header_names", "state"])
    waiting.filter(row__in=rows).update(mended_at=clock.now())
    record("import.rows_mended", on=file, by=by, rows=sorted(rows), into=mended.pk)
    return mended
