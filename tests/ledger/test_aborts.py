"""An action that breaks off after any of its statements leaves the books as they were."""

import pytest
from django.db import DatabaseError, connection

from franchise.ledger.actions import close_through, parties_for, reverse, roll_up
from franchise.ledger.models import Party
from tests.ledger.book import ON, award, earn, receive

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

TABLES = [
    "ledger_party",
    "ledger_account",
    "ledger_transaction",
    "ledger_entry",
    "ledger_balance",
    "ledger_balancedelta",
    "ledger_seal",
    "ledger_closedperiod",
    "history_event",
]


class Broken(DatabaseError):
    """The connection's answer to the statement at which it breaks."""


def break_at(number):
    """Let the first statements through, run this one and break before its answer arrives."""
    seen = 0

    def wrapper(execute, sql, params, many, context):
        nonlocal seen
        answer = execute(sql, params, many, context)
        if sql.split()[0] in {"SELECT", "INSERT", "UPDATE", "DELETE"} or "\n" in sql:
            seen += 1
            if seen == number:
                raise Broken
        return answer

    return connection.execute_wrapper(wrapper)


def contents():
    with connection.cursor() as cursor:
        rows = {}
        for table in TABLES:
            cursor.execute(f"select to_jsonb(t)::text from {table} t order by 1")
            rows[table] = cursor.fetchall()
    return rows


ACTIONS = {
    "post": lambda tianhe, _: receive(tianhe, key="receipt:bank:2"),
    "award": lambda tianhe, guangzhou: award({tianhe: "3.00", guangzhou: "-2.00"}, key="award:2"),
    "earn": lambda tianhe, guangzhou: earn({tianhe: "3.00", guangzhou: "2.00"}, key="earned:2"),
    "reverse": lambda *_: reverse(receive(_[0]).pk, on=ON, memo=""),
    "close": lambda *_: close_through(ON, by=None),
    "roll_up": lambda *_: roll_up(),
    "parties_for": lambda *_: parties_for(Party.Kind.SHOP, {"a": "甲", "b": "乙"}),
}


@pytest.mark.parametrize("action", ACTIONS)
def test_what_breaks_off_changes_nothing(tianhe, guangzhou, action):
    receive(tianhe)
    award({tianhe: "5.00", guangzhou: "5.00"})
    before = contents()
    broken = 0
    while True:
        try:
            with break_at(broken + 1):
                ACTIONS[action](tianhe, guangzhou)
        except Broken:
            broken += 1
            assert contents() == before
        else:
            break
    assert broken >= 2
    assert contents() != before
