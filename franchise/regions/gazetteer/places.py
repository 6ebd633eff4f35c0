"""The tree in memory, and what it was on one day."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from franchise.regions.models import Region, Succession


@dataclass(slots=True, eq=False)
class Place:
    """A region with its neighbours in the tree and in time."""

    id: int
    code: str
    name: str
    kind: str
    parent: "Place | None"
    valid_from: date
    valid_to: date
    children: list["Place"] = field(default_factory=list)
    successors: list["Place"] = field(default_factory=list)
    predecessors: list["Place"] = field(default_factory=list)
    chain: tuple["Place", ...] = ()  # the place and all above it, deepest first

    def __post_init__(self) -> None:
        self.chain = (self, *self.parent.chain) if self.parent else (self,)

    def __repr__(self) -> str:
        return f"{self.name}{self.code}"

    def is_in_force(self, day: date) -> bool:
        """Whether the region exists on that day."""
        return self.valid_from <= day < self.valid_to


def read_places() -> dict[int, Place]:
    """All regions, past and present, from the database."""
    places: dict[int, Place] = {}
    rows = Region.objects.order_by("tree_id", "lft").values_list(
        "id", "code", "name", "kind", "parent_id", "valid_from", "valid_to"
    )
    for id_, code, name, kind, parent_id, valid_from, valid_to in rows.iterator(chunk_size=20000):
        parent = places[parent_id] if parent_id else None
        place = Place(id_, code, name, kind, parent, valid_from, valid_to or date.max)
        places[id_] = place
        if parent:
            parent.children.append(place)
    successions = Succession.objects.order_by("region", "position")
    for region_id, successor_id in successions.values_list("region_id", "successor_id"):
        region, successor = places[region_id], places[successor_id]
        region.successors.append(successor)
        successor.predecessors.append(region)
    return places


class Day:
    """Which regions exist on one day, and what past and future ones amount to on it."""

    def __init__(self, day: date) -> None:
        self.day = day
        self._in_force: dict[int, frozenset[Place]] = {}
        self._lineage: dict[int, frozenset[int]] = {}

    def in_force(self, place: Place) -> frozenset[Place]:
        """The regions that exist on the day where this one was or will be; itself if it exists."""
        known = self._in_force.get(place.id)
        if known is None:
            known = frozenset(self._find_in_force(place, set()))
            if not known and place.parent:
                known = self.in_force(place.parent)
            self._in_force[place.id] = known
        return known

    def _find_in_force(self, place: Place, seen: set[int]) -> set[Place]:
        if place.is_in_force(self.day) and self._parent_exists(place):
            return {place}
        seen.add(place.id)
        ended = place.valid_to <= self.day
        found: set[Place] = set()
        for relative in place.successors if ended else place.predecessors:
            if relative.id not in seen:
                found |= self._find_in_force(relative, seen)
        return found

    def _parent_exists(self, place: Place) -> bool:
        """A town is known only as it is now, so it exists no longer than what it is in."""
        return place.kind != "town" or place.parent is None or place.parent.is_in_force(self.day)

    def is_within(self, place: Place, other: Place) -> bool:
        """Whether a place is, or took over from, a place that is or was inside the other."""
        if place is other:
            return True
        if place.kind == "town" and place.parent and not place.successors:
            return other.kind != "town" and self.is_within(place.parent, other)
        known = self._lineage.get(place.id)
        if known is None:
            known = self._lineage[place.id] = self._find_lineage(place)
        return other.id in known

    def _find_lineage(self, place: Place) -> frozenset[int]:
        lineage = {p.id for p in place.chain}
        waiting, seen = [place], {place.id}
        while waiting:
            newer = waiting.pop()
            for older in newer.predecessors:
                if older.id not in seen and self._gave_way(older, newer):
                    seen.add(older.id)
                    waiting.append(older)
                    lineage |= {p.id for p in older.chain}
        waiting = [place]
        while waiting:
            for newer in waiting.pop().successors:
                if newer.id not in seen:
                    seen.add(newer.id)
                    waiting.append(newer)
                    lineage |= {p.id for p in newer.chain[1:]}
        return frozenset(lineage)

    def _gave_way(self, older: Place, newer: Place) -> bool:
        """Two that exist side by side are two places, unless one was cut out of the other."""
        if not (older.is_in_force(self.day) and newer.is_in_force(self.day)):
            return True
        return older.valid_to == date.max and newer.valid_from > older.valid_from

    def standing(self, possible: Iterable[Place]) -> list[Place]:
        """What a set of possible places comes down to on the day, without repetitions."""
        possible = list(possible)
        if len(possible) > 1:
            possible = self._bearers(possible)
        present = {place for place in possible if place.is_in_force(self.day)}
        found: dict[int, Place] = {}
        for place in possible:
            now = self.in_force(place)
            if place not in present and now & present:
                continue  # a past division whose successor is meant as well
            found |= {p.id: p for p in now}
        return sorted(found.values(), key=lambda place: place.code)

    def _bearers(self, possible: list[Place]) -> list[Place]:
        """Of those that bore one code in turn, the one of the day, or else the last before it."""
        bearers: dict[str, Place] = {}
        for place in possible:
            other = bearers.get(place.code)
            if other is None or self._fits_better(place, other):
                bearers[place.code] = place
        return list(bearers.values())

    def _fits_better(self, place: Place, other: Place) -> bool:
        def rank(one: Place) -> tuple[bool, bool, date]:
            return one.is_in_force(self.day), one.valid_from <= self.day, one.valid_from

        return rank(place) > rank(other)


def deepest_shared(places: Iterable[Place]) -> Place:
    """The deepest region that all of these are in."""
    places = list(places)
    if len(places) == 1:
        return places[0]
    chains = [list(reversed(place.chain)) for place in places]
    shared = chains[0][0]
    for level in zip(*chains, strict=False):
        if any(place is not level[0] for place in level):
            break
        shared = level[0]
    return shared
