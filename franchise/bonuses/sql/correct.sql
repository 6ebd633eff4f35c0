-- Correct awarded orders whose content, region, buyer or status changed. %(orders)s: their ids.
-- Where what counts is another than what stands, every place gives back its sum (one turn) and the
-- ladder of the order as it now is pays anew on the base that is left (the next turn). Run it alone:
-- two corrections of one order, or a correction and a refund, must see each other.
with recursive
awarded as materialized (
    select id as order_id from orders_order o
    where id = any (%(orders)s)
        and exists (select from bonus_line l where l.order_id = o.id and l.turn = 0)
),
{standing},
due as materialized (
    select c.* from (
{counted}
    ) c
    join awarded using (order_id)
    where c.earns
),
{ladders},

-- What pays now, and what is to pay, each told by its plan, region, day, territories and rates.
old_ladder as materialized (
    select s.order_id, min(l.plan_id) as plan_id, min(l.region_id) as region_id,
        min(l.paid_on) as paid_on, array_agg(row(l.place, l.territory_id, l.upto, l.rate)::text order by l.place) as rungs
    from standing s
    join bonus_line l on l.order_id = s.order_id and l.turn = s.ladder_turn
    group by s.order_id
),
new_ladder as materialized (
    select p.order_id, min(h.plan_id) as plan_id, min(p.region_id) as region_id,
        min(p.paid_on) as paid_on, array_agg(row(h.place, h.territory_id, h.upto, h.rate)::text order by h.place) as rungs
    from placed p
    join share h on h.ladder = p.ladder
    where p.why is null
    group by p.order_id
),
worked as materialized (
    select s.order_id, s.turn, s.ladder_turn, s.goods as goods_before, o.goods_amount as goods,
        s.goods_refunded, s.freight_refunded, s.corrections + 1 as correction,
        was.order_id is not null as takes_back, now.order_id is not null as pays_anew
    from standing s
    join orders_order o on o.id = s.order_id
    left join old_ladder was on was.order_id = s.order_id
    left join new_ladder now on now.order_id = s.order_id
    where not (was.order_id is null and now.order_id is null)
        and (was.plan_id, was.region_id, was.paid_on, was.rungs, s.goods)
        is distinct from (now.plan_id, now.region_id, now.paid_on, now.rungs, o.goods_amount)
),
batch as materialized (select nextval('bonus_batch_id_seq') as id where exists (select from worked)),
earned_by as materialized (
    select w.order_id, l.place, sum(l.amount) as amount
    from worked w
    join bonus_line l on l.order_id = w.order_id and l.turn >= w.ladder_turn
    group by w.order_id, l.place
),
line as (
    insert into bonus_line (order_id, batch_id, territory_id, plan_id, region_id, paid_on, version,
        turn, place, upto, rate, base, amount)
    select w.order_id, (select id from batch), l.territory_id, l.plan_id, l.region_id, l.paid_on,
        l.version, w.turn + 1, l.place, l.upto, l.rate, w.goods_refunded - w.goods_before, -e.amount
    from worked w
    join earned_by e on e.order_id = w.order_id
    join bonus_line l
        on l.order_id = w.order_id and l.turn = w.ladder_turn and l.place = e.place
    where e.amount <> 0
    union all
    select w.order_id, (select id from batch), h.territory_id, h.plan_id, p.region_id, p.paid_on,
        p.version, w.turn + 1 + w.takes_back::int, h.place, h.upto, h.rate,
        w.goods - w.goods_refunded,
        round((w.goods - w.goods_refunded) * h.upto, 2)
            - round((w.goods - w.goods_refunded) * h.above, 2)
    from worked w
    join placed p on p.order_id = w.order_id
    join share h on h.ladder = p.ladder
    where w.pays_anew
    returning order_id, territory_id, amount
),
turn as (
    insert into bonus_turn (order_id, turn, cause, batch_id, correction, ladder_turn, goods_amount,
        goods_part, freight_part, over_part, goods_refunded, freight_refunded)
    select order_id, turn + 1, 'taken_back', (select id from batch), correction, null,
        goods, 0, 0, 0, goods_refunded, freight_refunded
    from worked where takes_back
    union all
    select order_id, turn + 1 + takes_back::int, 'paid_anew', (select id from batch), correction,
        turn + 1 + takes_back::int, goods, 0, 0, 0, goods_refunded, freight_refunded
    from worked where pays_anew
),
refused as (
    insert into bonus_refusal (order_id, why, region_id, paid_on)
    select order_id, why, region_id, paid_on from placed where why is not null
    on conflict (order_id) do update
        set why = excluded.why, region_id = excluded.region_id, paid_on = excluded.paid_on
),
settled as (
    delete from bonus_refusal r
    using awarded a
    where a.order_id = r.order_id
        and not exists (select from placed p where p.order_id = a.order_id and p.why is not null)
),
to_earn as (
    insert into bonus_waiting_earnings (orders) select int8range(order_id, order_id + 1) from awarded
),
dirty as (
    insert into bonus_dirty_day (day)
    select distinct paid_on from (
        select paid_on from old_ladder join worked using (order_id)
        union all select o.paid_on from orders_order o join awarded a on a.order_id = o.id
    ) d
),
{posted}
