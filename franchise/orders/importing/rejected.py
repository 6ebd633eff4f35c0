"""Rows that were not taken: kept to be mended, and written beside the file."""

import csv
from collections.abc import Iterator
from itertools import groupby, islice
from operator import attrgetter
from pathlib import Path

from django.db import connection
from psycopg.types.json import Jsonb

from franchise.orders.importing.found import problems
from franchise.orders.importing.problems import Problem, sentence
from franchise.orders.importing.reading import Row, Table

CHUNK = 5_000


def keep_rejected(table: Table, file_id: int) -> None:
    """Store each rejected row with its cells and problems."""
    rows = rejected(table)
    into = "copy orders_rejectedrow (file_id, row, cells, problems) from stdin"
    # The problems are read on the same connection, so it copies one chunk after the other.
    while chunk := list(islice(rows, CHUNK)):
        with (
            connection.cursor() as cursor,
            cursor.copy(into) as copy,
        ):
            for number, cells, found in chunk:
                stored = [problem.stored() for problem in found]
                copy.write_row((file_id, number, Jsonb(cells), Jsonb(stored)))


def write_rejected(table: Table, path: Path) -> None:
    """Write the rejected rows as CSV: their cells, their numbers and what is wrong with them."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*map(harmless, table.header), "row", "problem"])
        for number, cells, found in rejected(table):
            told = "; ".join(
                f"{problem.column}: {sentence(problem.stored())}".removeprefix(": ")
                for problem in found
            )
            padding = [""] * (len(table.header) - len(cells))
            writer.writerow([*map(harmless, cells), *padding, number, told])


def rejected(table: Table) -> Iterator[tuple[int, Row, list[Problem]]]:
    """The rejected rows of a file: number, cells and problems."""
    rows = numbered(table)
    for number, found in groupby(problems(), key=attrgetter("row")):
        cells = next(row for at, row in rows if at == number)
        yield number, cells, list(found)


def numbered(table: Table) -> Iterator[tuple[int, Row]]:
    number = table.first_row
    for chunk in table.chunks():
        yield from enumerate(chunk, start=number)
        number += len(chunk)


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; read in again it is what it was."""
    return f"'{cell}" if cell.lstrip().startswith(("=", "+", "-", "@")) else cell
