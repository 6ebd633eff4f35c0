-- The sums of days of payment by region of the second level (%(days)s: the days), from the orders
-- and their lines. An order and all its lines count on the day it was paid as it stands now; a line
-- counts in the region it was posted for, so a corrected order leaves nothing behind in the old one.
insert into bonus_day_sum (day, region_id, orders, goods_amount, refunded, awarded, clawed_back,
    earned, retained)
with recursive
second_level (id, second_id, depth) as (
    select id, id, 0 from regions_region where parent_id is null
    union all
    select r.id, case when s.depth < 2 then r.id else s.second_id end, s.depth + 1
    from second_level s
    join regions_region r on r.parent_id = s.id
),
paid as materialized (
    select o.id, o.paid_on, o.region_id, o.goods_amount,
        o.buyer_kind = 'consumer' and o.status <> 'cancelled' as earns
    from orders_order o
    where o.paid_on = any (%(days)s)
),
part as (
    select p.paid_on, coalesce(l.region_id, p.region_id) as region_id, 1 as orders, p.goods_amount,
        coalesce(t.goods_refunded, 0) as refunded,
        0 as awarded, 0 as clawed_back, 0 as earned, 0 as retained
    from paid p
    left join lateral (
        select goods_refunded, ladder_turn from bonus_turn
        where order_id = p.id order by turn desc limit 1
    ) t on true
    left join lateral (
        select region_id from bonus_line
        where order_id = p.id and turn = coalesce(t.ladder_turn, 0) limit 1
    ) l on true
    where p.earns
    union all
    select p.paid_on, l.region_id, 0, 0, 0,
        case when l.territory_id is not null and t.refund_id is null then l.amount else 0 end,
        case when l.territory_id is not null and t.refund_id is not null then l.amount else 0 end,
        case when l.territory_id is not null and e.order_id is not null then l.amount else 0 end,
        case when l.territory_id is null then l.amount else 0 end
    from paid p
    join bonus_line l on l.order_id = p.id
    left join bonus_turn t on t.order_id = l.order_id and t.turn = l.turn
    left join bonus_earning e on e.order_id = p.id
)
select p.paid_on, s.second_id, sum(orders), sum(goods_amount), sum(refunded), sum(awarded),
    sum(clawed_back), sum(earned), sum(retained)
from part p
join second_level s on s.id = p.region_id
group by p.paid_on, s.second_id
