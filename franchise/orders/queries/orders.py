"""Orders, refunds and what was decided about them, for lists and pages."""

from datetime import date

from django.db.models import Q, QuerySet

from franchise.orders.models import Decision, OldVersion, Order, OrderVersion, Refund
from franchise.regions.models import Region


def orders() -> QuerySet[Order]:
    """All orders with shop, region and address, the last paid first."""
    return Order.objects.select_related("shop", "region", "address").order_by("-paid_on", "-pk")


def orders_found(  # noqa: PLR0913  (one keyword for each field of the form)
    *,
    order_no: str = "",
    shop_id: int | None = None,
    region_id: int | None = None,
    first: date | None = None,
    last: date | None = None,
    status: str = "",
    buyer_kind: str = "",
) -> QuerySet[Order]:
    """Orders by any of these: in a region or below it, paid from the first day to the last."""
    found = orders()
    if order_no := order_no.strip():
        found = found.filter(order_no__startswith=order_no)
    if shop_id is not None:
        found = found.filter(shop_id=shop_id)
    if region_id is not None:
        found = found.filter(region_id__in=ids_inside(region_id))
    if first is not None:
        found = found.filter(paid_on__gte=first)
    if last is not None:
        found = found.filter(paid_on__lte=last)
    if status:
        found = found.filter(status=status)
    if buyer_kind:
        found = found.filter(buyer_kind=buyer_kind)
    return found


def ids_inside(region_id: int) -> "QuerySet[Region, int]":
    """The ids of a region and of all that lies in it."""
    region = Region.objects.get(pk=region_id)
    inside: QuerySet[Region, int] = Region.objects.filter(
        tree_id=region.tree_id, lft__gte=region.lft, rght__lte=region.rght
    ).values_list("pk", flat=True)
    return inside


def order_by_number(shop_code: str, order_no: str) -> Order | None:
    """The order that a shop calls by this number."""
    return orders().filter(shop__code=shop_code, order_no=order_no).first()


def candidates_of(order: Order) -> list[Region]:
    """The regions that remain possible; empty when simply everything below its region does."""
    return list(Region.objects.filter(pk__in=order.candidates or []).order_by("code"))


def versions_of(order_id: int) -> QuerySet[OrderVersion]:
    """The former versions of an order, the newest first; `content` is the row as it was."""
    return OrderVersion.objects.filter(order_id=order_id).order_by("-number")


def refunds_of(order_id: int) -> QuerySet[Refund]:
    """The refunds of an order in the order in which they count."""
    return Refund.objects.filter(order_id=order_id).order_by("refunded_at", "refund_no")


def decisions_of(order_id: int) -> QuerySet[Decision]:
    """What was decided or proposed about an order, the newest first."""
    return decisions().filter(order_id=order_id)


def open_corrections() -> QuerySet[Decision]:
    """Proposed corrections that wait for a second person, the oldest first."""
    waiting = decisions().filter(needs_approval=True, approved_at=None, refused_at=None)
    return waiting.order_by("pk")


def decisions() -> QuerySet[Decision]:
    """All decisions with their order, regions and people, the newest first."""
    return Decision.objects.select_related(
        "order__shop", "region", "region_before", "by", "approved_by"
    ).order_by("-pk")


def refunds() -> QuerySet[Refund]:
    """All refunds with their shop and order, the newest first."""
    return Refund.objects.select_related("shop", "order").order_by("-refunded_at", "-pk")


def refunds_without_order() -> QuerySet[Refund]:
    """Refunds that wait for their order, the longest waiting first."""
    return refunds().filter(order=None).order_by("pk")


def old_versions() -> QuerySet[OldVersion]:
    """Deliveries that changed nothing, the newest first."""
    return OldVersion.objects.select_related("order__shop", "file").order_by("-pk")


def own_orders() -> QuerySet[Order]:
    """Agents' and points' own orders, which earn nothing unless somebody says why they should."""
    return orders().filter(~Q(buyer_kind=Order.BuyerKind.CONSUMER))


def is_refund_requested(order_id: int) -> bool:
    """Whether a refund is being asked for, which holds the order's bonus."""
    return Refund.objects.filter(order_id=order_id, status=Refund.Status.REQUESTED).exists()


def decided_orders() -> QuerySet[Order]:
    """Orders whose region a person decided, the last paid first."""
    return orders().filter(is_decided=True)
