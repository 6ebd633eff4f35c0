"""The lines as a file: what scripts and head office's old spreadsheet read."""

from typing import IO

from django.db import connection
from psycopg.sql import SQL, Literal

_LINES = """
copy (
    select o.order_no,
        case
            when l.turn = 0 then 'order'
            when t.refund_id is not null then 'refund:' || f.refund_no
            else 'correction:' || t.correction
        end as cause,
        case l.place when 0 then 'county' when 1 then 'city' when 2 then 'province' end as tier,
        nullif(r.code, '') as region_code,
        coalesce(a.code, 'head office') as agent,
        trim_scale(l.rate) as rate,
        l.base,
        l.amount
    from bonus_line l
    join orders_order o on o.id = l.order_id
    join orders_shop s on s.id = o.shop_id
    left join bonus_turn t on t.order_id = l.order_id and t.turn = l.turn
    left join orders_refund f on f.id = t.refund_id
    left join agents_territory y on y.id = l.territory_id
    left join agents_agent a on a.id = y.agent_id
    join regions_region r on r.id = coalesce(y.region_id, l.region_id)
    where l.amount <> 0 and ({shop}::text is null or s.code = {shop})
    order by o.order_no collate "C", s.code collate "C", l.turn, l.place
) to stdout with (format csv, header)
"""


def write_lines(file: IO[bytes], *, shop: str | None = None) -> int:
    """Write the lines as CSV in the order they were posted; how many they are.

    A line of 0.00 is left out. `rate` is the line's own share, `base` the change of the base.
    """
    with connection.cursor() as cursor:
        count = 0
        with cursor.copy(SQL(_LINES).format(shop=Literal(shop))) as copy:
            for block in copy:
                count += bytes(block).count(b"\n")
                file.write(block)
    return count - 1
