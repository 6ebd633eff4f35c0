"""What waits for a run, a person, a plan or its order."""

from collections.abc import Sequence

from django.db import connection

from franchise.bonuses import statements
from franchise.orders.models import ChangedOrder, WaitingRefund


def count_waiting() -> int:
    """Orders, changes and refunds that wait for a run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(sum(upper(orders) - lower(orders)), 0) from orders_waitingorders"
        )
        (orders,) = cursor.fetchone()
    refunds = WaitingRefund.objects.filter(is_parked=False).count()
    return int(orders) + refunds + ChangedOrder.objects.count()


def count_unresolved(ranges: Sequence[tuple[int, int]]) -> int:
    """How many of these orders (ranges of ids, ends exclusive) wait for a person, as the map is."""
    if not ranges:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            statements.UNRESOLVED,
            {"starts": [low for low, _ in ranges], "ends": [high for _, high in ranges]},
        )
        (count,) = cursor.fetchone()
    return int(count)
