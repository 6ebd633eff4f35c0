"""The figures of the start page, of one agent and one month."""

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
    lines = access.lines(agent)
    in_month = Q(day__gte=month, day__lt=first_of_next(month))
    by_day = dict(
        lines.filter(IS_EARNED, day__gte=first_of_last(month), day__lt=first_of_next(month))
        .order_by()
        .values_list("day")
        .annotate(Sum("amount"))
    )
    totals = lines.aggregate(
        clawed_back=Sum("amount", filter=IS_EARNED & in_month & Q(amount__lt=0), default=ZERO),
        clawed_back_lines=Count("order_id", filter=IS_EARNED & in_month & Q(amount__lt=0)),
        pending_orders=Count("order_id", filter=IS_PENDING, distinct=True),
    )
    by_territory = {
        territory: (earned, pending, orders)
        for territory, earned, pending, orders in lines.order_by()
        .values_list("territory_id")
        .annotate(
            earned=Sum("amount", filter=IS_EARNED & in_month, default=ZERO),
            pending=Sum("amount", filter=IS_PENDING, default=ZERO),
            pending_orders=Count("order_id", filter=IS_PENDING, distinct=True),
        )
    }
    territories = list(access.territories(agent).order_by("starts_on", "pk"))
    ways = paths(territory.region_id for territory in territories)
    regions = [
        Region(
            territory,
            "".join(above.name for above in ways[territory.region_id][:-1]),
            *by_territory.get(territory.pk, (ZERO, ZERO, 0)),
        )
        for territory in territories
    ]
    last_day = today.day if first_of_next(today) == first_of_next(month) else 31
    return Earnings(
        by_day={day: amount for day, amount in by_day.items() if day >= month},
        before=sum((a for d, a in by_day.items() if d < month and d.day <= last_day), ZERO),
        regions=tuple(regions),
        **totals,
    )
