-- The books of a batch that comes after an award: one header, summed per agent; what the agents have
-- earned already goes against their payable, the rest against what is accrued.
-- A piece of SELECT. Before: batch (id), line (order_id, territory_id, amount), standing.
summed as materialized (
    select l.territory_id, s.is_earned, count(*) filter (where l.amount <> 0) as lines,
        sum(l.amount) as amount
    from line l
    join standing s using (order_id)
    group by l.territory_id, s.is_earned
),
by_agent as materialized (
    select t.agent_id, s.is_earned, sum(s.amount) as amount
    from summed s
    join agents_territory t on t.id = s.territory_id
    group by t.agent_id, s.is_earned
    having sum(s.amount) <> 0
),
header as (
    insert into bonus_batch (id, kind, orders, lines, amount, retained)
    select b.id, %(kind)s, (select count(*) from worked),
        coalesce(sum(lines), 0), coalesce(sum(amount) filter (where territory_id is not null), 0),
        coalesce(sum(amount) filter (where territory_id is null), 0)
    from batch b
    left join summed s on true
    group by b.id
    returning id, orders, lines, amount, retained
)
select h.id, h.orders, h.lines, h.amount, h.retained,
    coalesce((
        select jsonb_object_agg(agent_id, amount::text) from by_agent where not is_earned
    ), '{}') as accrued,
    coalesce((
        select jsonb_object_agg(agent_id, amount::text) from by_agent where is_earned
    ), '{}') as payable
from header h
