"""Read the province, city, district and town columns of an order, noisy as shops export them."""

from dataclasses import dataclass, field
from typing import Any

from franchise.regions.gazetteer.names import Meaning, Names
from franchise.regions.gazetteer.places import Day, Place
from franchise.regions.gazetteer.reading import Reading, preferred
from franchise.regions.gazetteer.spelling import (
    LOOSE,
    PLACEHOLDERS,
    spelled,
    town_stem,
    without_noise,
)
from franchise.regions.gazetteer.text import TextReader

_NOTHING = Meaning()

# What a column mostly holds; a county in the city column is understood all the same.
_KINDS = {
    "province": {"province"},
    "city": {"city"},
    "district": {"county", "zone"},
    "town": {"town", "zone"},
}


@dataclass(slots=True)
class ColumnReader:
    """Reads the columns from province to town into one reading."""

    names: Names
    day: Day
    reading: Reading
    said: dict[str, Any] = field(default_factory=dict)
    contradicted_by: list[dict[str, Any]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def read(self, columns: dict[str, str]) -> Reading:
        """The reading after all columns."""
        for column, value in columns.items():
            if not value:
                continue
            self.said[column] = value
            written = "".join(spelled(value).split())
            if written and written not in PLACEHOLDERS:
                self._read_column(column, written)
        return self.reading

    def _read_column(self, column: str, written: str) -> None:
        meaning = self.names.meanings.get(written, _NOTHING)
        for places in (
            self._full_names(column, meaning),
            self._bare_names(column, meaning),
            self._towns_by_stem(column, written),
        ):
            if places:
                self.reading = self.reading.narrowed(places, self.day)
                return
        if self._says_again(meaning) or self._is_misspelt(written):
            return
        against = [place for place in meaning.full if written not in LOOSE]
        against += self._towns_elsewhere(meaning)
        if against and not self.reading.is_open:
            self.reading = self.reading.contradicted(against)
            self.contradicted_by.append({"column": column, "text": self.said[column]})
        elif not self._read_as_text(column, written):
            self.unknown.append(column)

    def _full_names(self, column: str, meaning: Meaning) -> list[Place]:
        others = [
            other.place
            for other in meaning.others
            if other.is_in_force(self.day.day)
            and (
                other.within is None
                or any(self.day.is_within(place, other.within) for place in self.reading.possible)
            )
        ]
        towns = [
            town
            for place in self.reading.possible
            for town in (
                self.names.towns(meaning, place, self.day)
                or (
                    self.names.towns_below(meaning, place) if column in {"district", "town"} else []
                )
            )
        ]
        for options in (meaning.full, towns, others):
            fitting = self.reading.fitting(options, self.day)
            if fitting:
                return self._of_the_column(column, fitting)
        return []

    def _bare_names(self, column: str, meaning: Meaning) -> list[Place]:
        """朝阳 in 辽宁 is 朝阳市 with 朝阳县 in it; once 朝阳市 is known, it is 朝阳县."""
        fitting = self.reading.fitting(meaning.short, self.day)
        nearest = preferred(fitting, lambda place: place.parent in self.reading.possible)
        return self._of_the_column(column, nearest)

    def _of_the_column(self, column: str, places: list[Place]) -> list[Place]:
        return preferred(
            places, lambda place: place.kind in _KINDS[column] and place.is_in_force(self.day.day)
        )

    def _towns_by_stem(self, column: str, written: str) -> list[Place]:
        if column not in {"district", "town"} or self.reading.is_open:
            return []
        stem = town_stem(written)
        return [
            town
            for place in self.reading.possible
            for town in self.names.towns_by_stem(stem, place, self.day)
            if stem and (stem == written or written.startswith(("街道", "镇", "乡"), len(stem)))
        ]

    def _says_again(self, meaning: Meaning) -> bool:
        again = [*meaning.full, *meaning.short, *(other.place for other in meaning.others)]
        again += [town for towns in meaning.towns.values() for town in towns]
        restated = self.reading.restated_by(again, self.day)
        if restated and self.reading.ceiling is None:
            self.reading = Reading(tuple(restated))
        return bool(restated)

    def _is_misspelt(self, written: str) -> bool:
        if self.reading.ceiling:
            return False
        meant = [
            place
            for parent in self.reading.possible
            for place in self.names.misspelt(written, 0, parent)
            if len(place.name) == len(written)
        ]
        if len(self.day.standing(meant)) != 1:
            return False
        self.reading = self.reading.narrowed(meant, self.day)
        return True

    def _towns_elsewhere(self, meaning: Meaning) -> list[Place]:
        """Towns of that name in a neighbouring county, which contradict the county given."""
        return [
            town
            for place in self.reading.possible
            if place.kind in {"county", "town", "zone"} and place.parent
            for town in (
                *self.names.towns_below(meaning, place.parent),
                *meaning.towns.get(place.parent.id, ()),
            )
        ]

    def _read_as_text(self, column: str, written: str) -> bool:
        """A column that holds several tiers at once: 广东省广州市."""
        reader = TextReader(self.names, self.day, self.reading, without_noise(written))
        self.reading = reader.read()
        if any(found.contradicts for found in reader.found):
            self.contradicted_by.append({"column": column, "text": self.said[column]})
        return bool(reader.found)
