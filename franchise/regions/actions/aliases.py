"""Names and codes that are no divisions: head office says where they are."""

from datetime import date

from django.db import transaction
from django.db.models import Q

from franchise.core import locks
from franchise.core.locks import Lock
from franchise.history.actions import record
from franchise.regions.errors import (
    AliasKnown,
    AliasOutside,
    AlreadyRetired,
    EndsBeforeItBegins,
    NameMissing,
)
from franchise.regions.models import Alias, Region
from franchise.users.models import User


@transaction.atomic
def add_alias(  # noqa: PLR0913  (one keyword for each fact)
    *,
    name: str,
    region_id: int,
    within_id: int | None,
    kind: str,
    starts_on: date,
    ends_on: date | None,
    source: str,
    by: User | None,
) -> Alias:
    """Let a name in addresses of `within` mean a region, from a day on.

    Without `within` the name counts in every address, so it must say by itself where it is.
    """
    locks.hold(Lock.REGION_TREE)
    name = name.strip()
    if len(name) < 2:
        raise NameMissing
    region = Region.objects.get(pk=region_id)
    within = Region.objects.get(pk=within_id) if within_id else None
    if within and not within.is_ancestor_of(region, include_self=True):
        raise AliasOutside(region=region.name, within=within.name)
    if ends_on and ends_on <= starts_on:
        raise EndsBeforeItBegins(name=name, starts_on=starts_on)
    if _is_said_in_that_time(name, region, within, starts_on, ends_on):
        raise AliasKnown(name=name, region=region.name)
    alias = Alias.objects.create(
        name=name,
        kind=kind,
        region=region,
        within=within,
        starts_on=starts_on,
        ends_on=ends_on,
        source=source,
    )
    record("alias.added", on=alias, by=by, name=name, region=region.code, starts_on=str(starts_on))
    return alias


@transaction.atomic
def end_alias(alias_id: int, *, on: date, by: User | None) -> Alias:
    """Let an alias count no longer from a day on; what it decided before stays."""
    locks.hold(Lock.REGION_TREE)
    alias = Alias.objects.get(pk=alias_id)
    if alias.ends_on is not None:
        raise AlreadyRetired(name=alias.name, day=alias.ends_on)
    if on <= alias.starts_on:
        raise EndsBeforeItBegins(name=alias.name, starts_on=alias.starts_on)
    alias.ends_on = on
    alias.save(update_fields=["ends_on"])
    record("alias.ended", on=alias, by=by, ends_on=str(on))
    return alias


def _is_said_in_that_time(
    name: str, region: Region, within: Region | None, starts_on: date, ends_on: date | None
) -> bool:
    said = Alias.objects.filter(name=name, region=region)
    overlapping = Q(ends_on=None) | Q(ends_on__gt=starts_on)
    if ends_on:
        overlapping &= Q(starts_on__lt=ends_on)
    return said.filter(Q(starts_on=starts_on) | (overlapping & Q(within=within))).exists()
