from collections.abc import Mapping

from django.db import transaction

from franchise.history.actions import record
from franchise.orders.errors import ShopExists, ShopNeedsCode
from franchise.orders.importing.headers import ORDER_HEADERS, REFUND_HEADERS, refuse_unknown_columns
from franchise.orders.models import Shop
from franchise.users.models import User

LONGEST_CODE = 40


@transaction.atomic
def add_shop(*, code: str, name: str, by: User | None) -> Shop:
    """Enter a shop whose files are to be imported. Refuses with ShopNeedsCode, ShopExists."""
    shop, is_new = _find_or_add(code, name, by)
    if not is_new:
        raise ShopExists(code=shop.code)
    return shop


@transaction.atomic
def find_or_add_shop(code: str, *, by: User | None) -> Shop:
    """The shop with this code; a new one is called by its code. Refuses with ShopNeedsCode."""
    shop, _ = _find_or_add(code, code, by)
    return shop


@transaction.atomic
def change_shop(
    shop_id: int,
    *,
    name: str,
    header_names: Mapping[str, str],
    rows_are_items: bool,
    by: User | None,
) -> Shop:
    """Say what a shop is called and how its files are to be read, from the next file on.

    `header_names`: {its header: our column, or "" for a column to leave out}, for its files of
    orders and of refunds. Refuses with ShopNeedsCode, UnknownColumnName.
    """
    if not name.strip():
        raise ShopNeedsCode
    refuse_unknown_columns(header_names, [*ORDER_HEADERS, *REFUND_HEADERS])
    shop = Shop.objects.select_for_update().get(pk=shop_id)
    shop.name = name.strip()
    shop.header_names = dict(header_names)
    shop.rows_are_items = rows_are_items
    shop.save(update_fields=["name", "header_names", "rows_are_items"])
    record(
        "shop.changed",
        on=shop,
        by=by,
        name=shop.name,
        header_names=shop.header_names,
        rows_are_items=rows_are_items,
    )
    return shop


def _find_or_add(code: str, name: str, by: User | None) -> tuple[Shop, bool]:
    code, name = code.strip(), name.strip()
    if not 0 < len(code) <= LONGEST_CODE or not name:
        raise ShopNeedsCode
    shop, is_new = Shop.objects.get_or_create(code=code, defaults={"name": name})
    if is_new:
        record("shop.added", on=shop, by=by, code=code, name=name)
    return shop, is_new
