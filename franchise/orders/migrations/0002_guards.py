from django.db import migrations

WAIT_ONCE = """
alter table orders_waitingorders
    add constraint waiting_orders_are_a_range check (
        not isempty(orders) and not lower_inf(orders) and not upper_inf(orders)),
    add constraint orders_wait_once exclude using gist (orders with &&);
"""

# The same order with other content is a new version; the former one is kept.
VERSIONS_ARE_KEPT = """
create function order_keeps_its_versions() returns trigger language plpgsql as $$
begin
    if (new.id, new.shop_id, new.order_no) is distinct from (old.id, old.shop_id, old.order_no) then
        raise exception 'order %: its shop and number never change', old.id
            using errcode = '23514', constraint = 'order_keeps_its_versions';
    end if;
    if (new.goods_amount, new.freight, new.paid_at, new.paid_on, new.buyer_kind, new.status,
        new.completed_at, new.pickup_point, new.content, new.version)
       is distinct from
       (old.goods_amount, old.freight, old.paid_at, old.paid_on, old.buyer_kind, old.status,
        old.completed_at, old.pickup_point, old.content, old.version)
       and (new.version <> old.version + 1 or not exists (
            select from orders_orderversion v
            where v.order_id = old.id and v.number = old.version
                and v.buyer_kind = old.buyer_kind)) then
        raise exception 'order %: other content is a new version, and version % must be kept',
            old.id, old.version
            using errcode = '23514', constraint = 'order_keeps_its_versions';
    end if;
    return new;
end $$;
create trigger order_keeps_its_versions before update on orders_order
    for each row execute function order_keeps_its_versions();
"""

NOTHING_IS_DROPPED = """
create function orders_are_never_dropped() returns trigger language plpgsql as $$
begin
    raise exception '% on %: orders, refunds and their versions are never dropped or rewritten',
        tg_op, tg_table_name
        using errcode = '23514', constraint = 'orders_are_never_dropped';
end $$;
create trigger orders_are_never_dropped before delete on orders_order
    for each row execute function orders_are_never_dropped();
create trigger orders_are_never_truncated before truncate on orders_order
    for each statement execute function orders_are_never_dropped();
create trigger refunds_are_never_dropped before delete on orders_refund
    for each row execute function orders_are_never_dropped();
create trigger refunds_are_never_truncated before truncate on orders_refund
    for each statement execute function orders_are_never_dropped();
create trigger versions_are_never_rewritten before update or delete on orders_orderversion
    for each row execute function orders_are_never_dropped();
create trigger versions_are_never_truncated before truncate on orders_orderversion
    for each statement execute function orders_are_never_dropped();
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]

    operations = [
        migrations.RunSQL(
            WAIT_ONCE,
            "alter table orders_waitingorders drop constraint orders_wait_once, "
            "drop constraint waiting_orders_are_a_range",
        ),
        migrations.RunSQL(
            VERSIONS_ARE_KEPT, "drop function order_keeps_its_versions() cascade"
        ),
        migrations.RunSQL(
            NOTHING_IS_DROPPED, "drop function orders_are_never_dropped() cascade"
        ),
    ]
