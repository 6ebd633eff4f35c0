"""Everything twice and at once, on real connections."""

import random
from functools import partial
from threading import Barrier

import pytest
from django.db import OperationalError, connection, transaction

from franchise.ledger.actions import close_through, parties_for, party_for, post, reverse, roll_up
from franchise.ledger.drafts import flow
from franchise.ledger.errors import BelowFloor, KeyReused, NotLaterThanClosed, PeriodClosed
from franchise.ledger.models import (
    Account,
    Balance,
    BalanceDelta,
    ClosedPeriod,
    Entry,
    Party,
    Purpose,
    Transaction,
)
from franchise.ledger.proof import prove
from franchise.ledger.queries import balance_of
from tests.at_once import at_once as acts_at_once
from tests.ledger.book import ON, award, earn, give_back, pay, receive, yuan

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def at_once(work, jobs):
    """What each job returned or was refused with, all begun at the same moment."""
    return acts_at_once([partial(work, job) for job in jobs])


def assert_proved():
    assert [check for check in prove().checks if not check.ok] == []


def test_the_same_key_from_32_connections_posts_once(tianhe):
    posted = at_once(lambda _: receive(tianhe).pk, range(32))
    assert len(set(posted)) == 1
    assert (Transaction.objects.count(), Entry.objects.count()) == (1, 2)
    assert balance_of(Purpose.DEPOSITS_HELD, tianhe) == yuan("30000.00")
    assert_proved()


def test_one_key_with_two_contents_posts_one_of_them(tianhe):
    amounts = [yuan("1.00"), yuan("2.00")] * 4
    posted = at_once(lambda amount: receive(tianhe, amount).pk, amounts)
    assert posted.count(KeyReused) == 4
    assert Transaction.objects.count() == 1
    assert_proved()


def test_opposite_transfers_do_not_deadlock(tianhe, guangzhou):
    """Both ways between two authorising accounts: without one order of locks this deadlocks."""
    for party in (tianhe, guangzhou):
        receive(party, key=f"receipt:{party.pk}")
    places = [(Purpose.DEPOSITS_HELD, tianhe.pk), (Purpose.DEPOSITS_HELD, guangzhou.pk)]

    def there_and_back(worker):
        source, target = places if worker % 2 else reversed(places)
        for turn in range(25):
            entries = flow(yuan("1.00"), debit=source, credit=target)
            post(key=f"move:{worker}:{turn}", on=ON, memo="", entries=entries)
        return True

    assert at_once(there_and_back, range(8)) == [True] * 8
    assert balance_of(Purpose.DEPOSITS_HELD, tianhe) == yuan("30000.00")
    assert Transaction.objects.count() == 2 + 8 * 25
    assert_proved()


def test_locks_taken_in_the_order_of_writing_would_deadlock(tianhe, guangzhou):
    """What the order of locks is for: the same two balances, locked by hand the other way round."""
    accounts = []
    for party in (tianhe, guangzhou):
        receive(party, key=f"receipt:{party.pk}")
        accounts.append(Account.objects.get(purpose=Purpose.DEPOSITS_HELD, party=party).pk)
    first_is_held = Barrier(2)

    def lock(order):
        try:
            with transaction.atomic():
                Balance.objects.select_for_update().get(pk=order[0])
                first_is_held.wait()
                Balance.objects.select_for_update().get(pk=order[1])
        except OperationalError:
            return "deadlock"
        return "locked"

    assert sorted(at_once(lock, [accounts, accounts[::-1]])) == ["deadlock", "locked"]


def test_accounts_opened_at_once_are_opened_once():
    parties = [party_for(Party.Kind.AGENT, f"a{n}", f"代理{n}") for n in range(20)]

    def work(worker):
        mine = random.Random(worker).sample(parties, k=len(parties))
        award(dict.fromkeys(mine, "1.00"), key=f"award:{worker}")
        return True

    assert at_once(work, range(8)) == [True] * 8
    assert Account.objects.count() == 21
    assert balance_of(Purpose.OVERRIDE_EXPENSE) == yuan("160.00")
    assert_proved()


def test_a_party_asked_for_at_once_is_made_once():
    made = at_once(lambda _: party_for(Party.Kind.SHOP, "s1", "商城").pk, range(8))
    assert len(set(made)) == Party.objects.count() == 1


def test_many_parties_asked_for_at_once_are_made_once():
    references = [f"a{n}" for n in range(40)]

    def work(worker):
        mine = random.Random(worker).sample(references, k=40)
        return parties_for(Party.Kind.AGENT, {r: f"代理{r}" for r in mine})

    made = at_once(work, range(8))
    assert all(each == made[0] for each in made)
    assert Party.objects.count() == 40


def test_a_deposit_given_back_at_once_is_not_overdrawn(tianhe):
    receive(tianhe, "300.00")
    outcomes = at_once(lambda n: give_back(tianhe, "100.00", key=f"back:{n}").pk, range(8))
    assert outcomes.count(BelowFloor) == 5
    assert balance_of(Purpose.DEPOSITS_HELD, tianhe) == 0
    assert_proved()


def test_a_payable_paid_at_once_is_not_overdrawn(tianhe):
    award({tianhe: "30.00"})
    earn({tianhe: "30.00"})
    outcomes = at_once(lambda n: pay(tianhe, "20.00", key=f"payout:{n}").pk, range(6))
    assert outcomes.count(BelowFloor) == 5
    assert balance_of(Purpose.OVERRIDE_PAYABLE, tianhe) == yuan("10.00")


def test_a_transaction_reversed_at_once_is_reversed_once(tianhe):
    posted = receive(tianhe)
    undone = at_once(lambda _: reverse(posted.pk, on=ON, memo="").pk, range(16))
    assert len(set(undone)) == 1
    assert balance_of(Purpose.BANK) == 0
    assert_proved()


def test_nothing_slips_behind_a_closing(tianhe):
    """Whatever was posted on the closed day was posted before the closing."""

    def work(worker):
        if worker == 0:
            return close_through(ON, by=None).pk
        return receive(tianhe, key=f"receipt:{worker}").pk

    outcomes = at_once(work, range(12))
    assert ClosedPeriod.objects.count() == 1
    assert Transaction.objects.count() == 11 - outcomes.count(PeriodClosed)
    assert_proved()


def test_a_closing_waits_for_the_posting_under_way(tianhe):
    """The posting has looked and found the day open; the closing must not overtake it."""
    looked, closed = Barrier(2), []

    def work(worker):
        if worker == 0:
            with transaction.atomic():
                receive(tianhe)
                looked.wait()
                with connection.cursor() as cursor:
                    cursor.execute("select pg_sleep(0.3)")
                closed.append(ClosedPeriod.objects.exists())
            return
        looked.wait()
        close_through(ON, by=None)
        return

    assert at_once(work, range(2)) == [None, None]
    assert closed == [False]
    assert_proved()


def test_a_day_closed_at_once_is_closed_once():
    outcomes = at_once(lambda _: close_through(ON, by=None).pk, range(6))
    assert outcomes.count(NotLaterThanClosed) == 5
    assert ClosedPeriod.objects.count() == 1


def test_rolling_up_while_others_post_loses_nothing(tianhe):
    def work(worker):
        for turn in range(15):
            if worker % 4 == 0:
                roll_up(limit=7)
            else:
                receive(tianhe, "1.00", key=f"receipt:{worker}:{turn}")

    assert set(at_once(work, range(8))) == {None}
    assert balance_of(Purpose.BANK) == yuan("90.00")
    while roll_up():
        pass
    assert not BalanceDelta.objects.exists()
    bank = Balance.objects.get(account__purpose=Purpose.BANK)
    assert (bank.debits, bank.entries) == (yuan("90.00"), 90)
    assert_proved()


def test_a_rolled_up_row_that_commits_late_is_not_lost(tianhe):
    """The row with the lower number commits after the roll-up of a higher one."""
    early_written, later_rolled = Barrier(2), Barrier(2)

    def work(worker):
        if worker == 0:
            with transaction.atomic():
                receive(tianhe, "1.00", key="receipt:early")
                early_written.wait()
                later_rolled.wait()
            return
        early_written.wait()
        post(
            key="receipt:later",
            on=ON,
            memo="",
            entries=flow(
                yuan("2.00"), debit=(Purpose.BANK, None), credit=(Purpose.OPENING_EQUITY, None)
            ),
        )
        roll_up()
        later_rolled.wait()

    receive(tianhe, "4.00", key="receipt:before")
    assert at_once(work, range(2)) == [None, None]
    roll_up()
    bank = Balance.objects.get(account__purpose=Purpose.BANK)
    assert (bank.debits, BalanceDelta.objects.count()) == (yuan("7.00"), 0)
    assert_proved()


def test_awards_at_once_do_not_wait_for_each_other(tianhe):
    """Expense and accrued are recording accounts: an award under way holds nobody up."""
    award({tianhe: "1.00"}, key="award:before")
    written, other_is_done = Barrier(2), Barrier(2)

    def work(worker):
        if worker == 0:
            with transaction.atomic():
                award({tianhe: "2.00"}, key="award:slow")
                written.wait()
                other_is_done.wait(timeout=10)
            return
        written.wait()
        award({tianhe: "3.00"}, key="award:quick")
        other_is_done.wait(timeout=10)

    assert at_once(work, range(2)) == [None, None]
    assert balance_of(Purpose.OVERRIDE_ACCRUED, tianhe) == yuan("6.00")
    assert_proved()
