"""The postings of the business as the tests make them, in one line each."""

from datetime import date
from decimal import Decimal

from franchise.ledger.actions import move_batch, post, post_batch
from franchise.ledger.drafts import credit, debit, flow
from franchise.ledger.models import Purpose

ON = date(2026, 11, 18)
yuan = Decimal


def receive(party, amount="30000.00", key="receipt:bank:1", **changes):
    return post(
        **{
            "key": key,
            "on": ON,
            "memo": "deposit",
            "entries": [
                debit(Purpose.BANK, yuan(amount)),
                credit(Purpose.DEPOSITS_HELD, yuan(amount), party=party),
            ],
            "source": ("receipt", 1),
        }
        | changes
    )


def give_back(party, amount, key="back:1"):
    entries = flow(
        yuan(amount), debit=(Purpose.DEPOSITS_HELD, party.pk), credit=(Purpose.BANK, None)
    )
    return post(key=key, on=ON, memo="", entries=entries)


def award(by_party, key="award:batch:1", against=Purpose.OVERRIDE_ACCRUED):
    return post_batch(
        key=key,
        on=ON,
        memo="",
        expense=Purpose.OVERRIDE_EXPENSE,
        against=against,
        by_party={party.pk: yuan(amount) for party, amount in by_party.items()},
    )


def take_back(by_party, key="clawback:batch:1"):
    return award(by_party, key=key, against=Purpose.OVERRIDE_PAYABLE)


def earn(by_party, key="earned:batch:1"):
    return move_batch(
        key=key,
        on=ON,
        memo="",
        from_purpose=Purpose.OVERRIDE_ACCRUED,
        to_purpose=Purpose.OVERRIDE_PAYABLE,
        by_party={party.pk: yuan(amount) for party, amount in by_party.items()},
    )


def pay(party, amount, key="payout:1"):
    return post(
        key=key,
        on=ON,
        memo="",
        entries=[
            debit(Purpose.OVERRIDE_PAYABLE, yuan(amount), party=party),
            credit(Purpose.BANK, yuan(amount)),
        ],
    )


def legs(transaction):
    return [
        (e.leg, e.account.purpose, e.account.party_id, e.debit, e.credit)
        for e in transaction.entries.select_related("account")
    ]
