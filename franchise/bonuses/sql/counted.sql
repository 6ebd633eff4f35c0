-- The region an order counts in: as a person decided, else at its pickup point where the plan of its
-- day says so, else where it was delivered. A piece of SELECT; null where the point is not known.
    select o.id as order_id, o.version, o.paid_on, o.goods_amount as base, o.is_decided,
        case when at_point then p.region_id else o.region_id end as region_id,
        case when at_point then null else o.candidates end as candidates,
        o.buyer_kind = 'consumer' and o.status <> 'cancelled' as earns
    from (
        select o.*,
            o.pickup_point <> '' and not o.is_decided and coalesce((
                select pickup_counts_at_point
                from bonuses_plan
                where approved_at is not null and starts_on <= o.paid_on
                    and (ends_on is null or o.paid_on < ends_on)), true) as at_point
        from orders_order o
    ) o
    left join inventory_pickuppoint p on p.code = o.pickup_point and o.pickup_point <> ''
