-- Who earns of an order, from the map as it was on the day it was paid. A piece of WITH that award
-- and correction share; `rules.py` says the same in plain Python, one order at a time.
--
-- The idea: what a place earns depends on the territories seen from there on that day, not on the
-- order. A million orders come from some 38,000 regions, and those see some 6,000 different sets of
-- territories, which change a few times a year. So the map is read once per batch: region -> what
-- it sees -> spans of days in which nothing changes -> each holder's share. An order then looks up
-- its region and day and multiplies. Nothing about the map is stored on the order but its region.
--
-- Before: due (order_id, version, paid_on, base, region_id (null: pickup point not known),
--              candidates (null: everything below the region), is_decided)
-- After:  placed (order_id, version, paid_on, base, region_id, ladder, why (null: not refused))
--         share (ladder, plan_id, place, territory_id, above, upto, rate)

window_of as materialized (select min(paid_on) as first_on, max(paid_on) as last_on from due),
sold as materialized (
    select t.id, t.region_id, t.tier, t.starts_on, coalesce(t.ends_on, 'infinity') as ends_on
    from agents_territory t
    join window_of on t.starts_on <= last_on and (t.ends_on is null or t.ends_on > first_on)
),
asked as materialized (select distinct region_id from due where region_id is not null),

-- From each region upward: the territories seen, the nearest first within each tier.
upward (region_id, above_id, steps) as (
    select region_id, region_id, 0 from asked
    union all
    select u.region_id, r.parent_id, u.steps + 1
    from upward u
    join regions_region r on r.id = u.above_id
    where r.parent_id is not null
),
sight as materialized (
    select u.region_id,
        coalesce(array_agg(t.id order by t.tier, u.steps, t.id) filter (where t.id is not null), '{}')
            as seen
    from upward u
    left join sold t on t.region_id = u.above_id
    group by u.region_id
),

-- Regions that see the same territories share everything from here on.
seen_set as materialized (select distinct seen from sight),
view as materialized (
    select v.seen, n.nearness, t.id as territory_id, t.tier, t.starts_on, t.ends_on
    from seen_set v
    cross join lateral unnest(v.seen) with ordinality as n (territory_id, nearness)
    join sold t on t.id = n.territory_id
),
plan as materialized (
    select id, mode, cap, pickup_counts_at_point, starts_on,
        coalesce(ends_on, 'infinity') as ends_on,
        array[county_rate, city_rate, province_rate] as rates
    from bonuses_plan
    where approved_at is not null
),
span as materialized (  -- days between two changes of a holder or of the plan: each is one ladder
    select row_number() over () as ladder, seen, day as starts_on,
        lead(day, 1, 'infinity') over (partition by seen order by day) as ends_on
    from (
        select seen, date '-infinity' as day from seen_set
        union select seen, starts_on from view
        union select seen, ends_on from view where ends_on < 'infinity'
        union select seen, p.starts_on from seen_set cross join plan p
        union select seen, p.ends_on from seen_set cross join plan p where p.ends_on < 'infinity'
    ) change
),
span_in_window as materialized (
    select s.ladder, s.seen, s.starts_on, s.ends_on, p.id as plan_id, p.mode, p.cap, p.rates
    from span s
    join window_of on s.starts_on <= last_on and s.ends_on > first_on
    left join plan p on p.starts_on <= s.starts_on and s.starts_on < p.ends_on
),
held as (  -- who holds each tier: the nearest wins, so a carved-out town goes before its county
    select distinct on (s.ladder, v.tier)
        s.ladder, s.plan_id, s.mode, s.cap, s.rates, v.tier, v.territory_id
    from span_in_window s
    join view v on v.seen = s.seen and v.starts_on <= s.starts_on and s.starts_on < v.ends_on
    where s.plan_id is not null
    order by s.ladder, v.tier, v.nearness
),
rung as (  -- up to which cumulative rate each place gets; head office stands on top
    select ladder, plan_id, tier as place, territory_id,
        least(cap, case mode when 'additive' then sum(rates[tier + 1]) over up
                             else max(rates[tier + 1]) over up end) as upto
    from held
    window up as (partition by ladder order by tier)
    union all
    select ladder, plan_id, 3, null,
        least(cap, case mode when 'additive' then rates[1] + rates[2] + rates[3]
                             else greatest(rates[1], rates[2], rates[3]) end)
    from span_in_window
    where plan_id is not null
),
share as materialized (
    select ladder, plan_id, place::smallint as place, territory_id,
        above::numeric(7, 6) as above, upto::numeric(7, 6) as upto,
        (upto - above)::numeric(7, 6) as rate
    from (
        select *, coalesce(lag(upto) over (partition by ladder order by place), 0) as above
        from rung
    ) r
    where upto > above
),

-- A division that ended while it was held: the divisions that took over, until it is moved.
heir (territory_id, region_id, since, until) as (
    select t.id, t.region_id, t.starts_on, r.valid_to
    from sold t
    join regions_region r on r.id = t.region_id and r.valid_to is not null
    union
    select h.territory_id, s.successor_id, greatest(h.since, h.until), r.valid_to
    from heir h
    join regions_succession s on s.region_id = h.region_id
    join regions_region r on r.id = s.successor_id
    where h.until is not null
),
stand_in as materialized (
    select h.region_id, daterange(h.since, least(h.until, nullif(t.ends_on, 'infinity'))) as days
    from heir h
    join sold t on t.id = h.territory_id
    where h.region_id <> t.region_id
        and h.since < coalesce(least(h.until, nullif(t.ends_on, 'infinity')), 'infinity')
),
stale as materialized (  -- the days on which a territory seen from here is still to be moved
    select u.region_id, range_agg(s.days) as days
    from stand_in s
    join upward u on u.above_id = s.region_id
    group by u.region_id
),

-- Where it is not certain enough: the days on which territory is sold at or below a region.
sold_at as materialized (
    select region_id, daterange(starts_on, nullif(ends_on, 'infinity')) as days from sold
    union all
    select region_id, days from stand_in
),
below (region_id, days) as (
    select r.parent_id, s.days
    from sold_at s
    join regions_region r on r.id = s.region_id
    where r.parent_id is not null
    union all
    select r.parent_id, b.days
    from below b
    join regions_region r on r.id = b.region_id
    where r.parent_id is not null
),
unclear as materialized (
    select region_id, range_agg(days) as days from below join asked using (region_id) group by region_id
),
in_question as materialized (
    select distinct candidate as region_id from due cross join lateral unnest(due.candidates) candidate
),
doubted as materialized (
    select region_id, range_agg(days) as days
    from (select region_id, days from sold_at union all select region_id, days from below) s
    join in_question using (region_id)
    group by region_id
),

place_of as materialized (
    select s.region_id, p.starts_on, p.ends_on, p.ladder, p.plan_id is not null as has_plan,
        u.days as unclear_on, e.days as stale_on
    from sight s
    join span_in_window p on p.seen = s.seen
    left join unclear u on u.region_id = s.region_id
    left join stale e on e.region_id = s.region_id
),
placed as materialized (
    select d.order_id, d.version, d.paid_on, d.base, d.region_id, p.ladder,
        case
            when d.region_id is null then 'unknown_point'
            when d.paid_on <@ p.stale_on then 'region_ended'
            when not d.is_decided and d.candidates is null and d.paid_on <@ p.unclear_on
                then 'unresolved'
            when not d.is_decided and d.candidates is not null and exists (
                select from doubted q
                where q.region_id = any (d.candidates) and d.paid_on <@ q.days) then 'unresolved'
            when not p.has_plan then 'no_plan'
        end as why
    from due d
    left join place_of p
        on p.region_id = d.region_id and p.starts_on <= d.paid_on and d.paid_on < p.ends_on
)
