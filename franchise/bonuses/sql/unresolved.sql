-- How many orders wait for a person: what award would refuse for its region. %(starts)s, %(ends)s:
-- ranges of order ids.
with recursive
due as materialized (
    select c.* from unnest(%(starts)s::bigint[], %(ends)s::bigint[]) as range (low, high)
    join lateral (
{counted}
    ) c on c.order_id >= range.low and c.order_id < range.high
    where c.earns
),
{ladders}
select count(*) from placed where why in ('unknown_point', 'region_ended', 'unresolved')
