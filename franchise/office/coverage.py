"""Who holds the divisions of the country: the tree of territories, one level at a time."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from django.db.models import Q, QuerySet

from agents.models import Territory, Tier
from agents.queries import in_force_on
from franchise.regions.models import Region
from franchise.regions.queries import in_force_on as in_force_region

SOON = timedelta(days=90)
TIER_OF_KIND = {
    Region.Kind.PROVINCE: Tier.PROVINCE,
    Region.Kind.CITY: Tier.CITY,
    Region.Kind.COUNTY: Tier.COUNTY,
    Region.Kind.ZONE: Tier.COUNTY,
    Region.Kind.TOWN: Tier.COUNTY,
}


class State(StrEnum):
    VACANT = "vacant"
    SOLD = "sold"
    CARVED_OUT = "carved_out"
    ENDS_SOON = "ends_soon"
    COMING = "coming"


@dataclass(frozen=True)
class Cover:
    """How many divisions of a tier are held today, of how many there are."""

    tier: Tier
    held: int
    all: int

    @property
    def percent(self) -> float:
        return round(100 * self.held / self.all, 1) if self.all else 0.0


@dataclass
class Branch:
    """A division in the tree, its territory today or the next one, and the branches opened."""

    region: Region
    tier: Tier
    depth: int
    state: State
    territory: Territory | None
    days_left: int | None
    held_inside: int
    is_open: bool
    has_more: bool
    below: list["Branch"] = field(default_factory=list)


def saleable(day: date) -> dict[Tier, Q]:
    """The divisions sold at each tier: a town only where it lies directly under a city."""
    exists = in_force_region(day)
    return {
        Tier.PROVINCE: exists & Q(kind=Region.Kind.PROVINCE),
        Tier.CITY: exists & Q(kind=Region.Kind.CITY),
        Tier.COUNTY: exists
        & (
            Q(kind__in=[Region.Kind.COUNTY, Region.Kind.ZONE])
            | Q(kind=Region.Kind.TOWN, parent__kind=Region.Kind.CITY)
        ),
    }


def cover(day: date) -> list[Cover]:
    """Each tier's divisions held today and in all, provinces first."""
    held = Territory.objects.filter(in_force_on(day))
    return [
        Cover(
            tier,
            held.filter(tier=tier).values("region").distinct().count(),
            Region.objects.filter(which).count(),
        )
        for tier, which in saleable(day).items()
    ]


def tree(day: date, opened: Iterable[int]) -> list[Branch]:
    """Provinces, and what lies below the opened ones; towns of a county only where sold apart."""
    return Tree(day, set(opened)).branches_below(None)


def flat(branches: Iterable[Branch]) -> Iterable[Branch]:
    """The tree as its rows, from the top down."""
    for branch in branches:
        yield branch
        yield from flat(branch.below)


def state_of(territory: Territory | None, day: date) -> State:
    if territory is None:
        return State.VACANT
    if territory.starts_on > day:
        return State.COMING
    if territory.ends_on is not None and territory.ends_on - day <= SOON:
        return State.ENDS_SOON
    if territory.consent != Territory.Consent.NOT_NEEDED:
        return State.CARVED_OUT
    return State.SOLD


class Tree:
    """The divisions to be shown, with what is held of them; three queries, however many."""

    def __init__(self, day: date, opened: set[int]) -> None:
        self.day = day
        self.opened = opened
        regions = list(self._shown())
        self.below: dict[int | None, list[Region]] = {}
        for region in regions:
            above = None if region.kind == Region.Kind.PROVINCE else region.parent_id
            self.below.setdefault(above, []).append(region)
        self.territories = self._territories_of(regions)
        self.held_places = list(
            Territory.objects.filter(in_force_on(day)).values_list("region__tree_id", "region__lft")
        )

    def branches_below(self, parent: int | None, depth: int = 0) -> list[Branch]:
        return [self._branch(region, depth) for region in self.below.get(parent, [])]

    def _shown(self) -> QuerySet[Region]:
        inside = Q(parent__in=self.opened)
        sold_as_such = ~Q(kind=Region.Kind.TOWN) | Q(parent__kind=Region.Kind.CITY)
        shown = inside & (sold_as_such | Q(territories__isnull=False))
        regions: QuerySet[Region] = Region.objects.filter(in_force_region(self.day))
        regions = regions.filter(Q(kind=Region.Kind.PROVINCE) | shown)
        return regions.distinct().order_by("code")

    def _territories_of(self, regions: list[Region]) -> dict[int, Territory]:
        """Each division's territory of the day, or else its next one."""
        found = (
            Territory.objects.filter(region__in=regions)
            .filter(Q(ends_on=None) | Q(ends_on__gt=self.day))
            .select_related("agent")
            .order_by("-starts_on")
        )
        tiers = {region.pk: TIER_OF_KIND[Region.Kind(region.kind)] for region in regions}
        return {one.region_id: one for one in found if one.tier == tiers[one.region_id]}

    def _held_inside(self, region: Region) -> int:
        """How many territories are in force inside a division, itself left out."""
        return sum(
            tree_id == region.tree_id and region.lft < left < region.rght
            for tree_id, left in self.held_places
        )

    def _branch(self, region: Region, depth: int) -> Branch:
        territory = self.territories.get(region.pk)
        ends_on = territory.ends_on if territory else None
        held_inside = self._held_inside(region)
        is_open = region.pk in self.opened
        return Branch(
            region=region,
            tier=TIER_OF_KIND[Region.Kind(region.kind)],
            depth=depth,
            state=state_of(territory, self.day),
            territory=territory,
            days_left=(ends_on - self.day).days if ends_on else None,
            held_inside=held_inside,
            is_open=is_open,
            has_more=region.rght - region.lft > 1
            and (region.kind in {Region.Kind.PROVINCE, Region.Kind.CITY} or held_inside > 0),
            below=self.branches_below(region.pk, depth + 1) if is_open else [],
        )
