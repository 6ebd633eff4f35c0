"""Posting and reversing: works, refuses, twice."""

from decimal import Decimal

import pytest
from django.db import connection

from franchise.ledger.actions import close_through, parties_for, party_for, post, reverse, roll_up
from franchise.ledger.drafts import credit, debit, flow
from franchise.ledger.errors import (
    AlreadyReversed,
    BelowFloor,
    KeyReused,
    NotAnAmount,
    NotLaterThanClosed,
    PeriodClosed,
    TransferBetweenParties,
    Unbalanced,
)
from franchise.ledger.models import (
    Account,
    Balance,
    BalanceDelta,
    Entry,
    Party,
    Purpose,
    Transaction,
)
from franchise.ledger.queries import balance_of, balances_by_party, trial_balance
from tests.ledger.book import ON, award, earn, give_back, legs, pay, receive, take_back, yuan

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_a_posting_is_a_header_its_legs_and_its_balances(tianhe):
    posted = receive(tianhe)
    assert legs(posted) == [
        (1, "1002", None, yuan("30000.00"), yuan(0)),
        (2, "2241.01", tianhe.pk, yuan(0), yuan("30000.00")),
    ]
    assert (posted.on, posted.source_type, posted.source_id) == (ON, "receipt", "1")
    assert Transaction.objects.get() == posted
    assert balance_of(Purpose.DEPOSITS_HELD, tianhe) == yuan("30000.00")
    assert balance_of(Purpose.BANK) == yuan("30000.00")


def test_posted_twice_it_is_posted_once(tianhe):
    first = receive(tianhe)
    again = receive(tianhe)
    assert again.pk == first.pk
    assert Entry.objects.count() == 2
    assert balance_of(Purpose.BANK) == yuan("30000.00")


def test_the_order_of_entries_is_no_content(tianhe):
    first = receive(tianhe)
    entries = [
        credit(Purpose.DEPOSITS_HELD, yuan("30000.00"), party=tianhe),
        debit(Purpose.BANK, yuan("30000.0")),
    ]
    assert receive(tianhe, entries=entries).pk == first.pk


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": "30000.01"},
        {"on": ON.replace(day=19)},
        {"memo": "another"},
        {"source": ("receipt", 2)},
        {"source": None},
    ],
)
def test_the_same_key_with_other_content_is_refused(tianhe, changes):
    receive(tianhe)
    with pytest.raises(KeyReused):
        receive(tianhe, **changes)
    assert balance_of(Purpose.BANK) == yuan("30000.00")


def test_the_same_key_for_another_party_is_refused(tianhe, guangzhou):
    receive(tianhe)
    with pytest.raises(KeyReused):
        receive(guangzhou)


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [debit(Purpose.BANK, yuan("1.00"))],
        [debit(Purpose.BANK, yuan("1.00")), credit(Purpose.OPENING_EQUITY, yuan("0.99"))],
        [debit(Purpose.BANK, yuan("1.00")), credit(Purpose.BANK, yuan("1.00"))],
    ],
)
def test_what_does_not_balance_is_refused(entries):
    with pytest.raises(Unbalanced):
        post(key="odd", on=ON, memo="", entries=entries)
    assert not Transaction.objects.exists()


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "0.001", "NaN"])
def test_an_entry_is_a_positive_amount_in_fen(amount):
    with pytest.raises(NotAnAmount):
        post(
            key="odd",
            on=ON,
            memo="",
            entries=[
                debit(Purpose.BANK, yuan(amount)),
                credit(Purpose.OPENING_EQUITY, yuan(amount)),
            ],
        )
    assert not Transaction.objects.exists()


def test_a_negative_flow_swaps_its_sides(tianhe):
    bank, deposit = (Purpose.BANK, None), (Purpose.DEPOSITS_HELD, tianhe.pk)
    assert flow(yuan("-5.00"), debit=bank, credit=deposit) == [
        debit(Purpose.DEPOSITS_HELD, yuan("5.00"), party=tianhe),
        credit(Purpose.BANK, yuan("5.00")),
    ]
    assert flow(yuan("0.00"), debit=bank, credit=deposit) == []


def test_accounts_carry_what_the_chart_says(tianhe):
    receive(tianhe)
    deposit = Account.objects.get(purpose=Purpose.DEPOSITS_HELD)
    assert (deposit.type, deposit.mode, deposit.floor, deposit.takes_back) == (
        "LI",
        "A",
        "always",
        False,
    )
    assert not deposit.is_debit_normal
    assert Account.objects.get(purpose=Purpose.BANK).is_debit_normal


def test_a_party_is_found_again_and_may_be_renamed(tianhe):
    again = party_for(Party.Kind.AGENT, "tianhe", "天河新代理")
    assert (again.pk, Party.objects.get().name) == (tianhe.pk, "天河新代理")
    assert party_for(Party.Kind.SHOP, "tianhe", "天河店").pk != tianhe.pk


def test_many_parties_are_found_or_made_at_once(tianhe):
    names = {"tianhe": "天河代理", "yuexiu": "越秀代理", "haizhu": "海珠代理"}
    made = parties_for(Party.Kind.AGENT, names)
    assert made == parties_for(Party.Kind.AGENT, names)
    assert made["tianhe"] == tianhe.pk
    assert dict(Party.objects.values_list("reference", "name")) == names
    assert parties_for(Party.Kind.AGENT, {}) == {}


# ------------------------------------------------------------------------------------- batches


def test_an_award_is_one_expense_against_each_party(tianhe, guangzhou):
    posted = award({tianhe: "30.00", guangzhou: "-9.00"})
    assert legs(posted) == [
        (1, "2241.21", guangzhou.pk, yuan("9.00"), yuan(0)),
        (2, "5601.01", None, yuan("21.00"), yuan(0)),
        (3, "2241.21", tianhe.pk, yuan(0), yuan("30.00")),
    ]
    assert balances_by_party(Purpose.OVERRIDE_ACCRUED) == {
        tianhe.pk: yuan("30.00"),
        guangzhou.pk: yuan("-9.00"),
    }
    assert balance_of(Purpose.OVERRIDE_EXPENSE) == yuan("21.00")


def test_a_batch_of_net_zero_has_no_expense(tianhe, guangzhou):
    posted = award({tianhe: "-30.00", guangzhou: "30.00"})
    assert [leg[1] for leg in legs(posted)] == ["2241.21", "2241.21"]


def test_a_batch_of_nothing_posts_nothing(tianhe):
    assert award({tianhe: "0.00"}) is None
    assert award({}) is None
    assert earn({tianhe: "0.00"}) is None
    assert not Transaction.objects.exists()


def test_a_batch_posted_twice_is_posted_once(tianhe):
    assert award({tianhe: "30.00"}) == award({tianhe: "30.00"})
    with pytest.raises(KeyReused):
        award({tianhe: "30.01"})
    assert balance_of(Purpose.OVERRIDE_ACCRUED, tianhe) == yuan("30.00")


def test_earned_moves_from_accrued_to_payable(tianhe, guangzhou):
    award({tianhe: "30.00", guangzhou: "20.00"})
    earn({tianhe: "30.00", guangzhou: "-5.00"})
    assert balances_by_party(Purpose.OVERRIDE_ACCRUED) == {
        tianhe.pk: yuan("0.00"),
        guangzhou.pk: yuan("25.00"),
    }
    assert balances_by_party(Purpose.OVERRIDE_PAYABLE) == {
        tianhe.pk: yuan("30.00"),
        guangzhou.pk: yuan("-5.00"),
    }


def test_against_payables_the_expense_stands_gross(tianhe, guangzhou):
    posted = take_back({tianhe: "-9.00", guangzhou: "9.00"})
    assert [leg[1:] for leg in legs(posted)] == [
        ("2241.22", tianhe.pk, yuan("9.00"), yuan(0)),
        ("5601.01", None, yuan("9.00"), yuan(0)),
        ("2241.22", guangzhou.pk, yuan(0), yuan("9.00")),
        ("5601.01", None, yuan(0), yuan("9.00")),
    ]
    assert balance_of(Purpose.OVERRIDE_EXPENSE) == 0


# -------------------------------------------------------------------------------------- floors


def test_a_deposit_never_falls_below_zero(tianhe):
    receive(tianhe, "100.00")
    with pytest.raises(BelowFloor):
        give_back(tianhe, "100.01")
    assert balance_of(Purpose.DEPOSITS_HELD, tianhe) == yuan("100.00")
    give_back(tianhe, "100.00")
    assert balance_of(Purpose.DEPOSITS_HELD, tianhe) == 0


def test_a_claw_back_may_take_a_payable_below_zero(tianhe):
    award({tianhe: "30.00"})
    earn({tianhe: "30.00"})
    pay(tianhe, "30.00")
    take_back({tianhe: "-9.00"})
    assert balance_of(Purpose.OVERRIDE_PAYABLE, tianhe) == yuan("-9.00")
    assert balance_of(Purpose.OVERRIDE_EXPENSE) == yuan("21.00")


def test_a_payout_may_not(tianhe):
    award({tianhe: "30.00"})
    earn({tianhe: "30.00"})
    with pytest.raises(BelowFloor):
        pay(tianhe, "30.01")
    pay(tianhe, "30.00")
    with pytest.raises(BelowFloor):
        pay(tianhe, "0.01", key="payout:2")
    assert balance_of(Purpose.OVERRIDE_PAYABLE, tianhe) == 0


def test_nor_may_the_tax_withheld_with_it(tianhe):
    award({tianhe: "30.00"})
    earn({tianhe: "30.00"})
    with pytest.raises(BelowFloor):
        post(
            key="payout:1",
            on=ON,
            memo="",
            entries=[
                debit(Purpose.OVERRIDE_PAYABLE, yuan("36.00"), party=tianhe),
                credit(Purpose.BANK, yuan("30.00")),
                credit(Purpose.TAX_WITHHELD, yuan("6.00"), party=tianhe),
            ],
        )


def test_a_payout_hidden_in_a_claw_back_is_still_one(tianhe):
    with pytest.raises(BelowFloor):
        post(
            key="hidden",
            on=ON,
            memo="",
            entries=[
                debit(Purpose.OVERRIDE_PAYABLE, yuan("10.00"), party=tianhe),
                credit(Purpose.OVERRIDE_EXPENSE, yuan("9.99")),
                credit(Purpose.BANK, yuan("0.01")),
            ],
        )


def test_no_balance_moves_from_agent_to_agent(tianhe, guangzhou):
    award({tianhe: "30.00"})
    earn({tianhe: "30.00"})
    with pytest.raises(TransferBetweenParties):
        post(
            key="gift",
            on=ON,
            memo="",
            entries=[
                debit(Purpose.OVERRIDE_PAYABLE, yuan("5.00"), party=tianhe),
                credit(Purpose.OVERRIDE_PAYABLE, yuan("5.00"), party=guangzhou),
            ],
        )


# ------------------------------------------------------------------------- reversals, closing


def test_a_reversal_is_the_mirror_image(tianhe):
    posted = receive(tianhe)
    undone = reverse(posted.pk, on=ON, memo="wrong party")
    assert undone.reverses == posted
    assert legs(undone) == [
        (1, "2241.01", tianhe.pk, yuan("30000.00"), yuan(0)),
        (2, "1002", None, yuan(0), yuan("30000.00")),
    ]
    assert balance_of(Purpose.BANK) == balance_of(Purpose.DEPOSITS_HELD, tianhe) == 0


def test_a_reversal_happens_once(tianhe):
    posted = receive(tianhe)
    undone = reverse(posted.pk, on=ON, memo="wrong party")
    assert reverse(posted.pk, on=ON, memo="wrong party") == undone
    with pytest.raises(AlreadyReversed):
        reverse(posted.pk, on=ON, memo="again")
    assert Transaction.objects.count() == 2


def test_a_reversal_cannot_take_a_deposit_that_is_spent(tianhe):
    posted = receive(tianhe)
    give_back(tianhe, "1.00")
    with pytest.raises(BelowFloor):
        reverse(posted.pk, on=ON, memo="")


def test_a_closed_period_stays_closed(tianhe):
    receive(tianhe)
    close_through(ON, by=None)
    with pytest.raises(PeriodClosed):
        receive(tianhe, key="receipt:bank:2")
    assert receive(tianhe).pk == Transaction.objects.get().pk
    receive(tianhe, key="receipt:bank:2", on=ON.replace(day=19))
    with pytest.raises(NotLaterThanClosed):
        close_through(ON, by=None)
    with pytest.raises(NotLaterThanClosed):
        close_through(ON.replace(day=1), by=None)


# ---------------------------------------------------------------------------------- balances


def test_rolling_up_changes_no_balance(tianhe):
    receive(tianhe)
    receive(tianhe, "1.00", key="receipt:bank:2")
    assert BalanceDelta.objects.count() == 2
    assert roll_up(limit=1) == 1
    assert (BalanceDelta.objects.count(), balance_of(Purpose.BANK)) == (1, yuan("30001.00"))
    assert roll_up() == 1
    assert roll_up() == 0
    bank = Balance.objects.get(account__purpose=Purpose.BANK)
    assert (bank.debits, bank.credits, bank.entries) == (yuan("30001.00"), Decimal(0), 2)
    assert balance_of(Purpose.BANK) == yuan("30001.00")


def test_rolling_up_takes_no_more_than_asked_whatever_the_plan(tianhe):
    """A nested loop runs a subquery of IN again for each row: with SKIP LOCKED it took them all."""
    for n in range(5):
        receive(tianhe, "1.00", key=f"receipt:bank:{n}")
    with connection.cursor() as cursor:
        for method in ("hashjoin", "mergejoin", "hashagg", "sort", "material", "indexscan"):
            cursor.execute(f"set local enable_{method} = off")
        cursor.execute("set local enable_bitmapscan = off")
    assert roll_up(limit=2) == 2
    assert BalanceDelta.objects.count() == 3


def test_the_trial_balance_is_zero(tianhe, guangzhou):
    receive(tianhe)
    award({tianhe: "30.00", guangzhou: "20.00"})
    earn({guangzhou: "20.00"})
    balances = trial_balance()
    assert sum(balances.values()) == 0
    assert {purpose: b for purpose, b in balances.items() if b} == {
        Purpose.BANK: yuan("30000.00"),
        Purpose.DEPOSITS_HELD: yuan("-30000.00"),
        Purpose.OVERRIDE_EXPENSE: yuan("50.00"),
        Purpose.OVERRIDE_ACCRUED: yuan("-30.00"),
        Purpose.OVERRIDE_PAYABLE: yuan("-20.00"),
    }
