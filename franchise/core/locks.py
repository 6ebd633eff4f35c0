"""Advisory locks, for what has no row to lock. Keys are never reused or renumbered."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from django.db import connection


class Lock(IntEnum):
    """One number for each thing that is locked as a whole.

    Taken in the order of their numbers where one transaction needs several.
    """

    REGION_TREE = 1
    MAP = 2  # who holds what, which plan pays: awards share it, a change holds it alone
    CLAWBACK = 3  # refunds and corrections of one order must see each other
    EARNING = 4
    DEMO = 5
    ROLL_UP = 6
    LOGIN_CODE = 7
    BOOKS = 8  # postings share it, closing a period holds it alone; taken by the ledger's guards
    DAY_SUMS = 9
    IMPORT_FILE = 10  # held by whoever takes in a file, so that nobody else does meanwhile
    IMPORT = 11  # orders and refunds of one shop are taken in one file after the other


def hold(lock: Lock) -> None:
    """Hold a lock alone until the current transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(lock)])


def share(lock: Lock) -> None:
    """Hold a lock together with others who share it, until the current transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [int(lock)])


def hold_for(lock: Lock, subject: str) -> None:
    """Hold one subject's part of a lock alone until the current transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [int(lock), subject])


@contextmanager
def held_throughout(lock: Lock) -> Iterator[None]:
    """Hold a lock alone over several transactions of this connection; a crash lets it go."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [int(lock)])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [int(lock)])


def try_to_hold_for(lock: Lock, subject: str) -> bool:
    """Hold one subject's part of a lock alone until the transaction ends, unless somebody does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [int(lock), subject])
        return bool(cursor.fetchone()[0])
