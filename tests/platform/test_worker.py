"""A real worker on each broker: it hears the wake-up, and its death loses none."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction
from kombu import Connection

from franchise.core import clock
from franchise.users.models import LoginCode
from tests.needs import RABBITMQ_URL

TASK = "franchise.users.tasks.forget_old_login_codes"
SEND = "import sys; from franchise.celery import app; app.send_task(sys.argv[1], queue=sys.argv[2])"
# One that nobody else's worker on the same broker listens to.
QUEUE = f"tests-{os.getpid()}"

pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def old_code():
    long_ago = clock.now() - timedelta(days=365)
    return LoginCode.objects.create(
        phone="13800000000",
        address="127.0.0.1",
        code_hash="0" * 64,
        created_at=long_ago,
        expires_at=long_ago + timedelta(minutes=5),
    )


@pytest.fixture
def start(tmp_path):
    """Start Python with the test's database and a broker; what still runs at the end is killed."""
    running = []
    brokers = set()

    def start_python(broker_url, *arguments):
        environment = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "CELERY_BROKER_URL": broker_url,
            "REGENT_VAR": str(tmp_path),
        }
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        running.append(process)
        brokers.add(broker_url)
        return process

    yield start_python
    for process in running:
        kill(process)
    if RABBITMQ_URL in brokers:
        with Connection(RABBITMQ_URL) as broker:
            broker.channel().queue_delete(QUEUE)


def database_url():
    chosen = connection.settings_dict
    user, host, port = chosen["USER"], chosen["HOST"], chosen["PORT"]
    if host.startswith("/"):
        return f"postgres://{user}@/{host}/{chosen['NAME']}"
    password = f":{chosen['PASSWORD']}" if chosen["PASSWORD"] else ""
    return f"postgres://{user}{password}{'@' if host else ''}{host}:{port or 5432}/{chosen['NAME']}"


def worker():
    return ["-m", "celery", "--quiet", "-A", "franchise", "worker", "-Q", QUEUE, "-c", "1"]


def send(start, broker_url):
    assert start(broker_url, "-c", SEND, TASK, QUEUE).wait(60) == 0


def kill(process):
    """kill -9 of the worker and its children, as a machine that loses its power."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


def until(true, *, seconds=60):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"still not after {seconds} s"
        time.sleep(0.1)


def a_session_waits_for_a_lock():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0] > 0


@pytest.mark.parametrize(
    "broker_url",
    ["filesystem://localhost/", pytest.param(RABBITMQ_URL, marks=pytest.mark.rabbitmq)],
    ids=["files", "rabbitmq"],
)
def test_a_worker_hears_the_wake_up(broker_url, start, old_code):
    start(broker_url, *worker())

    send(start, broker_url)

    until(lambda: not LoginCode.objects.filter(pk=old_code.pk).exists())


@pytest.mark.rabbitmq
def test_what_a_killed_worker_was_doing_is_given_to_the_next(start, old_code):
    first = start(RABBITMQ_URL, *worker())
    with transaction.atomic():
        LoginCode.objects.select_for_update().get(pk=old_code.pk)
        send(start, RABBITMQ_URL)
        until(a_session_waits_for_a_lock)
        kill(first)
    assert LoginCode.objects.filter(pk=old_code.pk).exists()

    start(RABBITMQ_URL, *worker())

    until(lambda: not LoginCode.objects.filter(pk=old_code.pk).exists())
