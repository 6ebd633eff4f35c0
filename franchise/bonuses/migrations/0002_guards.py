from django.db import migrations

ONE_PLAN = """
alter table bonuses_plan add constraint one_plan_on_any_day
exclude using gist (daterange(starts_on, ends_on) with &&) where (approved_at is not null);
"""

# An approved plan pays: of it only its end may still change.
PLAN_STAYS = """
create function plan_keeps_what_it_is() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if old.approved_at is not null then
            raise exception 'plan %: an approved plan is never deleted', old.id
                using errcode = '23514', constraint = 'plan_keeps_what_it_is';
        end if;
        return old;
    end if;
    if old.approved_at is not null
       and (new.id, new.mode, new.county_rate, new.city_rate, new.province_rate, new.cap,
            new.pickup_counts_at_point, new.starts_on, new.approved_at)
       is distinct from
           (old.id, old.mode, old.county_rate, old.city_rate, old.province_rate, old.cap,
            old.pickup_counts_at_point, old.starts_on, old.approved_at) then
        raise exception 'plan %: of an approved plan only its end may change', old.id
            using errcode = '23514', constraint = 'plan_keeps_what_it_is';
    end if;
    return new;
end $$;
create trigger plan_keeps_what_it_is before update or delete on bonuses_plan
    for each row execute function plan_keeps_what_it_is();
"""

LINES_STAY = """
create function bonus_lines_stay() returns trigger language plpgsql as $$
begin
    raise exception '% on %: what was posted is never changed or deleted', tg_op, tg_table_name
        using errcode = '23514', constraint = 'bonus_lines_stay';
end $$;
create trigger bonus_lines_stay before update or delete on bonus_line
    for each row execute function bonus_lines_stay();
create trigger bonus_lines_stay_all before truncate on bonus_line
    for each statement execute function bonus_lines_stay();
create trigger bonus_turns_stay before update or delete on bonus_turn
    for each row execute function bonus_lines_stay();
create trigger bonus_turns_stay_all before truncate on bonus_turn
    for each statement execute function bonus_lines_stay();
create trigger bonus_batches_stay before update or delete on bonus_batch
    for each row execute function bonus_lines_stay();
create trigger bonus_batches_stay_all before truncate on bonus_batch
    for each statement execute function bonus_lines_stay();
create trigger bonus_earnings_stay before update or delete on bonus_earning
    for each row execute function bonus_lines_stay();
create trigger bonus_earnings_stay_all before truncate on bonus_earning
    for each statement execute function bonus_lines_stay();
"""

# Checked once for all lines of a statement: a foreign key would look each of millions up by itself.
# EXECUTE, because a plan kept from a statement of three lines is a bad one for three million; the
# least stray, because asked for any one the planner looks up line by line, hoping to find it soon.
LINES_ARE_OF_CONSUMERS = """
create function bonus_lines_are_of_consumers() returns trigger language plpgsql as $$
declare stray bigint;
begin
    execute $check$
        select min(n.order_id)
        from new_lines n
        left join orders_order o
            on o.id = n.order_id and o.version = n.version and o.buyer_kind = 'consumer'
        where o.id is null
            and not exists (
                select from orders_orderversion v
                where v.order_id = n.order_id and v.number = n.version
                    and v.buyer_kind = 'consumer')
    $check$ into stray;
    if stray is not null then
        raise exception 'order %: a bonus line needs a version of an order bought by a consumer', stray
            using errcode = '23514', constraint = 'bonus_lines_are_of_consumers';
    end if;
    return null;
end $$;
create trigger bonus_lines_are_of_consumers after insert on bonus_line
    referencing new table as new_lines
    for each statement execute function bonus_lines_are_of_consumers();
"""

# Lines name their territory and plan without a foreign key; so the named refuse to go.
NAMED_BY_LINES = """
create function territory_with_lines_stays() returns trigger language plpgsql as $$
begin
    if exists (select from bonus_line l where l.territory_id = old.id) then
        raise exception 'territory %: it has earned, so it stays', old.id
            using errcode = '23503', constraint = 'territory_with_lines_stays';
    end if;
    return old;
end $$;
create trigger territory_with_lines_stays before delete on agents_territory
    for each row execute function territory_with_lines_stays();
create trigger territories_are_never_truncated before truncate on agents_territory
    for each statement execute function bonus_lines_stay();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("bonuses", "0001_initial"),
        ("agents", "0002_guards"),
        ("orders", "0002_guards"),
    ]

    operations = [
        migrations.RunSQL(
            ONE_PLAN, "alter table bonuses_plan drop constraint one_plan_on_any_day"
        ),
        migrations.RunSQL(PLAN_STAYS, "drop function plan_keeps_what_it_is() cascade"),
        migrations.RunSQL(LINES_STAY, "drop function bonus_lines_stay() cascade"),
        migrations.RunSQL(
            LINES_ARE_OF_CONSUMERS, "drop function bonus_lines_are_of_consumers() cascade"
        ),
        migrations.RunSQL(
            NAMED_BY_LINES, "drop function territory_with_lines_stays() cascade;"
            "drop trigger if exists territories_are_never_truncated on agents_territory",
        ),
    ]
