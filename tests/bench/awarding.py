"""How fast orders are awarded, against COPY of the very lines into a table with the same DDL."""

import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection, connections, transaction

from franchise.bonuses.actions.awarding import Outcome, award_orders

TABLES = "bonus_line, bonus_turn, bonus_batch, bonus_earning, bonus_waiting_earnings"
RANGE = 50_000


def measure(pairs: int = 5) -> dict[str, Any]:
    """Award all orders there are and COPY their lines, in turns; medians of the pairs."""
    alone: list[float] = []
    two: list[float] = []
    copied: list[float] = []
    outcome = Outcome()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lines"
        for _ in range(pairs):
            _let_all_wait()
            seconds, outcome = _timed(_award)
            alone.append(seconds)
            _keep_lines(path)
            _prepare_twin()
            copied.append(_timed(lambda: _copy(path))[0])
            _let_all_wait()
            two.append(_timed(lambda: _award_with(2))[0])
    _sql("drop table bonus_line_twin")
    seconds, copy_seconds = statistics.median(alone), statistics.median(copied)
    return {
        "orders": outcome.orders,
        "lines": outcome.lines,
        "seconds": round(seconds, 2),
        "copy_seconds": round(copy_seconds, 2),
        "ratio": round(statistics.median(a / c for a, c in zip(alone, copied, strict=True)), 2),
        "two_workers_seconds": round(statistics.median(two), 2),
        "two_workers_ratio": round(
            statistics.median(t / c for t, c in zip(two, copied, strict=True)), 2
        ),
        "lines_per_second": round(outcome.lines / seconds),
        "ratios": [round(a / c, 2) for a, c in zip(alone, copied, strict=True)],
    }


def measure_one(orders: int = 200) -> dict[str, float]:
    """Orders that come one by one beside those awarded already: each alone, in milliseconds."""
    taken = []
    for number in range(orders):
        _add_waiting(f"one-{time.time_ns()}-{number}", 1)
        began = time.perf_counter()
        award_orders(Outcome())
        taken.append((time.perf_counter() - began) * 1000)
    return {
        "p50_ms": round(statistics.median(taken), 1),
        "p95_ms": round(statistics.quantiles(taken, n=20)[-1], 1),
    }


def measure_more(orders: int = 1_000) -> float:
    """Seconds for so many orders more, beside those awarded already."""
    _add_waiting(f"more-{time.time_ns()}", orders)
    return round(_timed(_award)[0], 2)


def award_waiting() -> float:
    """Seconds for what waits."""
    return round(_timed(_award)[0], 2)


def _award() -> Outcome:
    outcome = Outcome()
    while award_orders(outcome):
        pass
    return outcome


def _award_with(workers: int) -> None:
    def work() -> None:
        try:
            _award()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    _sql("checkpoint")
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def _let_all_wait() -> None:
    """Take all lines off, guards asleep, and let all orders wait again."""
    _sql(
        "set session_replication_role = replica",
        f"truncate {TABLES}, bonus_dirty_day, bonus_refusal, orders_waitingorders",
        "set session_replication_role = default",
        "insert into orders_waitingorders (orders) select int8range(min(id), max(id) + 1)"
        f" from orders_order group by id / {RANGE} order by 1",
        "analyze orders_waitingorders",
    )


def _keep_lines(path: Path) -> None:
    with (
        connection.cursor() as cursor,
        path.open("wb") as file,
        cursor.copy("copy bonus_line to stdout") as copy,
    ):
        for block in copy:
            file.write(block)


def _prepare_twin() -> None:
    _sql(
        "drop table if exists bonus_line_twin",
        "create table bonus_line_twin (like bonus_line including all)",
    )


def _copy(path: Path) -> None:
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
        path.open("rb") as file,
        cursor.copy("copy bonus_line_twin from stdin") as copy,
    ):
        while block := file.read(1 << 20):
            copy.write(block)


def _add_waiting(prefix: str, orders: int) -> None:
    """As many orders like those there are, waiting as one range."""
    columns = "shop_id, file_id, address_id, region_id, paid_at, paid_on, version, is_decided,"
    columns += " content, goods_amount, freight, buyer, buyer_kind, buyer_kind_from, status,"
    columns += " pickup_point"
    _sql(
        f"with added as (insert into orders_order ({columns}, order_no) select {columns},"
        f" '{prefix}-' || id from (select * from orders_order order by id limit {orders}) o"
        " returning id) insert into orders_waitingorders (orders)"
        " select int8range(min(id), max(id) + 1) from added"
    )


def _sql(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
