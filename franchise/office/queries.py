"""What head office's frame asks across the business; an area's figures are its app's queries."""

from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from agents.models import Agent
from franchise.orders.models import Order
from franchise.regions.models import Region

MOST = 20


@dataclass(frozen=True)
class Found:
    """What a search found, at most twenty of each kind."""

    agents: list[Agent]
    orders: list[Order]
    regions: list[Region]

    def __bool__(self) -> bool:
        return bool(self.agents or self.orders or self.regions)


def found(text: str) -> Found:
    """Agents by name, code or phone; orders by their whole number; divisions by name or code."""
    text = text.strip()
    if not text:
        return Found([], [], [])
    agents = Agent.objects.filter(
        Q(name__icontains=text) | Q(code__iexact=text) | Q(phone=text) | Q(contact__icontains=text)
    ).order_by("name")
    orders = Order.objects.filter(order_no=text).select_related("shop")
    return Found(list(agents[:MOST]), list(orders[:MOST]), regions_called(text))


def regions_called(text: str, *, with_past: bool = True) -> list[Region]:
    """Divisions whose name or code begins so; those in force and the larger ones first."""
    if not text:
        return []
    found = (
        Region.objects.filter(Q(name__startswith=text) | Q(code__startswith=text))
        .exclude(kind=Region.Kind.COUNTRY)
        .select_related("parent__parent__parent")
        .order_by(F("valid_to").desc(nulls_first=True), "level", "code")
    )
    if not with_past:
        found = found.filter(valid_to=None)
    return list(found[:MOST])


def inside(region: Region | None, *, with_past: bool) -> QuerySet[Region]:
    """What lies directly inside a division, or the provinces; past divisions after present ones."""
    where = Q(kind=Region.Kind.PROVINCE) if region is None else Q(parent=region)
    found = Region.objects.filter(where).select_related("parent__parent__parent")
    if not with_past:
        found = found.filter(valid_to=None)
    return found.order_by(F("valid_to").desc(nulls_first=True), "code")
