-- The books of an award: one header, summed per agent. %(batch)s: its number; %(orders)s: how many it
-- awarded; %(starts)s, %(ends)s: the ranges it took. Read from the lines just written: to hand two
-- million of them from the statement that writes them to one that adds them up costs three times as much.
with summed as materialized (
    select l.territory_id, count(*) filter (where l.amount <> 0) as lines, sum(l.amount) as amount
    from unnest(%(starts)s::bigint[], %(ends)s::bigint[]) as range (low, high)
    join bonus_line l on l.order_id >= range.low and l.order_id < range.high and l.turn = 0
    where l.batch_id = %(batch)s
    group by l.territory_id
),
header as (
    insert into bonus_batch (id, kind, orders, lines, amount, retained)
    select %(batch)s, 'award', %(orders)s, coalesce(sum(lines), 0),
        coalesce(sum(amount) filter (where territory_id is not null), 0),
        coalesce(sum(amount) filter (where territory_id is null), 0)
    from summed
    returning id, orders, lines, amount, retained
)
select h.id, h.orders, h.lines, h.amount, h.retained,
    coalesce((
        select jsonb_object_agg(agent_id, amount::text)
        from (
            select t.agent_id, sum(s.amount) as amount
            from summed s
            join agents_territory t on t.id = s.territory_id
            group by t.agent_id
        ) a
        where amount <> 0), '{}') as accrued
from header h
