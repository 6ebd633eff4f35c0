-- What is the agents' now: completed, after-sales over, nothing in dispute. %(now)s: this moment;
-- %(after_sales)s: the after-sales time; %(ranges)s: at most so many ranges. Run it alone.
with
looked_at as materialized (
    select id, orders from bonus_waiting_earnings
    where look_at <= %(now)s
    order by look_at, id limit %(ranges)s
    for update skip locked
),
open as materialized (
    select w.id as waiting_id, o.id as order_id, o.paid_on, o.completed_at + %(after_sales)s as earned_at,
        exists (select from orders_refund r where r.order_id = o.id and r.status = 'requested')
            or exists (select from orders_changedorder c where c.order_id = o.id) as is_disputed
    from looked_at w
    join orders_order o on o.id >= lower(w.orders) and o.id < upper(w.orders)
    where o.status = 'completed' and o.completed_at is not null
        and exists (select from bonus_line l where l.order_id = o.id and l.turn = 0)
        and not exists (select from bonus_earning e where e.order_id = o.id)
),
worked as materialized (
    select distinct order_id, paid_on, earned_at from open where earned_at <= %(now)s and not is_disputed
),
batch as materialized (select nextval('bonus_batch_id_seq') as id where exists (select from worked)),
earning as (
    insert into bonus_earning (order_id, batch_id, earned_on)
    select order_id, (select id from batch), (earned_at at time zone 'Asia/Shanghai')::date from worked
),

-- A range is looked at again when the next of its orders may be earned; disputes wake it themselves.
next_look as materialized (
    select w.id, min(o.earned_at) filter (where o.earned_at > %(now)s) as look_at
    from looked_at w
    left join open o on o.waiting_id = w.id
    group by w.id
),
later as (
    update bonus_waiting_earnings w set look_at = n.look_at
    from next_look n
    where n.id = w.id and n.look_at is not null
),
done as (
    delete from bonus_waiting_earnings w using next_look n where n.id = w.id and n.look_at is null
),
dirty as (insert into bonus_dirty_day (day) select distinct paid_on from worked),
summed as materialized (
    select l.territory_id, count(*) as lines, sum(l.amount) as amount
    from worked w
    join bonus_line l on l.order_id = w.order_id
    group by l.territory_id
),
header as (
    insert into bonus_batch (id, kind, orders, lines, amount, retained)
    select b.id, 'earning', (select count(*) from worked), 0,
        coalesce(sum(amount) filter (where territory_id is not null), 0), 0
    from batch b
    left join summed s on true
    group by b.id
    returning id, orders, lines, amount, retained
)
select (select count(*) from looked_at) as looked_at, h.id, h.orders, h.lines, h.amount, h.retained,
    coalesce((
        select jsonb_object_agg(agent_id, amount::text)
        from (
            select t.agent_id, sum(s.amount) as amount
            from summed s
            join agents_territory t on t.id = s.territory_id
            group by t.agent_id
        ) a
        where amount <> 0), '{{}}') as accrued
from (select 1) one
left join header h on true
