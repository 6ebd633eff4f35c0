"""What a caller hands to `post`: entries by purpose and party, not yet in the books."""

from decimal import Decimal
from typing import NamedTuple

from franchise.core.money import ZERO
from franchise.ledger.models import Party, Purpose


class Draft(NamedTuple):
    purpose: Purpose
    party_id: int | None
    debit: Decimal
    credit: Decimal


def debit(purpose: Purpose, amount: Decimal, *, party: Party | None = None) -> Draft:
    return Draft(purpose, party.pk if party else None, amount, ZERO)


def credit(purpose: Purpose, amount: Decimal, *, party: Party | None = None) -> Draft:
    return Draft(purpose, party.pk if party else None, ZERO, amount)


def flow(
    amount: Decimal,
    *,
    debit: tuple[Purpose, int | None],
    credit: tuple[Purpose, int | None],
) -> list[Draft]:
    """Two entries of a signed amount; each side is a purpose and a party's id.

    A negative amount swaps the sides, zero is no entry at all.
    """
    if amount < 0:
        debit, credit, amount = credit, debit, -amount
    if amount == 0:
        return []
    return [Draft(*debit, amount, ZERO), Draft(*credit, ZERO, amount)]
