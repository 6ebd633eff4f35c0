-- How awarded orders stand: their last turn, the ladder in force and what is refunded so far.
-- A piece of WITH. Before: awarded (order_id). After: standing.
standing as materialized (
    select a.order_id,
        coalesce(t.turn, 0) as turn,
        case when t.order_id is null then 0 else t.ladder_turn end as ladder_turn,
        coalesce(t.goods_amount, l.base) as goods,
        coalesce(t.goods_refunded, 0) as goods_refunded,
        coalesce(t.freight_refunded, 0) as freight_refunded,
        coalesce(n.corrections, 0) as corrections,
        exists (select from bonus_earning e where e.order_id = a.order_id) as is_earned
    from awarded a
    cross join lateral (
        select base from bonus_line where order_id = a.order_id and turn = 0 limit 1
    ) l
    left join lateral (
        select * from bonus_turn where order_id = a.order_id order by turn desc limit 1
    ) t on true
    left join lateral (
        select max(correction) as corrections from bonus_turn where order_id = a.order_id
    ) n on true
)
