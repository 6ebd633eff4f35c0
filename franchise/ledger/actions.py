"""The only writers of the books."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, connection, transaction

from franchise.core.locks import Lock, hold
from franchise.core.money import FEN, ZERO
from franchise.history.actions import record
from franchise.ledger.chart import CHART, Floor
from franchise.ledger.drafts import Draft, flow
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
    ClosedPeriod,
    Party,
    ProofRun,
    Purpose,
    Transaction,
)
from franchise.ledger.proof import Proof
from franchise.users.models import User

Place = tuple[Purpose, int | None]  # an account, by what it is for and whose it is


@transaction.atomic
def party_for(kind: Party.Kind, reference: str, name: str) -> Party:
    """The party an upper app knows by this reference; made the first time, renamed if need be."""
    party, is_new = Party.objects.get_or_create(
        kind=kind, reference=reference, defaults={"name": name}
    )
    if not is_new and party.name != name:
        party.name = name
        party.save(update_fields=["name"])
    return party


@transaction.atomic
def parties_for(kind: Party.Kind, names: Mapping[str, str]) -> dict[str, int]:
    """The ids of many parties by reference; those not yet known are made with their names.

    Made in one order for all, so that two who meet the same new parties do not deadlock.
    """
    known = _known_parties(kind, names)
    if missing := sorted(names.keys() - known.keys()):
        Party.objects.bulk_create(
            [Party(kind=kind, reference=reference, name=names[reference]) for reference in missing],
            ignore_conflicts=True,
        )
        known |= _known_parties(kind, missing)
    return known


def post(  # noqa: PLR0913  (one keyword for each fact)
    *,
    key: str,
    on: date,
    memo: str,
    entries: Sequence[Draft],
    source: tuple[str, str | int] | None = None,
    by: User | None = None,
) -> Transaction:
    """Write one balanced transaction into the books, or none of it.

    The key names the business event (`award:batch:17`, `receipt:wechat:<their number>`). Posting
    it again with the same content returns the transaction already written, so every caller may
    safely be retried; who posts and in which order the entries come is no content.

    Refuses: Unbalanced, NotAnAmount, KeyReused, PeriodClosed, BelowFloor, TransferBetweenParties.
    """
    return _post(key=key, on=on, memo=memo, entries=entries, source=source, by=by)


def post_batch(  # noqa: PLR0913  (one keyword for each fact)
    *,
    key: str,
    on: date,
    memo: str,
    expense: Purpose,
    against: Purpose,
    by_party: Mapping[int, Decimal],
    source: tuple[str, str | int] | None = None,
    by: User | None = None,
) -> Transaction | None:
    """Debit one expense of head office and credit each party's `against` with its amount.

    A negative amount is taken back: debited to the party. The expense is one entry of the net
    sum, none if that is zero; against payables it stands gross, a debit and a credit, because
    there a net of zero would read as one agent paying another. No amount at all posts nothing.
    """
    given = sum((a for a in by_party.values() if a > 0), ZERO)
    taken = -sum((a for a in by_party.values() if a < 0), ZERO)
    if CHART[against].floor == Floor.NONE:
        given, taken = max(given - taken, ZERO), max(taken - given, ZERO)
    entries = [
        Draft(expense, None, given, ZERO),
        Draft(expense, None, ZERO, taken),
        *(
            Draft(against, party_id, max(-amount, ZERO), max(amount, ZERO))
            for party_id, amount in by_party.items()
        ),
    ]
    entries = [entry for entry in entries if entry.debit or entry.credit]
    if not entries:
        return None
    return post(key=key, on=on, memo=memo, entries=entries, source=source, by=by)


def move_batch(  # noqa: PLR0913  (one keyword for each fact)
    *,
    key: str,
    on: date,
    memo: str,
    from_purpose: Purpose,
    to_purpose: Purpose,
    by_party: Mapping[int, Decimal],
    source: tuple[str, str | int] | None = None,
    by: User | None = None,
) -> Transaction | None:
    """Move each party's amount from one of its liabilities to another; negative moves back."""
    entries = [
        entry
        for party_id, amount in by_party.items()
        for entry in flow(amount, debit=(from_purpose, party_id), credit=(to_purpose, party_id))
    ]
    if not entries:
        return None
    return post(key=key, on=on, memo=memo, entries=entries, source=source, by=by)


@transaction.atomic
def reverse(transaction_id: int, *, on: date, memo: str, by: User | None = None) -> Transaction:
    """Undo a transaction by its mirror image. A second call returns the first reversal.

    Refuses: AlreadyReversed on another day or with another memo; PeriodClosed, BelowFloor.
    """
    original = Transaction.objects.select_for_update(no_key=True).get(pk=transaction_id)
    mirrored = [
        Draft(Purpose(entry.account.purpose), entry.account.party_id, entry.credit, entry.debit)
        for entry in original.entries.select_related("account")
    ]
    try:
        return _post(
            key=f"reverse:{original.pk}",
            on=on,
            memo=memo,
            entries=mirrored,
            source=("ledger.transaction", original.pk),
            by=by,
            reverses=original,
        )
    except KeyReused as reused:
        raise AlreadyReversed(key=original.key) from reused


@transaction.atomic
def close_through(day: date, *, by: User | None) -> ClosedPeriod:
    """Close the books through this day for good. Waits for the postings under way."""
    try:
        with transaction.atomic():
            closed = ClosedPeriod.objects.create(through=day, by=by)
    except IntegrityError as refused:
        if _guard_that(refused) not in {"closing_goes_forward", ""}:
            raise
        last = ClosedPeriod.objects.order_by("-through").values_list("through", flat=True).first()
        raise NotLaterThanClosed(through=last, day=day) from refused
    record("ledger.closed", on=closed, by=by, through=day.isoformat())
    return closed


@transaction.atomic
def roll_up(limit: int = 50_000) -> int:
    """Add what waits beside the balances of recording accounts to them; returns how many rows.

    Takes the rows that are there, never "all up to a number": a lower number may commit later.
    """
    hold(Lock.ROLL_UP)
    with connection.cursor() as cursor:
        # An array is made once. As a subquery of IN it may be run again for each row, and with
        # SKIP LOCKED take other rows each time.
        cursor.execute(
            """
            DELETE FROM ledger_balancedelta WHERE id = ANY (ARRAY (
                SELECT id FROM ledger_balancedelta LIMIT %s FOR UPDATE SKIP LOCKED
            ))
            """,
            [limit],
        )
        rolled: int = cursor.rowcount
    return rolled


def keep_proof(proof: Proof) -> ProofRun:
    """Keep the outcome of a proof, for the page and for those who ask later."""
    return ProofRun.objects.create(
        started_at=proof.started_at,
        seconds=round(Decimal(proof.seconds), 3),
        ok=proof.ok,
        checks=proof.as_dict()["checks"],
    )


def _known_parties(kind: Party.Kind, references: Iterable[str]) -> dict[str, int]:
    found = Party.objects.filter(kind=kind, reference__in=list(references))
    return dict(found.values_list("reference", "pk"))


def _post(  # noqa: PLR0913  (one keyword for each fact)
    *,
    key: str,
    on: date,
    memo: str,
    entries: Sequence[Draft],
    source: tuple[str, str | int] | None,
    by: User | None,
    reverses: Transaction | None = None,
) -> Transaction:
    _check(key, entries)
    legs = sorted(entries, key=_rank)
    source_type, source_id = source or ("", "")
    header = Transaction(
        key=key,
        on=on,
        memo=memo,
        source_type=source_type,
        source_id=str(source_id),
        reverses=reverses,
        by=by,
    )
    header.content_hash = _content_hash(header, legs)
    with transaction.atomic(), _kindly(key, on):
        if not _write_header(header):
            return _already_posted(header)
        _write_entries(header, legs)
    return header


def _check(key: str, entries: Sequence[Draft]) -> None:
    for entry in entries:
        amount = entry.debit or entry.credit
        is_in_fen = amount.is_finite() and amount > 0 and not amount % FEN
        if not is_in_fen or (entry.debit and entry.credit):
            raise NotAnAmount(key=key, amount=amount)
    debits = sum((entry.debit for entry in entries), ZERO)
    credits_ = sum((entry.credit for entry in entries), ZERO)
    accounts = len({(entry.purpose, entry.party_id) for entry in entries})
    if debits != credits_ or accounts < 2:
        raise Unbalanced(key=key, debits=debits, credits=credits_, accounts=accounts)


def _rank(leg: Draft) -> tuple[bool, str, int, Decimal]:
    """Debits first, then by account: the order in which entries come says nothing."""
    return (leg.debit == 0, leg.purpose.value, leg.party_id or 0, leg.debit or leg.credit)


def _content_hash(header: Transaction, legs: Sequence[Draft]) -> bytes:
    content = [
        header.on.isoformat(),
        header.memo,
        header.source_type,
        header.source_id,
        header.reverses_id,
        [
            (leg.purpose.value, leg.party_id, f"{leg.debit:.2f}", f"{leg.credit:.2f}")
            for leg in legs
        ],
    ]
    return hashlib.sha256(json.dumps(content).encode()).digest()


def _write_header(header: Transaction) -> bool:
    """Whether the key was free. One who posts the same key at once waits here for the first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO ledger_transaction
                (key, content_hash, "on", memo, source_type, source_id, reverses_id, by_id)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
            ON CONFLICT (key) DO NOTHING
            RETURNING id, posted_at
            """,
            [
                header.key,
                bytes(header.content_hash),
                header.on,
                header.memo,
                header.source_type,
                header.source_id,
                header.reverses_id,
                header.by_id,
            ],
        )
        if (row := cursor.fetchone()) is None:
            return False
    header.pk, header.posted_at = row
    header.first_leg = 1
    header._state.adding = False  # noqa: SLF001  (Django documents _state)
    header._state.db = connection.alias  # noqa: SLF001
    return True


def _already_posted(header: Transaction) -> Transaction:
    posted = Transaction.objects.get(key=header.key)
    if bytes(posted.content_hash) != header.content_hash:
        raise KeyReused(key=header.key)
    return posted


def _write_entries(header: Transaction, legs: Sequence[Draft]) -> None:
    ids = _account_ids({(leg.purpose, leg.party_id) for leg in legs})
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO ledger_entry (transaction_id, leg, account_id, debit, credit)
            SELECT %s, leg, account_id, debit, credit
            FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[])
                WITH ORDINALITY AS legs (account_id, debit, credit, leg)
            """,
            [
                header.pk,
                _array(ids[leg.purpose, leg.party_id] for leg in legs),
                _array(leg.debit for leg in legs),
                _array(leg.credit for leg in legs),
            ],
        )


def _account_ids(wanted: set[Place]) -> dict[Place, int]:
    ids = _ids_of_opened(wanted)
    if missing := wanted - ids.keys():
        # In one order for all, so that two who open the same accounts at once do not deadlock.
        in_order = sorted(missing, key=lambda place: (place[0].value, place[1] or 0))
        Account.objects.bulk_create(
            [
                Account(purpose=purpose, party_id=party_id, **CHART[purpose]._asdict())
                for purpose, party_id in in_order
            ],
            ignore_conflicts=True,
        )
        ids |= _ids_of_opened(missing)
    return ids


def _ids_of_opened(wanted: set[Place]) -> dict[Place, int]:
    """Of these and of some others: every wanted purpose with every wanted party."""
    purposes = _array({purpose.value for purpose, _ in wanted})
    parties = _array({party_id for _, party_id in wanted if party_id})
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT purpose, party_id, id FROM ledger_account
            WHERE purpose = ANY(%s::text[]) AND party_id = ANY(%s::bigint[])
            UNION ALL
            SELECT purpose, party_id, id FROM ledger_account
            WHERE purpose = ANY(%s::text[]) AND party_id IS NULL
            """,
            [purposes, parties, purposes],
        )
        return {(Purpose(purpose), party_id): pk for purpose, party_id, pk in cursor.fetchall()}


def _array(values: Iterable[object]) -> str:
    """An array as PostgreSQL writes it: adapting thousands of values one by one takes longer."""
    return "{" + ",".join(map(str, values)) + "}"


@contextmanager
def _kindly(key: str, on: date) -> Iterator[None]:
    """Say in words what a guard of the database refuses."""
    try:
        yield
    except IntegrityError as refused:
        diagnosis = getattr(refused.__cause__, "diag", None)
        match _guard_that(refused):
            case "closed_period_stays_closed":
                through = diagnosis.message_detail if diagnosis else ""
                raise PeriodClosed(through=through, on=on) from refused
            case "floored_balance_is_never_negative" | "payable_is_covered_when_paid":
                raise BelowFloor(key=key) from refused
            case "payables_are_not_transferred":
                raise TransferBetweenParties(key=key) from refused
        raise


def _guard_that(refused: IntegrityError) -> str:
    """The name of the constraint or guard that refused."""
    diagnosis = getattr(refused.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""
