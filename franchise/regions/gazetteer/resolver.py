"""From an address to the deepest region that is certain, with what decided it."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from franchise.regions.errors import NoRegions
from franchise.regions.gazetteer.columns import ColumnReader
from franchise.regions.gazetteer.names import Names, OtherName, read_other_names
from franchise.regions.gazetteer.places import Day, Place, deepest_shared, read_places
from franchise.regions.gazetteer.reading import Reading, outermost
from franchise.regions.gazetteer.spelling import spelled
from franchise.regions.gazetteer.text import TextReader
from franchise.regions.models import Revision

MANY = 20  # more candidates than a person would look through: everything below remains possible
REMEMBERED = 200_000

_CODE = re.compile(r"\d{2}|\d{4}|\d{6}|\d{9}|\d{12}")

Evidence = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class AddressFields:
    """What an order says of where it goes; any of it may be missing or wrong."""

    region_code: str = ""
    province: str = ""
    city: str = ""
    district: str = ""
    town: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Resolution:
    """The deepest certain region of an address.

    `code` is "" and `path` empty when only the country is certain; a path begins with the province.
    `is_certain`: a county or something deeper is named and nothing contradicts it. `candidates`:
    ids of the regions that remain possible; empty when certain, or when simply everything below
    the region remains possible. `evidence`: a dict for each source that was looked at.
    """

    region_id: int
    code: str
    path: tuple[str, ...]
    is_certain: bool
    candidates: tuple[int, ...]
    evidence: Evidence


@dataclass(slots=True)
class _Known:
    """What code and columns say, before the text is read."""

    reading: Reading
    evidence: Evidence
    resolution: Resolution
    is_deep: bool


@dataclass(slots=True)
class _Standing:
    """The deepest certain region on the day, and the regions that remain possible."""

    region: Place
    possible: tuple[Place, ...]


class Gazetteer:
    """The tree and all names in memory. Read it once, ask it often; it does not change."""

    def __init__(self, places: dict[int, Place], others: list[OtherName], revision: int) -> None:
        self.places = places
        self.others = others
        self.revision = revision
        self.names = Names(places.values(), others)
        self.country = next(place for place in places.values() if place.parent is None)
        self._change_days = self._find_change_days()
        self._days: dict[int, Day] = {}
        self._known: dict[tuple[Any, ...], _Known] = {}
        self._says_more = self._pattern_of_names()

    @classmethod
    def load(cls) -> "Gazetteer":
        """Read regions, successions and aliases from the database."""
        revision = _revision()
        places = read_places()
        if not places:
            raise NoRegions
        return cls(places, read_other_names(places), revision)

    def change_days(self) -> list[date]:
        """The days from which an answer may differ from that of the day before."""
        return self._change_days

    def resolve(self, address: AddressFields, on: date) -> Resolution:
        """The deepest region that is certain on that day."""
        span = bisect_right(self._change_days, on)
        return self._resolve(address, span, on)

    def resolve_many(self, addresses: Iterable[tuple[AddressFields, date]]) -> Iterator[Resolution]:
        """Resolve one after another; what repeats is looked up once per span of days."""
        spans: dict[date, int] = {}
        for address, on in addresses:
            span = spans.get(on)
            if span is None:
                span = spans[on] = bisect_right(self._change_days, on)
            yield self._resolve(address, span, on)

    def _resolve(self, address: AddressFields, span: int, on: date) -> Resolution:
        key = (
            span, address.region_code, address.province, address.city, address.district,
            address.town,
        )  # fmt: skip
        known = self._known.get(key)
        if known is None:
            known = self._remember(key, address, self._day(span, on))
        text = address.text
        if not text or (known.is_deep and not self._says_more.search(text)):
            return known.resolution
        return self._with_text(known, text, self._day(span, on))

    def _day(self, span: int, on: date) -> Day:
        """One day stands for all of its span: nothing changes between two change days."""
        day = self._days.get(span)
        if day is None:
            day = self._days[span] = Day(on)
        return day

    # The three sources, in their order

    def _remember(self, key: tuple[Any, ...], address: AddressFields, day: Day) -> _Known:
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        reading = Reading((self.country,))
        evidence: Evidence = []
        if address.region_code:
            reading = self._read_code(address.region_code, reading, evidence, day)
        if address.province or address.city or address.district or address.town:
            reading = self._read_columns(address, reading, evidence, day)
        resolution = self._resolution(self._standing(reading, day), evidence)
        is_deep = resolution.is_certain
        known = self._known[key] = _Known(reading, evidence, resolution, is_deep)
        return known

    def _read_code(self, said: str, reading: Reading, evidence: Evidence, day: Day) -> Reading:
        options = self._places_of_code(said, day)
        if options:
            reading = Reading(tuple(options))
        evidence.append(
            {
                "source": "code",
                "said": said,
                **_up_to(self._standing(reading, day)),
                "decided": bool(options),
            }
            | ({} if options else {"unknown": True})
        )
        return reading

    def _places_of_code(self, said: str, day: Day) -> list[Place]:
        code = spelled(said).strip().removesuffix(".0")
        if not _CODE.fullmatch(code):
            return []
        if len(code) < 6:
            code = code.ljust(6, "0")
        for shorter in (code, code[:9], code[:6]):
            significant = shorter[:6] if shorter[6:].strip("0") == "" else shorter
            options = self.names.by_code.get(significant) or [
                other.place
                for other in self.names.others_by_code.get(significant, ())
                if other.is_in_force(day.day)
            ]
            if options:
                return options
        return []

    def _read_columns(
        self, address: AddressFields, reading: Reading, evidence: Evidence, day: Day
    ) -> Reading:
        before = reading
        reader = ColumnReader(self.names, day, reading)
        reading = reader.read(
            {
                "province": address.province,
                "city": address.city,
                "district": address.district,
                "town": address.town,
            }
        )
        entry = {
            "source": "names", "said": reader.said, **_up_to(self._standing(reading, day)),
            "decided": reading != before,
        }  # fmt: skip
        if reader.contradicted_by:
            entry["contradicts"] = reader.contradicted_by
        if reader.unknown:
            entry["unknown"] = reader.unknown
        _add(evidence, entry)
        return reading

    def _with_text(self, known: _Known, text: str, day: Day) -> Resolution:
        reader = TextReader(self.names, day, known.reading, text)
        reading = reader.read()
        standing = self._standing(reading, day)
        evidence = [dict(entry) for entry in known.evidence]
        entry = {
            "source": "text", "said": text, **_up_to(standing),
            "decided": reading != known.reading,
            "matches": [found.as_evidence() for found in reader.found],
        }  # fmt: skip
        contradictions = [found.text for found in reader.found if found.contradicts]
        if contradictions:
            entry["contradicts"] = contradictions
        _add(evidence, entry)
        return self._resolution(standing, evidence)

    # What a reading comes down to

    def _standing(self, reading: Reading, day: Day) -> _Standing:
        possible = outermost(day.standing(reading.possible))
        region = deepest_shared(possible)
        if reading.ceiling:
            region = deepest_shared([region, *day.in_force(reading.ceiling)])
        return _Standing(region, possible)

    def _resolution(self, standing: _Standing, evidence: Evidence) -> Resolution:
        region, possible = standing.region, standing.possible
        is_single = possible == (region,)
        candidates = () if is_single or len(possible) > MANY else tuple(p.id for p in possible)
        return Resolution(
            region_id=region.id,
            code=region.code,
            path=tuple(place.name for place in reversed(region.chain[:-1])),
            is_certain=is_single and _is_final(region),
            candidates=candidates,
            evidence=evidence,
        )

    def _find_change_days(self) -> list[date]:
        days = {place.valid_from for place in self.places.values()}
        days |= {place.valid_to for place in self.places.values()}
        days |= {other.starts_on for other in self.others}
        days |= {other.ends_on for other in self.others}
        return sorted(days - {date.max})

    def _pattern_of_names(self) -> re.Pattern[str]:
        """Without a match of it, a text says nothing more of a place already known."""
        endings = {"省", "市", "区", "县", "旗", "盟", "州", "镇", "乡", "街道", "苏木", "區", "縣",
                   "鎮", "鄉", "矿区"}  # fmt: skip
        unmarked = {name for name in self.names.unmarked if not name.endswith(tuple(endings))}
        return re.compile("|".join(re.escape(word) for word in sorted(endings | unmarked)))


def _add(evidence: Evidence, entry: dict[str, Any]) -> None:
    """Append a source; the last one that made the reading deeper is the one that decided."""
    if entry["decided"]:
        for earlier in evidence:
            earlier["decided"] = False
    evidence.append(entry)


def _up_to(standing: _Standing) -> dict[str, Any]:
    region = standing.region
    return {"code": region.code, "name": region.name if region.code else ""}


def _is_final(region: Place) -> bool:
    """Whether nothing is left open: a county, what is below one, or a region without parts."""
    return region.kind in {"county", "town", "zone"} or (
        region.kind != "country" and not region.children
    )


def _revision() -> int:
    return Revision.objects.values_list("number", flat=True).first() or 0


_current: Gazetteer | None = None


def current_gazetteer() -> Gazetteer:
    """The gazetteer of this process, read anew when regions or aliases have changed."""
    global _current  # noqa: PLW0603
    if _current is None or _current.revision != _revision():
        _current = Gazetteer.load()
    return _current
