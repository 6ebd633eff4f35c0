"""How fast addresses are resolved, on one core (its own seconds), the whole country in memory.

`structured_rows_per_second`: orders as they come from a shop, where the same few thousand places
repeat, every fourth with a street beside them.
`distinct_rows_per_second`: no two rows alike. `free_text_per_second`: only a line of text.
"""

import random
import statistics
import time
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from franchise.regions.gazetteer import AddressFields, Gazetteer
from tests.regions.addresses import Maker, full_with_town, path

Row = tuple[AddressFields, date]
ROUNDS = 5


def measure() -> dict[str, float]:
    """Medians of five rounds, in addresses a second, and the seconds a load takes."""
    started = time.process_time()
    gazetteer = Gazetteer.load()
    load_seconds = time.process_time() - started
    maker = Maker(gazetteer, seed=7)
    return {
        "structured_rows_per_second": _rate(gazetteer, lambda: _structured(maker, 200_000, 4_000)),
        "distinct_rows_per_second": _rate(gazetteer, lambda: _distinct(maker)),
        "free_text_per_second": _rate(gazetteer, lambda: _free_text(maker, 10_000)),
        "gazetteer_load_seconds": round(load_seconds, 2),
    }


def _rate(gazetteer: Gazetteer, rows: Callable[[], list[Row]]) -> float:
    rates = []
    for _ in range(ROUNDS):
        fresh = Gazetteer(gazetteer.places, gazetteer.others, gazetteer.revision)
        given = rows()
        started = time.process_time()
        _exhaust(fresh.resolve_many(given))
        rates.append(len(given) / (time.process_time() - started))
    return round(statistics.median(rates))


def _exhaust(resolutions: Iterable[object]) -> None:
    for _ in resolutions:
        pass


def _structured(maker: Maker, count: int, combinations: int) -> list[Row]:
    places = [maker.town() for _ in range(combinations)]
    days = [date(2026, 9, 1) + timedelta(days=n) for n in range(90)]
    choice = random.Random(1)
    rows = []
    for number in range(count):
        tiers = {place.kind: place.name for place in path(choice.choice(places))}
        street = f"体育西路{number}号" if number % 4 == 0 else ""
        fields = AddressFields(
            province=tiers["province"],
            city=tiers.get("city", tiers["province"]),
            district=tiers.get("county", ""),
            text=street,
        )
        rows.append((fields, choice.choice(days)))
    return rows


def _distinct(maker: Maker) -> list[Row]:
    rows = []
    for town in maker.towns:
        tiers = {place.kind: place.name for place in path(town)}
        fields = AddressFields(
            province=tiers["province"],
            city=tiers.get("city", ""),
            district=tiers.get("county", ""),
            town=town.name,
        )
        rows.append((fields, date(2026, 9, 1)))
    return rows


def _free_text(maker: Maker, count: int) -> list[Row]:
    return [(full_with_town(maker).fields, date(2026, 9, 1)) for _ in range(count)]
