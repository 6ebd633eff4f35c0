"""From staged text to orders that may be stored: cast, checked, summed, once each.

Leaves `import_told`, one row for each order told, and `import_problems`.
"""

from collections.abc import Sequence
from datetime import date

from django.db import connection
from django.db.backends.utils import CursorWrapper

from franchise.orders.importing import columns, headers
from franchise.orders.importing.columns import Check
from franchise.orders.importing.found import FOUND, list_problems
from franchise.orders.importing.staging import STAGED

TOLD = "import_told"
ADDRESS_FIELDS = ("region_code", "province", "city", "district", "town", "address")

COLUMNS = (
    columns.number("order_no"),
    columns.moment("paid_at", needed=True),
    columns.amount("goods_amount", needed=True),
    columns.amount("freight", needed=False),
    columns.text("buyer", most=80),
    columns.word("buyer_kind", headers.words(headers.BUYER_KIND_WORDS), default="consumer"),
    columns.text("region_code", most=20),
    columns.text("province", most=60),
    columns.text("city", most=60),
    columns.text("district", most=60),
    columns.text("town", most=60),
    columns.text("address", most=500),
    columns.text("pickup_point", most=40),
    columns.moment("completed_at", needed=False),
    columns.word("status", headers.words(headers.STATUS_WORDS), default="paid"),
    columns.text("buyer_name", most=80),
    columns.text("buyer_phone", most=40),
    columns.moment("updated_at", needed=False),
)
NAMES = tuple(column.name for column in COLUMNS)
AMOUNTS = ("goods_amount", "freight")
CHECKS = (
    *(check for column in COLUMNS for check in column.checks),
    Check("completed_at", "completed_before_paid", "completed_at < paid_at"),
    Check(
        "address",
        "no_way_to_region",
        "coalesce(region_code, province, city, district, town, address, pickup_point) is null",
    ),
)

# What the shop told of the order, in one form whatever the file looked like. A moment is taken as
# the number PostgreSQL sends, which no setting of the session changes.
_TOLD_MOMENTS = ", ".join(
    f"coalesce(encode(timestamptz_send({name}), 'hex'), '')"
    for name in ("paid_at", "completed_at", "updated_at")
)
CONTENT = (
    "md5(concat_ws(chr(31), round(goods_amount, 2), round(coalesce(freight, 0), 2), "
    f"{_TOLD_MOMENTS}, coalesce(buyer, ''), buyer_kind, status, coalesce(pickup_point, ''), "
    "coalesce(buyer_name, ''), coalesce(buyer_phone, ''), {address}))::uuid"
)
ADDRESS = ", ".join(f"coalesce({name}, '')" for name in ADDRESS_FIELDS)
PHONE = "regexp_replace(regexp_replace(buyer_phone, '[^0-9]', '', 'g'), '^0*86(?=1[0-9]{10}$)', '')"


def tell_orders(shop_id: int, present: Sequence[str], change_days: Sequence[date]) -> int:
    """One order a row. Of a number that comes twice the first row counts, and others must agree.

    How many rows only said again what another said.
    """
    cast = columns.cast_rows(COLUMNS, present, STAGED)
    with connection.cursor() as cursor:
        cursor.execute(
            _told(f"({cast})", is_good=f"not {columns.is_bad(CHECKS)}"),
            {"shop": shop_id, "days": list(change_days)},
        )
        _list_problems(present, f"select row from {TOLD} where not is_good")
        repeated = _keep_first_of_each(cursor)
        cursor.execute(f"analyze {TOLD} (order_no, address_key, held_id)")
    return repeated


def tell_summed_orders(shop_id: int, present: Sequence[str], change_days: Sequence[date]) -> None:
    """Rows are items: those of one number are summed, if they agree in all but the amounts."""
    cast = columns.cast_rows(COLUMNS, present, STAGED)
    said = [name for name in NAMES if name not in (*AMOUNTS, "order_no")]
    same = "md5(concat_ws(chr(31), " + ", ".join(f"coalesce({n}::text, '')" for n in said) + "))"
    summed = ", ".join(
        f"sum({name}) as {name}" if name in AMOUNTS else f"min({name}) as {name}"
        for name in NAMES
        if name != "order_no"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            drop table if exists import_items;
            create temporary table import_items on commit drop as
            select *, not {columns.is_bad(CHECKS)} as is_good, {same} as same from ({cast}) cells
            """
        )
        _list_problems(present, "select row from import_items where not is_good")
        cursor.execute(
            f"""
            insert into {FOUND} (row, place, name, code, facts)
            select row, 100, '', 'items_disagree', jsonb_build_object('row', first_row)
            from (select row, same, first_value(same) over numbered as first_same,
                    first_value(row) over numbered as first_row
                from import_items where is_good
                window numbered as (partition by order_no order by row)) items
            where same <> first_same;
            insert into {FOUND} (row, place, name, code, facts)
            select row, 101, '', 'item_is_bad', '{{}}'
            from import_items
            where row not in (select row from {FOUND}) and order_no in (
                select order_no from import_items join {FOUND} using (row)
                where order_no is not null)
            """
        )
        cursor.execute(
            _told(
                f"""(select min(row) as row, order_no, {summed} from import_items
                where row not in (select row from {FOUND}) group by order_no)""",
                is_good="true",
            ),
            {"shop": shop_id, "days": list(change_days)},
        )


def _list_problems(present: Sequence[str], bad_rows: str) -> None:
    where = f"row in ({bad_rows})"
    list_problems(columns.cast_rows(COLUMNS, present, STAGED, where=where), CHECKS)


def _told(rows: str, *, is_good: str) -> str:
    """`span` counts the days on which divisions changed: places are found for one such span."""
    return f"""
        drop table if exists {TOLD};
        create temporary table {TOLD} on commit drop as
        select told.row, told.order_no, told.paid_at, told.paid_on, told.goods_amount,
            coalesce(told.freight, 0) as freight, coalesce(told.buyer, '') as buyer,
            told.buyer_kind, coalesce(told.pickup_point, '') as pickup_point, told.completed_at,
            told.status, told.updated_at, told.buyer_name, told.buyer_phone, told.phone,
            {", ".join(f"coalesce(told.{name}, '') as {name}" for name in ADDRESS_FIELDS)},
            told.span, told.is_good, told.content,
            case when told.is_good
                then md5(concat_ws(chr(31), {ADDRESS}, told.span))::uuid end as address_key,
            held.id as held_id, held.content as held_content,
            width_bucket(held.paid_on, %(days)s::date[]) as held_span
        from (
            select *, paid_at::date as paid_on, {PHONE} as phone, {is_good} as is_good,
                {CONTENT.format(address=ADDRESS)} as content,
                width_bucket(paid_at::date, %(days)s::date[]) as span
            from {rows} cells offset 0
        ) told
        left join orders_order held
            on held.shop_id = %(shop)s and held.order_no = told.order_no
    """


def _keep_first_of_each(cursor: CursorWrapper) -> int:
    cursor.execute(
        f"""
        drop table if exists import_repeated;
        create temporary table import_repeated on commit drop as
        select order_no from {TOLD} where is_good group by order_no having count(*) > 1
        """
    )
    cursor.execute("select exists (select from import_repeated)")
    if not cursor.fetchone()[0]:
        return 0
    cursor.execute(
        f"""
        drop table if exists import_later;
        create temporary table import_later on commit drop as
        select row, first_row, content <> first_content as is_other
        from (
            select row, content, first_value(row) over numbered as first_row,
                first_value(content) over numbered as first_content
            from {TOLD} join import_repeated using (order_no)
            where is_good
            window numbered as (partition by order_no order by row)
        ) ranked
        where row <> first_row;
        insert into {FOUND} (row, place, name, code, facts)
        select row, 100, 'order_no', 'other_content', jsonb_build_object('row', first_row)
        from import_later where is_other;
        delete from {TOLD} where row in (select row from import_later)
        """
    )
    cursor.execute("select count(*) from import_later where not is_other")
    return int(cursor.fetchone()[0])
