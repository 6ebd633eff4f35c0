"""Small tables that people keep in spreadsheets: CSV or XLSX, read whole, every cell as text.

Orders come by the million and have a reader of their own.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook

from franchise.core.errors import BusinessError

MOST_BYTES = 20 * 2**20
MOST_UNPACKED_BYTES = 200 * 2**20
MOST_COLUMNS = 100
REJECTED = ".rejected.csv"
A_DAY = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00)?)?|(\d{4})(\d{2})(\d{2})"
)


class FileMissing(BusinessError):
    message = _("There is no file %(file)s. Please look at the path.")


class FileTooLarge(BusinessError):
    message = _("%(file)s is too large for a list of this kind. Please split it into several.")


class FileEmpty(BusinessError):
    message = _("%(file)s is empty: not even a row of headers is in it.")


class FileUnreadable(BusinessError):
    message = _(
        "%(file)s cannot be read as a table. Please save it as CSV (UTF-8) or XLSX and try again."
    )


class ColumnsMissing(BusinessError):
    message = _("%(file)s has no column %(columns)s. Its first row must hold the headers.")


@dataclass(frozen=True)
class Row:
    """`number` is what a spreadsheet shows beside the row: the headers are row 1."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """`headers` as the file has them; the cells of a row are found by our `columns`."""

    headers: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def header_of(self, column: str) -> str:
        """What the file's author called one of our columns."""
        return self.headers[self.columns.index(column)] if column in self.columns else column


@dataclass(frozen=True)
class Problem:
    row: int
    column: str
    problem: str


@dataclass
class Outcome:
    """What came of a file: how many rows did what, and what was wrong with the rest."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        return len({problem.row for problem in self.problems})

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "rejected": self.rejected,
            "problems": [vars(problem) for problem in self.problems],
        }


def read_table(
    path: Path, *, required: Iterable[str], other_names: Mapping[str, str] | None = None
) -> Table:
    """The rows under their headers, blank rows left out, `other_names` taken for ours.

    Refuses a file that is missing, too large, empty, unreadable or without a required column.
    """
    if not path.is_file():
        raise FileMissing(file=path.name)
    if path.stat().st_size > MOST_BYTES:
        raise FileTooLarge(file=path.name)
    lines = _read_xlsx(path) if path.suffix.lower() == ".xlsx" else _read_csv(path)
    if not lines or not any(lines[0]):
        raise FileEmpty(file=path.name)
    if len(lines[0]) > MOST_COLUMNS:
        raise FileTooLarge(file=path.name)
    names = other_names or {}
    headers = tuple(header.strip() for header in lines[0])
    columns = tuple(names.get(header, header) for header in headers)
    missing = [column for column in required if column not in columns]
    if missing:
        raise ColumnsMissing(file=path.name, columns=", ".join(missing))
    rows = tuple(
        Row(number, dict(zip(columns, (cell.strip() for cell in line), strict=False)))
        for number, line in enumerate(lines[1:], start=2)
        if any(cell.strip() for cell in line)
    )
    return Table(headers, columns, rows)


def write_rejected(path: Path, table: Table, problems: Iterable[Problem]) -> Path | None:
    """Write the bad rows beside their file, to be mended and imported again; None if all is well.

    What was wrong stands in a last column. A file left by an earlier run is taken away.
    """
    beside = path.with_name(path.name + REJECTED)
    said: dict[int, list[str]] = {}
    for problem in problems:
        said.setdefault(problem.row, []).append(f"{problem.column}: {problem.problem}")
    if not said:
        beside.unlink(missing_ok=True)
        return None
    with beside.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*table.headers, "problem"])
        for row in table.rows:
            if row.number in said:
                cells = [row.cells.get(column, "") for column in table.columns]
                writer.writerow([_harmless(cell) for cell in [*cells, "; ".join(said[row.number])]])
    return beside


def as_day(text: str) -> date:
    """A day as people write it: 2026-01-31, 2026/1/31, 2026.1.31, 2026年1月31日 or 20260131.

    A time of midnight behind it is let go. Raises ValueError for anything else.
    """
    found = A_DAY.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    year, month, day = (int(part) for part in found.groups() if part)
    return date(year, month, day)


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula is shown as the text it is."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell


def _read_csv(path: Path) -> list[list[str]]:
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        break
    else:
        raise FileUnreadable(file=path.name)
    if "\0" in text:
        raise FileUnreadable(file=path.name)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise FileUnreadable(file=path.name) from error


def _read_xlsx(path: Path) -> list[list[str]]:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > MOST_UNPACKED_BYTES:
            raise FileTooLarge(file=path.name)
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        lines = sheet.to_python(skip_empty_area=False)
    except (zipfile.BadZipFile, CalamineError) as error:
        raise FileUnreadable(file=path.name) from error
    return [[_as_text(cell) for cell in line] for line in lines]


def _as_text(cell: Any) -> str:
    match cell:
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
        case _:
            return str(cell)
