"""Award, correct, claw back, earn: each takes what waits in rows, one batch in one transaction.

A run may be repeated, run twice at once or be killed at any point: what it had not committed still
waits, and what it committed does not wait any more.
"""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Collate
from django.utils import timezone

from franchise.bonuses import statements
from franchise.bonuses.models import BonusBatch
from franchise.bonuses.postings import post_bonus, post_earned
from franchise.core import clock
from franchise.core.locks import Lock, hold, share
from franchise.core.money import ZERO
from franchise.orders.models import ChangedOrder, WaitingRefund

RANGES_AT_ONCE = 10  # waiting ranges of one statement: some 500,000 orders
ORDERS_AT_ONCE = 20_000
MANY_LINES = 20_000  # after so many the planner is told: it would plan for a smaller table
REFUNDS_AT_ONCE = 50_000


@dataclass
class Outcome:
    """What a run posted: `amount` went to agents, `retained` stayed with head office (yuan)."""

    orders: int = 0
    refunds: int = 0
    corrections: int = 0
    earned: int = 0
    lines: int = 0
    amount: Decimal = ZERO
    retained: Decimal = ZERO
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "amount": str(self.amount), "retained": str(self.retained)}


def award_all(on_progress: Callable[[Outcome], None] | None = None) -> Outcome:
    """Award every order and refund that waits, settle changes, and move what was earned."""
    outcome = Outcome()
    began = time.monotonic()
    analyzed = 0
    for step in (award_orders, settle_changes, award_orders, claw_back_refunds, earn_bonuses):
        while step(outcome):
            if on_progress:
                on_progress(outcome)
        if outcome.lines - analyzed >= MANY_LINES:
            analyzed = outcome.lines
            _tell_the_planner()
    outcome.seconds = round(time.monotonic() - began, 3)
    return outcome


@transaction.atomic
def award_orders(outcome: Outcome, *, ranges: int = RANGES_AT_ONCE) -> bool:
    """Award the orders of the first waiting ranges. False if none waited."""
    share(Lock.MAP)
    share(Lock.CLAWBACK)
    awarded = _run(statements.AWARD, ranges=ranges)
    if awarded is None:
        return False
    batch = _run(
        statements.AWARD_BOOKS,
        batch=awarded["id"],
        orders=awarded["orders"],
        starts=awarded["starts"],
        ends=awarded["ends"],
    )
    assert batch is not None
    outcome.orders += batch["orders"]
    _post(batch, outcome)
    return True


@transaction.atomic
def settle_changes(outcome: Outcome, *, limit: int = ORDERS_AT_ONCE) -> bool:
    """Correct awarded orders that changed; the others go back to those that wait."""
    share(Lock.MAP)
    hold(Lock.CLAWBACK)
    with connection.cursor() as cursor:
        # Taken by one statement and read by the next: what is read is at least as new as the mark.
        cursor.execute(
            "delete from orders_changedorder where order_id = any (array("
            " select order_id from orders_changedorder order by order_id limit %s"
            " for update skip locked)) returning order_id",
            [limit],
        )
        orders = [order_id for (order_id,) in cursor.fetchall()]
        if not orders:
            return False
        cursor.execute(
            "insert into orders_waitingorders (orders)"
            " select int8range(o, o + 1) from unnest(%s::bigint[]) o where not exists ("
            "  select from bonus_line l where l.order_id = o and l.turn = 0)"
            " order by o on conflict do nothing",
            [orders],
        )
        cursor.execute(
            "delete from bonus_refusal r using orders_order o where o.id = r.order_id"
            " and o.id = any (%s) and (o.buyer_kind <> 'consumer' or o.status = 'cancelled')",
            [orders],
        )
    batch = _run(statements.CORRECT, orders=orders, kind=BonusBatch.Kind.CORRECTION.value)
    if batch is not None:
        outcome.corrections += batch["orders"]
        _post(batch, outcome)
    return True


@transaction.atomic
def claw_back_refunds(outcome: Outcome, *, limit: int = REFUNDS_AT_ONCE) -> bool:
    """Take back what the waiting refunds cost; of each order one refund after the other."""
    share(Lock.MAP)
    hold(Lock.CLAWBACK)
    refunds = list(
        WaitingRefund.objects.filter(is_parked=False)
        .order_by("order_id", "refund__refunded_at", Collate("refund__refund_no", "C"))
        .select_for_update(of=("self",), skip_locked=True)
        .values_list("refund_id", flat=True)[:limit]
    )
    if not refunds:
        return False
    while True:
        batch = _run(statements.CLAW_BACK, refunds=refunds, kind=BonusBatch.Kind.CLAWBACK.value)
        if batch is not None:
            outcome.refunds += batch["orders"]
            _post(batch, outcome)
        refunds = list(
            WaitingRefund.objects.filter(pk__in=refunds, is_parked=False).values_list(
                "refund_id", flat=True
            )
        )
        if not refunds:
            return True


@transaction.atomic
def earn_bonuses(outcome: Outcome, *, ranges: int = RANGES_AT_ONCE) -> bool:
    """Move to payable what is the agents' now: completed, after-sales over, nothing in dispute."""
    share(Lock.MAP)
    hold(Lock.CLAWBACK)
    batch = _run(
        statements.EARN,
        now=timezone.now(),
        after_sales=settings.AFTER_SALES,
        ranges=ranges,
    )
    if batch is None or not batch["looked_at"]:
        return False
    if batch["id"] is not None:
        outcome.earned += batch["orders"]
        post_earned(batch["id"], on=clock.today(), earned=_amounts(batch["accrued"]))
    return True


def _tell_the_planner() -> None:
    with connection.cursor() as cursor:
        cursor.execute("analyze bonus_line, bonus_turn")


def is_waiting() -> bool:
    """Whether anything waits for a run."""
    return (
        ChangedOrder.objects.exists()
        or WaitingRefund.objects.filter(is_parked=False).exists()
        or _exists("select 1 from orders_waitingorders limit 1")
    )


def _exists(sql: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone() is not None


# For a million rows joined to a small map: in memory, and in the order the orders came, so that the
# lines go into their index from left to right.
_SETTINGS = {"work_mem": "256MB", "enable_mergejoin": "off", "jit": "off"}


def _run(sql: str, **values: Any) -> dict[str, Any] | None:
    """Run one of the statements; its header row by column name, or None without one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select set_config(name, value, true)"
            " from unnest(%s::text[], %s::text[]) setting (name, value)",
            [list(_SETTINGS), list(_SETTINGS.values())],
        )
        cursor.execute(sql, values)
        row = cursor.fetchone()
        names = [column.name for column in cursor.description or ()]
    return None if row is None else dict(zip(names, row, strict=True))


def _post(batch: dict[str, Any], outcome: Outcome) -> None:
    outcome.lines += batch["lines"]
    outcome.amount += batch["amount"]
    outcome.retained += batch["retained"]
    post_bonus(
        batch["id"],
        on=clock.today(),
        accrued=_amounts(batch["accrued"]),
        payable=_amounts(batch.get("payable")),
    )


def _amounts(by_agent: str | dict[str, str] | None) -> dict[int, Decimal]:
    """Agent id to yuan, as the statements return it: JSON of strings, so nothing is a float."""
    found = json.loads(by_agent) if isinstance(by_agent, str) else by_agent or {}
    return {int(agent_id): Decimal(amount) for agent_id, amount in found.items()}
