"""From staged text to refunds that may be stored. Leaves `import_told` and `import_found`."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from franchise.orders.importing import columns, headers
from franchise.orders.importing.columns import Check
from franchise.orders.importing.found import FOUND, list_problems
from franchise.orders.importing.staging import STAGED

TOLD = "import_told"
CHANGED = "import_changed"

COLUMNS = (
    columns.number("refund_no"),
    columns.number("order_no"),
    columns.amount("amount", needed=True),
    columns.moment("refunded_at", needed=True),
    columns.amount("freight_amount", needed=False),
    columns.word("status", headers.words(headers.REFUND_STATUS_WORDS), default="completed"),
)
CHECKS = (
    *(check for column in COLUMNS for check in column.checks),
    Check("amount", "not_positive", "amount = 0"),
    Check("freight_amount", "freight_over_amount", "freight_amount > amount and amount > 0"),
)
SAME = "(amount, freight_amount, refunded_at, status, order_no)"


@dataclass
class MergedRefunds:
    new: int
    changed: int
    without_order: int


def tell_refunds(shop_id: int, present: Sequence[str]) -> None:
    """One refund a row. What was completed no longer changes, and a refund keeps its order."""
    cast = columns.cast_rows(COLUMNS, present, STAGED)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            drop table if exists {TOLD};
            create temporary table {TOLD} on commit drop as
            select cells.row, refund_no, order_no, amount, freight_amount, refunded_at, status,
                not {columns.is_bad(CHECKS)} as is_good
            from ({cast}) cells
            """
        )
        bad = f"row in (select row from {TOLD} where not is_good)"
        list_problems(columns.cast_rows(COLUMNS, present, STAGED, where=bad), CHECKS)
        cursor.execute(f"delete from {TOLD} where not is_good")
        cursor.execute(
            f"""
            with numbered as (
                select row, {SAME} as same, first_value(row) over of_one as first_row,
                    first_value({SAME}) over of_one as first_same
                from {TOLD} window of_one as (partition by refund_no order by row)
            ), later as (
                delete from {TOLD} told using numbered
                where told.row = numbered.row and numbered.row <> first_row
                returning numbered.row, first_row, same is distinct from first_same as is_other
            )
            insert into {FOUND} (row, place, name, code, facts)
            select row, 100, 'refund_no', 'other_content', jsonb_build_object('row', first_row)
            from later where is_other
            """
        )
        cursor.execute(
            f"""
            with bad as (
                delete from {TOLD} told using orders_refund held
                where held.shop_id = %s and held.refund_no = told.refund_no
                    and (held.order_no <> told.order_no
                        or held.status = 'completed' and told.status = 'rejected'
                        or held.status = 'completed' and told.status = 'completed'
                            and (told.amount, told.freight_amount, told.refunded_at)
                            is distinct from (held.amount, held.freight_amount, held.refunded_at))
                returning told.row, held.order_no as held_order_no, told.order_no, held.amount,
                    held.refunded_at
            )
            insert into {FOUND} (row, place, name, code, facts)
            select row, 101,
                case when held_order_no <> order_no then 'order_no' else 'amount' end,
                case when held_order_no <> order_no then 'other_order' else 'completed_stays' end,
                jsonb_build_object('order_no', held_order_no, 'amount', amount::text,
                    'day', refunded_at::date::text)
            from bad
            """,
            [shop_id],
        )


def merge_refunds(shop_id: int, file_id: int) -> MergedRefunds:
    """Store what was told. The caller holds the shop's lock.

    Deliveries come out of order: *requested* after *completed* or *rejected* is an old one.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            drop table if exists {CHANGED};
            create temporary table {CHANGED} on commit drop as
            select held.id, told.*
            from {TOLD} told join orders_refund held
                on held.shop_id = %s and held.refund_no = told.refund_no
            where (told.amount, told.freight_amount, told.refunded_at, told.status)
                    is distinct from
                    (held.amount, held.freight_amount, held.refunded_at, held.status)
                and not (told.status = 'requested' and held.status <> 'requested')
            """,
            [shop_id],
        )
        cursor.execute(
            f"""
            insert into orders_refund (shop_id, file_id, refund_no, order_no, order_id, amount,
                freight_amount, refunded_at, status)
            select %(shop)s, %(file)s, told.refund_no, told.order_no, paid.id, told.amount,
                told.freight_amount, told.refunded_at, told.status
            from {TOLD} told
            left join orders_order paid
                on paid.shop_id = %(shop)s and paid.order_no = told.order_no
            where not exists (
                select from orders_refund held
                where held.shop_id = %(shop)s and held.refund_no = told.refund_no)
            """,
            {"shop": shop_id, "file": file_id},
        )
        new = cursor.rowcount
        cursor.execute(
            f"""
            update orders_refund held set amount = told.amount, status = told.status,
                freight_amount = told.freight_amount, refunded_at = told.refunded_at, file_id = %s
            from {CHANGED} told where told.id = held.id
            """,
            [file_id],
        )
        changed = cursor.rowcount
        # A request that was settled no longer holds its order: it is looked at again.
        cursor.execute(
            f"""
            insert into orders_changedorder (order_id)
            select distinct held.order_id
            from {CHANGED} told join orders_refund held on held.id = told.id
            where held.order_id is not null
            order by held.order_id
            on conflict (order_id) do update set since = excluded.since
            """
        )
        cursor.execute(
            f"""
            insert into orders_waitingrefund (refund_id, order_id, is_parked)
            select held.id, held.order_id, false
            from {TOLD} told join orders_refund held
                on held.shop_id = %s and held.refund_no = told.refund_no
            where held.file_id = %s and held.status = 'completed' and held.order_id is not null
            """,
            [shop_id, file_id],
        )
        cursor.execute(
            f"""
            select count(*) from {TOLD} told join orders_refund held
                on held.shop_id = %s and held.refund_no = told.refund_no
            where held.order_id is null
            """,
            [shop_id],
        )
        without_order = cursor.fetchone()[0]
    return MergedRefunds(new, changed, without_order)
