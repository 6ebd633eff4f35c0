"""Keep the sums by day and region that pages read; any of them can be made again from the lines."""

from collections.abc import Sequence
from datetime import date

from django.db import connection, transaction

from franchise.bonuses import statements
from franchise.bonuses.models import DaySum
from franchise.core.locks import Lock, hold

DAYS_AT_ONCE = 31


def sum_dirty_days() -> int:
    """Make anew the sums of all days that changed; how many days."""
    count = 0
    while days := _sum_some():
        count += days
    return count


@transaction.atomic
def _sum_some() -> int:
    hold(Lock.DAY_SUMS)
    with connection.cursor() as cursor:
        # Marks are taken by one statement, what they stand for is read by the next.
        cursor.execute(
            "delete from bonus_dirty_day where day in ("
            " select distinct day from bonus_dirty_day order by day limit %s) returning day",
            [DAYS_AT_ONCE],
        )
        days = sorted({day for (day,) in cursor.fetchall()})
    if days:
        sum_days(days)
    return len(days)


@transaction.atomic
def sum_days(days: Sequence[date]) -> None:
    """Make the sums of these days anew."""
    DaySum.objects.filter(day__in=days).delete()
    with connection.cursor() as cursor:
        cursor.execute(statements.SUM_DAYS, {"days": list(days)})
