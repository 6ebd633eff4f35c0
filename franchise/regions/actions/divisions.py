"""Head office adds and retires divisions by hand, between two deliveries of data."""

import re
from collections.abc import Sequence
from datetime import date

from django.db import transaction

from franchise.core import locks
from franchise.core.locks import Lock
from franchise.history.actions import record
from franchise.regions.errors import (
    AlreadyKnown,
    AlreadyRetired,
    CannotHang,
    CodeInForce,
    CodeMalformed,
    EndsBeforeItBegins,
    HasLivingChildren,
    NameMissing,
    NoSuccessor,
    ParentNotInForce,
    SuccessorNotInForce,
)
from franchise.regions.models import Region, Succession
from franchise.users.models import User

Kind = Region.Kind

# A county may hang directly under a province, a town under a city without counties.
MAY_HANG_IN = {
    Kind.PROVINCE: {Kind.COUNTRY},
    Kind.CITY: {Kind.PROVINCE},
    Kind.COUNTY: {Kind.PROVINCE, Kind.CITY},
    Kind.TOWN: {Kind.CITY, Kind.COUNTY, Kind.ZONE},
    Kind.ZONE: {Kind.PROVINCE, Kind.CITY, Kind.COUNTY},
}
CODE = {
    Kind.PROVINCE: r"\d{2}0000",
    Kind.CITY: r"\d{4}00",
    Kind.COUNTY: r"\d{6}",
    Kind.TOWN: r"\d{9}",
    Kind.ZONE: r"\d{6}|\d{9}",
}


@transaction.atomic
def add_region(  # noqa: PLR0913  (one keyword for each fact)
    *, code: str, name: str, kind: str, parent_id: int, valid_from: date, by: User | None
) -> Region:
    """Add a division from a day on; a zone goes under the deepest region that contains it."""
    locks.hold(Lock.REGION_TREE)
    parent = Region.objects.get(pk=parent_id)
    code, name = code.strip(), name.strip()
    _check_what_it_is(code, name, kind, parent)
    if not _is_in_force(parent, valid_from):
        raise ParentNotInForce(name=parent.name, day=valid_from)
    bearer = Region.objects.filter(code=code, valid_to=None).first()
    if bearer:
        raise CodeInForce(code=code, name=bearer.name)
    if Region.objects.filter(code=code, name=name, valid_from=valid_from).exists():
        raise AlreadyKnown(code=code, name=name, valid_from=valid_from)
    region: Region = Region.objects.create(
        code=code, name=name, kind=kind, parent=parent, valid_from=valid_from, kept_by_hand=True
    )
    record("region.added", on=region, by=by, code=code, name=name, valid_from=str(valid_from))
    return region


@transaction.atomic
def retire_region(
    region_id: int,
    *,
    on: date,
    successor_ids: Sequence[int],
    change_kind: str,
    by: User | None,
) -> Region:
    """End a division on a day, the first on which its successors take over; the primary one first.

    Its new orders wait until its territories are moved to a successor.
    """
    locks.hold(Lock.REGION_TREE)
    region: Region = Region.objects.get(pk=region_id)
    if region.valid_to is not None:
        raise AlreadyRetired(name=region.name, day=region.valid_to)
    if on <= region.valid_from:
        raise EndsBeforeItBegins(name=region.name, starts_on=region.valid_from)
    living = region.get_descendants().filter(valid_to=None).count()
    if living:
        raise HasLivingChildren(name=region.name, count=living)
    successors = _successors(region, successor_ids, on)
    region.valid_to, region.change_kind, region.kept_by_hand = on, change_kind, True
    region.save(update_fields=["valid_to", "change_kind", "kept_by_hand"])
    Succession.objects.filter(region=region).delete()
    Succession.objects.bulk_create(
        Succession(region=region, successor=successor, position=position)
        for position, successor in enumerate(successors)
    )
    record(
        "region.retired",
        on=region,
        by=by,
        valid_to=str(on),
        change_kind=change_kind,
        successors=[successor.code for successor in successors],
    )
    return region


def _check_what_it_is(code: str, name: str, kind: str, parent: Region) -> None:
    if not name:
        raise NameMissing
    if parent.kind not in MAY_HANG_IN.get(Kind(kind), set()):
        raise CannotHang(kind=Kind(kind).label, parent_kind=parent.get_kind_display())
    if not re.fullmatch(CODE[Kind(kind)], code):
        raise CodeMalformed(code=code)


def _successors(region: Region, ids: Sequence[int], on: date) -> list[Region]:
    """The successors in the order given."""
    if not ids:
        raise NoSuccessor(name=region.name)
    found = Region.objects.exclude(pk=region.pk).in_bulk(list(ids))
    successors = [found[id_] for id_ in dict.fromkeys(ids) if id_ in found]
    for successor in successors:
        if not _is_in_force(successor, on):
            raise SuccessorNotInForce(name=successor.name, day=on)
    if not successors:
        raise NoSuccessor(name=region.name)
    return successors


def _is_in_force(region: Region, day: date) -> bool:
    return region.valid_from <= day and (region.valid_to is None or day < region.valid_to)
