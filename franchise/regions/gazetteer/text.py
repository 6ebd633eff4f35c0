"""Read a free-text address from left to right.

Each name found in the text either fits what is known so far and makes it deeper, or says it again,
or contradicts it, or is no division at all but part of a road's or a building's name. A full name
(西湖区) counts wherever it stands; a bare one (西湖) only where its neighbours confirm it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from franchise.regions.gazetteer.names import Meaning, Names
from franchise.regions.gazetteer.places import Day, Place
from franchise.regions.gazetteer.reading import Reading
from franchise.regions.gazetteer.spelling import LOOSE, SEPARATORS, spelled, without_noise

_SEPARATED = re.compile(rf"[{SEPARATORS}]*")
_END = re.compile(rf"[{SEPARATORS}]|$")

# Between two names that belong together: separators, placeholders, the name of a zone.
_GAP = re.compile(
    rf"(?:[{SEPARATORS}]|市辖区|县(?=.{{2,}}县)|省直辖县级行政区划|自治区直辖县级行政区划|省直辖"
    rf"|[^{SEPARATORS}路街巷号镇乡]{{0,10}}?(?:开发区|高新区|经开区|新区|园区|示范区|管理区|保税区|度假区|科学城|新城))*"
)
_STREET = r"(?:路|街(?!道)|大道|大街|巷|弄|胡同|大桥|高速|公路|国道|省道|支路|环路)"
# 北京路, 长安南路, 中山八路, 道外 is a district though.
_ROAD_AFTER_BARE = re.compile(
    rf"[东西南北中新老前后内外上下]?[一二三四五六七八九十0-9]{{0,3}}(?:{_STREET}|道(?![里外县])|里(?=\d)|里弄|步行街|线\d)"
)
_ROAD_AFTER_FULL = re.compile(rf"{_STREET}|(?<=市)场|(?<=市)民(?:广场|中心|公园|服务|之家)")
# 湖南大厦, 萧山区商会: a house named after where its owners come from.
_HOUSE_AFTER = re.compile(r"(?:驻|商会|同乡会|会馆|大厦|宾馆|饭店|酒店|招待所)")
_HOUSE_NEAR = re.compile(
    rf"[^{SEPARATORS}]{{0,6}}?(?:驻|商会|同乡会|会馆|大厦|宾馆|饭店|酒店|招待所|公司|商店|餐馆|菜馆|小吃|特产)"
)
# 西湖街道, 西湖村 and 铜陵区 are no way of saying 西湖区 and 铜陵县.
_UNIT_AFTER = re.compile(
    r"(?:[省市区县州盟旗]|街道|镇|乡|村|社区|苏木|新村|小区|花园|家园|公寓|公园|广场|大厦|大楼|宾馆|饭店|酒店|商会|会馆"
    r"|国际|文化|商城|市场|银行|公司|小吃|菜馆|餐|特产|驻|大学|学院|中学|小学|学校|医院)"
)
# A road of its own, with a name that cannot be part of the district's: 西湖 | 文三路.
_OWN_ROAD = re.compile(
    rf"(?!公园|机场|车站|火车|客运|广场|花园|大学|学院|医院|新村|新城|体育场|体育馆|文化|国际|科技园|工业园)"
    rf"[^{SEPARATORS}\d门山湖河江海寺宫祠阁塔桥城楼台站口岭岛村庄园院公大中里外内上下]"
    rf"[^{SEPARATORS}\d]{{1,3}}?{_STREET}"
)
# Cities whose names are words of everywhere: 广东 | 中山纪念堂.
_ALSO_WORDS = frozenset({"中山", "朝阳", "大同", "长春", "吉安", "永州", "保定", "安康"})


@dataclass(slots=True, frozen=True)
class Found:
    """A name in the text that counted, and where it stands."""

    start: int
    end: int
    text: str
    places: tuple[Place, ...]
    contradicts: bool = False

    def as_evidence(self) -> dict[str, Any]:
        """For the page that highlights it."""
        evidence: dict[str, Any] = {
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "codes": [place.code for place in self.places][:10],
        }
        if self.contradicts:
            evidence["contradicts"] = True
        return evidence


class TextReader:
    """Reads one address into one reading."""

    def __init__(self, names: Names, day: Day, reading: Reading, said: str) -> None:
        self.names = names
        self.day = day
        self.before = self.reading = reading
        self.said = said
        self.text = without_noise(spelled(said))
        self.found: list[Found] = []
        self._edge = self._due = 0
        self._is_weak = False

    def read(self) -> Reading:
        """The reading after the whole text."""
        position = self._beginning = self._due = self._skip_separators(0)
        self._letter_of_a_province(position)
        while position < len(self.text):
            position = self._name_at(position) or self._misspelling_at(position) or position + 1
        return self.reading

    def _name_at(self, start: int) -> int:
        """Take the name that begins here, if one does; where it ends, or 0."""
        for end, meaning in self.names.found_at(self.text, start):
            if (
                self._take_full_name(start, end, meaning)
                or self._take_bare_name(start, end, meaning)
                or self._take_contradiction(start, end, meaning)
            ):
                return end
        return 0

    # What fits

    def _take_full_name(self, start: int, end: int, meaning: Meaning) -> bool:
        if self._is_road(_ROAD_AFTER_FULL, end):
            return False
        fitting = self._fitting_divisions(start, end, meaning)
        fitting = fitting or self._fitting_towns(start, end, meaning)
        fitting = fitting or self._fitting_other_names(start, end, meaning)
        if fitting:
            self._narrow(start, end, fitting)
            return True
        towns = [town for place in self.reading.possible for town in self._towns(meaning, place)]
        said_again = meaning.full or self._other_names(meaning)
        return self._take_repetition(start, end, [*said_again, *towns])

    def _fitting_divisions(self, start: int, end: int, meaning: Meaning) -> list[Place]:
        if not meaning.full or _HOUSE_AFTER.match(self.text, end):
            return []
        fitting = self.reading.fitting(meaning.full, self.day)
        if self.reading.is_open:
            if self.text[start:end] in LOOSE:
                return [place for place in fitting if self._is_continued(end, place)]
            return fitting if end - start > 2 or start == self._beginning else []
        if self.text[start:end] in LOOSE:
            fitting = self._directly_below(fitting)
        elif end - start > 2:
            return fitting
        return fitting if self._is_adjacent(start) else []

    def _directly_below(self, places: Sequence[Place]) -> list[Place]:
        return [place for place in places if place.parent in self.reading.possible]

    def _fitting_towns(self, start: int, end: int, meaning: Meaning) -> list[Place]:
        if not meaning.towns or self.reading.is_open:
            return []
        possible = self.reading.possible
        directly = [town for place in possible for town in self._towns(meaning, place)]
        if directly and (end - start > 2 or self._is_adjacent(start)):
            return self.reading.fitting(directly, self.day)
        if end - start > 2 and self._is_adjacent(start) and not self._is_county_first(start):
            return [town for place in possible for town in self.names.towns_below(meaning, place)]
        return []

    def _is_county_first(self, start: int) -> bool:
        """赤城镇宁堡乡 in 张家口 is 镇宁堡乡 in 赤城县, not 赤城镇."""
        return any(
            self._is_continued(end, county)
            for end, meaning in self.names.found_at(self.text, start)
            for county in self.reading.fitting(meaning.short, self.day)
        )

    def _fitting_other_names(self, start: int, end: int, meaning: Meaning) -> list[Place]:
        if end - start < 2:
            return []
        return self.reading.fitting(self._other_names(meaning), self.day)

    def _other_names(self, meaning: Meaning) -> list[Place]:
        """What aliases mean in this address: one that is bounded counts inside its bounds only."""
        return [
            other.place
            for other in meaning.others
            if other.is_in_force(self.day.day)
            and (
                other.within is None
                or any(self.day.is_within(place, other.within) for place in self.reading.possible)
            )
        ]

    def _towns(self, meaning: Meaning, place: Place) -> list[Place]:
        if place.kind == "town":
            beside = meaning.towns.get(place.parent.id, []) if place.parent else []
            return [place] if place in beside else []
        return self.names.towns(meaning, place, self.day)

    def _take_repetition(self, start: int, end: int, places: Sequence[Place]) -> bool:
        if self.reading.is_open or not places:
            return False
        restated = self.reading.restated_by(places, self.day)
        if not restated:
            return False
        if self.reading.ceiling is None:
            self.reading = Reading(tuple(restated))
        self._note(start, end, restated)
        return True

    # Bare names

    def _take_bare_name(self, start: int, end: int, meaning: Meaning) -> bool:
        if not meaning.short:
            return False
        is_open = self.reading.is_open
        if not (start == self._beginning if is_open else self._is_adjacent(start)):
            return False
        fitting = self.reading.fitting(meaning.short, self.day)
        if not fitting:
            return self._take_bare_repetition(start, end, meaning)
        confirmed = [place for place in fitting if self._is_continued(end, place)]
        if not confirmed and self._is_no_bare_name(end):
            return False
        is_alone = not confirmed and bool(_END.match(self.text, end))
        if is_alone:
            confirmed = fitting
        elif not confirmed and not is_open:
            below = self._directly_below(fitting)
            confirmed = below if self._can_end_here(start, end, below) else []
        if confirmed:
            self._narrow(start, end, confirmed)
            self._is_weak = is_alone and is_open
        return bool(confirmed)

    def _take_bare_repetition(self, start: int, end: int, meaning: Meaning) -> bool:
        restated = self.reading.restated_by(meaning.short, self.day)
        if self.text.startswith(("城区", "郊县"), end):  # 上海城区 is how some maps say 上海
            end += 2
        elif not any(self._is_continued(end, place) for place in restated):
            return False
        return self._take_repetition(start, end, restated)

    def _is_no_bare_name(self, end: int) -> bool:
        return bool(_UNIT_AFTER.match(self.text, end)) or self._is_road(_ROAD_AFTER_BARE, end)

    def _is_road(self, pattern: re.Pattern[str], end: int) -> bool:
        """Whether a road's name goes on here; not where a place's begins: 上林县 | 巷贤镇."""
        return bool(pattern.match(self.text, end)) and not any(
            meaning.towns or meaning.full for _, meaning in self.names.found_at(self.text, end)
        )

    def _is_continued(self, end: int, place: Place, depth: int = 0) -> bool:
        """Whether a name of something inside the place follows directly."""
        start = self._skip_separators(end)
        for stop, meaning in self.names.found_at(self.text, start):
            if not self._is_road(_ROAD_AFTER_FULL, stop):
                if any(self.day.is_within(inner, place) for inner in meaning.full):
                    return True
                if self._towns(meaning, place) or self.names.towns_below(meaning, place):
                    return True
                bounds = [other.within or other.place for other in meaning.others]
                if any(self.day.is_within(bound, place) for bound in bounds):
                    return True
            if depth < 2 and self._is_bare_name_inside(start, stop, meaning, place, depth):
                return True
        return False

    def _is_bare_name_inside(
        self, start: int, end: int, meaning: Meaning, place: Place, depth: int
    ) -> bool:
        inside = [
            inner
            for inner in meaning.short
            if inner is not place and self.day.is_within(inner, place)
        ]
        if any(self._is_continued(end, inner, depth + 1) for inner in inside):
            return True
        if not inside or self._is_no_bare_name(end):
            return False
        if _END.match(self.text, end):
            return True
        below = [inner for inner in inside if inner.parent is place]
        return bool(below) and self._can_end_here(start, end, below)

    def _can_end_here(self, start: int, end: int, places: Sequence[Place]) -> bool:
        """Whether a bare name right below another needs no more: 浙江杭州, 杭州西湖 | 文三路."""
        is_city = any(place.kind == "city" for place in places)
        is_word = self.text[start:end] in _ALSO_WORDS
        return bool(_OWN_ROAD.match(self.text, end)) or (is_city and not is_word)

    def _letter_of_a_province(self, start: int) -> None:
        """粤 before 深圳市 says 广东省."""
        if self.reading.is_open and not any(self.names.found_at(self.text, start)):
            provinces = self.names.province_letter(self.text[start : start + 1])
            if any(self._is_continued(start + 1, place) for place in provinces):
                self._narrow(start, start + 1, provinces)

    def _misspelling_at(self, start: int) -> int:
        """A division's name with one character mistaken, right where one is due."""
        if start != self._due or len(self.reading.possible) > 3 or self.reading.ceiling:
            return 0
        misspelt = [
            place
            for parent in self.reading.possible
            for place in self.names.misspelt(self.text, start, parent)
        ]
        if len(self.day.standing(misspelt)) != 1:
            return 0
        end = start + len(misspelt[0].name)
        self._narrow(start, end, misspelt)
        return end

    # What does not fit

    def _take_contradiction(self, start: int, end: int, meaning: Meaning) -> bool:
        is_plain = end - start < 3 or self.text[start:end] in LOOSE
        if self.reading.is_open or (is_plain and not self._stands_alone(start, end)):
            return False
        if self._is_road(_ROAD_AFTER_FULL, end) or _HOUSE_NEAR.match(self.text, end):
            return False
        against = self._siblings(meaning) or self._others_that_count(start, end, meaning)
        if not against:
            return False
        if self._is_weak:
            self._start_afresh()
            return self._take_full_name(start, end, meaning)
        self.reading = self.reading.contradicted(against)
        self._note(start, end, against, contradicts=True)
        return True

    def _siblings(self, meaning: Meaning) -> list[Place]:
        """Places of that name beside those possible: they count wherever they stand."""
        parents = {place.parent.id for place in self.reading.possible if place.parent}
        beside = [place for place in meaning.full if place.parent and place.parent.id in parents]
        for parent in parents:
            beside += meaning.towns.get(parent, [])
        return [
            place
            for place in beside
            if place not in self.reading.possible
            and (place.predecessors or place.valid_from <= self.day.day)
        ]

    def _others_that_count(self, start: int, end: int, meaning: Meaning) -> list[Place]:
        """Far places count where the next division is due, or where their own parts follow."""
        is_adjacent = self._is_adjacent(start)
        if is_adjacent:
            for place in self.reading.possible:
                above = place.parent
                if place.kind == "county" and above:
                    towns = self.names.towns_below(meaning, above)
                    if towns and not meaning.full:
                        return towns
        is_deep = all(place.kind in {"county", "town", "zone"} for place in self.reading.possible)
        return [
            place
            for place in meaning.full
            if is_adjacent or not is_deep or self._is_continued(end, place)
        ]

    def _stands_alone(self, start: int, end: int) -> bool:
        before = self.text[start - 1 : start]
        return bool(_END.match(before) and _END.match(self.text, end))

    def _start_afresh(self) -> None:
        self.reading, self.found, self._is_weak = self.before, [], False

    # Where in the text

    def _skip_separators(self, start: int) -> int:
        match = _SEPARATED.match(self.text, start)
        return match.end() if match else start

    def _is_adjacent(self, start: int) -> bool:
        """Whether nothing but separators and zones stands since the last name that counted."""
        return start == self._edge or bool(_GAP.fullmatch(self.text, self._edge, start))

    def _narrow(self, start: int, end: int, places: Sequence[Place]) -> None:
        self.reading = self.reading.narrowed(places, self.day)
        self._is_weak = False
        self._note(start, end, places)

    def _note(
        self, start: int, end: int, places: Sequence[Place], *, contradicts: bool = False
    ) -> None:
        self._edge, self._due = end, self._skip_separators(end)
        text = self.said[start:end]
        self.found.append(Found(start, end, text, tuple(places), contradicts))
