import django.db.models.functions.datetime
from django.db import migrations, models

# What an import casts with: null where it cannot, never an error, so that one bad cell is one bad
# row. `'` and `="…"` are how exports keep a spreadsheet from reading text as a number.
CASTS = r"""
create function import_text(told text) returns text language sql immutable parallel safe as $$
    select btrim(coalesce(
        substring(told from '^\s*="(.*)"\s*$'), substring(told from '^\s*''(.*)$'), told))
$$;

create function import_amount(told text) returns numeric language sql immutable parallel safe as $$
    select case
        when plain ~ '^[+-]?[0-9]{1,18}(\.[0-9]{0,12})?$' then plain::numeric
        when plain ~ '^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]{0,12})?$'
            then replace(plain, ',', '')::numeric
    end
    from (select regexp_replace(
            translate(import_text(told), '０１２３４５６７８９．，－−', '0123456789.,--'),
            '^([+-]?)\s*(?:[¥￥]|CNY|RMB)?\s*([+-]?)(.*?)\s*元?$', '\1\2\3') as plain) cleaned
$$;

create function import_moment(told text) returns timestamptz language plpgsql stable as $$
declare
    cleaned text := btrim(import_text(told));
    parts text[];
begin
    parts := regexp_match(cleaned,
        '^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?'
        '(?:[\sT]*(\d{1,2})[:：时](\d{1,2})(?:[:：分](\d{1,2}(?:\.\d{1,9})?)?秒?)?分?)?'
        '\s*(Z|[+-]\d{2}:?\d{2})?$');
    if parts is null then
        parts := regexp_match(cleaned, '^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2}))?()$');
    end if;
    if parts is null or coalesce(parts[4], '0')::int > 23 then
        return null;
    end if;
    return format('%s-%s-%s %s:%s:%s %s', parts[1], parts[2], parts[3], coalesce(parts[4], '0'),
        coalesce(parts[5], '0'), coalesce(parts[6], '0'),
        coalesce(nullif(parts[7], ''), 'Asia/Shanghai'))::timestamptz;
exception when data_exception then
    return null;
end $$;
"""

# What was paid back stays: a further refund has a number of its own.
REFUNDS_STAY = """
create function completed_refund_stays() returns trigger language plpgsql as $$
begin
    if (new.id, new.shop_id, new.refund_no, new.order_no)
       is distinct from (old.id, old.shop_id, old.refund_no, old.order_no)
       or (old.order_id is not null and new.order_id is distinct from old.order_id)
       or (old.status = 'completed'
           and (new.status, new.amount, new.freight_amount, new.refunded_at)
               is distinct from (old.status, old.amount, old.freight_amount, old.refunded_at)) then
        raise exception 'refund %: its number and order stay, and once completed its amount', old.id
            using errcode = '23514', constraint = 'completed_refund_stays';
    end if;
    return new;
end $$;
create trigger completed_refund_stays before update on orders_refund
    for each row execute function completed_refund_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_guards")]

    operations = [
        migrations.RunSQL(
            CASTS,
            "drop function import_moment(text); drop function import_amount(text); "
            "drop function import_text(text)",
        ),
        migrations.RunSQL(REFUNDS_STAY, "drop function completed_refund_stays() cascade"),
        # Two imports at once draw ids in blocks, so that their waiting ranges stay few.
        migrations.RunSQL(
            "alter sequence orders_order_id_seq cache 1000",
            "alter sequence orders_order_id_seq cache 1",
        ),
        migrations.AddField(
            "order",
            "buyer_kind_from",
            models.CharField(
                choices=[
                    ("shop", "told by the shop"),
                    ("phone", "the phone is an agent's"),
                    ("decision", "decided by a person"),
                ],
                db_default="shop",
                default="shop",
                max_length=8,
                verbose_name="kind of buyer from",
            ),
        ),
        migrations.AlterField(
            "orderversion",
            "ended_at",
            models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.AlterField(
            "oldversion",
            "at",
            models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
    ]
