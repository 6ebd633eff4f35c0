-- Take back what refunds cost. %(refunds)s: their ids; of each order only the first in time, so call
-- again while some are left. What the base left earns on the order's own ladder, less what it earned
-- before. Run it alone: two refunds of one order must see each other.
with
asked as materialized (
    select distinct on (r.order_id) r.id as refund_id, r.order_id, r.amount,
        coalesce(r.freight_amount, 0) as freight_given
    from orders_refund r
    where r.id = any (%(refunds)s)
    order by r.order_id, r.refunded_at, r.refund_no collate "C"
),
awarded as materialized (
    select order_id from asked a
    where exists (select from bonus_line l where l.order_id = a.order_id and l.turn = 0)
),
{standing},

-- The freight the shop named comes off first; then goods, then freight; the rest is over.
named as materialized (
    select a.*, s.turn, s.ladder_turn, s.goods_refunded, s.freight_refunded, s.is_earned,
        case when s.ladder_turn is null then o.goods_amount else s.goods end as goods,
        greatest(o.freight - s.freight_refunded, 0) as freight_left,
        least(a.freight_given, greatest(o.freight - s.freight_refunded, 0)) as freight_named,
        o.paid_on
    from asked a
    join standing s using (order_id)
    join orders_order o on o.id = a.order_id
),
goods_part as materialized (
    select *, least(amount - freight_named, goods - goods_refunded) as goods_part from named
),
worked as materialized (
    select *, least(amount - goods_part, freight_left) as freight_part,
        goods - goods_refunded as base_before, goods - goods_refunded - goods_part as base_after
    from goods_part
),
batch as materialized (select nextval('bonus_batch_id_seq') as id where exists (select from worked)),
turn as (
    insert into bonus_turn (order_id, turn, cause, batch_id, refund_id, ladder_turn, goods_amount,
        goods_part, freight_part, over_part, goods_refunded, freight_refunded)
    select order_id, turn + 1, 'refund', (select id from batch), refund_id, ladder_turn, goods,
        goods_part, freight_part, amount - goods_part - freight_part,
        goods_refunded + goods_part, freight_refunded + freight_part
    from worked
),
line as (
    insert into bonus_line (order_id, batch_id, territory_id, plan_id, region_id, paid_on, version,
        turn, place, upto, rate, base, amount)
    select w.order_id, (select id from batch), l.territory_id, l.plan_id, l.region_id, l.paid_on,
        l.version, w.turn + 1, l.place, l.upto, l.rate, -w.goods_part, d.amount
    from worked w
    join bonus_line l on l.order_id = w.order_id and l.turn = w.ladder_turn
    cross join lateral (
        select round(w.base_after * l.upto, 2) - round(w.base_after * (l.upto - l.rate), 2)
            - round(w.base_before * l.upto, 2) + round(w.base_before * (l.upto - l.rate), 2)
            as amount
        offset 0  -- computed once, not again in the filter
    ) d
    where d.amount <> 0
    returning order_id, territory_id, amount
),
taken as (delete from orders_waitingrefund w using worked k where w.refund_id = k.refund_id),
parked as (
    update orders_waitingrefund w set is_parked = true
    from asked a
    where w.refund_id = a.refund_id
        and not exists (select from awarded x where x.order_id = a.order_id)
),
dirty as (insert into bonus_dirty_day (day) select distinct paid_on from worked),
{posted}
