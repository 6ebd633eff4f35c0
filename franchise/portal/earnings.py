"""The figures of the start page, of one agent and one month."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Q, Sum

from agents.models import Agent, Territory
from franchise.core.money import ZERO
from franchise.portal import access
from franchise.regions.queries import paths

IS_EARNED = Q(earned_on__isnull=False)
IS_PENDING = Q(earned_on=None)
IS_CLAWED_BACK = Q(amount__lt=0)


def first_of_next(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=31)).replace(day=1)


def first_of_last(month: date) -> date:
    return (month.replace(day=1) - timedelta(days=1)).replace(day=1)


@dataclass(frozen=True)
class Region:
    """A territory with what it brought: earned in the month, and what is still to come."""

    territory: Territory
    above: str
    earned: Decimal
    pending: Decimal
    pending_orders: int


@dataclass(frozen=True)
class Earnings:
    """`before` is what the month before had brought up to the same day."""

    by_day: Mapping[date, Decimal]
    before: Decimal
    clawed_back: Decimal
    clawed_back_lines: int
    regions: tuple[Region, ...]
    pending_orders: int

    @property
    def earned(self) -> Decimal:
        return sum(self.by_day.values(), ZERO)

    @property
    def pending(self) -> Decimal:
        return sum((region.pending for region in self.regions), ZERO)


def earnings(agent: Agent, month: date, today: date) -> Earnings:
    """What an agent earned in a month by day, and what is pending now, by territory."""
    lines = access.lines(agent).order_by()
    by_day: dict[date, Decimal] = defaultdict(Decimal)
    earned: dict[int, Decimal] = defaultdict(Decimal)
    before = clawed_back = ZERO
    clawed_back_lines = 0
    last_day = today.day if first_of_next(today) == first_of_next(month) else 31
    for territory_id, day, amount, taken, takings in (
        lines.filter(IS_EARNED, day__gte=first_of_last(month), day__lt=first_of_next(month))
        .values_list("territory_id", "day")
        .annotate(
            sum=Sum("amount"),
            taken=Sum("amount", filter=IS_CLAWED_BACK, default=ZERO),
            takings=Count("order_id", filter=IS_CLAWED_BACK),
        )
    ):
        if day >= month:
            by_day[day] += amount
            earned[territory_id] += amount
            clawed_back += taken
            clawed_back_lines += takings
        elif day.day <= last_day:
            before += amount
    pending: dict[int, Decimal] = defaultdict(Decimal)
    pending_orders: dict[int, set[int]] = defaultdict(set)
    # An order that was refunded as a whole has lines, but nothing of it is still to come.
    for territory_id, order_id, amount in (
        lines.filter(IS_PENDING)
        .values_list("territory_id", "order_id")
        .annotate(sum=Sum("amount"))
        .exclude(sum=0)
    ):
        pending[territory_id] += amount
        pending_orders[territory_id].add(order_id)
    territories = list(access.territories(agent).order_by("starts_on", "pk"))
    ways = paths(territory.region_id for territory in territories)
    regions = [
        Region(
            territory,
            "".join(above.name for above in ways[territory.region_id][:-1]),
            earned[territory.pk],
            pending[territory.pk],
            len(pending_orders[territory.pk]),
        )
        for territory in territories
    ]
    return Earnings(
        by_day=dict(by_day),
        before=before,
        clawed_back=clawed_back,
        clawed_back_lines=clawed_back_lines,
        regions=tuple(regions),
        pending_orders=len(set().union(*pending_orders.values())),
    )
