"""Buyers are people: who looks at one says why, and that is kept."""

from django.db import transaction

from franchise.history.actions import record
from franchise.orders.errors import ReasonMissing
from franchise.orders.models import Buyer, Order
from franchise.users.models import User


@transaction.atomic
def reveal_buyer(order_id: int, *, reason: str, by: User) -> Buyer | None:
    """Show a buyer's name and phone for a reason; None if the shop told neither.

    Refuses with ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing
    order = Order.objects.get(pk=order_id)
    record("buyer.revealed", on=order, by=by, reason=reason.strip())
    return Buyer.objects.filter(order=order).first()
