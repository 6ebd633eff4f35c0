"""The guards of the books, attacked in raw SQL, each in turn with and without itself.

A case holds if the attack is refused in the guard's own name, or if its query is still true
afterwards. `test_without_its_guard` is the proof that the case can fail at all.
"""

from dataclasses import dataclass

import pytest
from django.db import IntegrityError, connection, transaction

from franchise.history.actions import record
from franchise.history.guards import GUARDS as GUARDS_OF_THE_HISTORY
from franchise.ledger.actions import close_through, reverse
from franchise.ledger.catalog import guards_of_all_apps, standing_guards
from franchise.ledger.guards import GUARDS as GUARDS_OF_THE_LEDGER
from tests.ledger.book import ON, award, earn, receive

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

GUARDS_OF_THE_BOOKS = GUARDS_OF_THE_LEDGER | GUARDS_OF_THE_HISTORY
APPEND_ONLY = "books_are_append_only"


@dataclass
class Case:
    guard: str
    attack: str
    refused_as: str = ""
    still: str = ""


def refused(guard, attack, refused_as=""):
    return Case(guard, attack, refused_as or guard.split(".")[1])


def kept(guard, attack, still):
    return Case(guard, attack, still=still)


def moved(what, **values):
    column, value = next(iter(values.items()))
    return f"update ledger_{what} set {column} = {value}"


def insert(what, row):
    columns, values = ", ".join(row), ", ".join(row.values())
    return f"insert into ledger_{what} ({columns}) overriding system value values ({values})"


def new_header(**values):
    row = {
        "key": "'x'",
        "content_hash": "''",
        '"on"': "'2026-11-20'",
        "memo": "''",
        "source_type": "''",
        "source_id": "''",
    } | values
    return insert("transaction", row)


def posting(*entries, **values):
    header = new_header(**({"key": "'attack'"} | values))
    rows = ", ".join(f"({leg}, {entry})" for leg, entry in enumerate(entries, start=1))
    return f"""
        with t as ({header} returning id)
        insert into ledger_entry (transaction_id, leg, account_id, debit, credit)
        select t.id, legs.* from t, (values {rows}) as legs
    """


def new_account(**values):
    row = {
        "purpose": "'1012.01'",
        "type": "'AS'",
        "mode": "'R'",
        "floor": "'none'",
        "takes_back": "false",
        "party_id": "null",
    } | values
    return insert("account", row)


CASES = [
    # ------------------------------------------------------------------------- what an entry is
    refused("ledger_entry.entry_1_balances", posting("{bank}, 5, 0", "{deposit}, 0, 4"),
            "transaction_balances"),
    refused("ledger_entry.entry_2_is_whole", posting("{bank}, 5, 0", "{bank}, 0, 5"),
            "transaction_is_whole"),
    refused("ledger_entry.entry_2_is_whole",
            posting("{bank}, 5, 0", "{deposit}, 0, 5").replace("(2,", "(3,"),
            "transaction_is_whole"),
    refused("ledger_entry.entry_has_one_positive_side", posting("{bank}, 0, 0", "{deposit}, 0, 0")),
    refused("ledger_entry.entry_has_one_positive_side", posting("{bank}, 5, 5", "{deposit}, 5, 5")),
    refused("ledger_entry.entry_has_one_positive_side",
            posting("{bank}, -5, 0", "{deposit}, 0, -5")),
    refused("ledger_entry.entry_is_a_number",
            posting("{bank}, 'NaN'::numeric, 0", "{deposit}, 0, 'NaN'::numeric")),
    refused("ledger_entry.leg_is_written_once", """
        insert into ledger_entry (transaction_id, leg, account_id, debit, credit)
        values ({transaction}, 1, {bank}, 5, 0), ({transaction}, 2, {deposit}, 0, 5)"""),
    refused("ledger_entry.ledger_entry_account_id_e9f5e345_fk_ledger_account_id",
            posting("{bank}, 5, 0", "999999, 0, 5")),
    refused("ledger_entry.ledger_entry_transaction_id_c459e7a1_fk_ledger_transaction_id", """
        insert into ledger_entry (transaction_id, leg, account_id, debit, credit)
        values (999999, 1, {bank}, 5, 0), (999999, 2, {deposit}, 0, 5)"""),
    # ------------------------------------------------------------------ what a transaction is
    refused("ledger_transaction.transaction_has_entries", new_header()),
    refused("ledger_transaction.transaction_begins_with_leg_one", new_header(first_leg="2")),
    refused("ledger_transaction.transaction_has_a_key", new_header(key="''")),
    refused("ledger_transaction.ledger_transaction_key_key", new_header(key="'receipt:bank:1'")),
    refused("ledger_transaction.ledger_transaction_reverses_id_key",
            new_header(reverses_id="{transaction}")),
    refused("ledger_transaction.ledger_transaction_reverses_id_f312c56d_fk_ledger_tr",
            posting("{bank}, 5, 0", "{deposit}, 0, 5", reverses_id="9999")),
    refused("ledger_transaction.transaction_does_not_reverse_itself",
            new_header(id="77777", reverses_id="77777")),
    refused("ledger_transaction.ledger_transaction_by_id_44eac51f_fk_users_user_id",
            posting("{bank}, 5, 0", "{deposit}, 0, 5", by_id="9999")),
    kept("ledger_transaction.is_stamped",
         posting("{bank}, 5, 0", "{deposit}, 0, 5", posted_at="'2020-01-01'"),
         "select posted_at > '2026-01-01' from ledger_transaction where key = 'attack'"),
    # -------------------------------------------------------------------------- nothing changes
    refused("ledger_entry.stays", moved("entry", debit="debit + 1"), APPEND_ONLY),
    refused("ledger_entry.stays", "delete from ledger_entry", APPEND_ONLY),
    refused("ledger_entry.stays_whole", "truncate ledger_entry cascade", APPEND_ONLY),
    refused("ledger_transaction.stays", moved("transaction", memo="'x'"), APPEND_ONLY),
    refused("ledger_transaction.stays", moved("transaction", reverses_id="1"), APPEND_ONLY),
    refused("ledger_transaction.stays", "delete from ledger_transaction", APPEND_ONLY),
    refused("ledger_transaction.stays_whole", "truncate ledger_transaction cascade", APPEND_ONLY),
    refused("ledger_account.stays", moved("account", takes_back="true"), APPEND_ONLY),
    refused("ledger_account.stays", "delete from ledger_account", APPEND_ONLY),
    refused("ledger_account.stays_whole", "truncate ledger_account cascade", APPEND_ONLY),
    refused("ledger_party.stays_itself", moved("party", reference="'another'"),
            "party_stays_itself"),
    refused("ledger_closedperiod.stays", moved("closedperiod", through="'2026-01-01'"),
            APPEND_ONLY),
    refused("ledger_closedperiod.stays", "delete from ledger_closedperiod", APPEND_ONLY),
    refused("ledger_closedperiod.stays_whole", "truncate ledger_closedperiod", APPEND_ONLY),
    refused("ledger_proofrun.stays", moved("proofrun", ok="true"), APPEND_ONLY),
    refused("ledger_proofrun.stays", "delete from ledger_proofrun", APPEND_ONLY),
    refused("ledger_proofrun.stays_whole", "truncate ledger_proofrun", APPEND_ONLY),
    refused("history_event.stays", "update history_event set verb = 'x'", "history_is_append_only"),
    refused("history_event.stays", "delete from history_event", "history_is_append_only"),
    refused("history_event.stays_whole", "truncate history_event", "history_is_append_only"),
    # ------------------------------------------------------------------------------- balances
    kept("ledger_entry.entry_3_moves_balances", posting("{bank}, 5, 0", "{deposit}, 0, 5"),
         "select credits = 30005 and entries = 2 from ledger_balance where account_id = {deposit}"),
    kept("ledger_entry.entry_3_moves_balances", posting("{bank}, 5, 0", "{deposit}, 0, 5"),
         "select sum(debits) = 30005 from ledger_balancedelta where account_id = {bank}"),
    kept("ledger_balancedelta.rolls_up", "delete from ledger_balancedelta",
         "select debits = 30000 and entries = 1 from ledger_balance where account_id = {bank}"),
    kept("ledger_account.opens_balances", new_account(),
         "select count(*) = (select count(*) from ledger_account) from ledger_balance"),
    refused("ledger_balance.written_by_the_books", moved("balance", debits="debits + 1"),
            APPEND_ONLY),
    refused("ledger_balance.written_by_the_books", "delete from ledger_balance", APPEND_ONLY),
    refused("ledger_balance.written_by_the_books",
            "insert into ledger_balance (account_id, is_floored) values (9999, false)",
            APPEND_ONLY),
    refused("ledger_balance.stays_whole", "truncate ledger_balance", APPEND_ONLY),
    refused("ledger_balancedelta.written_by_the_books", moved("balancedelta", debits="debits + 1"),
            APPEND_ONLY),
    refused("ledger_balancedelta.written_by_the_books", """
        insert into ledger_balancedelta (account_id, debits, credits, entries)
        values ({bank}, 5, 0, 1)""", APPEND_ONLY),
    refused("ledger_balancedelta.stays_whole", "truncate ledger_balancedelta", APPEND_ONLY),
    refused("ledger_balance.ledger_balance_account_id_c2c102a5_fk_ledger_account_id", """
        alter table ledger_balance disable trigger written_by_the_books;
        insert into ledger_balance (account_id, is_floored) values (9999, false);"""),
    # --------------------------------------------------------------------------------- floors
    refused("ledger_balance.floored_balance_is_never_negative",
            posting("{deposit}, 30000.01, 0", "{bank}, 0, 30000.01")),
    refused("ledger_entry.entry_4_is_covered", posting("{payable}, 20.01, 0", "{bank}, 0, 20.01"),
            "payable_is_covered_when_paid"),
    refused("ledger_entry.entry_4_is_covered",
            posting("{payable}, 5, 0", "{other_payable}, 0, 5"),
            "payables_are_not_transferred"),
    refused("ledger_entry.entry_4_is_covered",
            posting("{payable}, 25, 0", "{expense}, 0, 24", "{other_payable}, 0, 1"),
            "payables_are_not_transferred"),
    # ---------------------------------------------------------------------------------- seals
    kept("ledger_entry.entry_5_is_sealed", posting("{bank}, 5, 0", "{deposit}, 0, 5"),
         "select exists (select from ledger_seal where key = 'attack')"),
    refused("ledger_seal.written_by_the_books", moved("seal", imprint="''"), APPEND_ONLY),
    refused("ledger_seal.written_by_the_books", "delete from ledger_seal", APPEND_ONLY),
    refused("ledger_seal.written_by_the_books",
            "insert into ledger_seal (transaction_id, key, imprint) values (9999, 'x', '')",
            APPEND_ONLY),
    refused("ledger_seal.stays_whole", "truncate ledger_seal", APPEND_ONLY),
    # ------------------------------------------------------------------------- closed periods
    refused("ledger_transaction.posts_in_the_open",
            posting("{bank}, 5, 0", "{deposit}, 0, 5", **{'"on"': "'2026-10-31'"}),
            "closed_period_stays_closed"),
    refused("ledger_closedperiod.closes_alone",
            "insert into ledger_closedperiod (through) values ('2026-09-30')",
            "closing_goes_forward"),
    kept("ledger_closedperiod.closes_alone",
         "insert into ledger_closedperiod (through, at) values ('2026-11-30', '2020-01-01')",
         "select at > '2026-01-01' from ledger_closedperiod where through = '2026-11-30'"),
    refused("ledger_closedperiod.ledger_closedperiod_through_key", """
        alter table ledger_closedperiod disable trigger closes_alone;
        insert into ledger_closedperiod (through) values ('2026-10-31')"""),
    refused("ledger_closedperiod.ledger_closedperiod_by_id_ac1841a2_fk_users_user_id",
            "insert into ledger_closedperiod (through, by_id) values ('2026-11-30', 9999)"),
    # ---------------------------------------------------------------------- accounts, parties
    refused("ledger_account.one_account_per_purpose_and_party", new_account(purpose="'1002'")),
    refused("ledger_account.one_account_per_purpose_and_party",
            new_account(purpose="'2241.01'", party_id="{party}")),
    refused("ledger_account.account_is_of_a_known_kind", new_account(type="'XX'")),
    refused("ledger_account.account_is_of_a_known_kind", new_account(mode="'X'")),
    refused("ledger_account.only_an_authorising_liability_has_a_floor",
            new_account(floor="'always'", type="'LI'")),
    refused("ledger_account.ledger_account_party_id_a6c13d9d_fk_ledger_party_id",
            new_account(party_id="9999")),
    refused("ledger_party.party_is_found_by_kind_and_reference",
            "insert into ledger_party (kind, reference, name) values ('agent', 'tianhe', '')"),
    refused("history_event.history_event_by_id_c78c1134_fk_users_user_id", """
        insert into history_event (at, verb, subject_type, subject_id, data, by_id)
        values (now(), 'x', 'x', 1, '{{}}', 9999)"""),
]  # fmt: skip

IDS = [
    f"{n}-{case.guard.split('.', 1)[0]}-{case.refused_as or 'kept'}" for n, case in enumerate(CASES)
]
every_case = pytest.mark.parametrize("case", CASES, ids=IDS)


@pytest.fixture
def facts(tianhe, guangzhou):
    """Books with a deposit, a payable, a reversal, a closed period, an event and a proof."""
    receipt = receive(tianhe)
    award({tianhe: "20.00", guangzhou: "10.00"})
    earn({tianhe: "20.00", guangzhou: "10.00"})
    extra = award({guangzhou: "1.00"}, key="award:batch:2")
    reverse(extra.pk, on=ON, memo="")
    close_through(ON.replace(month=10, day=31), by=None)
    record("tried", on=tianhe, by=None)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into ledger_proofrun (started_at, seconds, ok, checks) "
            "values (now(), 1, false, '[]')"
        )
        cursor.execute("set constraints all immediate")
        cursor.execute("select purpose, party_id, id from ledger_account")
        accounts = {(purpose, party): pk for purpose, party, pk in cursor.fetchall()}
    return {
        "transaction": extra.pk,
        "receipt": receipt.pk,
        "party": tianhe.pk,
        "bank": accounts["1002", None],
        "expense": accounts["5601.01", None],
        "deposit": accounts["2241.01", tianhe.pk],
        "payable": accounts["2241.22", tianhe.pk],
        "other_payable": accounts["2241.22", guangzhou.pk],
    }


def holds(case, facts):
    """Whether the books withstand the attack, for the reason the case gives."""
    with connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute(case.attack.format(**facts))
                cursor.execute("set constraints all immediate")
        except IntegrityError as error:
            said = error.__cause__.diag
            table = case.guard.split(".")[0]
            by_this_table = said.constraint_name != APPEND_ONLY or table in said.message_primary
            return said.constraint_name == case.refused_as and by_this_table
        if not case.still:
            return False
        cursor.execute(case.still.format(**facts))
        return cursor.fetchone()[0] is True


def drop(guard):
    table, name = guard.split(".")
    with connection.cursor() as cursor:
        cursor.execute(
            "select 1 from pg_trigger where tgname = %s and tgrelid = %s::regclass", [name, table]
        )
        if cursor.fetchone():
            cursor.execute(f"drop trigger {name} on {table}")
        else:
            cursor.execute(f"alter table {table} drop constraint {name} cascade")


@every_case
def test_the_guard_holds(case, facts):
    assert holds(case, facts)


@every_case
def test_without_its_guard_it_does_not(case, facts):
    drop(case.guard)
    assert not holds(case, facts)


def test_every_guard_of_the_books_is_attacked():
    unattacked = {guard for guard in GUARDS_OF_THE_BOOKS if not guard.endswith("_pkey")}
    assert unattacked - {case.guard for case in CASES} == set()


def test_every_guard_of_every_app_is_listed_as_it_stands(db):
    """What the program's own triggers and exclusions are; `guards.py` of the app is to say so."""
    with connection.cursor() as cursor:
        cursor.execute("""
            select g.tgrelid::regclass::text || '.' || tgname from pg_trigger g
            where not tgisinternal
            union all
            select conrelid::regclass::text || '.' || conname from pg_constraint where contype = 'x'
        """)
        written = {name for (name,) in cursor.fetchall()}
    listed = guards_of_all_apps()
    standing = standing_guards(sorted({name.split(".")[0] for name in written | set(listed)}))
    assert {name: standing.get(name) for name in written | set(listed)} == listed
