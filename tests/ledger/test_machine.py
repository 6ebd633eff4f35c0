"""Random business on the books, beside a model that knows nothing of the database.

After each step every balance is what the model says, and a refused call has changed nothing.
Hypothesis prints the steps and the seed of what fails.
"""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from franchise.core.errors import BusinessError
from franchise.ledger.actions import (
    close_through,
    move_batch,
    party_for,
    post,
    post_batch,
    reverse,
    roll_up,
)
from franchise.ledger.drafts import Draft
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
from franchise.ledger.models import Account, Entry, Party, Purpose, Transaction
from franchise.ledger.proof import prove
from franchise.ledger.queries import balances_by_party

P = Purpose
ALWAYS_COVERED = {P.DEPOSITS_HELD, P.UNAPPLIED_RECEIPTS}
PAYABLE = {P.OVERRIDE_PAYABLE}
TAKES_BACK = {P.OVERRIDE_ACCRUED, P.OVERRIDE_EXPENSE}
DEBIT_SIDE = {P.BANK, P.OVERRIDE_EXPENSE}
OF_HEAD_OFFICE = [P.BANK, P.OVERRIDE_EXPENSE, P.OPENING_EQUITY]
OF_PARTIES = [
    P.DEPOSITS_HELD,
    P.UNAPPLIED_RECEIPTS,
    P.OVERRIDE_ACCRUED,
    P.OVERRIDE_PAYABLE,
    P.TAX_WITHHELD,
]

parties = st.integers(0, 2)
places = st.one_of(
    st.tuples(st.sampled_from(OF_HEAD_OFFICE), st.none()),
    st.tuples(st.sampled_from(OF_PARTIES), parties),
)
amounts = st.integers(1, 5_000).map(lambda fen: Decimal(fen) / 100)
signed = st.integers(-3_000, 3_000).map(lambda fen: Decimal(fen) / 100)
days = st.integers(1, 28).map(lambda day: date(2026, 11, day))
flows = st.lists(st.tuples(places, places, amounts), min_size=1, max_size=3)
by_party = st.dictionaries(parties, signed, max_size=3)


class Books(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.parties = [party_for(Party.Kind.AGENT, f"a{n}", f"代理{n}").pk for n in range(3)]
        self.balances = Counter()
        self.posted = []  # (key, day, memo, entries)
        self.reversals = {}
        self.closed = date.min

    def teardown(self):
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
        assert [check for check in prove().checks if not check.ok] == []
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    # ---------------------------------------------------------------------- what the model says

    def verdict(self, key, day, memo, entries):
        """What must come of this posting: an error, a posting already there, or a new one."""
        if any((debit or credit) <= 0 or (debit and credit) for _, _, debit, credit in entries):
            return NotAnAmount
        places = {(purpose, party) for purpose, party, _, _ in entries}
        total = sum(debit - credit for _, _, debit, credit in entries)
        if total or len(places) < 2:
            return Unbalanced
        for number, (known, *content) in enumerate(self.posted):
            if known == key:
                same = content[:2] == [day, memo] and Counter(content[2]) == Counter(entries)
                return number if same else KeyReused
        if day <= self.closed:
            return PeriodClosed
        return self.floor(entries)

    def floor(self, entries):
        after = self.balances.copy()
        for purpose, party, debit, credit in entries:
            after[purpose, party] += credit - debit
        touched = {(e[0], e[1]) for e in entries}
        if any(after[place] < 0 for place in touched if place[0] in ALWAYS_COVERED):
            return BelowFloor
        taken = sum(debit for purpose, _, debit, _ in entries if purpose in PAYABLE)
        leaving = sum(credit for purpose, _, _, credit in entries if purpose not in PAYABLE)
        if taken > leaving:
            return TransferBetweenParties
        taken_back = sum(credit for purpose, _, _, credit in entries if purpose in TAKES_BACK)
        debited = {(p, party) for p, party, debit, _ in entries if p in PAYABLE and debit}
        if any(after[place] < 0 for place in debited) and taken > taken_back:
            return BelowFloor
        return "new"

    def expect(self, verdict, posting, act):
        event(verdict.__name__ if isinstance(verdict, type) else "posted")
        key, _, _, entries = posting
        try:
            outcome = act()
        except BusinessError as refused:
            outcome = type(refused)
        if isinstance(outcome, type) or isinstance(verdict, type):
            assert outcome is verdict
            return
        assert outcome.key == key
        if verdict == "new":
            self.posted.append(posting)
            for purpose, party, debit, credit in entries:
                self.balances[purpose, party] += credit - debit
        else:
            assert self.posted[verdict][0] == key

    def drafts(self, entries):
        return [
            Draft(purpose, None if party is None else self.parties[party], debit, credit)
            for purpose, party, debit, credit in entries
        ]

    def try_to_post(self, key, day, memo, entries):
        self.expect(
            self.verdict(key, day, memo, entries),
            (key, day, memo, entries),
            lambda: post(key=key, on=day, memo=memo, entries=self.drafts(entries)),
        )

    def entries_of(self, flows):
        zero = Decimal("0.00")
        return [
            entry
            for source, target, amount in flows
            for entry in ((*source, amount, zero), (*target, zero, amount))
        ]

    # ------------------------------------------------------------------------------- the steps

    @rule(flows=flows, day=days)
    def post_anything(self, flows, day):
        self.try_to_post(f"post:{len(self.posted)}", day, "", self.entries_of(flows))

    @rule(party=parties, amount=amounts, day=days)
    def receive_a_deposit(self, party, amount, day):
        flow = ((P.BANK, None), (P.DEPOSITS_HELD, party), amount)
        self.try_to_post(f"post:{len(self.posted)}", day, "deposit", self.entries_of([flow]))

    @rule(party=parties, amount=amounts, day=days)
    def pay_out(self, party, amount, day):
        flow = ((P.OVERRIDE_PAYABLE, party), (P.BANK, None), amount)
        self.try_to_post(f"post:{len(self.posted)}", day, "payout", self.entries_of([flow]))

    @rule(flows=flows, day=days, by=amounts)
    def post_what_does_not_balance(self, flows, day, by):
        entries = self.entries_of(flows)
        purpose, party, debit, credit = entries[0]
        entries[0] = (purpose, party, debit + by, credit)
        self.try_to_post(f"post:{len(self.posted)}", day, "", entries)

    @rule(amount=st.sampled_from([Decimal("0.00"), Decimal("-1.00")]), day=days)
    def post_what_is_no_amount(self, amount, day):
        flow = ((P.BANK, None), (P.OPENING_EQUITY, None), amount)
        self.try_to_post(f"post:{len(self.posted)}", day, "", self.entries_of([flow]))

    @precondition(lambda self: self.posted)
    @rule(data=st.data())
    def post_again(self, data):
        key, day, memo, entries = data.draw(st.sampled_from(self.posted))
        if not key.startswith("reverse:"):
            self.try_to_post(key, day, memo, data.draw(st.permutations(entries)))

    @precondition(lambda self: self.posted)
    @rule(data=st.data(), day=days, memo=st.sampled_from(["", "deposit", "other"]), flows=flows)
    def post_under_a_key_that_is_taken(self, data, day, memo, flows):
        key, *_ = data.draw(st.sampled_from(self.posted))
        if not key.startswith("reverse:"):
            self.try_to_post(key, day, memo, self.entries_of(flows))

    @rule(by_party=by_party, day=days, against=st.sampled_from(["accrued", "payable"]))
    def award_or_take_back(self, by_party, day, against):
        purpose = P.OVERRIDE_ACCRUED if against == "accrued" else P.OVERRIDE_PAYABLE
        zero = Decimal("0.00")
        expense = [
            (P.OVERRIDE_EXPENSE, None, max(a, zero), max(-a, zero)) for a in by_party.values()
        ]
        if against == "accrued":
            net = sum(by_party.values(), zero)
            expense = [(P.OVERRIDE_EXPENSE, None, max(net, zero), max(-net, zero))]
        else:
            debits, credits_ = (sum((e[side] for e in expense), zero) for side in (2, 3))
            expense = [
                (P.OVERRIDE_EXPENSE, None, debits, zero),
                (P.OVERRIDE_EXPENSE, None, zero, credits_),
            ]
        theirs = [(purpose, p, max(-a, zero), max(a, zero)) for p, a in by_party.items()]
        entries = [entry for entry in expense + theirs if entry[2] or entry[3]]
        self.batch(entries, day, lambda key: post_batch(
            key=key,
            on=day,
            memo="",
            expense=P.OVERRIDE_EXPENSE,
            against=purpose,
            by_party={self.parties[p]: a for p, a in by_party.items()},
        ))  # fmt: skip

    @rule(by_party=by_party, day=days)
    def earn(self, by_party, day):
        places = ((P.OVERRIDE_ACCRUED,), (P.OVERRIDE_PAYABLE,))
        flows = []
        for party, amount in by_party.items():
            source, target = places if amount > 0 else reversed(places)
            if amount:
                flows.append(((*source, party), (*target, party), abs(amount)))
        self.batch(self.entries_of(flows), day, lambda key: move_batch(
            key=key,
            on=day,
            memo="",
            from_purpose=P.OVERRIDE_ACCRUED,
            to_purpose=P.OVERRIDE_PAYABLE,
            by_party={self.parties[p]: a for p, a in by_party.items()},
        ))  # fmt: skip

    def batch(self, entries, day, act):
        key = f"batch:{len(self.posted)}"
        if entries:
            verdict = self.verdict(key, day, "", entries)
            self.expect(verdict, (key, day, "", entries), lambda: act(key))
        else:
            assert act(key) is None

    @precondition(lambda self: self.posted)
    @rule(data=st.data(), day=days)
    def reverse(self, data, day):
        key, _, _, entries = data.draw(st.sampled_from(self.posted))
        pk = Transaction.objects.get(key=key).pk
        reversal = f"reverse:{pk}"
        mirrored = [(p, party, credit, debit) for p, party, debit, credit in entries]
        verdict = self.verdict(reversal, day, "undone", mirrored)
        if verdict is KeyReused:
            verdict = AlreadyReversed
        self.expect(
            verdict,
            (reversal, day, "undone", mirrored),
            lambda: reverse(pk, on=day, memo="undone"),
        )

    @rule(day=st.integers(1, 12).map(lambda day: date(2026, 11, day)))
    def close(self, day):
        if day <= self.closed:
            with pytest.raises(NotLaterThanClosed):
                close_through(day, by=None)
        else:
            close_through(day, by=None)
            self.closed = day

    @rule(limit=st.integers(1, 10))
    def roll_up(self, limit):
        roll_up(limit=limit)

    # ---------------------------------------------------------------------- what is always true

    @invariant()
    def every_balance_is_what_the_model_says(self):
        number = {pk: n for n, pk in enumerate(self.parties)} | {None: None}
        for purpose in [*OF_HEAD_OFFICE, *OF_PARTIES]:
            sign = -1 if purpose in DEBIT_SIDE else 1
            found = {number[pk]: sign * a for pk, a in balances_by_party(purpose).items()}
            said = {party: a for (p, party), a in self.balances.items() if p == purpose}
            assert {k: v for k, v in found.items() if v} == {k: v for k, v in said.items() if v}

    @invariant()
    def every_entry_is_there_and_no_other(self):
        assert Transaction.objects.count() == len(self.posted)
        assert Entry.objects.count() == sum(len(entries) for *_, entries in self.posted)
        sums = Entry.objects.aggregate(Sum("debit"), Sum("credit"))
        assert sums["debit__sum"] == sums["credit__sum"]

    @invariant()
    def a_refused_posting_opens_no_account(self):
        opened = {(p, party) for *_, entries in self.posted for p, party, _, _ in entries}
        assert Account.objects.count() == len(opened)


@pytest.mark.django_db
@pytest.mark.both_databases
def test_the_books_follow_the_model():
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            print_blob=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
