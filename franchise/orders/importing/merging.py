"""Merge the orders told with those held: new ones, new versions, and what changes nothing."""

from dataclasses import dataclass

from django.db import connection

from franchise.orders.importing.order_rows import ADDRESS_FIELDS, PHONE, TOLD
from franchise.orders.importing.placing import PLACED
from franchise.orders.models import Refund

ORDERS_A_RANGE = 50_000
CHANGED = "import_changed"


Ranges = list[tuple[int, int]]


@dataclass
class Merged:
    """What became of the orders told; `ids` are theirs, as ranges without their ends."""

    new: int
    changed: int
    unchanged: int
    old: int
    ids: Ranges


def merge_orders(shop_id: int, file_id: int) -> Merged:
    """Store what was told and placed. The caller holds the shop's lock."""
    _look_up_agents()
    added = _add_new(shop_id, file_id)
    new = sum(end - start for start, end in added)
    if new:
        _add_buyers(shop_id)
        _join_waiting_refunds(shop_id)
    _find_changed()
    old = _list_old_versions(file_id)
    changed = _change(file_id)
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {TOLD} where is_good")
        told = cursor.fetchone()[0]
        if new > ORDERS_A_RANGE:
            cursor.execute("analyze orders_order")
    return Merged(
        new=new,
        changed=changed,
        unchanged=told - new - changed - old,
        old=old,
        ids=[*added, *_held()],
    )


def _look_up_agents() -> None:
    """The phones of agents and of the people who work for them: their own orders earn nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            drop table if exists import_agent_phones;
            create temporary table import_agent_phones on commit drop as
            select distinct right(regexp_replace(phone, '[^0-9]', '', 'g'), 11) as phone
            from (
                select phone from agents_agent where phone <> ''
                union all
                select users_user.phone
                from agents_member join users_user on users_user.id = agents_member.user_id
                where agents_member.left_at is null
            ) phones
            """
        )


OWN_ORDER = (
    """told.buyer_kind = 'consumer' and told.phone in (select phone from import_agent_phones)"""
)


def _add_new(shop_id: int, file_id: int) -> Ranges:
    """Orders wait for their bonus in the transaction that brings them, as few ranges of ids."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            with added as (
                insert into orders_order (shop_id, file_id, address_id, region_id, candidates,
                    paid_at, completed_at, updated_at, paid_on, version, is_decided, content,
                    goods_amount, freight, order_no, buyer, buyer_kind, buyer_kind_from, status,
                    pickup_point)
                select %(shop)s, %(file)s, placed.address_id, placed.region_id, placed.candidates,
                    told.paid_at, told.completed_at, told.updated_at, told.paid_on, 1, false,
                    told.content, told.goods_amount, told.freight, told.order_no, told.buyer,
                    case when {OWN_ORDER} then 'agent' else told.buyer_kind end,
                    case when {OWN_ORDER} then 'phone' else 'shop' end,
                    told.status, told.pickup_point
                from {TOLD} told join {PLACED} placed using (address_key)
                where told.is_good and told.held_id is null
                returning id
            ), numbered as (
                select id, row_number() over (order by id) as number from added
            )
            insert into orders_waitingorders (orders)
            select int8range(min(id), max(id) + 1)
            from numbered group by id - number, (number - 1) / %(range)s
            returning lower(orders), upper(orders)
            """,
            {"shop": shop_id, "file": file_id, "range": ORDERS_A_RANGE},
        )
        return list(cursor.fetchall())


def _held() -> Ranges:
    """The orders told that were held before."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select min(held_id), max(held_id) + 1
            from (
                select held_id, held_id - row_number() over (order by held_id) as island
                from {TOLD} where is_good and held_id is not null
            ) numbered
            group by island
            """
        )
        return list(cursor.fetchall())


def _add_buyers(shop_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            insert into orders_buyer (order_id, name, phone)
            select held.id, coalesce(told.buyer_name, ''), coalesce(told.buyer_phone, '')
            from {TOLD} told join orders_order held
                on held.shop_id = %s and held.order_no = told.order_no
            where told.is_good and told.held_id is null
                and coalesce(told.buyer_name, told.buyer_phone) is not null
            """,
            [shop_id],
        )


def _join_waiting_refunds(shop_id: int) -> None:
    """Refunds that came before their order get it; completed ones wait for the claw-back."""
    if not Refund.objects.filter(shop_id=shop_id, order=None).exists():
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            with joined as (
                update orders_refund refund set order_id = held.id
                from {TOLD} told, orders_order held
                where refund.shop_id = %(shop)s and refund.order_id is null
                    and told.order_no = refund.order_no and told.is_good and told.held_id is null
                    and held.shop_id = %(shop)s and held.order_no = refund.order_no
                returning refund.id, refund.order_id, refund.status
            )
            insert into orders_waitingrefund (refund_id, order_id, is_parked)
            select id, order_id, false from joined where status = 'completed'
            on conflict do nothing
            """,
            {"shop": shop_id},
        )


def _find_changed() -> None:
    """Orders told otherwise than held, and why such a telling changes nothing.

    Whose phone it was when the order came counts for good: who becomes an agent later, or is one no
    more, was a consumer, or an agent, then. Only another phone is looked up anew.

    Of a refund with no freight named the goods come first, so over an order their part is all
    that was paid back, less the freight named up to the freight paid, up to the goods paid.
    """
    same_address = ", ".join(f"place.{name}" for name in (*ADDRESS_FIELDS[:-1], "text"))
    held_phone = PHONE.replace("buyer_phone", "buyer.phone")
    told_address = ", ".join(f"told.{name}" for name in ADDRESS_FIELDS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            drop table if exists {CHANGED};
            create temporary table {CHANGED} on commit drop as
            select told.row, held.id as order_id,
                case
                    when told.updated_at < held.updated_at then 'older'
                    when told.goods_amount < least(held.goods_amount, coalesce(refunded.goods, 0))
                        then 'below_refunded'
                end as why,
                ({told_address}, told.pickup_point)
                    is not distinct from ({same_address}, held.pickup_point)
                    and told.span = told.held_span as is_there_still,
                case when told.phone is not distinct from {held_phone}
                        and (held.buyer_kind = 'consumer' or held.buyer_kind_from = 'phone')
                    then told.buyer_kind = 'consumer' and held.buyer_kind_from = 'phone'
                    else {OWN_ORDER} end as is_own
            from {TOLD} told
            join orders_order held on held.id = told.held_id
            join orders_address place on place.id = held.address_id
            left join orders_buyer buyer on buyer.order_id = held.id
            left join lateral (
                select sum(amount) - least(sum(coalesce(freight_amount, 0)), held.freight) as goods
                from orders_refund refund
                where refund.order_id = held.id and refund.status = 'completed'
            ) refunded on true
            where told.is_good and told.held_content <> told.content
            """
        )


def _list_old_versions(file_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            insert into orders_oldversion (order_id, file_id, why, content)
            select order_id, %s, why, content
            from (
                select changed.order_id, changed.why,
                    to_jsonb(told) - '{{row,span,is_good,address_key,held_id,held_content,held_span,
                        phone,buyer_name,buyer_phone}}'::text[] as content
                from {CHANGED} changed join {TOLD} told using (row)
                where changed.why is not null
            ) listed
            where not exists (
                select from orders_oldversion known
                where known.order_id = listed.order_id and known.why = listed.why
                    and known.content = listed.content)
            """,
            [file_id],
        )
        cursor.execute(f"delete from {CHANGED} where why is not null")
        return int(cursor.rowcount)


def _change(file_id: int) -> int:
    """New versions. The orders' marks come first: who holds a mark may change its order."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            insert into orders_changedorder (order_id)
            select order_id from {CHANGED} order by order_id
            on conflict (order_id) do update set since = excluded.since
            """
        )
        if not cursor.rowcount:
            return 0
        cursor.execute(
            f"""
            insert into orders_orderversion (order_id, number, buyer_kind, content)
            select held.id, held.version, held.buyer_kind, to_jsonb(held)
            from orders_order held join {CHANGED} changed on changed.order_id = held.id
            """
        )
        cursor.execute(
            f"""
            update orders_order held set
                version = held.version + 1,
                file_id = %s,
                content = told.content,
                paid_at = told.paid_at,
                paid_on = told.paid_on,
                completed_at = told.completed_at,
                updated_at = told.updated_at,
                goods_amount = told.goods_amount,
                freight = told.freight,
                buyer = told.buyer,
                status = told.status,
                pickup_point = told.pickup_point,
                buyer_kind = case when held.buyer_kind_from = 'decision' then held.buyer_kind
                    when is_own then 'agent' else told.buyer_kind end,
                buyer_kind_from = case when held.buyer_kind_from = 'decision' then 'decision'
                    when is_own then 'phone' else 'shop' end,
                address_id = case when is_there_still
                    then held.address_id else placed.address_id end,
                region_id = case when is_there_still
                    then held.region_id else placed.region_id end,
                candidates = case when is_there_still
                    then held.candidates else placed.candidates end,
                is_decided = held.is_decided and is_there_still
            from {CHANGED} changed
            join {TOLD} told using (row)
            join {PLACED} placed using (address_key)
            where held.id = changed.order_id
            """,
            [file_id],
        )
        changed = cursor.rowcount
        cursor.execute(
            f"""
            insert into orders_buyer (order_id, name, phone)
            select order_id, coalesce(told.buyer_name, ''), coalesce(told.buyer_phone, '')
            from {CHANGED} changed join {TOLD} told using (row)
            where coalesce(told.buyer_name, told.buyer_phone) is not null
            on conflict (order_id) do update set name = excluded.name, phone = excluded.phone
            """
        )
        return int(changed)
