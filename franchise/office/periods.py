"""The periods that head office's figures can be asked for, and the one each is compared with."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import QueryDict
from django.utils.dateparse import parse_date

DAY = timedelta(days=1)
LONGEST = 366


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both meant, and the days it is compared with."""

    key: str
    first: date
    last: date
    former_first: date
    former_last: date

    @property
    def ends_on(self) -> date:
        return self.last + DAY

    @property
    def former_ends_on(self) -> date:
        return self.former_last + DAY

    @property
    def days(self) -> list[date]:
        return [self.first + DAY * number for number in range((self.last - self.first).days + 1)]


def asked_for(query: QueryDict, day: date) -> Period:
    """The period of an address; this month where it says nothing that makes sense."""
    key = query.get("period", "")
    if key == "7d":
        return _before(key, day - 6 * DAY, day)
    if key == "last_month":
        last = day.replace(day=1) - DAY
        return _month(key, last.replace(day=1), last)
    if key == "quarter":
        first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        former = _months_before(first, 3)
        former_last = min(former + (day - first), first - DAY)
        return Period(key, first, day, former, former_last)
    if key == "own":
        said, until = _day(query, "first"), _day(query, "last")
        if said and until and said <= until and (until - said).days < LONGEST:
            return _before(key, said, until)
    return _month("month", day.replace(day=1), day)


def _month(key: str, first: date, last: date) -> Period:
    """A month, whole or until today, and the same days of the month before."""
    former = _months_before(first, 1)
    is_whole = (last + DAY).day == 1
    former_last = first - DAY if is_whole else min(former + (last - first), first - DAY)
    return Period(key, first, last, former, former_last)


def _before(key: str, first: date, last: date) -> Period:
    """As many days, directly before."""
    length = last - first + DAY
    return Period(key, first, last, first - length, first - DAY)


def _months_before(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def _day(query: QueryDict, name: str) -> date | None:
    try:
        return parse_date(query.get(name, ""))
    except ValueError:
        return None
