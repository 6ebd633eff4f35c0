"""The embedded PostgreSQL: starting, being used by many, and every way of dying."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
import psycopg
import pytest

from franchise.core.embedded.account import Account, EmbeddedServerError
from franchise.core.embedded.server import LINGER_SECONDS, NAME, PORT, Server

ROOT = Path(__file__).resolve().parents[2]
USER_OF = """
import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])
from franchise.core.embedded.server import Server
server = Server(Path(sys.argv[2])); server.start()
print(server.postmaster().pid, flush=True); sys.stdin.read()
"""


@pytest.fixture
def folder():
    """A folder that any user can pass through; short, so that sockets fit in it."""
    folder = Path(tempfile.mkdtemp(prefix="embedded-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def server(folder):
    server = Server(folder / "pg", tell=lambda _text: None)
    yield server
    stop(server)


def stop(server):
    server.release()
    until(server.stop_if_unused, seconds=30)
    shutil.rmtree(server.home, ignore_errors=True)


def connect(server):
    return psycopg.connect(
        host=str(server.socket_dir), port=PORT, user=NAME, dbname=NAME, autocommit=True
    )


def until(true, *, seconds):
    """Wait until something is so; fail if it does not become so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"still not after {seconds} s"
        time.sleep(0.02)


def kill_postmaster(server):
    """kill -9 of the database's parent process, as a full memory would."""
    postmaster = server.postmaster()
    postmaster.kill()
    until(lambda: not psutil.pid_exists(postmaster.pid), seconds=10)
    return postmaster.pid


def another_user(server):
    """A process that uses the server until its input is closed."""
    user = subprocess.Popen(
        [sys.executable, "-c", USER_OF, str(ROOT), str(server.home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert user.stdout.readline().strip().isdigit()
    return user


def test_the_first_start_makes_a_durable_private_database(server):
    server.start()

    with connect(server) as connection:
        settings = dict(
            connection.execute(
                "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)",
                [["fsync", "full_page_writes", "synchronous_commit", "jit", "listen_addresses"]],
            ).fetchall()
        )
    assert settings == {
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "jit": "off",
        "listen_addresses": "",
    }
    assert stat.S_IMODE(server.home.stat().st_mode) == 0o700
    assert server.socket_dir == server.home
    assert server.postmaster().uids().effective != 0
    assert not server.postmaster().net_connections("inet")


def test_a_second_start_finds_the_first(server):
    server.start()
    running = server.postmaster().pid

    Server(server.home).start()

    assert server.postmaster().pid == running


def test_starters_at_once_share_one_server(server):
    server.home.parent.mkdir(exist_ok=True)
    users = [
        subprocess.Popen(
            [sys.executable, "-c", USER_OF, str(ROOT), str(server.home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(8)
    ]
    seen = {user.stdout.readline().strip() for user in users}

    assert seen == {str(server.postmaster().pid)}
    for user in users:
        user.communicate()


def test_a_cluster_half_made_is_made_anew(server):
    server.start()
    stop_and_keep_files(server)
    server.data.rename(server.home / "data.new")
    (server.home / "data.new" / "PG_VERSION").unlink()

    server.start()

    with connect(server) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def stop_and_keep_files(server):
    server.release()
    until(server.stop_if_unused, seconds=30)


def test_it_is_not_stopped_while_somebody_uses_it(server):
    server.start()
    user = another_user(server)
    server.release()

    assert server.stop_if_unused() is False
    assert server.is_ready()

    user.communicate()
    assert server.stop_if_unused() is True
    assert server.postmaster() is None
    until(lambda: not keepers(server), seconds=20)


def keepers(server):
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if "embedded.keeper" in (process.info["cmdline"] or [])
        and process.info["cmdline"][-1] == str(server.home)
    ]


@pytest.mark.crash
def test_a_stale_number_that_another_process_bears_does_not_hinder_the_start(server):
    server.start()
    with connect(server) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    old = kill_postmaster(server)
    pid_file = server.data / "postmaster.pid"
    pid_file.write_text(pid_file.read_text().replace(str(old), str(os.getpid()), 1))

    server.start()

    assert server.postmaster().pid not in (old, os.getpid())
    with connect(server) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


@pytest.mark.crash
def test_a_recovery_longer_than_ten_seconds_is_waited_for(server):
    server.start()
    with connect(server) as connection:
        connection.execute("CREATE TABLE kept AS SELECT n FROM generate_series(1, 1000000) n")
    kill_postmaster(server)
    told = []
    starter = Server(server.home, tell=told.append)
    starting = threading.Thread(target=starter.start)
    starting.start()
    until(starter.postmaster, seconds=10)
    recovering = starter.postmaster()
    recovering.send_signal(signal.SIGSTOP)
    time.sleep(11)
    assert starting.is_alive()
    assert not starter.is_ready()
    recovering.send_signal(signal.SIGCONT)
    starting.join(30)

    assert not starting.is_alive()
    assert told == ["The embedded PostgreSQL recovers from a crash; this may take a while …"]
    with connect(server) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1000000,)
    starter.release()


@pytest.mark.crash
def test_a_killed_user_leaves_no_server_behind(server):
    user = another_user(server)
    postmaster = server.postmaster()

    user.kill()
    user.wait()

    until(lambda: not psutil.pid_exists(postmaster.pid), seconds=LINGER_SECONDS + 10)
    assert "database system is shut down" in server.log.read_text()


@pytest.mark.crash
def test_a_killed_keeper_is_replaced_by_the_next_start(server):
    user = another_user(server)
    for keeper in keepers(server):
        keeper.kill()

    user.communicate()
    assert server.is_ready()
    another_user(server).communicate()

    until(lambda: server.postmaster() is None, seconds=LINGER_SECONDS + 10)


@pytest.mark.crash
def test_a_session_that_outlives_its_server_does_not_hinder_the_start(server):
    server.start()
    with connect(server) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (1)")
    busy = connect(server)
    pid = busy.info.backend_pid
    endless = threading.Thread(target=count_for_ever, args=[busy])
    endless.start()
    time.sleep(0.3)
    kill_postmaster(server)
    assert psutil.pid_exists(pid)

    server.start()

    assert not psutil.pid_exists(pid)
    endless.join(10)
    with connect(server) as connection:
        assert connection.execute("SELECT n FROM kept").fetchall() == [(1,)]


def count_for_ever(connection):
    with pytest.raises(psycopg.OperationalError):
        connection.execute(
            "WITH doomed AS (INSERT INTO kept VALUES (2) RETURNING n)"
            " SELECT count(*) FROM generate_series(1, 100000000000), doomed"
        )


def test_a_long_path_gets_a_short_private_folder_for_its_socket(folder):
    server = Server(folder / ("long" * 40) / "pg")
    try:
        server.start()

        assert server.socket_dir.parent == Path("/tmp")
        assert stat.S_IMODE(server.socket_dir.stat().st_mode) == 0o700
        with connect(server) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        stop(server)
    assert not server.socket_dir.exists()


def test_a_socket_folder_that_others_can_enter_is_refused(folder):
    server = Server(folder / ("long" * 40) / "pg")
    server.socket_dir.mkdir(mode=0o777)
    server.socket_dir.chmod(0o777)
    try:
        with pytest.raises(EmbeddedServerError, match="is not private"):
            server.start()
    finally:
        shutil.rmtree(server.socket_dir)
        stop(server)


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs it as another user")


@needs_root
def test_root_runs_it_as_somebody_else_who_alone_reaches_it(server):
    server.start()
    path = server.socket_dir / f".s.PGSQL.{PORT}"
    stranger = Account(uid=12345, gid=12345)

    assert not stranger.can("-e", path)
    assert server.account.can("-w", path)
    assert server.postmaster().username() == "nobody"


@needs_root
def test_below_a_folder_closed_to_its_user_it_goes_elsewhere_and_opens_nothing(folder):
    folder.chmod(0o700)
    server = Server(folder / "var" / "pg")
    try:
        server.start()

        assert (folder / "var" / "pg").is_symlink()
        assert server.home.parent == Path("/var/lib/regent")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(server.home.stat().st_mode) == 0o700
        with connect(server) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        stop(server)


def test_reading_the_settings_starts_nothing(folder):
    code = (
        "import django; django.setup(); from django.db import connection; print(connection.vendor)"
    )
    environment = {**os.environ, "REGENT_VAR": str(folder / "var"), "DATABASE_URL": ""}
    environment["DJANGO_SETTINGS_MODULE"] = "franchise.settings"

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )

    assert done.stdout.strip() == "postgresql"
    assert not (folder / "var" / "pg").exists()


@pytest.mark.crash
def test_django_connects_again_after_the_server_was_killed(server):
    code = """
import django; django.setup()
from django.db import close_old_connections, connection
from franchise.core.embedded.base import _server_of
cursor = connection.cursor()
cursor.execute("CREATE TABLE kept AS SELECT 7 AS n")
postmaster = _server_of(connection).postmaster()
postmaster.kill()
postmaster.wait(10)
close_old_connections()
connection.close_if_unusable_or_obsolete()
try:
    connection.cursor().execute("SELECT 1")
except django.db.OperationalError:
    connection.close()
cursor = connection.cursor()
cursor.execute("SELECT n FROM kept")
print(cursor.fetchone()[0])
"""
    environment = {**os.environ, "REGENT_VAR": str(server.home.parent), "DATABASE_URL": ""}
    environment["DJANGO_SETTINGS_MODULE"] = "franchise.settings"

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )

    assert (done.stdout.strip(), done.returncode) == ("7", 0), done.stderr
