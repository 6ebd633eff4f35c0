from django.db import migrations, models

# Bonus lines, statements and evidence name regions by id without a foreign key.
REGIONS_STAY = """
create function regions_stay() returns trigger language plpgsql as $$
begin
    raise exception '% on %: a region is retired, never deleted: others name it', tg_op, tg_table_name
        using errcode = '23514', constraint = 'regions_stay';
end $$;
create trigger regions_stay before delete on regions_region
    for each row execute function regions_stay();
create trigger regions_stay_all before truncate on regions_region
    for each statement execute function regions_stay();

create function region_keeps_what_it_is() returns trigger language plpgsql as $$
begin
    raise exception 'region %: its code, kind and first day never change', old.id
        using errcode = '23514', constraint = 'region_keeps_what_it_is';
end $$;
create trigger region_keeps_what_it_is before update on regions_region
    for each row
    when ((new.id, new.code, new.kind, new.valid_from)
        is distinct from (old.id, old.code, old.kind, old.valid_from))
    execute function region_keeps_what_it_is();
"""

# Whoever keeps the tree in memory compares this one number. A sequence alone would move before the
# change is committed; the row moves with it.
REVISION = """
create sequence regions_revision_number;
create function regions_have_changed() returns trigger language plpgsql as $$
begin
    insert into regions_revision (id, number) values (1, nextval('regions_revision_number'))
    on conflict (id) do update set number = excluded.number;
    return null;
end $$;
create trigger regions_have_changed
    after insert or update or delete on regions_region
    for each statement execute function regions_have_changed();
create trigger successions_have_changed
    after insert or update or delete on regions_succession
    for each statement execute function regions_have_changed();
create trigger aliases_have_changed
    after insert or update or delete on regions_alias
    for each statement execute function regions_have_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("regions", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Revision",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("number", models.BigIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name="region",
            name="kept_by_hand",
            field=models.BooleanField(default=False, verbose_name="kept by hand"),
        ),
        migrations.AddConstraint(
            model_name="alias",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on", None), ("ends_on__gt", models.F("starts_on")), _connector="OR"
                ),
                name="alias_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="alias",
            constraint=models.UniqueConstraint(
                models.F("code"),
                models.F("name"),
                models.F("region"),
                models.F("starts_on"),
                name="alias_is_said_once",
            ),
        ),
        migrations.RunSQL(
            REGIONS_STAY,
            "drop function regions_stay() cascade; drop function region_keeps_what_it_is() cascade",
        ),
        migrations.RunSQL(
            REVISION,
            "drop function regions_have_changed() cascade; drop sequence regions_revision_number",
        ),
    ]
