from django.db import migrations

APPEND_ONLY = """
create function history_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% on %: what happened is never changed or deleted', tg_op, tg_table_name
        using errcode = '23514', constraint = 'history_is_append_only';
end $$;
create trigger stays before update or delete on history_event
    for each row execute function history_refuse_change();
create trigger stays_whole before truncate on history_event
    for each statement execute function history_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("history", "0002_initial")]

    operations = [
        migrations.RunSQL(APPEND_ONLY, "drop function history_refuse_change() cascade"),
    ]
