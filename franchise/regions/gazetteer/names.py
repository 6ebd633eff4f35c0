"""What a name or a code may mean."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from franchise.regions.gazetteer.places import Day, Place
from franchise.regions.gazetteer.spelling import is_misspelling, short_names, spelled, town_stem
from franchise.regions.models import Alias

PROVINCE_LETTERS = {
    "京": "11", "津": "12", "冀": "13", "晋": "14", "蒙": "15", "辽": "21", "吉": "22", "黑": "23",
    "沪": "31", "苏": "32", "浙": "33", "皖": "34", "闽": "35", "赣": "36", "鲁": "37", "豫": "41",
    "鄂": "42", "湘": "43", "粤": "44", "桂": "45", "琼": "46", "渝": "50", "川": "51", "蜀": "51",
    "贵": "52", "黔": "52", "云": "53", "滇": "53", "藏": "54", "陕": "61", "秦": "61", "甘": "62",
    "陇": "62", "青": "63", "宁": "64", "新": "65",
}  # fmt: skip


@dataclass(slots=True)
class OtherName:
    """An alias: this name, in addresses of `within`, means this place from day to day."""

    code: str
    name: str
    kind: str
    place: Place
    within: Place | None
    starts_on: date
    ends_on: date

    def is_in_force(self, day: date) -> bool:
        """Whether the alias counts on that day."""
        return self.starts_on <= day < self.ends_on


@dataclass(slots=True)
class Meaning:
    """All that one name may stand for; towns by the region they are in."""

    full: list[Place] = field(default_factory=list)
    short: list[Place] = field(default_factory=list)
    towns: dict[int, list[Place]] = field(default_factory=dict)
    others: list[OtherName] = field(default_factory=list)


def read_other_names(places: dict[int, Place]) -> list[OtherName]:
    """All aliases from the database."""
    rows = Alias.objects.values_list(
        "code", "name", "kind", "region_id", "within_id", "starts_on", "ends_on"
    )
    return [
        OtherName(
            code, name, kind, places[region], places[within] if within else None, starts,
            ends or date.max,
        )
        for code, name, kind, region, within, starts, ends in rows
    ]  # fmt: skip


class Names:
    """The index of names and codes. Names stand in it as `spelled`."""

    def __init__(self, places: Iterable[Place], others: Iterable[OtherName]) -> None:
        self.meanings: dict[str, Meaning] = defaultdict(Meaning)
        self.by_code: dict[str, list[Place]] = defaultdict(list)
        self.others_by_code: dict[str, list[OtherName]] = defaultdict(list)
        self.unmarked: set[str] = set()
        self._town_stems: dict[tuple[int, str], list[Place]] = defaultdict(list)
        for place in places:
            self._enter(place)
        for other in others:
            if other.code:
                self.others_by_code[other.code].append(other)
            if other.kind != Alias.Kind.PLACEHOLDER:
                self.meanings[spelled(other.name)].others.append(other)
                self.unmarked.add(spelled(other.name))
        self.meanings = dict(self.meanings)
        self.lengths = self._lengths_by_beginning()

    def _enter(self, place: Place) -> None:
        self.by_code[place.code].append(place)
        name = spelled(place.name)
        if place.kind == "town" and place.parent:
            stem = town_stem(name)
            self._town_stems[place.parent.id, stem].append(place)
            for written in {name, *_said_as_districts(place, stem)}:
                self.meanings[written].towns.setdefault(place.parent.id, []).append(place)
            return
        if place.kind == "country":
            return
        if place.kind == "zone":
            self.unmarked.add(name)
        self.meanings[name].full.append(place)
        telling, bare = short_names(name, place.kind)
        for short in telling:
            self.meanings[short].full.append(place)
        for short in bare:
            self.meanings[short].short.append(place)

    def _lengths_by_beginning(self) -> dict[str, tuple[int, ...]]:
        lengths: dict[str, set[int]] = defaultdict(set)
        for name in self.meanings:
            lengths[name[:2]].add(len(name))
        return {start: tuple(sorted(found, reverse=True)) for start, found in lengths.items()}

    def found_at(self, text: str, start: int) -> Iterator[tuple[int, Meaning]]:
        """Names that begin at a place of the text, the longest first, with where they end."""
        for length in self.lengths.get(text[start : start + 2], ()):
            end = start + length
            if end <= len(text) and (meaning := self.meanings.get(text[start:end])):
                yield end, meaning

    def province_letter(self, character: str) -> list[Place]:
        """粤 is 广东省."""
        code = PROVINCE_LETTERS.get(character)
        return self.by_code.get(f"{code}0000", []) if code else []

    def towns(self, meaning: Meaning, place: Place, day: Day) -> list[Place]:
        """The towns of that name in a place: directly in it, or in what it has become."""
        if not meaning.towns:
            return []
        found = meaning.towns.get(place.id)
        if found is None and place.kind != "town":
            found = [
                town
                for newer in {*day.in_force(place), *place.successors}
                for town in meaning.towns.get(newer.id, ())
            ]
        return found or []

    def towns_below(self, meaning: Meaning, place: Place) -> list[Place]:
        """The towns of that name in the counties of a city or the districts of a municipality."""
        if not meaning.towns or not _has_counties(place):
            return []
        return [town for county in place.children for town in meaning.towns.get(county.id, ())]

    def towns_by_stem(self, stem: str, place: Place, day: Day) -> list[Place]:
        """The towns of a place that are said by that stem: 五山 for 五山街道."""
        return [
            town
            for near in {place, *day.in_force(place)}
            for town in self._town_stems.get((near.id, stem), ())
        ]

    def misspelt(self, text: str, start: int, place: Place) -> list[Place]:
        """Divisions directly in a place whose name stands there but for one character."""
        if place.kind not in {"country", "province", "city"}:
            return []
        found = []
        for child in place.children:
            if child.kind in {"town", "zone"}:
                continue
            written = text[start : start + len(child.name)]
            if is_misspelling(written, spelled(child.name)) and written not in self.meanings:
                found.append(child)
        return found


def _said_as_districts(town: Place, stem: str) -> list[str]:
    """In a city without counties a subdistrict is said as a district: 东莞市东城区, 中山市西区."""
    if town.parent is None or town.parent.kind != "city" or not town.name.endswith("街道"):
        return []
    return [stem if stem.endswith("区") else stem + "区"]


def _has_counties(place: Place) -> bool:
    """Cities and municipalities have; a province's counties are in its cities."""
    return place.kind == "city" or (
        place.kind == "province" and not any(child.kind == "city" for child in place.children)
    )
