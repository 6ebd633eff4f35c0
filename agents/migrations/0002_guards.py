from django.db import migrations

# btree_gist may be missing, so scalars take part in the exclusion as ranges of one.
EXCLUSION = """
alter table agents_territory add constraint one_holder_of_region_and_tier_on_any_day
exclude using gist (
    int8range(region_id, region_id, '[]') with &&,
    int4range(tier, tier, '[]') with &&,
    daterange(starts_on, ends_on) with &&
);
"""

# What earned stays as it was: of a territory only its end, and its consent, may still change.
ONLY_ITS_END_CHANGES = """
create function territory_keeps_what_it_is() returns trigger language plpgsql as $$
begin
    if (new.id, new.region_id, new.tier, new.agent_id, new.starts_on)
       is distinct from (old.id, old.region_id, old.tier, old.agent_id, old.starts_on) then
        raise exception 'territory %: only its end and its consent may change', old.id
            using errcode = '23514', constraint = 'territory_keeps_what_it_is';
    end if;
    return new;
end $$;
create trigger territory_keeps_what_it_is before update on agents_territory
    for each row execute function territory_keeps_what_it_is();
"""


class Migration(migrations.Migration):
    dependencies = [("agents", "0001_initial")]

    operations = [
        migrations.RunSQL(
            EXCLUSION,
            "alter table agents_territory drop constraint one_holder_of_region_and_tier_on_any_day",
        ),
        migrations.RunSQL(
            ONLY_ITS_END_CHANGES,
            "drop function territory_keeps_what_it_is() cascade",
        ),
    ]
