"""What an agent's territories brought, for head office: by month of payment."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncMonth

from franchise.bonuses.models import BonusLine
from franchise.core.money import ZERO


@dataclass(frozen=True)
class Month:
    """Yuan of the orders paid in a month; `taken_back` is what refunds and corrections took."""

    first: date
    orders: int
    awarded: Decimal
    taken_back: Decimal

    @property
    def amount(self) -> Decimal:
        return self.awarded + self.taken_back


@dataclass(frozen=True)
class Months:
    """The months of one agent, the newest first, and their sums."""

    months: tuple[Month, ...]

    @property
    def orders(self) -> int:
        return sum(month.orders for month in self.months)

    @property
    def awarded(self) -> Decimal:
        return sum((month.awarded for month in self.months), ZERO)

    @property
    def taken_back(self) -> Decimal:
        return sum((month.taken_back for month in self.months), ZERO)

    @property
    def amount(self) -> Decimal:
        return self.awarded + self.taken_back


def months_of(agent_id: int, *, since: date) -> Months:
    """Each month from `since` on in which an agent's orders were paid."""
    rows = (
        BonusLine.objects.filter(territory__agent=agent_id, paid_on__gte=since)
        .annotate(month=TruncMonth("paid_on"))
        .values("month")
        .annotate(
            orders=Count("order_id", distinct=True),
            awarded=Sum("amount", filter=Q(amount__gt=0), default=ZERO),
            taken_back=Sum("amount", filter=Q(amount__lt=0), default=ZERO),
        )
        .order_by("-month")
    )
    return Months(
        tuple(Month(row["month"], row["orders"], row["awarded"], row["taken_back"]) for row in rows)
    )
