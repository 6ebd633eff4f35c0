"""Which header of a file is which of our columns, for the page that shows and changes it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from franchise.core.errors import BusinessError
from franchise.orders.importing.headers import map_order_headers, map_refund_headers
from franchise.orders.models import ImportFile
from franchise.orders.queries.imports import columns_of, header_of

LABELS: dict[str, str | Promise] = {
    "order_no": _("order number"),
    "paid_at": _("paid at"),
    "goods_amount": _("goods paid"),
    "freight": _("freight"),
    "buyer": _("buyer’s account"),
    "buyer_kind": _("kind of buyer"),
    "region_code": _("region code"),
    "province": _("province"),
    "city": _("city"),
    "district": _("district or county"),
    "town": _("town or subdistrict"),
    "address": _("written address"),
    "pickup_point": _("pickup point"),
    "completed_at": _("completed at"),
    "status": _("status"),
    "buyer_name": _("buyer’s name"),
    "buyer_phone": _("buyer’s phone"),
    "updated_at": _("changed at"),
    "refund_no": _("refund number"),
    "amount": _("refunded amount"),
    "refunded_at": _("refunded at"),
    "freight_amount": _("of it freight"),
}


@dataclass(frozen=True)
class Header:
    """One header of the file, and the column of ours it is read as; empty: left out."""

    number: int
    theirs: str
    ours: str


def headers_of(file: ImportFile) -> list[Header]:
    """Every header of a file that was read, in its order."""
    header = header_of(file)
    own = own_names(file)
    reads = {position: ours for ours, position in _positions(file, header, own).items()}
    return [
        Header(number, theirs, reads.get(number, own.get(theirs, "")))
        for number, theirs in enumerate(header)
        if theirs.strip()
    ]


def own_names(file: ImportFile) -> dict[str, str]:
    """What the shop and this file say of headers; the file's word counts."""
    of_shop = file.shop.header_names if file.shop else {}
    return {**of_shop, **file.header_names}


def choices(file: ImportFile) -> list[tuple[str, str | Promise]]:
    return [("", _("leave out")), *((name, LABELS.get(name, name)) for name in columns_of(file))]


def _positions(file: ImportFile, header: list[str], own: Mapping[str, str]) -> dict[str, int]:
    read = map_refund_headers if file.kind == ImportFile.Kind.REFUNDS else map_order_headers
    try:
        return read(header, own).positions
    except BusinessError:
        # Something is missing or twice there: what can be told alone is still told.
        known = set(columns_of(file))
        return {name: at for at, name in enumerate(header) if name in known}
