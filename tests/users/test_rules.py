from datetime import UTC, datetime, timedelta

import pytest

from franchise.users.rules import PER_ADDRESS, PER_PHONE, seconds_to_wait

NOON = datetime(2026, 12, 24, 12, 0, tzinfo=UTC)


def ago(*seconds):
    return [NOON - timedelta(seconds=s) for s in seconds]


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        ([], 0),
        (ago(60), 0),
        (ago(18), 42),
        (ago(59.5), 1),
        (ago(100, 200, 300, 400), 0),
        (ago(100, 200, 300, 400, 600), 3000),
        (ago(3700, 3800, 3900, 4000, 4100, 4200, 4300, 4400, 4500), 0),
        (ago(3700, 3800, 3900, 4000, 4100, 4200, 4300, 4400, 4500, 86_000), 400),
    ],
)
def test_a_phone_waits_a_minute_then_an_hour_then_a_day(asked, wait):
    assert seconds_to_wait(asked, PER_PHONE, NOON) == wait


def test_an_address_may_ask_thirty_times_in_ten_minutes():
    assert seconds_to_wait(ago(*range(29)), PER_ADDRESS, NOON) == 0
    assert seconds_to_wait(ago(*range(30)), PER_ADDRESS, NOON) == 600 - 29
