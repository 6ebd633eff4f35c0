"""The problems found in a file, as rows of a temporary table until they are reported."""

import json
from collections.abc import Iterable, Iterator, Sequence

from django.db import connection
from psycopg.types.json import Jsonb

from franchise.orders.importing.columns import Check, found_problems
from franchise.orders.importing.problems import Problem

FOUND = "import_found"
CHUNK = 5_000


def begin_list(problems: Iterable[Problem]) -> None:
    """Start the list with what was found while reading."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            drop table if exists {FOUND};
            create temporary table {FOUND}
                (row bigint, place int, name text, code text, facts jsonb) on commit drop
            """
        )
        with cursor.copy(f"copy {FOUND} from stdin") as copy:
            for problem in problems:
                copy.write_row(
                    (problem.row, 0, problem.column, problem.code, Jsonb(dict(problem.facts)))
                )


def list_problems(cast: str, checks: Sequence[Check]) -> None:
    """Add what exactly is wrong with the rows that `cast` gives; they are known to be bad."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            insert into {FOUND} (row, place, name, code, facts)
            select cells.row, problem.place, problem.name, problem.code, problem.facts
            from ({cast}) cells
            cross join lateral (values {found_problems(checks)})
                problem (place, name, code, facts)
            where problem.facts is not null
            """
        )


def count_bad_rows() -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"select count(distinct row) from {FOUND}")
        return int(cursor.fetchone()[0])


def problems(most: int | None = None) -> Iterator[Problem]:
    """The problems in the order of rows and columns."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"select row, name, code, facts::text from {FOUND} order by row, place, name limit %s",
            [most],
        )
        while rows := cursor.fetchmany(CHUNK):
            for row, column, code, facts in rows:
                yield Problem(row, column, code, json.loads(facts))
