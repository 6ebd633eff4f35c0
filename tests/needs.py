"""What some tests need beyond Python. Without it they are skipped, saying so; in CI they fail."""

import os
import shutil
from functools import cache

import pytest
from kombu import Connection

STRICT = os.environ.get("CI") == "true"
RABBITMQ_URL = os.environ.get("RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//")


@cache
def chromium() -> str | None:
    """The path of the browser that tests drive."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")


@cache
def rabbitmq_answers() -> bool:
    try:
        with Connection(RABBITMQ_URL, connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    except OSError:
        return False
    return True


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Stop a test whose need is not met."""
    if item.get_closest_marker("browser") and not chromium():
        _stop("Chromium is not installed (apt install chromium)")
    if item.get_closest_marker("rabbitmq") and not rabbitmq_answers():
        _stop(f"no RabbitMQ answers at {RABBITMQ_URL.rpartition('@')[2]}")


def _stop(reason: str) -> None:
    if STRICT:
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
