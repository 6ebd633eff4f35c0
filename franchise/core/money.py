"""Money is a Decimal of yuan with two places; these are the only roundings."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

FEN = Decimal("0.01")
ZERO = Decimal("0.00")


def to_fen(amount: Decimal) -> Decimal:
    """Round half up (away from zero) to the fen, as invoices and PostgreSQL's round() do."""
    return amount.quantize(FEN, rounding=ROUND_HALF_UP)


def share_out(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Split a total by weights so that the parts add up to it exactly.

    The fen left over after rounding down go to the largest remainders first.
    """
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    parts = [amount.quantize(FEN, rounding=ROUND_FLOOR) for amount in exact]
    by_remainder = sorted(range(len(parts)), key=lambda i: parts[i] - exact[i])
    for i in by_remainder[: int((total - sum(parts)) / FEN)]:
        parts[i] += FEN
    return parts
