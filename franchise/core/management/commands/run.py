import fcntl
import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from honcho.manager import Manager

from franchise.core.embedded.server import Server

STOPPING_SECONDS = 10
# Root in a container is how Regent is often tried out; celery would say so in eight lines.
QUIET = "ignore:You're running the worker with superuser privileges"


class Parts(Manager):
    """Honcho, which fails where it is to stop before each part has told its number."""

    def __init__(self) -> None:
        super().__init__()
        self._owner = os.getpid()

    def terminate(self) -> None:
        if os.getpid() != self._owner:
            return  # a part just forked, to whom Ctrl-C was said as well
        if self._all_started():
            super().terminate()
        else:
            threading.Timer(0.1, self.terminate).start()


class Command(BaseCommand):
    help = "Run everything, web, worker and beat, until Ctrl-C; `make run` is this command."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))

        parser.add_argument(
            "--without-demo",
            action="store_true",
            help="leave an empty database empty, for real data",
        )

    def handle(
        self, *_args: Any, host: str, port: int, without_demo: bool, **_options: Any
    ) -> None:
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        with self._alone() as address_file:
            self._end_leftovers()
            try:
                status = self._prepare([] if without_demo else ["--with-demo"])
                status = status or self._run(host, port, address_file)
            except KeyboardInterrupt:
                return
            finally:
                self._stop_database()
        if status not in (0, 128 + signal.SIGINT, 128 + signal.SIGTERM):
            raise CommandError("A part of Regent ended by itself; see above.", returncode=status)

    @contextmanager
    def _alone(self) -> Iterator[Path]:
        """Hold the lock of this folder's one run."""
        address_file: Path = settings.VAR_DIR / "run.address"
        with (settings.VAR_DIR / "run.lock").open("a") as lock:
            try:
                # Of this process alone: a child that outlives a killed run must not hold it.
                fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                address = address_file.read_text() if address_file.exists() else "another terminal"
                problem = f"Regent already runs: {address}. Stop that first."
                raise CommandError(problem) from None
            yield address_file

    def _prepare(self, options: list[str]) -> int:
        manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
        return subprocess.run([*manage, "prepare", *options], check=False).returncode  # noqa: S603

    def _run(self, host: str, port: int, address_file: Path) -> int:
        free = _free_port(host, port)
        if free != port:
            self.stdout.write(f"Port {port} is taken by another program.")
        address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{free}/"  # noqa: S104
        address_file.write_text(address)
        self.stdout.write(self.style.SUCCESS(f"Regent runs at {address}  (Ctrl-C stops it)"))
        self.stdout.flush()
        manager = Parts()
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        for name, arguments in _processes(host, free).items():
            command = shlex.join([sys.executable, "-W", QUIET, "-m", *arguments])
            manager.add_process(
                name, f"exec {command}", env=environment, cwd=str(settings.BASE_DIR)
            )
        manager.loop()
        return manager.returncode or 0

    def _end_leftovers(self) -> None:
        """End what a killed run left behind: each part leads a process group of its own."""
        for name in ("web", "worker", "beat"):
            pid_file = _pid_file(name)
            if not pid_file.exists():
                continue
            group = pid_file.read_text().strip()
            left = _members(int(group)) if group.isdigit() else []
            for process in left:
                with suppress(psutil.NoSuchProcess):
                    process.terminate()
            _, stubborn = psutil.wait_procs(left, timeout=STOPPING_SECONDS)
            for process in stubborn:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            pid_file.unlink(missing_ok=True)
            if left:
                self.stdout.write(f"Ended the {name} that an earlier run had left behind.")

    def _stop_database(self) -> None:
        if settings.DATABASE_URL:
            return
        server = Server(settings.DATABASES["default"]["HOME"])
        until = time.monotonic() + STOPPING_SECONDS
        while not server.stop_if_unused():
            if time.monotonic() > until:
                self.stdout.write("The embedded database is in use elsewhere and goes on running.")
                return
            time.sleep(0.1)


def _processes(host: str, port: int) -> dict[str, list[str]]:
    # Threads, not children: whoever dies dies whole, and its end is seen at once.
    serve = ["--workers", "1", "--threads", "8", "--worker-class", "gthread"]
    work = ["--pool", "threads", "--concurrency", "2", "--loglevel", "warning"]
    celery = ["celery", "--quiet", "-A", "franchise"]
    return {
        "web": [
            *("gunicorn", "franchise.wsgi", "--bind", f"{host}:{port}", *serve),
            *("--log-level", "warning", "--no-control-socket", "--pid", str(_pid_file("web"))),
        ],
        "worker": [*celery, "worker", *work, "--pidfile", str(_pid_file("worker"))],
        "beat": [*celery, "beat", "--loglevel", "warning", "--pidfile", str(_pid_file("beat"))],
    }


def _pid_file(name: str) -> Path:
    path: Path = settings.VAR_DIR / f"{name}.pid"
    return path


def _members(group: int) -> list[psutil.Process]:
    """Our processes in a process group; its number may long be somebody else's."""
    members = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, ProcessLookupError):
            ours = process.cwd() == str(settings.BASE_DIR)
            if ours and os.getpgid(process.pid) == group:
                members.append(process)
    return members


def _free_port(host: str, wanted: int) -> int:
    for port in range(wanted, wanted + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe.bind((host, port))
                return port
    problem = f"No port is free from {wanted} to {wanted + 99} on {host}."
    raise CommandError(problem)
