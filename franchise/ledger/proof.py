"""The proof: everything that must be true of the books, looked for in one snapshot.

An app above adds its own checks by a function in `settings.PROOFS` that returns a list of `Check`,
usually made by `check_rows`: a query that finds nothing as long as all is well.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from franchise.core.clock import now

SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that must be true, and the rows of which it is not.

    `title` is marked with gettext_noop and translated where it is shown. `problems` name the first
    rows in figures and keys, in no language; `count` says how many there are in all.
    """

    name: str
    title: str
    problems: list[str]
    count: int

    @property
    def ok(self) -> bool:
        return self.count == 0


@dataclass(frozen=True, kw_only=True)
class Proof:
    started_at: datetime
    seconds: float
    checks: list[Check]

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)

    def as_dict(self) -> dict[str, Any]:
        return {
            "ok": self.ok,
            "started_at": self.started_at.isoformat(),
            "seconds": round(self.seconds, 3),
            "checks": [{**asdict(check), "ok": check.ok} for check in self.checks],
        }


def check_rows(name: str, title: str, sql: str, params: Sequence[Any] = ()) -> Check:
    """A check made of a query that returns one text for each row that is not as it must be.

    With `params`, a % of the query's own is doubled.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT problem, count(*) OVER () FROM ({sql}) AS found (problem) LIMIT {SHOWN}",  # noqa: S608
            params or None,
        )
        rows = cursor.fetchall()
    return Check(
        name=name,
        title=title,
        problems=[problem for problem, _ in rows],
        count=rows[0][1] if rows else 0,
    )


def check_list(name: str, title: str, problems: Sequence[str]) -> Check:
    return Check(name=name, title=title, problems=list(problems[:SHOWN]), count=len(problems))


def prove(tell: Callable[[list[Check]], None] = lambda _: None) -> Proof:
    """Run the checks of the ledger and of all apps above it; `tell` hears of each app's.

    Inside a transaction of the caller the checks see what that transaction sees.
    """
    from franchise.ledger.audit import checks_of_the_ledger  # noqa: PLC0415  (it imports Check)

    proofs = [checks_of_the_ledger, *map(import_string, settings.PROOFS)]
    started_at, began = now(), time.monotonic()
    checks: list[Check] = []
    with _snapshot():
        for proof in proofs:
            found = proof()
            tell(found)
            checks += found
    return Proof(started_at=started_at, seconds=time.monotonic() - began, checks=checks)


@contextmanager
def _snapshot() -> Iterator[None]:
    if connection.in_atomic_block:
        with _planned_for_whole_tables():
            yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        with _planned_for_whole_tables():
            yield


# The checks look at whole tables. On tables just filled the planner guesses a few rows and would
# loop over millions.
_SETTINGS = {"enable_nestloop": "off", "work_mem": "256MB", "jit": "off"}


@contextmanager
def _planned_for_whole_tables() -> Iterator[None]:
    with connection.cursor() as cursor:
        before = {}
        for name, value in _SETTINGS.items():
            cursor.execute(
                "SELECT current_setting(%s), set_config(%s, %s, true)", [name, name, value]
            )
            before[name] = cursor.fetchone()[0]
    yield
    with connection.cursor() as cursor:
        for name, value in before.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
