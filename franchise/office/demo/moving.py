"""The demo's files, moved by whole days: who starts the program next year sees last week's orders.

Only cells that are a day or a moment as a whole are moved; weekdays move with them.
"""

import csv
import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter
from python_calamine import CalamineWorkbook

LAST_DAY = date(2026, 11, 23)
FILES = Path(__file__).parent / "files"
A_DAY = re.compile(r"(20\d\d-\d\d-\d\d)( \d\d:\d\d:\d\d)?")


def moved_day(text: str, days: int) -> str:
    """A cell with its day moved, if it is one."""
    found = A_DAY.fullmatch(text)
    if not found:
        return text
    return f"{date.fromisoformat(found[1]) + timedelta(days)}{found[2] or ''}"


def write_moved(into: Path, *, days: int) -> None:
    """Write all files into a folder with their days moved."""
    into.mkdir(parents=True, exist_ok=True)
    for path in sorted(FILES.iterdir()):
        WRITERS[path.suffix](path, into / path.name, days)


def _csv(path: Path, to: Path, days: int) -> None:
    with (
        path.open(encoding="utf-8", newline="") as read,
        to.open("w", encoding="utf-8", newline="") as written,
    ):
        rows = ([moved_day(cell, days) for cell in row] for row in csv.reader(read))
        csv.writer(written, lineterminator="\n").writerows(rows)


def _xlsx(path: Path, to: Path, days: int) -> None:
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    book = xlsxwriter.Workbook(str(to), {"strings_to_formulas": False})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, [moved_day(str(cell), days) for cell in row])
    book.close()


def _json(path: Path, to: Path, days: int) -> None:
    told = json.loads(path.read_text(encoding="utf-8"))
    moved = {key: moved_day(told[key], days) if key == "starts_on" else told[key] for key in told}
    to.write_text(json.dumps(moved, indent=2), encoding="utf-8")


WRITERS: dict[str, Callable[[Path, Path, int], None]] = {
    ".csv": _csv,
    ".xlsx": _xlsx,
    ".json": _json,
}
