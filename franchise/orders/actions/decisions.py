"""What people decide about orders: where one counts, and whether its buyer is a consumer.

Every change first marks its order as changed (ChangedOrder) and then changes it, as an import does:
who holds the mark may change the order, and the bonus follows from the mark.
"""

from collections.abc import Sequence

from django.db import connection, transaction

from franchise.core import clock
from franchise.history.actions import record
from franchise.orders.doubt import count_unresolved
from franchise.orders.errors import (
    AlreadyDecided,
    CorrectionIsOpen,
    IsAConsumersOrder,
    NeedsAnotherPerson,
    OrderIsNotInDoubt,
    OrdersAreNotThere,
    ReasonMissing,
    RegionNotInForce,
    SameRegion,
)
from franchise.orders.models import Decision, Order
from franchise.regions.models import Region
from franchise.users.models import User


@transaction.atomic
def decide_region(
    order_ids: Sequence[int], *, region_id: int, reason: str, by: User | None
) -> list[Decision]:
    """Say where orders count whose region is in doubt: exactly these, all or none.

    Refuses with ReasonMissing, OrdersAreNotThere, RegionNotInForce, and OrderIsNotInDoubt for one
    that somebody decided meanwhile or that never was in doubt.
    """
    _refuse_without_reason(reason)
    orders = _marked(order_ids)
    region = Region.objects.get(pk=region_id)
    _refuse_without_doubt(orders)
    decisions = []
    for order in orders:
        _refuse_past_or_future(region, order)
        decision = Decision.objects.create(
            order=order, region=region, region_before_id=order.region_id, reason=reason, by=by
        )
        _move(order, region)
        record("order.region_decided", on=order, by=by, region=region.code, reason=reason)
        decisions.append(decision)
    return decisions


@transaction.atomic
def propose_region_correction(
    order_id: int, *, region_id: int, reason: str, by: User | None
) -> Decision:
    """Propose that an order counts elsewhere; another person approves it.

    Refuses with ReasonMissing, SameRegion, RegionNotInForce, CorrectionIsOpen.
    """
    _refuse_without_reason(reason)
    order = _locked(order_id)
    region = Region.objects.get(pk=region_id)
    if order.region_id == region.pk:
        raise SameRegion(order_no=order.order_no, region=region.name)
    _refuse_past_or_future(region, order)
    if order.decisions.filter(**_OPEN).exists():
        raise CorrectionIsOpen(order_no=order.order_no)
    decision = Decision.objects.create(
        order=order,
        region=region,
        region_before_id=order.region_id,
        reason=reason,
        by=by,
        needs_approval=True,
    )
    record("order.correction_proposed", on=order, by=by, region=region.code, reason=reason)
    return decision


@transaction.atomic
def approve_region_correction(decision_id: int, *, by: User) -> Decision:
    """Let a proposed correction take effect: the bonus is taken back and paid anew.

    Refuses with AlreadyDecided, NeedsAnotherPerson.
    """
    decision = _open_correction(decision_id)
    if decision.by_id == by.pk:
        raise NeedsAnotherPerson
    [order] = _marked([decision.order_id])
    assert decision.region is not None
    decision.region_before_id = order.region_id
    decision.approved_by = by
    decision.approved_at = clock.now()
    decision.save(update_fields=["region_before", "approved_by", "approved_at"])
    _move(order, decision.region)
    record("order.correction_approved", on=order, by=by, region=decision.region.code)
    return decision


@transaction.atomic
def refuse_region_correction(decision_id: int, *, reason: str, by: User) -> Decision:
    """Put a proposed correction aside; who proposed it may take it back so."""
    _refuse_without_reason(reason)
    decision = _open_correction(decision_id)
    decision.refused_at = clock.now()
    decision.save(update_fields=["refused_at"])
    record("order.correction_refused", on=decision.order, by=by, reason=reason)
    return decision


@transaction.atomic
def count_as_consumer(order_id: int, *, reason: str, by: User | None) -> Decision:
    """Let an agent's or a point's own order earn, for a reason that is kept; a new version of it.

    It stays so whatever the shop tells later. Refuses with ReasonMissing, IsAConsumersOrder.
    """
    _refuse_without_reason(reason)
    [order] = _marked([order_id])
    if order.buyer_kind == Order.BuyerKind.CONSUMER:
        raise IsAConsumersOrder(order_no=order.order_no)
    _keep_version(order)
    order.version += 1
    order.buyer_kind = Order.BuyerKind.CONSUMER
    order.buyer_kind_from = Order.BuyerKindFrom.DECISION
    order.save(update_fields=["version", "buyer_kind", "buyer_kind_from"])
    decision = Decision.objects.create(order=order, kind=Decision.Kind.COUNTS, reason=reason, by=by)
    record("order.counted_as_consumers", on=order, by=by, reason=reason)
    return decision


_OPEN = {"needs_approval": True, "approved_at": None, "refused_at": None}


def _open_correction(decision_id: int) -> Decision:
    decision = (
        Decision.objects.select_for_update(of=("self",))
        .select_related("order", "region")
        .get(pk=decision_id, needs_approval=True)
    )
    if decision.approved_at or decision.refused_at:
        raise AlreadyDecided
    return decision


def _marked(order_ids: Sequence[int]) -> list[Order]:
    """Mark orders as changed, in the order of their keys, and lock them."""
    ids = sorted(set(order_ids))
    there = Order.objects.filter(pk__in=ids).values_list("pk", flat=True)
    if missing := sorted(set(ids) - set(there)):
        raise OrdersAreNotThere(orders="、".join(map(str, missing)))
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into orders_changedorder (order_id) select * from unnest(%s::bigint[]) id "
            "order by id on conflict (order_id) do update set since = excluded.since",
            [ids],
        )
    return list(Order.objects.select_for_update().filter(pk__in=ids).order_by("pk"))


def _locked(order_id: int) -> Order:
    return Order.objects.select_for_update().get(pk=order_id)


def _move(order: Order, region: Region) -> None:
    order.region = region
    order.candidates = None
    order.is_decided = True
    order.save(update_fields=["region", "candidates", "is_decided"])


def _keep_version(order: Order) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into orders_orderversion (order_id, number, buyer_kind, content) "
            "select id, version, buyer_kind, to_jsonb(held) from orders_order held where id = %s",
            [order.pk],
        )


def _refuse_without_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing


def _refuse_without_doubt(orders: Sequence[Order]) -> None:
    all_open = not any(order.is_decided for order in orders)
    if all_open and len(orders) == count_unresolved([(o.pk, o.pk + 1) for o in orders]):
        return
    for order in orders:
        if order.is_decided or not count_unresolved([(order.pk, order.pk + 1)]):
            raise OrderIsNotInDoubt(order_no=order.order_no)


def _refuse_past_or_future(region: Region, order: Order) -> None:
    day = order.paid_on
    if region.valid_from > day or (region.valid_to is not None and region.valid_to <= day):
        raise RegionNotInForce(region=region.name, day=day, order_no=order.order_no)
