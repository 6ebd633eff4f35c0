from decimal import Decimal

from django.db import connection

from franchise.core.money import ZERO
from franchise.ledger.chart import CHART, DEBIT_NORMAL
from franchise.ledger.models import Party, Purpose

# A balance and what still waits beside it, on the side on which the account grows.
_BALANCES = """
    SELECT a.party_id,
           sum(b.credits - b.debits) + coalesce(sum(d.amount), 0)
    FROM ledger_account a
    JOIN ledger_balance b ON b.account_id = a.id
    LEFT JOIN (
        SELECT account_id, sum(credits - debits) AS amount
        FROM ledger_balancedelta GROUP BY account_id
    ) d ON d.account_id = a.id
    WHERE a.purpose = %s AND (%s::bigint IS NULL OR a.party_id = %s)
    GROUP BY a.party_id
"""


def balance_of(purpose: Purpose, party: Party | None = None) -> Decimal:
    """The balance of a purpose, of one party or of all together, positive on its normal side."""
    return sum(_balances(purpose, party.pk if party else None).values(), ZERO)


def balances_by_party(purpose: Purpose) -> dict[int | None, Decimal]:
    """The balance of each party with an account for this purpose; None is head office's own."""
    return _balances(purpose, None)


def trial_balance() -> dict[Purpose, Decimal]:
    """The balance of every purpose, debits positive; the sum is zero."""
    return {
        purpose: balance_of(purpose) * (1 if line.type in DEBIT_NORMAL else -1)
        for purpose, line in CHART.items()
    }


def _balances(purpose: Purpose, party_id: int | None) -> dict[int | None, Decimal]:
    sign = -1 if CHART[purpose].type in DEBIT_NORMAL else 1
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES, [purpose.value, party_id, party_id])
        return {party: sign * amount for party, amount in cursor.fetchall()}
