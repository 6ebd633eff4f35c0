from django.db import migrations

# Nothing that was posted changes.
REFUSE = """
create function ledger_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% on %: what is in the books is never changed or deleted', tg_op, tg_table_name
        using errcode = '23514', constraint = 'books_are_append_only';
end $$;
"""
REFUSE_UNDO = "drop function ledger_refuse_change()"


def append_only(table):
    return migrations.RunSQL(
        f"""
        create trigger stays before update or delete on {table}
            for each row execute function ledger_refuse_change();
        create trigger stays_whole before truncate on {table}
            for each statement execute function ledger_refuse_change();
        """,
        f"drop trigger stays on {table}; drop trigger stays_whole on {table};",
    )


def written_by_the_books_only(table, events):
    """Direct statements are refused; those of the triggers below are not direct."""
    return migrations.RunSQL(
        f"""
        create trigger written_by_the_books before {events} on {table}
            for each statement when (pg_trigger_depth() = 0)
            execute function ledger_refuse_change();
        create trigger stays_whole before truncate on {table}
            for each statement execute function ledger_refuse_change();
        """,
        f"drop trigger written_by_the_books on {table}; drop trigger stays_whole on {table};",
    )


# A party's name may be mended; whose accounts they are may not.
PARTY = """
create function ledger_party_stays_itself() returns trigger language plpgsql as $$
begin
    if (new.id, new.kind, new.reference) is distinct from (old.id, old.kind, old.reference) then
        raise exception 'party %: only its name may change', old.id
            using errcode = '23514', constraint = 'party_stays_itself';
    end if;
    return new;
end $$;
create trigger stays_itself before update on ledger_party
    for each row execute function ledger_party_stays_itself();
"""
PARTY_UNDO = "drop function ledger_party_stays_itself() cascade"

# Every account has its balance from the moment it is opened.
OPEN = """
create function ledger_open_balances() returns trigger language plpgsql as $$
begin
    insert into ledger_balance (account_id, is_floored)
    select id, floor = 'always' from opened;
    return null;
end $$;
create trigger opens_balances after insert on ledger_account
    referencing new table as opened
    for each statement execute function ledger_open_balances();
"""
OPEN_UNDO = "drop function ledger_open_balances() cascade"

# A transaction without entries cannot commit.
HAS_ENTRIES = """
alter table ledger_transaction add constraint transaction_has_entries
    foreign key (id, first_leg) references ledger_entry (transaction_id, leg)
    deferrable initially deferred;
"""
HAS_ENTRIES_UNDO = "alter table ledger_transaction drop constraint transaction_has_entries"

# Closing waits for the postings under way and holds off those to come (8 is Lock.BOOKS), so that
# none slips in behind it. The moments are the database's own.
CLOSED = """
create function ledger_stamp() returns trigger language plpgsql as $$
begin
    new.posted_at := clock_timestamp();
    return new;
end $$;
create trigger is_stamped before insert on ledger_transaction
    for each row execute function ledger_stamp();

create function ledger_post_in_the_open() returns trigger language plpgsql as $$
declare
    closed_through date;
begin
    perform pg_advisory_xact_lock_shared(8);
    select max(through) into closed_through from ledger_closedperiod;
    if new."on" <= closed_through then
        raise exception 'the books are closed through %', closed_through
            using errcode = '23514', constraint = 'closed_period_stays_closed',
                  detail = closed_through::text;
    end if;
    return null;
end $$;
create trigger posts_in_the_open after insert on ledger_transaction
    for each row execute function ledger_post_in_the_open();

create function ledger_close_alone() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(8);
    new.at := clock_timestamp();
    if new.through <= (select max(through) from ledger_closedperiod) then
        raise exception 'the books are already closed through that day'
            using errcode = '23514', constraint = 'closing_goes_forward';
    end if;
    return new;
end $$;
create trigger closes_alone before insert on ledger_closedperiod
    for each row execute function ledger_close_alone();
"""
CLOSED_UNDO = """
drop function ledger_stamp() cascade;
drop function ledger_post_in_the_open() cascade;
drop function ledger_close_alone() cascade;
"""

# The entries of a transaction come in one statement, so each of these sees them whole. They fire
# in the order of their names. What joins the entries to a table is EXECUTEd: PostgreSQL keeps a
# function's plans as long as the connection lives, and one made for a batch of thousands would
# make every small posting after it slow, and the other way round.
BALANCED = """
create function ledger_entries_balance() returns trigger language plpgsql as $$
declare
    odd record;
begin
    select transaction_id, sum(debit) as debits, sum(credit) as credits into odd
    from written group by transaction_id having sum(debit) <> sum(credit) limit 1;
    if found then
        raise exception 'transaction %: debits %, credits %',
            odd.transaction_id, odd.debits, odd.credits
            using errcode = '23514', constraint = 'transaction_balances';
    end if;
    return null;
end $$;
create trigger entry_1_balances after insert on ledger_entry
    referencing new table as written
    for each statement execute function ledger_entries_balance();
"""
BALANCED_UNDO = "drop function ledger_entries_balance() cascade"

WHOLE = """
create function ledger_entries_are_whole() returns trigger language plpgsql as $$
declare
    odd bigint;
begin
    select transaction_id into odd
    from written group by transaction_id
    having min(leg) <> 1 or max(leg) <> count(*) or min(account_id) = max(account_id) limit 1;
    if found then
        raise exception 'transaction %: its legs are written at once, numbered 1 to n, '
            'on two accounts or more', odd
            using errcode = '23514', constraint = 'transaction_is_whole';
    end if;
    return null;
end $$;
create trigger entry_2_is_whole after insert on ledger_entry
    referencing new table as written
    for each statement execute function ledger_entries_are_whole();
"""
WHOLE_UNDO = "drop function ledger_entries_are_whole() cascade"

# Authorising accounts: their one balance, locked in the order of accounts. Recording accounts:
# a row beside the balance, so that nobody waits.
MOVED = """
create function ledger_entries_move_balances() returns trigger language plpgsql as $$
begin
    execute $sql$
    select 1 from ledger_balance
    where account_id in (
        select w.account_id from written w
        join ledger_account a on a.id = w.account_id and a.mode = 'A'
    )
    order by account_id for no key update
    $sql$;

    execute $sql$
    update ledger_balance b
    set debits = b.debits + s.debits, credits = b.credits + s.credits,
        entries = b.entries + s.entries
    from (
        select w.account_id, sum(w.debit) as debits, sum(w.credit) as credits, count(*) as entries
        from written w join ledger_account a on a.id = w.account_id and a.mode = 'A'
        group by w.account_id
    ) s
    where b.account_id = s.account_id
    $sql$;

    execute $sql$
    insert into ledger_balancedelta (account_id, debits, credits, entries)
    select w.account_id, sum(w.debit), sum(w.credit), count(*)
    from written w join ledger_account a on a.id = w.account_id and a.mode = 'R'
    group by w.account_id
    $sql$;
    return null;
end $$;
create trigger entry_3_moves_balances after insert on ledger_entry
    referencing new table as written
    for each statement execute function ledger_entries_move_balances();
"""
MOVED_UNDO = "drop function ledger_entries_move_balances() cascade"

# Rolling up is deleting deltas: what goes from there comes to the balance.
ROLLED = """
create function ledger_roll_up() returns trigger language plpgsql as $$
begin
    execute $sql$
    select 1 from ledger_balance
    where account_id in (select account_id from rolled)
    order by account_id for no key update
    $sql$;

    execute $sql$
    update ledger_balance b
    set debits = b.debits + s.debits, credits = b.credits + s.credits,
        entries = b.entries + s.entries
    from (
        select account_id, sum(debits) as debits, sum(credits) as credits, sum(entries) as entries
        from rolled group by account_id
    ) s
    where b.account_id = s.account_id
    $sql$;
    return null;
end $$;
create trigger rolls_up after delete on ledger_balancedelta
    referencing old table as rolled
    for each statement execute function ledger_roll_up();
"""
ROLLED_UNDO = "drop function ledger_roll_up() cascade"

# A payable falls below zero only by what takes a bonus back, and its money goes out, never to
# another payable.
COVERED = """
create function ledger_payables_are_covered() returns trigger language plpgsql as $$
declare
    odd record;
begin
    execute $sql$
    select w.transaction_id,
           sum(w.debit) filter (where a.floor = 'payout') as paid,
           coalesce(sum(w.credit) filter (where a.floor <> 'payout'), 0) as leaves,
           coalesce(sum(w.credit) filter (where a.takes_back), 0) as taken_back,
           min(b.credits - b.debits) filter (where a.floor = 'payout' and w.debit > 0) as lowest
    from written w
    join ledger_account a on a.id = w.account_id
    join ledger_balance b on b.account_id = a.id
    group by w.transaction_id
    having sum(w.debit) filter (where a.floor = 'payout')
               > coalesce(sum(w.credit) filter (where a.floor <> 'payout'), 0)
        or (min(b.credits - b.debits) filter (where a.floor = 'payout' and w.debit > 0) < 0
            and sum(w.debit) filter (where a.floor = 'payout')
                > coalesce(sum(w.credit) filter (where a.takes_back), 0))
    limit 1
    $sql$ into odd;
    if odd.transaction_id is null then
        return null;
    end if;
    if odd.paid > odd.leaves then
        raise exception 'transaction %: takes % from payables, only % of it leaves them',
            odd.transaction_id, odd.paid, odd.leaves
            using errcode = '23514', constraint = 'payables_are_not_transferred';
    end if;
    raise exception 'transaction %: pays % and leaves a payable at %',
        odd.transaction_id, odd.paid - odd.taken_back, odd.lowest
        using errcode = '23514', constraint = 'payable_is_covered_when_paid';
end $$;
create trigger entry_4_is_covered after insert on ledger_entry
    referencing new table as written
    for each statement execute function ledger_payables_are_covered();
"""
COVERED_UNDO = "drop function ledger_payables_are_covered() cascade"

# What a transaction was when it was posted. One reader for the seal and for the proof; nothing in
# it depends on a session's time zone or date style.
SEALED = """
create view ledger_transaction_text as
select t.id, t.key, row(
    t.id, t.key, encode(t.content_hash, 'hex'), t."on" - date '2000-01-01',
    extract(epoch from t.posted_at), t.memo, t.source_type, t.source_id,
    t.reverses_id, t.by_id)::text as header
from ledger_transaction t;

create view ledger_entry_text as
select e.transaction_id, e.leg, row(
    e.id, e.leg, e.account_id, a.purpose, a.party_id, e.debit, e.credit)::text as line
from ledger_entry e join ledger_account a on a.id = e.account_id;

create function ledger_seal_transactions() returns trigger language plpgsql as $$
begin
    execute $sql$
    insert into ledger_seal (transaction_id, key, imprint)
    select t.id, t.key, sha256(convert_to(t.header || E'\\n' || e.lines, 'UTF8'))
    from (
        select transaction_id, string_agg(line, E'\\n' order by leg) as lines
        from ledger_entry_text
        where transaction_id in (select transaction_id from written)
        group by transaction_id
    ) e
    join ledger_transaction_text t on t.id = e.transaction_id
    $sql$;
    return null;
end $$;
create trigger entry_5_is_sealed after insert on ledger_entry
    referencing new table as written
    for each statement execute function ledger_seal_transactions();
"""
SEALED_UNDO = """
drop function ledger_seal_transactions() cascade;
drop view ledger_entry_text;
drop view ledger_transaction_text;
"""

# Both are rewritten all the time: leave room on the page, and vacuum early.
STORAGE = """
alter table ledger_balance set (fillfactor = 50);
alter table ledger_balancedelta set (autovacuum_vacuum_scale_factor = 0.01);
"""
STORAGE_UNDO = """
alter table ledger_balance reset (fillfactor);
alter table ledger_balancedelta reset (autovacuum_vacuum_scale_factor);
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL(REFUSE, REFUSE_UNDO),
        append_only("ledger_account"),
        append_only("ledger_transaction"),
        append_only("ledger_entry"),
        append_only("ledger_closedperiod"),
        append_only("ledger_proofrun"),
        written_by_the_books_only("ledger_seal", "insert or update or delete"),
        written_by_the_books_only("ledger_balance", "insert or update or delete"),
        written_by_the_books_only("ledger_balancedelta", "insert or update"),
        migrations.RunSQL(PARTY, PARTY_UNDO),
        migrations.RunSQL(OPEN, OPEN_UNDO),
        migrations.RunSQL(HAS_ENTRIES, HAS_ENTRIES_UNDO),
        migrations.RunSQL(CLOSED, CLOSED_UNDO),
        migrations.RunSQL(BALANCED, BALANCED_UNDO),
        migrations.RunSQL(WHOLE, WHOLE_UNDO),
        migrations.RunSQL(MOVED, MOVED_UNDO),
        migrations.RunSQL(ROLLED, ROLLED_UNDO),
        migrations.RunSQL(COVERED, COVERED_UNDO),
        migrations.RunSQL(SEALED, SEALED_UNDO),
        migrations.RunSQL(STORAGE, STORAGE_UNDO),
    ]
