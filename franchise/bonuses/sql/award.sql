-- Award what waits. One statement, so one snapshot of the map for the whole batch, and all or
-- nothing. %(ranges)s: at most so many waiting ranges. Any number of connections may run it at once;
-- each takes orders that no other has.
with recursive
taken as materialized (
    delete from orders_waitingorders
    where id = any (array(  -- an array: joined to the subquery, more than the limit may go
        select id from orders_waitingorders order by id limit %(ranges)s for update skip locked))
    returning orders
),
due as materialized (
    select c.* from taken
    join lateral (
{counted}
    ) c on c.order_id >= lower(taken.orders) and c.order_id < upper(taken.orders)
    where c.earns
),
{ladders},
batch as materialized (select nextval('bonus_batch_id_seq') as id where exists (select from taken)),
line as (
    insert into bonus_line (order_id, batch_id, territory_id, plan_id, region_id, paid_on, version,
        turn, place, upto, rate, base, amount)
    select d.order_id, (select id from batch), s.territory_id, s.plan_id, d.region_id, d.paid_on,
        d.version, 0, s.place, s.upto, s.rate, d.base,
        case when s.above = 0 then round(d.base * s.upto, 2)
             else round(d.base * s.upto, 2) - round(d.base * s.above, 2) end
    from placed d
    join share s on s.ladder = d.ladder
    where d.why is null
),

-- Never dropped: what could not be awarded waits for a person or a plan.
refused as (
    insert into bonus_refusal (order_id, why, region_id, paid_on)
    select order_id, why, region_id, paid_on from placed where why is not null
    on conflict (order_id) do update
        set why = excluded.why, region_id = excluded.region_id, paid_on = excluded.paid_on
),
settled as (
    delete from bonus_refusal r
    using placed p
    where p.order_id = r.order_id and p.why is null
),
unparked as (  -- refunds that came before
    update orders_waitingrefund w set is_parked = false
    from placed p
    where w.order_id = p.order_id and w.is_parked and p.why is null
),
to_earn as (insert into bonus_waiting_earnings (orders) select orders from taken),
dirty as (insert into bonus_dirty_day (day) select distinct paid_on from placed)
select b.id, (select count(*) from placed where why is null) as orders,
    (select array_agg(lower(orders) order by orders) from taken) as starts,
    (select array_agg(upper(orders) order by orders) from taken) as ends
from batch b
