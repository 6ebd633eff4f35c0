"""How often a login code may be asked for, and how long one lives."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

CODE_LIFETIME = timedelta(minutes=5)
MOST_ATTEMPTS = 5


@dataclass(frozen=True)
class Limit:
    """At most `times` within any `window`."""

    times: int
    window: timedelta


# Ten codes a day with five attempts each leave a guesser 50 of 1,000,000 a day for one phone.
PER_PHONE = (
    Limit(1, timedelta(minutes=1)),
    Limit(5, timedelta(hours=1)),
    Limit(10, timedelta(days=1)),
)
# Wide, because a mobile carrier puts many phones behind one address.
PER_ADDRESS = (Limit(30, timedelta(minutes=10)), Limit(300, timedelta(days=1)))
LONGEST_WINDOW = timedelta(days=1)


def seconds_to_wait(asked_at: Sequence[datetime], limits: Sequence[Limit], now: datetime) -> int:
    """Seconds until one more is allowed; `asked_at` is the newest first. 0 means now."""
    wait = timedelta(0)
    for limit in limits:
        if len(asked_at) >= limit.times:
            wait = max(wait, asked_at[limit.times - 1] + limit.window - now)
    return math.ceil(wait.total_seconds())
