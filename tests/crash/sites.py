"""A whole Regent of its own: a database, a folder, and the processes that work for it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psutil
import psycopg
from django.conf import settings

PATIENCE = 120  # seconds; the machine may be busy
_numbers = count(1)


def until(true: Callable[[], Any], *, seconds: float = PATIENCE) -> None:
    """Wait until something is so; fail if it does not become so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"still not after {seconds} s"
        time.sleep(0.02)


@dataclass(frozen=True)
class Host:
    """A PostgreSQL server, and how to reach it."""

    host: str
    port: str
    user: str
    password: str

    def connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host=self.host or None,
            port=self.port or None,
            user=self.user or None,
            password=self.password or None,
            dbname=database,
            autocommit=True,
            application_name="observer",
        )

    def url(self, database: str) -> str:
        if self.host.startswith("/"):
            return f"postgres://{self.user}@/{self.host}/{database}"
        password = f":{self.password}" if self.password else ""
        at = "@" if self.host else ""
        return f"postgres://{self.user}{password}{at}{self.host}:{self.port or 5432}/{database}"

    def make(self, database: str, *, like: str | None = None) -> None:
        # Copied as files, not through the log, which would be replayed after each crash.
        template = f" template {like} strategy file_copy" if like else ""
        with self.connect("postgres") as connection:
            connection.execute(f"drop database if exists {database} with (force)")
            connection.execute(f"create database {database}{template}")

    def drop(self, database: str) -> None:
        with self.connect("postgres") as connection:
            connection.execute(f"drop database if exists {database} with (force)")


class Site:
    """One database with the folder of its files.

    With `url` empty the processes find the database as `make run` does: the embedded server in
    their folder, which they start when it is gone.
    """

    FILES = ("orders.csv", "refunds.csv", "more.csv")

    def __init__(
        self, var: Path, *, url: str, connect: Callable[[], psycopg.Connection], files: Path
    ) -> None:
        self.var = var
        self.connect = connect
        self.files = var / "files"
        self.files.mkdir(parents=True, exist_ok=True)
        for name in self.FILES:
            shutil.copy(files / name, self.files)
        self.session = (files / "session").read_text()
        self.environment = {
            **os.environ,
            "DATABASE_URL": url,
            "REGENT_VAR": str(var),
            "DJANGO_SETTINGS_MODULE": "franchise.settings",
        }
        self.environment.pop("CELERY_BROKER_URL", None)
        self.running: list[Process] = []

    def path(self, name: str) -> Path:
        return self.files / name

    def start(self, *arguments: str) -> "Process":
        """Start Python with these arguments."""
        process = Process(self, arguments)
        self.running.append(process)
        return process

    def start_command(self, *arguments: str) -> "Process":
        return self.start("manage.py", *arguments, "--json")

    def command(self, *arguments: str) -> dict[str, Any]:
        """Run a command to its end; the JSON it prints."""
        return self.start_command(*arguments).result()

    def import_orders(self) -> tuple[str, ...]:
        return ("import_orders", str(self.path("orders.csv")), "--shop", "mall")

    def import_refunds(self) -> tuple[str, ...]:
        return ("import_refunds", str(self.path("refunds.csv")), "--shop", "mall")

    def query(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.connect() as connection:
            return connection.execute(sql, values).fetchall()

    def number(self, sql: str, *values: Any) -> Any:
        [[value]] = self.query(sql, *values)
        return value

    def start_worker(self) -> "Process":
        """A worker as `make run` starts it."""
        pool = ["--pool", "threads", "--concurrency", "2", "--loglevel", "warning"]
        return self.start("-m", "celery", "--quiet", "-A", "franchise", "worker", *pool)

    def start_beat(self) -> "Process":
        return self.start("-m", "celery", "--quiet", "-A", "franchise", "beat")

    def end_all(self) -> None:
        for process in self.running:
            process.kill()

    @contextmanager
    def held_up(self, table: str) -> Iterator[None]:
        """While this is so, whoever is about to write to the table waits before it does."""
        gate = self.connect()
        try:
            gate.execute("begin")
            gate.execute(f"lock table {table} in share mode")
            yield
        finally:
            gate.close()


class Process:
    """A process in a group of its own, as a terminal or a supervisor starts it."""

    def __init__(self, site: Site, arguments: tuple[str, ...]) -> None:
        self.site = site
        self.name = f"victim-{next(_numbers)}"  # of its sessions in the database
        self.log = site.var / f"{self.name}.log"
        self.printed = site.var / f"{self.name}.out"
        with self.log.open("wb") as log, self.printed.open("wb") as printed:
            self.process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=settings.BASE_DIR,
                env={**site.environment, "PGAPPNAME": self.name},
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=log,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def wait(self) -> int:
        return self.process.wait(PATIENCE)

    def result(self) -> dict[str, Any]:
        assert self.wait() == 0, self.said() + self.printed.read_text()
        return self.told()

    def told(self) -> dict[str, Any]:
        """The JSON it printed."""
        return dict(json.loads(self.printed.read_text()))

    def is_running(self) -> bool:
        return self.process.poll() is None

    def members(self) -> list[psutil.Process]:
        try:
            leader = psutil.Process(self.process.pid)
            return [leader, *leader.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def freeze(self) -> None:
        """Stop it where it is, so that what is seen of it now is so when it is killed."""
        os.killpg(self.process.pid, signal.SIGSTOP)
        stopped = (psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE)
        until(lambda: all(member.status() in stopped for member in self.members()))

    def thaw(self) -> None:
        os.killpg(self.process.pid, signal.SIGCONT)

    def kill(self) -> None:
        if self.is_running():
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)
