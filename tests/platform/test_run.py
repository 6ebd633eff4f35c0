"""The one-command run: it comes up, Ctrl-C stops all of it, and no kill hinders the next one."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from franchise.core.embedded.server import Server

START_SECONDS = 90

pytestmark = pytest.mark.crash


@pytest.fixture(scope="module")
def var():
    """One folder for all runs, so that only the first one makes the database."""
    folder = Path(tempfile.mkdtemp(prefix="run-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    for left in processes_of(folder):
        if "postgres" not in left.name():
            left.kill()
    until(Server(folder / "pg").stop_if_unused, seconds=30)
    shutil.rmtree(Server(folder / "pg").home, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


class Run:
    """`manage.py run` in a process group of its own, as a terminal starts it."""

    def __init__(self, var, *, port):
        self.port = port
        self.log = var / f"run-{time.monotonic_ns()}.log"
        environment = {**os.environ, "REGENT_VAR": str(var), "DATABASE_URL": ""}
        environment.pop("CELERY_BROKER_URL", None)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "run", "--without-demo", "--port", str(port)],
                cwd=settings.BASE_DIR,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self):
        return self.log.read_text(errors="replace")

    def is_up(self):
        parts = (self.log.parent / f"{part}.pid" for part in ("web", "worker", "beat"))
        return all(part.exists() for part in parts) and answers(self.port)

    def wait_until_healthy(self):
        until(lambda: self.is_up() or self.process.poll() is not None, seconds=START_SECONDS)
        assert self.process.poll() is None, self.said()

    def ctrl_c(self):
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(30)


def answers(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def until(true, *, seconds):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"still not after {seconds} s"
        time.sleep(0.1)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def processes_of(var):
    """Every process that works for the run in that folder."""
    return [
        process
        for process in psutil.process_iter(["cmdline", "cwd"])
        if str(var) in " ".join(process.info["cmdline"] or []) + (process.info["cwd"] or "")
    ]


def test_ctrl_c_stops_everything_it_started(var):
    run = Run(var, port=free_port())
    run.wait_until_healthy()
    assert len(processes_of(var)) > 5

    assert run.ctrl_c() == 0

    assert processes_of(var) == []
    assert f"http://127.0.0.1:{run.port}/" in run.said()


def test_a_taken_port_is_told_and_another_one_found(var):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        run = Run(var, port=port)
        until(lambda: "Regent runs at" in run.said(), seconds=START_SECONDS)
        run.ctrl_c()

    assert f"Port {port} is taken by another program." in run.said()
    assert f"http://127.0.0.1:{port}/" not in run.said()


def test_a_second_run_in_the_same_folder_is_refused(var):
    run = Run(var, port=free_port())
    run.wait_until_healthy()

    second = Run(var, port=free_port())

    assert second.process.wait(30) == 1
    assert f"Regent already runs: http://127.0.0.1:{run.port}/" in second.said()
    run.ctrl_c()


def test_after_a_kill_of_any_part_the_next_run_works(var):
    for part in ("run", "web", "worker", "beat"):
        run = Run(var, port=free_port())
        run.wait_until_healthy()
        os.kill(number_of(part, run, var), signal.SIGKILL)
        run.process.wait(30)  # the others stop too, unless nobody is left to stop them

    last = Run(var, port=free_port())
    last.wait_until_healthy()
    assert last.ctrl_c() == 0
    assert processes_of(var) == []


def number_of(part, run, var):
    return run.process.pid if part == "run" else int((var / f"{part}.pid").read_text())


def test_a_killed_database_heals_under_the_running_program(var):
    run = Run(var, port=free_port())
    run.wait_until_healthy()

    Server(var / "pg").postmaster().kill()

    until(lambda: answers(run.port), seconds=30)
    assert run.ctrl_c() == 0
