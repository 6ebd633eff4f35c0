"""Catch a process in the middle of a transaction that has written, and kill it there."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

import psutil

from franchise.core.embedded.server import Server
from tests.crash.sites import PATIENCE, Process, until


@dataclass(frozen=True)
class Moment:
    """When its transaction writes to a table: on its way, or held up right before it does."""

    table: str
    is_held: bool

    def __str__(self) -> str:
        return f"{'before' if self.is_held else 'in'} {self.table}"


def writing(table: str) -> Moment:
    return Moment(table, is_held=False)


def before(table: str) -> Moment:
    return Moment(table, is_held=True)


# A transaction has a number from its first write on; COMMIT is the client's to say.
_OPEN = """
select a.pid, a.backend_xid::text
from pg_stat_activity a
where a.application_name = %s and a.datname = current_database()
    and a.backend_xid is not null and upper(a.query) not like 'COMMIT%%'
    and exists (
        select from pg_locks l
        where l.pid = a.pid and l.relation = %s::regclass and l.mode = 'RowExclusiveLock'
            and l.granted = %s)
"""


@contextmanager
def caught(victim: Process, moment: Moment) -> Iterator[None]:
    """Have the victim stopped with a transaction open in which it wrote, not yet committing."""
    site = victim.site
    with (
        site.connect() as observer,
        site.held_up(moment.table) if moment.is_held else nullcontext(),
    ):

        def open_transactions() -> list[tuple[int, str]]:
            asked = [victim.name, moment.table, not moment.is_held]
            return observer.execute(_OPEN, asked).fetchall()

        end = time.monotonic() + PATIENCE
        while True:
            seen = open_transactions()
            if seen:
                victim.freeze()
                time.sleep(0.01)  # what it had said is heard by now
                if open_transactions() == seen:
                    break
                victim.thaw()
            assert victim.is_running(), f"ended before it was caught: {victim.said()}"
            assert time.monotonic() < end, f"not caught {moment}: {victim.said()}"
            time.sleep(0.002)
        yield


def kill(victim: Process, moment: Moment) -> None:
    """kill -9 of a process and its children."""
    with caught(victim, moment):
        victim.kill()


def cut_power(server: Server, victim: Process, moment: Moment) -> None:
    """kill -9 of the database with all its sessions; the victim lives on and finds it gone."""
    with caught(victim, moment):
        postmaster = server.postmaster()
        assert postmaster is not None
        doomed = [postmaster, *postmaster.children(recursive=True)]
        for process in doomed:
            process.kill()
        until(lambda: not any(map(_lives, doomed)))
        victim.thaw()


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def after_kills(victims: Callable[[], Process], *moments: Moment) -> Iterator[Moment]:
    """Start and kill, one moment after the other; yields after each, once nothing is left open."""
    for moment in moments:
        victim = victims()
        kill(victim, moment)
        settle(victim)
        yield moment


def settle(victim: Process) -> None:
    """Wait until the database, too, has noticed that its client is gone."""
    sessions = "select count(*) from pg_stat_activity where application_name = %s"
    until(lambda: victim.site.number(sessions, victim.name) == 0)
