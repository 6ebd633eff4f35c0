"""What came of the files: all that must be the same whatever was killed on the way."""

import csv
from dataclasses import dataclass
from typing import Any

from tests.crash.sites import Site
from tests.crash.world import BAD_ROWS, ORDERS, REFUNDS

ORDERS_HELD = """
select md5(string_agg(concat_ws('|', o.order_no, r.code, o.goods_amount, o.paid_at, o.status,
    o.version), e'\\n' order by o.order_no collate "C"))
from orders_order o left join regions_region r on r.id = o.region_id
"""
BALANCES = """
select p.reference, sum(e.credit - e.debit)
from ledger_entry e
join ledger_account a on a.id = e.account_id
left join ledger_party p on p.id = a.party_id
where a.purpose <> 'none'
group by p.reference order by p.reference collate "C"
"""
SUMS_BY_DAY = """
select s.day, r.code, s.orders, s.goods_amount, s.refunded, s.awarded, s.clawed_back, s.retained
from bonus_day_sum s join regions_region r on r.id = s.region_id
order by s.day, r.code
"""


@dataclass(frozen=True)
class Outcome:
    lines: bytes
    orders: str
    balances: list[tuple[Any, ...]]
    sums_by_day: list[tuple[Any, ...]]


def outcome_of(site: Site) -> Outcome:
    """The books as they are; proved, and nothing waiting."""
    assert proof_of(site) == {}
    assert counts(site) == {
        "orders": ORDERS,
        "refunds": REFUNDS,
        "awarded": ORDERS,
        "clawed_back": REFUNDS,
        "waiting": 0,
    }
    site.command("export_lines", "--out", str(site.path("lines.csv")))
    return Outcome(
        lines=site.path("lines.csv").read_bytes(),
        orders=site.number(ORDERS_HELD),
        balances=site.query(BALANCES),
        sums_by_day=site.query(SUMS_BY_DAY),
    )


def proof_of(site: Site) -> dict[str, Any]:
    """The checks of `prove` that are red, with what they name."""
    prover = site.start_command("prove")
    code = prover.wait()
    proof = prover.told()
    red = {check["name"]: check["problems"] for check in proof["checks"] if not check["ok"]}
    assert (code == 0) == (red == {})
    return red


def counts(site: Site) -> dict[str, int]:
    names = ("orders", "refunds", "awarded", "clawed_back", "waiting")
    [found] = site.query(
        """
        select (select count(*) from orders_order), (select count(*) from orders_refund),
            (select count(distinct order_id) from bonus_line where turn = 0),
            (select count(refund_id) from bonus_turn),
            (select count(*) from orders_waitingorders) + (select count(*) from bonus_dirty_day)
                + (select count(*) from orders_waitingrefund)
        """
    )
    return dict(zip(names, found, strict=True))


def are_all_rejected_beside(site: Site) -> bool:
    """Whether the bad rows lie beside the file, all of them and each whole."""
    text = site.path("orders.csv.rejected.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    return [row["order_no"] for row in rows] == [f"bad{n}" for n in range(BAD_ROWS)] and all(
        row["problem"] for row in rows
    )


def nothing_imported(site: Site) -> bool:
    """Not an order, not a trace of the file, neither in the database nor beside it."""
    tables = ("orders_order", "orders_importfile", "orders_rejectedrow", "orders_waitingorders")
    left = {table: site.number(f"select count(*) from {table}") for table in tables}
    beside = site.path("orders.csv.rejected.csv").exists()
    return not any(left.values()) and not beside
