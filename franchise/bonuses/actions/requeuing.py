"""Put refused orders back among those that wait, when what stood in their way may be gone."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection

from franchise.bonuses.errors import PastIsAwarded
from franchise.bonuses.models import BonusLine, Refusal
from franchise.regions.queries import ids_above, ids_inside

IN_DOUBT = [Refusal.Why.UNRESOLVED, Refusal.Why.REGION_ENDED, Refusal.Why.UNKNOWN_POINT]


def requeue(*, why: Sequence[str], starts_on: date, ends_on: date | None) -> None:
    """Let orders refused for these reasons and paid on these days wait for a run again.

    They stay listed as refused until the run has looked at them.
    """
    _let_wait(
        "select order_id from bonus_refusal"
        " where why = any (%s) and paid_on >= %s and (%s::date is null or paid_on < %s)",
        [list(why), starts_on, ends_on, ends_on],
    )


def after_territory_change(
    region_id: int, tier: int, starts_on: date, ends_on: date | None
) -> None:
    """Follow a change of who holds a region on these days: what was in doubt may be clear now."""
    requeue(why=IN_DOUBT, starts_on=starts_on, ends_on=ends_on)


def after_pickup_point(code: str) -> None:
    """Follow a new pickup point: the orders that waited for it."""
    _let_wait(
        "select r.order_id from bonus_refusal r join orders_order o on o.id = r.order_id"
        " where r.why = 'unknown_point' and o.pickup_point = %s",
        [code],
    )


def _let_wait(refused: str, values: list[Any]) -> None:
    """An order that was awarded before its refusal waits for a correction, all others for award."""
    has_lines = "exists (select from bonus_line l where l.order_id = r.order_id and l.turn = 0)"
    again = f"""
        insert into orders_changedorder (order_id)
        select order_id from ({refused}) r where {has_lines} order by order_id
        on conflict do nothing
    """  # noqa: S608
    first = f"""
        insert into orders_waitingorders (orders)
        select int8range(order_id, order_id + 1) from ({refused}) r where not {has_lines}
        order by order_id on conflict do nothing
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(again, values)
        cursor.execute(first, values)


def refuse_awarded_territory(
    region_id: int, tier: int, starts_on: date, ends_on: date | None
) -> None:
    """Guard a change of who holds a region on these days.

    Refuses (PastIsAwarded) when an order that has its bonus was paid on one of them and counts in
    the region or in one below it, or above it and may belong to the region for all one knows; or
    counted there once, so that the holder of that day has lines of it.
    Correcting an awarded past is an act of its own.
    """
    if not BonusLine.objects.exists():
        return
    inside = ids_inside(region_id)
    above = ids_above(region_id)
    # Region by region, each by its index: a file of a whole map asks this some thousand times.
    with connection.cursor() as cursor:
        cursor.execute(
            "select newest.order_no, newest.paid_on"
            " from unnest(%(inside)s::bigint[] || %(above)s::bigint[]) near (id)"
            " cross join lateral ("
            "  select o.order_no, o.paid_on from orders_order o"
            "  where o.region_id = near.id and o.paid_on >= %(starts)s"
            "  and (%(ends)s::date is null or o.paid_on < %(ends)s)"
            "  and (near.id = any (%(inside)s) or not o.is_decided and"
            "   (o.candidates is null or o.candidates && (%(region)s || %(above)s::bigint[])))"
            "  and exists (select from bonus_line l where l.order_id = o.id"
            "   and (l.region_id = near.id"
            "    or near.id = any (%(inside)s) and l.region_id = any (%(inside)s)))"
            "  order by o.paid_on desc limit 1) newest"
            " union all"
            " select o.order_no, o.paid_on from inventory_pickuppoint p"
            " join orders_order o on o.pickup_point = p.code"
            " where p.region_id = any (%(inside)s::bigint[] || %(above)s::bigint[])"
            " and o.paid_on >= %(starts)s and (%(ends)s::date is null or o.paid_on < %(ends)s)"
            " and not o.is_decided and exists (select from bonus_line l"
            "  where l.order_id = o.id and l.region_id = p.region_id)"
            " union all"
            " select o.order_no, l.paid_on from agents_territory t"
            " join bonus_line l on l.territory_id = t.id and l.paid_on >= %(starts)s"
            "  and (%(ends)s::date is null or l.paid_on < %(ends)s)"
            " join orders_order o on o.id = l.order_id"
            " where t.region_id = %(region)s and t.tier = %(tier)s"
            " order by paid_on desc limit 1",
            {
                "tier": tier,
                "region": region_id,
                "inside": inside,
                "above": above,
                "starts": starts_on,
                "ends": ends_on,
            },
        )
        row = cursor.fetchone()
    if row is not None:
        order_no, paid_on = row
        raise PastIsAwarded(
            order_no=order_no, paid_on=paid_on, free_from=paid_on + timedelta(days=1)
        )
