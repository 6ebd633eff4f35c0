"""What may be sold to whom and when, from values alone. Periods are half-open."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

COUNTY, CITY, PROVINCE = 0, 1, 2


@dataclass(frozen=True)
class Held:
    """A territory somebody holds; without `ends_on` it is open."""

    region_id: int
    tier: int
    agent_id: int
    starts_on: date
    ends_on: date | None
    territory_id: int | None = None


def tier_fits(tier: int, kind: str) -> bool:
    """Whether a region of this kind is sold at this tier.

    A town directly under a city is sold like a county; a town inside a county is a carve-out.
    """
    return {
        PROVINCE: kind == "province",
        CITY: kind == "city",
        COUNTY: kind in {"county", "zone", "town"},
    }[tier]


def lasts(starts_on: date, ends_on: date | None) -> bool:
    return ends_on is None or starts_on < ends_on


def overlap(
    starts_on: date, ends_on: date | None, other_starts_on: date, other_ends_on: date | None
) -> bool:
    """Whether two periods have a day in common."""
    return (ends_on is None or other_starts_on < ends_on) and (
        other_ends_on is None or starts_on < other_ends_on
    )


def in_the_way(asked: Held, held: Iterable[Held]) -> Held | None:
    """Who holds the same region and tier on a day asked for, the earliest first."""
    found = [
        one
        for one in _of_the_same_days(asked, held)
        if (one.region_id, one.tier) == (asked.region_id, asked.tier)
    ]
    return min(found, key=lambda one: one.starts_on, default=None)


def carved_from(asked: Held, path: Sequence[int], held: Iterable[Held]) -> Held | None:
    """Whose county it would be carved out of: the nearest held one of `path`, the regions above."""
    if asked.tier != COUNTY:
        return None
    above = {
        one.region_id: one
        for one in _of_the_same_days(asked, held)
        if one.tier == COUNTY and one.region_id in path
    }
    return next((above[region_id] for region_id in path if region_id in above), None)


def carved_out(asked: Held, below: Iterable[Held]) -> list[Held]:
    """What is already sold apart inside the place: `below` are the territories under it."""
    if asked.tier != COUNTY:
        return []
    return [one for one in _of_the_same_days(asked, below) if one.tier == COUNTY]


def _of_the_same_days(asked: Held, held: Iterable[Held]) -> list[Held]:
    return [
        one for one in held if overlap(asked.starts_on, asked.ends_on, one.starts_on, one.ends_on)
    ]
