from django.db import migrations

# As in 0003, and what else ISO 8601 allows: an offset of hours alone, the basic form, small letters.
# Digits after the microseconds are dropped: rounding would carry the last instant over midnight.
IMPORT_MOMENT = r"""
create or replace function import_moment(told text) returns timestamptz
language plpgsql stable as $$
declare
    cleaned text := btrim(upper(import_text(told)));
    parts text[];
begin
    parts := regexp_match(cleaned,
        '^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?'
        '(?:[\sT]*(\d{1,2})[:：时](\d{1,2})(?:[:：分](\d{1,2}(?:\.\d{1,9})?)?秒?)?分?)?'
        '\s*(Z|[+-]\d{2}(?::?\d{2})?)?$');
    if parts is null then
        parts := regexp_match(cleaned,
            '^(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2}))?(Z|[+-]\d{2}(?::?\d{2})?)?$');
    end if;
    if parts is null or coalesce(parts[4], '0')::int > 23
        or (parts[4] is null and parts[7] ~ '^[+-]\d{2}$') then
        return null;
    end if;
    return format('%s-%s-%s %s:%s:%s %s', parts[1], parts[2], parts[3], coalesce(parts[4], '0'),
        coalesce(parts[5], '0'),
        coalesce(regexp_replace(parts[6], '(\.\d{6})\d+$', '\1'), '0'),
        coalesce(nullif(parts[7], ''), 'Asia/Shanghai'))::timestamptz;
exception when data_exception then
    return null;
end $$;
"""
FORMER = r"""
create or replace function import_moment(told text) returns timestamptz
language plpgsql stable as $$
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


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_open_corrections")]

    operations = [migrations.RunSQL(IMPORT_MOMENT, FORMER)]
