"""Files taken in, what came of them, and the rows that were not taken."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Q, QuerySet

from franchise.orders import errors
from franchise.orders.importing.headers import our_columns
from franchise.orders.importing.problems import sentence
from franchise.orders.importing.rejected import harmless
from franchise.orders.importing.report import told_report
from franchise.orders.models import ImportFile, RejectedRow

State = ImportFile.State


def files_to_check() -> list[int]:
    """Received files, and those whose check was cut short. The oldest first."""
    return _ids(State.UPLOADED, State.CHECKING)


def files_to_take_in() -> list[int]:
    """Started files, and those whose import was cut short. The oldest first."""
    return _ids(State.WAITING, State.RUNNING)


def _ids(*states: str) -> list[int]:
    # Without a stored file it is a command's, which takes in its file itself.
    kinds = (ImportFile.Kind.ORDERS, ImportFile.Kind.REFUNDS)
    waiting = ImportFile.objects.filter(state__in=states, kind__in=kinds).exclude(stored_as="")
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def imports() -> QuerySet[ImportFile]:
    """All imports with their shop and who brought them, the newest first.

    `still_rejected` counts the rows that were neither taken nor mended since.
    """
    still = Count("rejected_rows", filter=Q(rejected_rows__mended_at=None))
    return (
        ImportFile.objects.select_related("shop", "by")
        .annotate(still_rejected=still)
        .order_by("-pk")
    )


def report_of(file: ImportFile) -> dict[str, Any]:
    """What came of a file, in the reader's language; empty before it was checked."""
    return told_report(file.report) if "rows" in file.report else {}


def refusal_of(file: ImportFile) -> str:
    """Why a file was refused, in the reader's language; empty if it was not."""
    refusal = file.report.get("refusal")
    if file.state != State.REFUSED or not refusal:
        return file.refusal
    refused = getattr(errors, refusal["name"], None)
    return str(refused(**refusal["facts"])) if refused else file.refusal


def header_of(file: ImportFile) -> list[str]:
    """The headers of a file that was read; the cells of its rejected rows are in their order."""
    return list(file.report.get("header", ()))


def columns_of(file: ImportFile) -> list[str]:
    """Our names for columns that a file of this kind may have."""
    return our_columns(file.kind)


def rejected_rows(file_id: int) -> QuerySet[RejectedRow]:
    """The rows of a file that were not taken and are not mended yet."""
    return RejectedRow.objects.filter(file_id=file_id, mended_at=None).order_by("row")


def all_rejected_rows() -> QuerySet[RejectedRow]:
    """Every row that waits to be mended, the newest file first."""
    rows = RejectedRow.objects.filter(mended_at=None).select_related("file__shop")
    return rows.order_by("-file_id", "row")


def problems_of(rejected: RejectedRow) -> list[dict[str, str]]:
    """What is wrong with a row, in the reader's language: column and problem."""
    return [
        {"column": problem["column"], "problem": sentence(problem)} for problem in rejected.problems
    ]


def rejected_as_csv(file: ImportFile) -> Iterator[str]:
    """The lines of the file of rejected rows, as the command writes it beside the file."""
    yield "\ufeff" + _line([*header_of(file), "row", "problem"])
    for rejected in rejected_rows(file.pk).iterator():
        told = "; ".join(
            f"{problem['column']}: {problem['problem']}".removeprefix(": ")
            for problem in problems_of(rejected)
        )
        yield _line([*rejected.cells, str(rejected.row), told])


def _line(cells: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(map(harmless, cells))
    return text.getvalue()
