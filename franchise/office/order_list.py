"""The list of orders: its filters as a query, and what is known of the orders of one page."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils.functional import cached_property

from agents.models import Tier
from franchise.bonuses.models import BonusLine, BonusTurn, Earning, Refusal
from franchise.core.clock import SHANGHAI
from franchise.core.money import ZERO
from franchise.office.wording import State
from franchise.orders.models import Order, Shop
from franchise.regions.models import Region

# Counting further is not worth the wait: the filters find what lies behind.
COUNTED = 10_000


@dataclass(frozen=True)
class Filter:
    """What the list is narrowed to; days are the first and the last one, both meant."""

    number: str = ""
    shop: Shop | None = None
    first: date | None = None
    last: date | None = None
    region: Region | None = None
    status: str = ""
    state: str = ""


@dataclass(frozen=True)
class Row:
    """An order with what came of it; the amounts are those of now."""

    order: Order
    agents: Decimal
    retained: Decimal
    earning: Earning | None
    refusal: Refusal | None
    is_awarded: bool

    @property
    def state(self) -> str:
        if self.order.status == Order.Status.CANCELLED and not self.agents:
            return State.CANCELLED
        if self.order.buyer_kind != Order.BuyerKind.CONSUMER and not self.agents:
            return State.OWN
        if self.refusal is not None:
            is_plan = self.refusal.why == Refusal.Why.NO_PLAN
            return State.NO_PLAN if is_plan else State.UNRESOLVED
        if not self.is_awarded:
            return State.WAITING
        return State.EARNED if self.earning else State.PENDING


class CappedPaginator(Paginator):  # type: ignore[type-arg]  # it is generic in the stubs only
    """Pages of a list that is counted no further than COUNTED."""

    @cached_property
    def count(self) -> int:
        found: QuerySet[Order] = self.object_list  # type: ignore[assignment]
        return min(found.order_by()[: COUNTED + 1].count(), COUNTED)

    @cached_property
    def is_capped(self) -> bool:
        return self.count == COUNTED


ORDERS_BY = {
    "-paid_at": ("-paid_on", "-pk"),
    "paid_at": ("paid_on", "pk"),
    "-goods_amount": ("-goods_amount", "-pk"),
    "goods_amount": ("goods_amount", "pk"),
}


def orders_matching(wanted: Filter, *, sort: str = "-paid_at") -> QuerySet[Order]:
    found = Order.objects.select_related("shop", "region__parent__parent")
    if wanted.number:
        # With the shops, so that the index of (shop, number) serves.
        shops = Shop.objects.values("pk")
        found = found.filter(shop__in=shops, order_no=wanted.number)
    if wanted.shop is not None:
        found = found.filter(shop=wanted.shop)
    if wanted.first is not None:
        found = found.filter(paid_on__gte=wanted.first)
    if wanted.last is not None:
        found = found.filter(paid_on__lte=wanted.last)
    if wanted.status:
        found = found.filter(status=wanted.status)
    if wanted.region is not None and wanted.region.level > 0:
        found = found.filter(_counts_in(wanted.region))
    if wanted.state:
        found = found.filter(_STATES[wanted.state]())
    return found.order_by(*ORDERS_BY.get(sort, ORDERS_BY["-paid_at"]))


def _counts_in(region: Region) -> Q:
    """Orders that count in a region or below; one picked up counts where its lines do."""
    inside = Region.objects.filter(
        tree_id=region.tree_id, lft__gte=region.lft, rght__lte=region.rght
    ).values("pk")
    line = BonusLine.objects.filter(order_id=OuterRef("pk"))
    by_point = Q(Exists(line.filter(region__in=inside))) | (~Q(Exists(line)) & Q(region__in=inside))
    return (Q(pickup_point="") & Q(region__in=inside)) | (~Q(pickup_point="") & by_point)


def _awarded() -> Q:
    return Q(Exists(BonusLine.objects.filter(order_id=OuterRef("pk"), turn=0)))


def _earned() -> Q:
    return Q(Exists(Earning.objects.filter(order_id=OuterRef("pk"))))


def _agents_have_some() -> Q:
    lines = BonusLine.objects.filter(order_id=OuterRef("pk"), territory__isnull=False)
    return Q(Exists(lines.exclude(amount=0)))


def _taken_back() -> Q:
    lines = BonusLine.objects.filter(
        order_id=OuterRef("pk"), turn__gt=0, amount__lt=0, territory__isnull=False
    )
    return Q(Exists(lines))


def _counts() -> Q:
    return Q(buyer_kind=Order.BuyerKind.CONSUMER) & ~Q(status=Order.Status.CANCELLED)


def _refused(condition: Q) -> Q:
    return Q(pk__in=Refusal.objects.filter(condition).values("order_id"))


_STATES: dict[str, Callable[[], Q]] = {
    State.COUNTS: _counts,
    State.AWARDED: _awarded,
    State.PENDING: lambda: _agents_have_some() & ~_earned() & _counts(),
    State.EARNED: _earned,
    State.TAKEN_BACK: _taken_back,
    State.UNRESOLVED: lambda: _refused(~Q(why=Refusal.Why.NO_PLAN)),
    State.NO_PLAN: lambda: _refused(Q(why=Refusal.Why.NO_PLAN)),
    State.OWN: lambda: ~Q(buyer_kind=Order.BuyerKind.CONSUMER),
    State.CANCELLED: lambda: Q(status=Order.Status.CANCELLED),
}


def rows(orders: Iterable[Order]) -> list[Row]:
    """What came of these orders: three queries however many they are."""
    shown = list(orders)
    keys = [order.pk for order in shown]
    sums = {
        order_id: (agents or ZERO, retained or ZERO)
        for order_id, agents, retained in BonusLine.objects.filter(order_id__in=keys)
        .values_list("order_id")
        .annotate(
            agents=Sum("amount", filter=Q(territory__isnull=False)),
            retained=Sum("amount", filter=Q(territory=None)),
        )
    }
    earnings = Earning.objects.in_bulk(keys)
    refusals = Refusal.objects.in_bulk(keys)
    return [
        Row(
            order,
            *sums.get(order.pk, (ZERO, ZERO)),
            earning=earnings.get(order.pk),
            refusal=refusals.get(order.pk),
            is_awarded=order.pk in sums,
        )
        for order in shown
    ]


def totals(orders: QuerySet[Order]) -> dict[str, Decimal]:
    """The sums of a whole list; only worth the wait where it was counted to its end."""
    keys = orders.order_by().values("pk")
    lines = BonusLine.objects.filter(order_id__in=keys).aggregate(
        agents=Sum("amount", filter=Q(territory__isnull=False), default=ZERO),
        retained=Sum("amount", filter=Q(territory=None), default=ZERO),
    )
    goods = orders.order_by().aggregate(sum=Sum("goods_amount", default=ZERO))["sum"]
    return {"goods_amount": goods, **lines}


# The lines of the list, as a file

HEADER = (
    "shop", "order_no", "paid_at", "cause", "tier", "region_code", "region", "agent", "agent_name",
    "rate", "base", "amount", "state",
)  # fmt: skip


def lines_as_csv(orders: QuerySet[Order]) -> Iterator[str]:
    """The lines of these orders as they were posted; 0.00 is no line."""
    yield "\ufeff" + _line(HEADER)
    keys = orders.order_by().values("pk")
    turn = BonusTurn.objects.filter(order_id=OuterRef("order_id"), turn=OuterRef("turn"))
    lines = (
        BonusLine.objects.filter(order_id__in=keys)
        .exclude(amount=0)
        .select_related("order__shop", "territory__agent", "territory__region", "region")
        .annotate(
            refund_no=models.Subquery(turn.values("refund__refund_no")[:1]),
            correction=models.Subquery(turn.values("correction")[:1]),
            is_earned=Exists(Earning.objects.filter(order_id=OuterRef("order_id"))),
        )
        .order_by("order_id", "turn", "place")
    )
    for line in lines.iterator(chunk_size=2000):
        yield _line(_cells(line))


def _cells(line: Any) -> tuple[Any, ...]:
    territory = line.territory
    region = territory.region if territory else line.region
    return (
        line.order.shop.code,
        line.order.order_no,
        line.order.paid_at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        _cause(line),
        Tier(line.place).name.lower() if territory else "",
        region.code,
        region.name,
        territory.agent.code if territory else "head office",
        territory.agent.name if territory else "",
        f"{line.rate.normalize():f}",
        line.base,
        line.amount,
        ("earned" if line.is_earned else "pending") if territory else "retained",
    )


def _cause(line: Any) -> str:
    if line.turn == 0:
        return "order"
    return f"refund:{line.refund_no}" if line.refund_no else f"correction:{line.correction}"


def _line(cells: Iterable[Any]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([_harmless(str(cell)) for cell in cells])
    return text.getvalue()


def _harmless(cell: str) -> str:
    """Text that no spreadsheet takes for a formula; a negative amount stays a number."""
    is_number = cell[:1] == "-" and cell[1:].replace(".", "", 1).isdigit()
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@") and not is_number else cell
