"""The proof is green on honest books, and red on tampered ones: it names the row."""

import json
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction

from franchise.ledger.actions import close_through, keep_proof, party_for, reverse, roll_up
from franchise.ledger.models import Account, Party, ProofRun, Transaction
from franchise.ledger.proof import SHOWN, check_list, check_rows, prove
from franchise.ledger.tasks import prove_nightly
from tests.ledger.book import ON, award, earn, give_back, pay, receive, take_back

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def red(proof):
    return {check.name: check.problems for check in proof.checks if not check.ok}


def honest_books(tianhe, guangzhou):
    receipt = receive(tianhe)
    give_back(tianhe, "100.00")
    first = award({tianhe: "20.00", guangzhou: "10.00"})
    earn({tianhe: "20.00", guangzhou: "10.00"})
    pay(tianhe, "20.00")
    take_back({tianhe: "-6.00"})
    roll_up(limit=3)
    extra = award({guangzhou: "1.00"}, key="award:batch:2")
    undone = reverse(extra.pk, on=ON, memo="twice")
    close_through(ON.replace(day=1), by=None)
    account = {(a.purpose, a.party_id): a.pk for a in Account.objects.all()}
    return {
        "receipt": receipt.pk,
        "award": first.pk,
        "extra": extra.pk,
        "undone": undone.pk,
        "bank": account["1002", None],
        "expense": account["5601.01", None],
        "deposit": account["2241.01", tianhe.pk],
        "payable": account["2241.22", tianhe.pk],
        "party": tianhe.pk,
    }


@pytest.fixture
def books(tianhe, guangzhou):
    return honest_books(tianhe, guangzhou)


def test_honest_books_are_proved(books):
    assert red(prove()) == {}


def test_empty_books_are_proved(db):
    proof = prove()
    assert red(proof) == {}
    assert proof.ok


MORE = """
    insert into ledger_entry (transaction_id, leg, account_id, debit, credit)
    values ({receipt}, 3, {bank}, 5, 0), ({receipt}, 4, {deposit}, 0, 5)
"""
SLIPPED_IN = """
    insert into ledger_transaction (id, key, content_hash, "on", memo, source_type, source_id)
    overriding system value values (9001, 'slipped:in', '', '2026-11-18', '', '', '');
    insert into ledger_entry (transaction_id, leg, account_id, debit, credit)
    values (9001, 1, {bank}, 5, 0), (9001, 2, {deposit}, 0, 5);
"""
BOTH_SIDES = """
    update ledger_entry set debit = debit * 2, credit = credit * 2 where transaction_id = {receipt}
"""

TAMPERINGS = [
    # what is done with the guards off, the check that goes red, the row it names
    ("update ledger_entry set credit = credit + 1 where transaction_id = {receipt} and leg = 2",
     "ledger.balanced", "transaction {receipt} receipt:bank:1: 30000.00 ≠ 30001.00"),
    (BOTH_SIDES, "ledger.sealed", "transaction {receipt} receipt:bank:1: ≠"),
    (BOTH_SIDES, "ledger.balances", "account {deposit} 2241.01, party {party}"),
    (BOTH_SIDES + "; update ledger_balance set credits = 60000 where account_id = {deposit}",
     "ledger.balances", "account {bank} 1002, party –"),
    ("update ledger_entry set account_id = {payable} where account_id = {deposit}",
     "ledger.sealed", "transaction {receipt} receipt:bank:1: ≠"),
    ("update ledger_entry set debit = credit, credit = debit where transaction_id = {receipt}",
     "ledger.sealed", "transaction {receipt} receipt:bank:1: ≠"),
    (("alter table ledger_entry drop constraint entry_has_one_positive_side; "
     "update ledger_entry set debit = -debit, credit = -credit where transaction_id = {receipt}"),
     "ledger.sides", "transaction {receipt}/1: -30000.00, 0.00"),
    (("alter table ledger_entry drop constraint entry_is_a_number, "
     "drop constraint entry_has_one_positive_side; update ledger_entry "
     "set debit = debit * 'NaN', credit = credit * 'NaN' where transaction_id = {receipt}"),
     "ledger.sides", "transaction {receipt}/1: NaN, NaN"),
    ("update ledger_entry set leg = 7 where transaction_id = {receipt} and leg = 2",
     "ledger.whole", "transaction {receipt} receipt:bank:1: 1→"),
    ("update ledger_entry set account_id = {bank} where transaction_id = {receipt}",
     "ledger.whole", "transaction {receipt} receipt:bank:1: 1→{bank} 2→{bank}"),
    ("delete from ledger_entry where transaction_id = {receipt} and leg = 2",
     "ledger.balanced", "transaction {receipt} receipt:bank:1"),
    ("delete from ledger_entry where transaction_id = {receipt}",
     "ledger.whole", "transaction {receipt} receipt:bank:1: ∅"),
    ("delete from ledger_transaction where id = {receipt}",
     "ledger.astray", "→ transaction {receipt}"),
    (("delete from ledger_entry where transaction_id = {receipt}; "
     "delete from ledger_transaction where id = {receipt}"),
     "ledger.sealed", "transaction {receipt} receipt:bank:1: ∅"),
    (("delete from ledger_entry where transaction_id = {receipt}; "
     "delete from ledger_transaction where id = {receipt}; "
     "delete from ledger_seal where transaction_id = {receipt}"),
     "ledger.balances", "account {deposit} 2241.01, party {party}"),
    (MORE, "ledger.sealed", "transaction {receipt} receipt:bank:1: ≠"),
    (MORE, "ledger.balances", "account {deposit} 2241.01, party {party}"),
    (SLIPPED_IN, "ledger.sealed", "transaction 9001 slipped:in: +"),
    ("""update ledger_transaction set "on" = '2026-12-01' where id = {receipt}""",
     "ledger.sealed", "transaction {receipt} receipt:bank:1: ≠"),
    ("update ledger_transaction set memo = 'gift' where id = {receipt}",
     "ledger.sealed", "transaction {receipt} receipt:bank:1: ≠"),
    ("update ledger_transaction set source_id = '2' where id = {receipt}",
     "ledger.sealed", "transaction {receipt} receipt:bank:1: ≠"),
    ("update ledger_transaction set posted_at = posted_at + interval '1 us' where id = {receipt}",
     "ledger.sealed", "transaction {receipt} receipt:bank:1: ≠"),
    ("update ledger_transaction set by_id = 1 where id = {receipt}",
     "ledger.sealed", "transaction {receipt} receipt:bank:1: ≠"),
    ("update ledger_transaction set key = 'other' where id = {receipt}",
     "ledger.sealed", "transaction {receipt} receipt:bank:1: ≠ other"),
    ("update ledger_transaction set content_hash = 'x' where id = {receipt}",
     "ledger.sealed", "transaction {receipt} receipt:bank:1: ≠"),
    ("update ledger_transaction set reverses_id = null where id = {undone}",
     "ledger.sealed", "transaction {undone} reverse:{extra}: ≠"),
    ("update ledger_transaction set reverses_id = {award} where id = {undone}",
     "ledger.reversals", "transaction {undone} reverse:{extra} ↩ {award}"),
    ("update ledger_transaction set reverses_id = 9999 where id = {undone}",
     "ledger.astray", "transaction {undone} reverse:{extra} ↩ 9999"),
    (("alter table ledger_transaction drop constraint ledger_transaction_key_key; "
     "update ledger_transaction set key = 'award:batch:1' where id = {extra}"),
     "ledger.twice", "transactions {award}, {extra}: award:batch:1"),
    ("""update ledger_transaction set "on" = '2026-11-01' where id = {receipt};
        update ledger_closedperiod set at = '2026-01-01'""",
     "ledger.closed", "transaction {receipt} receipt:bank:1: 2026-11-01 ≤ 2026-11-01"),
    ("update ledger_balance set credits = credits + 1 where account_id = {deposit}",
     "ledger.balances", "account {deposit} 2241.01, party {party}"),
    ("delete from ledger_balance where account_id = {deposit}",
     "ledger.balances", "account {deposit} 2241.01, party {party}"),
    ("update ledger_balance set is_floored = false where account_id = {deposit}",
     "ledger.floors", "balance of account {deposit}: f"),
    ("delete from ledger_balancedelta", "ledger.balances", "account {expense} 5601.01, party –"),
    (("insert into ledger_balancedelta (account_id, debits, credits, entries) "
     "values ({bank}, 5, 0, 0)"), "ledger.balances", "account {bank} 1002, party –"),
    (("insert into ledger_balancedelta (account_id, debits, credits, entries) "
     "values (9999, 5, 0, 0)"), "ledger.astray", "of account 9999"),
    ("update ledger_entry set debit = 40000 where account_id = {deposit} and debit > 0",
     "ledger.floors", "account {deposit} 2241.01, party {party}: -10000.00"),
    ("update ledger_account set purpose = '1405' where id = {deposit}",
     "ledger.chart", "account {deposit} 1405: LI A always f"),
    ("update ledger_account set takes_back = true where id = {bank}",
     "ledger.chart", "account {bank} 1002: AS R none t"),
    ("delete from ledger_account where id = {deposit}", "ledger.astray", "→ account {deposit}"),
    ("delete from ledger_party where id = {party}", "ledger.astray", "→ party {party}"),
    (("alter table ledger_account drop constraint one_account_per_purpose_and_party; "
     "insert into ledger_account (purpose, type, mode, floor, takes_back) "
     "values ('1002', 'AS', 'R', 'none', false)"), "ledger.twice", "accounts {bank}, "),
    ("update ledger_seal set imprint = 'x' where transaction_id = {receipt}",
     "ledger.sealed", "transaction {receipt} receipt:bank:1: ≠"),
    ("delete from ledger_seal where transaction_id = {receipt}",
     "ledger.sealed", "transaction {receipt} receipt:bank:1: +"),
    ("truncate ledger_entry, ledger_transaction", "ledger.sealed",
     "transaction {receipt} receipt:bank:1: ∅"),
    # ------------------------------------------------------------------- the guards themselves
    ("alter table ledger_entry disable trigger entry_1_balances",
     "ledger.triggers", "ledger_entry.entry_1_balances"),
    ("alter table ledger_entry disable trigger all", "ledger.triggers", "RI_ConstraintTrigger"),
    ("alter table history_event disable trigger user", "ledger.triggers", "history_event.stays"),
    ("drop trigger stays on ledger_entry", "ledger.guards", "ledger_entry.stays"),
    ("drop trigger bonus_lines_stay on bonus_line", "ledger.guards", "bonus_line.bonus_lines_stay"),
    ("alter table bonuses_plan drop constraint one_plan_on_any_day",
     "ledger.guards", "bonuses_plan.one_plan_on_any_day"),
    ("drop trigger stays on history_event", "ledger.guards", "history_event.stays"),
    (("create or replace function ledger_entries_balance() returns trigger language plpgsql "
     "as $$ begin return null; end $$"), "ledger.guards", "ledger_entry.entry_1_balances"),
    (("alter table ledger_balance drop constraint floored_balance_is_never_negative; "
     "alter table ledger_balance add constraint floored_balance_is_never_negative check (true)"),
     "ledger.guards", "ledger_balance.floored_balance_is_never_negative"),
    ("alter table ledger_transaction drop constraint transaction_has_entries",
     "ledger.guards", "ledger_transaction.transaction_has_entries"),
    ("alter table ledger_entry drop constraint entry_has_one_positive_side",
     "ledger.constraints", "ledger_entry.entry_has_one_positive_side"),
    (("alter table ledger_entry drop constraint entry_is_a_number; alter table ledger_entry "
     "add constraint entry_is_a_number check (debit < 1e12 and credit < 1e12) not valid"),
     "ledger.constraints", "ledger_entry.entry_is_a_number"),
    ("alter table agents_territory drop constraint agents_territory_pkey cascade",
     "ledger.constraints", "agents_territory.id"),
]  # fmt: skip


@pytest.mark.parametrize(("tampering", "check", "row"), TAMPERINGS)
def test_tampering_turns_the_proof_red_and_names_the_row(books, tampering, check, row):
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set local session_replication_role = replica")
        cursor.execute(tampering.format(**books))
        cursor.execute("set local session_replication_role = default")
    found = red(prove())
    assert any(row.format(**books) in problem for problem in found[check]), found


def test_guards_switched_off_and_on_again_hide_nothing(books):
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table ledger_entry disable trigger user")
        cursor.execute(BOTH_SIDES.format(**books))
        cursor.execute("alter table ledger_entry enable trigger user")
    assert f"transaction {books['receipt']} receipt:bank:1: ≠" in red(prove())["ledger.sealed"][0]


# ---------------------------------------------------------------------- listing, keeping, telling


def test_a_long_list_is_shown_in_part_and_counted_in_full(db):
    check = check_rows("x", "x", "select format('row %s', n) from generate_series(1, 250) as n")
    assert (len(check.problems), check.count, check.ok) == (SHOWN, 250, False)
    assert check_list("x", "x", ["a"] * 250).count == 250


def test_the_command_says_so_and_keeps_the_outcome(books):
    call_command("prove", json=True, stdout=(out := StringIO()))
    proof = json.loads(out.getvalue())
    assert proof["ok"]
    assert {"name": "ledger.balanced", "title": "Every transaction balances", "problems": [],
            "count": 0, "ok": True} in proof["checks"]  # fmt: skip
    run = ProofRun.objects.get()
    assert (run.ok, len(run.checks)) == (True, len(proof["checks"]))


@pytest.mark.parametrize("as_json", [True, False])
def test_the_command_fails_and_names_the_row(books, as_json):
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        cursor.execute(BOTH_SIDES.format(**books))
    out = StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("prove", json=as_json, stdout=out)
    assert left.value.code == 1
    assert f"transaction {books['receipt']} receipt:bank:1: ≠" in out.getvalue()
    assert not ProofRun.objects.get().ok


def test_the_nightly_proof_is_kept(books):
    assert prove_nightly()
    assert ProofRun.objects.get().ok


def test_a_kept_proof_holds_its_problems(books):
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        cursor.execute("delete from ledger_seal where transaction_id = %s", [books["award"]])
    run = keep_proof(prove())
    (sealed,) = [check for check in run.checks if check["name"] == "ledger.sealed"]
    assert (run.ok, sealed["ok"], sealed["count"]) == (False, False, 1)
    assert sealed["problems"] == [f"transaction {books['award']} award:batch:1: +"]


# ------------------------------------------------------------------------- the apps above, snapshot


def one_more_check():
    return [check_rows("above.one", "One", "select 'row of an app above'")]


def test_the_apps_above_add_their_checks(db, settings):
    settings.PROOFS = [f"{__name__}.one_more_check"]
    assert red(prove()) == {"above.one": ["row of an app above"]}


@pytest.mark.parametrize("path", ["franchise.nowhere.proof", f"{__name__}.pytestmark"])
def test_a_wrong_path_is_found_at_start_up(settings, path):
    settings.PROOFS = [path]
    assert "ledger.E001" in [problem.id for problem in run_checks()]
    settings.PROOFS = [f"{__name__}.one_more_check"]
    assert "ledger.E001" not in [problem.id for problem in run_checks()]


def post_meanwhile():
    """Somebody else posts and commits between two checks."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(_post_on_another_connection).result()
    seen = Transaction.objects.filter(key="meanwhile").count()
    return [check_list("above.snapshot", "Snapshot", ["seen"] * seen)]


def _post_on_another_connection():
    try:
        receive(party_for(Party.Kind.AGENT, "tianhe", "天河代理"), key="meanwhile")
    finally:
        connections.close_all()


def write_meanwhile():
    with pytest.raises(DatabaseError, match="read-only"), transaction.atomic():
        ProofRun.objects.create(started_at="2026-11-18T00:00Z", seconds=1, ok=True, checks=[])
    return []


@pytest.mark.django_db(transaction=True)
def test_the_proof_sees_one_moment_and_writes_nothing(tianhe, guangzhou, settings):
    honest_books(tianhe, guangzhou)
    settings.PROOFS = [f"{__name__}.post_meanwhile", f"{__name__}.write_meanwhile"]
    assert red(prove()) == {}
    assert Transaction.objects.filter(key="meanwhile").count() == 1
    settings.PROOFS = []
    assert red(prove()) == {}
