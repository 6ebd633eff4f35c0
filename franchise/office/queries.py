"""What head office's frame asks across the business; an area's figures are its app's queries."""

from dataclasses import dataclass

from django.db.models import Q

from agents.models import Agent
from franchise.orders.models import Order, Shop
from franchise.regions.models import Region
from franchise.regions.queries import regions_found

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
    # With the shops, so that the index of (shop, number) serves.
    shops = Shop.objects.values("pk")
    orders = Order.objects.filter(shop__in=shops, order_no=text).select_related("shop")
    return Found(list(agents[:MOST]), list(orders[:MOST]), regions_found(text, limit=MOST))
