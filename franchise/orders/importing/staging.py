"""A file's cells, as text, in a temporary table: one COPY, no row by row work in Python."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from django.db import connection
from psycopg import sql

from franchise.orders.importing.headers import Mapped
from franchise.orders.importing.problems import Problem
from franchise.orders.importing.reading import Row, Table

STAGED = "import_staged"


@dataclass
class Staged:
    """What was staged: how many rows with anything in them, and those with too many cells."""

    columns: Sequence[str]
    rows: int = 0
    problems: list[Problem] = field(default_factory=list)


def stage(table: Table, mapped: Mapped, tell: Callable[[int], None]) -> Staged:
    """Copy the mapped columns of all rows into `import_staged(row, …)`; `row` as in the file.

    Empty cells may follow a row; one with more cells than the header, or fewer, is a problem.
    Blank rows are left out.
    """
    staged = Staged(columns=tuple(mapped.positions))
    pick = itemgetter(*mapped.positions.values())
    with connection.cursor() as cursor:
        cursor.execute(_create(staged.columns, table.first_row))
        with cursor.copy(_copy(staged.columns)) as copy:
            number = table.first_row
            for chunk in table.chunks():
                evened = _make_even(chunk, number, table.header, staged.problems)
                buffer = io.StringIO()
                csv.writer(buffer).writerows(map(pick, evened))
                copy.write(buffer.getvalue())
                number += len(chunk)
                tell(number - table.first_row)
        cursor.execute(_drop_blank_rows(staged.columns))
        cursor.execute(f"select count(*) from {STAGED}")
        staged.rows = cursor.fetchone()[0] + len(staged.problems)
    return staged


def _make_even(chunk: list[Row], number: int, header: Row, problems: list[Problem]) -> list[Row]:
    """The rows with as many cells as the header; a blank one in the place of a bad one."""
    columns = len(header)
    if set(map(len, chunk)) == {columns}:
        return chunk
    least = _filled(header)
    return [_even(row, at, columns, least, problems) for at, row in enumerate(chunk, start=number)]


def _even(row: Row, at: int, columns: int, least: int, problems: list[Problem]) -> Row:
    cells = _filled(row)
    if cells > columns:
        problems.append(_cells(at, "too_many_cells", cells, columns))
        return [""] * columns
    if cells and len(row) < least:
        problems.append(_cells(at, "too_few_cells", len(row), columns))
        return [""] * columns
    return row[:columns] + [""] * (columns - len(row))


def _filled(row: Row) -> int:
    """How many cells a row has up to its last one that is not empty."""
    cells = len(row)
    while cells and not row[cells - 1].strip():
        cells -= 1
    return cells


def _cells(row: int, code: str, cells: int, columns: int) -> Problem:
    return Problem(row, "", code, {"cells": cells, "columns": columns})


def _create(columns: Sequence[str], first_row: int) -> sql.Composed:
    return sql.SQL(
        "drop table if exists {table}; create temporary table {table} "
        "(row bigint generated always as identity (start {first}), {columns}) on commit drop"
    ).format(
        table=sql.Identifier(STAGED),
        first=sql.Literal(first_row),
        columns=sql.SQL(", ").join(
            sql.SQL("{} text").format(sql.Identifier(column)) for column in columns
        ),
    )


def _copy(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL("copy {} ({}) from stdin (format csv)").format(
        sql.Identifier(STAGED), sql.SQL(", ").join(map(sql.Identifier, columns))
    )


def _drop_blank_rows(columns: Sequence[str]) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL(
        "delete from {} where (num_nonnulls({}) = 0 or {} is null) and btrim(concat({})) = ''"
    ).format(sql.Identifier(STAGED), names, sql.Identifier(columns[0]), names)
