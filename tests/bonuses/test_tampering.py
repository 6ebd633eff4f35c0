"""Whatever is changed behind the guards' back, `prove` goes red and names the row."""

import pytest
from django.db import DatabaseError, connection, transaction

from franchise.bonuses.actions.awarding import award_all
from franchise.bonuses.models import Plan
from franchise.ledger.proof import prove
from tests.bonuses.posted import assert_proven
from tests.bonuses.test_awarding import LEVEL, put_in_force
from tests.cast import Cast
from tests.deliveries import deliver_orders, deliver_refunds, the_order

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

LINE = "(select id from orders_order where order_no = 'A')"
AGAIN = (  # the award's lines once more, as this version and turn
    "insert into bonus_line (order_id, batch_id, territory_id, plan_id, region_id, paid_on,"
    " version, turn, place, upto, rate, base, amount) select order_id, batch_id, territory_id,"
    " plan_id, region_id, paid_on, {version}, 9, place, upto, rate, base, amount from bonus_line"
    f" where order_id = {LINE} and turn = 0"
)
STRAY = (
    "insert into bonus_line (order_id, batch_id, plan_id, region_id, paid_on, version, turn, place,"
    " upto, rate, base, amount) select 999999, batch_id, plan_id, region_id, paid_on, 1, 0, 3,"
    f" 0.06, 0.06, 1, 0.06 from bonus_line where order_id = {LINE} limit 1"
)
EARNED = f"insert into bonus_earning (order_id, batch_id, earned_on) values ({LINE}, 1, now())"
OTHER = "(select max(id) from agents_territory)"


@pytest.fixture
def plan(cast: Cast) -> Plan:
    return put_in_force(LEVEL)


@pytest.fixture
def books(plan: Plan) -> None:
    """An awarded, refunded and corrected order, an earned one, and one that waits for a person."""
    done = {"status": "completed", "completed_at": "2026-11-02T00:00:00"}
    deliver_orders(
        {"order_no": "A"},
        {"order_no": "B", "paid_at": "2026-11-01T00:00:00", **done},
        {"order_no": "C", "province": "广东省", "city": "广州市"},
        {"order_no": "D"},
    )
    deliver_refunds({"refund_no": "R1", "order_no": "A", "amount": "300.00"})
    award_all()
    deliver_orders({"order_no": "D", "region_code": "110105"})
    award_all()
    assert_proven()


def problems() -> str:
    red = [check for check in prove().checks if not check.ok]
    return "\n".join(problem for check in red for problem in [check.name, *check.problems])


TAMPERING = [
    # what is done with every trigger asleep, what prove must name
    (f"update bonus_line set amount = amount + 1 where order_id = {LINE} and place = 0", "A ("),
    (f"update bonus_line set amount = amount + 1 where order_id = {LINE} and turn = 0", "A ("),
    (f"update bonus_line set territory_id = {OTHER} where order_id = {LINE} and place = 0", ""),
    (f"update bonus_line set rate = 0.01 where order_id = {LINE} and place = 0", "place 0"),
    (f"update bonus_line set upto = 0.04 where order_id = {LINE} and place = 1", "place 1"),
    (f"update bonus_line set base = 2000 where order_id = {LINE} and turn = 0", "base"),
    (f"update bonus_line set region_id = 1 where order_id = {LINE}", "A ("),
    (f"update bonus_line set paid_on = '2025-12-31' where order_id = {LINE}", "not in force"),
    (f"update bonus_line set plan_id = 0 where order_id = {LINE}", "no such plan"),
    (f"update bonus_line set version = 7 where order_id = {LINE}", "version 7"),
    (f"delete from bonus_line where order_id = {LINE} and turn = 1", "batch"),
    (f"delete from bonus_line where order_id = {LINE}", "A ("),
    (AGAIN.format(version=1), "A ("),
    (STRAY, "no such order"),
    ("update bonus_turn set goods_refunded = 1 where cause = 'refund'", "turn 1"),
    ("update bonus_turn set goods_part = 1 where cause = 'refund'", "R1"),
    ("update bonus_turn set ladder_turn = null where cause = 'refund'", "A ("),
    ("delete from bonus_turn where cause = 'refund'", "R1"),
    ("delete from bonus_turn where cause = 'paid_anew'", "D ("),
    ("delete from bonus_earning", "accrued"),
    (EARNED, "accrued"),
    ("delete from bonus_refusal", "C ("),
    ("update bonus_batch set amount = amount + 1 where kind = 'award'", "batch"),
    ("delete from bonus_batch where kind = 'award'", "no such batch"),
    (f"update orders_order set goods_amount = 5 where id = {LINE}", "A ("),
    (f"update orders_order set region_id = 1 where id = {LINE}", "A ("),
    (f"update orders_order set buyer_kind = 'agent' where id = {LINE}", "version 1"),
    (f"delete from orders_order where id = {LINE}", "no such order"),
    ("update orders_refund set amount = 299", "R1"),
    ("update orders_refund set status = 'rejected'", "R1"),
    ("update bonuses_plan set province_rate = 0.07", "plan"),
    ("update bonuses_plan set starts_on = '2026-12-01'", "not in force"),
    ("update agents_territory set agent_id = (select min(id) from agents_agent)", "agent"),
    ("update agents_territory set ends_on = '2026-02-01'", "not held"),
    ("update agents_territory set tier = 2 - tier", "order "),
    ("delete from agents_territory where id in (select territory_id from bonus_line)", "territory"),
    ("delete from ledger_entry where leg = 1", "bonus:batch"),
    ("delete from ledger_transaction", ""),
    ("update orders_orderversion set buyer_kind = 'agent'", "version 1"),
    ("delete from orders_orderversion", "version 1"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "named"), TAMPERING)
def test_prove_goes_red_and_names_the_row(books: None, sql: str, named: str):
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set session_replication_role = replica")
        try:
            cursor.execute(sql)
            assert cursor.rowcount > 0
        finally:
            cursor.execute("set session_replication_role = default")
    told = problems()
    assert told
    assert named in told


FORBIDDEN = [
    "update bonus_line set amount = 0",
    "delete from bonus_line",
    "truncate bonus_line",
    "update bonus_turn set turn = 5",
    "delete from bonus_turn",
    "truncate bonus_turn",
    "update bonus_batch set amount = 0",
    "delete from bonus_batch",
    "update bonus_earning set earned_on = now()",
    "delete from bonus_earning",
    "truncate bonus_earning",
    "update bonuses_plan set county_rate = 0.02",
    "delete from bonuses_plan",
    "update agents_territory set agent_id = (select min(id) from agents_agent)",
    "delete from agents_territory where id in (select territory_id from bonus_line)",
    "truncate agents_territory cascade",
    "delete from orders_order",
    "truncate orders_order cascade",
    "delete from orders_refund",
    "update orders_order set goods_amount = 1",
    "update orders_order set buyer_kind = 'agent', version = version + 1",
    "update orders_order set order_no = order_no || 'x'",
    "update orders_orderversion set number = 9",
    "delete from orders_orderversion",
    AGAIN.format(version=9),
    "insert into orders_waitingorders (orders) values ('[1,9)'), ('[5,12)')",
    "insert into orders_waitingorders (orders) values ('empty')",
    "insert into orders_waitingorders (orders) values ('[5,)')",
]


@pytest.mark.parametrize("sql", FORBIDDEN)
def test_the_database_refuses(books: None, sql: str):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert_proven()


def test_a_line_needs_a_consumers_order(plan: Plan):
    deliver_orders({"order_no": "own", "buyer_kind": "agent"})
    sql = (
        "insert into bonus_line (order_id, batch_id, plan_id, region_id, paid_on, version, turn,"
        " place, upto, rate, base, amount)"
        " values (%s, 1, %s, 1, '2026-11-18', 1, 0, 3, 0.06, 0.06, 1, 0.06)"
    )
    with (
        pytest.raises(DatabaseError) as refused,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, [the_order("own").pk, plan.pk])
    assert "bought by a consumer" in str(refused.value)
