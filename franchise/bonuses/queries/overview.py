"""Head office's figures by day of payment and by region, from the sums kept per day."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Min, QuerySet, Sum

from franchise.bonuses.models import DaySum, DirtyDay, Refusal
from franchise.core.money import ZERO
from franchise.orders.models import Order
from franchise.regions.models import Region

_SUMS = ("orders", "goods_amount", "refunded", "awarded", "clawed_back", "earned", "retained")


@dataclass
class Figures:
    """What orders paid in a period came to. Yuan; claw-backs and refunds as they lower a sum.

    `awarded` is what agents got before claw-backs (`clawed_back`, zero or below); of the rest
    `earned` is theirs, the remainder is pending. `retained` is head office's part, net.
    """

    orders: int = 0
    goods_amount: Decimal = ZERO
    refunded: Decimal = ZERO
    awarded: Decimal = ZERO
    clawed_back: Decimal = ZERO
    earned: Decimal = ZERO
    retained: Decimal = ZERO

    @property
    def net_sales(self) -> Decimal:
        return self.goods_amount - self.refunded

    @property
    def agents(self) -> Decimal:
        """What agents have after claw-backs: earned and pending."""
        return self.awarded + self.clawed_back

    @property
    def pending(self) -> Decimal:
        return self.agents - self.earned

    @property
    def due(self) -> Decimal:
        """What the plan pays in all: agents' and head office's part."""
        return self.agents + self.retained


@dataclass
class RegionFigures(Figures):
    region: Region | None = None
    has_children: bool = False


@dataclass
class DayFigures(Figures):
    day: date = date.min


@dataclass
class Unresolved:
    """Orders that wait for a person, by why."""

    orders: int = 0
    goods_amount: Decimal = ZERO
    oldest: date | None = None
    by_why: dict[str, int] = field(default_factory=dict)


def figures(starts_on: date, ends_on: date, *, within: Region | None = None) -> Figures:
    found = _sums(starts_on, ends_on, within).aggregate(**_aggregates())
    return Figures(**{name: found[name] or type(getattr(Figures, name))(0) for name in _SUMS})


def figures_by_day(
    starts_on: date, ends_on: date, *, within: Region | None = None
) -> list[DayFigures]:
    """One entry for each day that has orders, in order."""
    rows = _sums(starts_on, ends_on, within).values("day").annotate(**_aggregates())
    return [DayFigures(**row) for row in rows.order_by("day")]


def figures_by_region(
    starts_on: date, ends_on: date, *, within: Region | None = None
) -> list[RegionFigures]:
    """One entry for each province, or for each city (or county without one) of `within`.

    What is certain no deeper than `within` itself is an entry of its own with that region. The
    entries add up to `figures` of the same.
    """
    depth = 1 if within is None else within.level + 1
    by_region: dict[int, RegionFigures] = {}
    summed = _sums(starts_on, ends_on, within).values("region").annotate(**_aggregates())
    rows: list[dict[str, Any]] = [dict(row) for row in summed]
    regions = Region.objects.in_bulk([row["region"] for row in rows])
    shown = _shown_at(depth, list(regions.values()))
    for row in rows:
        region = shown[row.pop("region")]
        entry = by_region.setdefault(
            region.pk, RegionFigures(region=region, has_children=region.level < 2)
        )
        for name in _SUMS:
            setattr(entry, name, getattr(entry, name) + row[name])
    return sorted(by_region.values(), key=lambda f: (-f.agents, -f.goods_amount, str(f.region)))


def unresolved(
    starts_on: date | None = None, ends_on: date | None = None, *, within: Region | None = None
) -> Unresolved:
    """Orders without their bonus because their region is not certain."""
    refused = Refusal.objects.exclude(why=Refusal.Why.NO_PLAN)
    if starts_on is not None and ends_on is not None:
        refused = refused.filter(paid_on__gte=starts_on, paid_on__lt=ends_on)
    if within is not None and within.level > 0:
        refused = refused.filter(
            order__region__tree_id=within.tree_id,
            order__region__lft__gte=within.lft,
            order__region__rght__lte=within.rght,
        )
    by_why = dict(refused.values_list("why").annotate(n=Count("order")))
    found = refused.aggregate(goods=Sum("order__goods_amount"), oldest=Min("paid_on"))
    return Unresolved(sum(by_why.values()), found["goods"] or ZERO, found["oldest"], by_why)


def as_of() -> datetime | None:
    """When the sums were last made."""
    found: datetime | None = DaySum.objects.aggregate(at=Max("made_at"))["at"]
    return found


def is_being_counted() -> bool:
    """Whether some days are still to be summed anew."""
    return DirtyDay.objects.exists()


def days_known() -> tuple[date, date] | None:
    """The first and the last day on which an order was paid."""
    first = Order.objects.order_by("paid_on", "id").values_list("paid_on", flat=True).first()
    last = Order.objects.order_by("-paid_on", "-id").values_list("paid_on", flat=True).first()
    return (first, last) if first and last else None


def _sums(starts_on: date, ends_on: date, within: Region | None) -> QuerySet[DaySum]:
    sums = DaySum.objects.filter(day__gte=starts_on, day__lt=ends_on)
    if within is not None and within.level > 0:
        sums = sums.filter(
            region__tree_id=within.tree_id,
            region__lft__gte=within.lft,
            region__rght__lte=within.rght,
        )
    return sums


def _aggregates() -> dict[str, Sum]:
    return {name: Sum(name) for name in _SUMS}


def _shown_at(depth: int, regions: list[Region]) -> dict[int, Region]:
    """The region at this depth, or the shallower one itself, that stands for each region."""
    shown = {region.pk: region for region in regions if region.level <= depth}
    deeper = [region for region in regions if region.level > depth]
    parents = Region.objects.in_bulk({region.parent_id for region in deeper if region.parent_id})
    for region in deeper:
        if region.parent_id is not None:
            shown[region.pk] = parents[region.parent_id]
    return shown
