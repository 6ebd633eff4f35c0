from datetime import datetime

import pytest

from franchise.core.clock import SHANGHAI
from tests.portal.books import Books


@pytest.fixture
def on_christmas_eve(time_machine):
    time_machine.move_to(datetime(2026, 12, 24, 9, 41, tzinfo=SHANGHAI), tick=False)


@pytest.fixture
def books(db):
    return Books()
