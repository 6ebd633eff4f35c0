"""How fast a file of structured orders goes in, against COPY of the very rows they become.

Both run on one connection with the same settings. The twin table has the same columns, keys,
checks, indexes and foreign keys as the orders; what is copied into it is what the import stored.
"""

import csv
import random
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from franchise.orders.actions.imports import import_orders
from franchise.orders.models import Shop
from franchise.regions.models import Region

HEADER = [
    "order_no", "paid_at", "goods_amount", "freight", "buyer", "region_code", "province", "city",
    "district", "town", "status", "updated_at",
]  # fmt: skip
DAYS = 90
PLACES = 6_000


def measure(rows: int) -> dict[str, Any]:
    """Import `rows` new orders, then COPY the same rows: seconds of each, and their ratio."""
    shop = Shop.objects.create(code=f"bench-{time.time_ns()}", name="bench")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.csv"
        write_orders(path, rows, prefix=shop.code[-9:])
        started = time.perf_counter()
        report = import_orders(path, shop=shop.code)
        seconds = time.perf_counter() - started
        assert report.new == rows, report.told()
        copy_seconds = copy_into_twin(shop.pk, Path(folder) / "rows.csv")
    return {
        "rows": rows,
        "seconds": round(seconds, 2),
        "copy_seconds": round(copy_seconds, 2),
        "ratio": round(seconds / copy_seconds, 2),
        "rows_per_second": round(rows / seconds),
    }


def write_orders(path: Path, rows: int, *, prefix: str) -> None:
    """A shop's export: 90 days, some 6,000 counties and towns, each told by code and names."""
    chance = random.Random(1)
    places = list(_places(chance))
    first = datetime(2026, 6, 1)  # noqa: DTZ001  (the shop's clock, as in its export)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(rows):
            paid_at = first + timedelta(seconds=chance.randrange(DAYS * 86_400))
            writer.writerow(
                [
                    f"{prefix}{number:010}",
                    paid_at,
                    f"{chance.randrange(990, 99_900) / 100:.2f}",
                    "8.00" if number % 3 else "0.00",
                    f"b{chance.randrange(rows)}",
                    *places[chance.randrange(len(places))],
                    "paid",
                    paid_at + timedelta(minutes=3),
                ]
            )


def _places(chance: random.Random) -> Iterator[tuple[str, ...]]:
    """Code, province, city, district and town of regions that lie at least in a county."""
    regions = {region.pk: region for region in Region.objects.filter(valid_to=None)}
    deep = [r for r in regions.values() if r.kind in (Region.Kind.COUNTY, Region.Kind.TOWN)]
    for region in chance.sample(deep, min(PLACES, len(deep))):
        names = {}
        above: Region | None = region
        while above is not None:
            names[above.kind] = above.name
            above = regions.get(above.parent_id)
        kinds = (Region.Kind.PROVINCE, Region.Kind.CITY, Region.Kind.COUNTY, Region.Kind.TOWN)
        yield (region.code, *(names.get(kind, "") for kind in kinds))


def copy_into_twin(shop_id: int, path: Path) -> float:
    """Seconds that COPY takes for a shop's orders, into a table with the same DDL."""
    with connection.cursor() as cursor:
        with (
            path.open("wb") as file,
            cursor.copy(
                f"copy (select * from orders_order where shop_id = {shop_id} order by id) to stdout"
            ) as copy,
        ):
            for block in copy:
                file.write(block)
        cursor.execute("drop table if exists orders_twin")
        cursor.execute("create table orders_twin (like orders_order including all)")
        cursor.execute(
            "select pg_get_constraintdef(oid) from pg_constraint "
            "where conrelid = 'orders_order'::regclass and contype = 'f'"
        )
        for (definition,) in cursor.fetchall():
            cursor.execute(f"alter table orders_twin add {definition}")
        started = time.perf_counter()
        with (
            transaction.atomic(),
            path.open("rb") as file,
            cursor.copy("copy orders_twin from stdin") as copy,
        ):
            while block := file.read(1 << 20):
                copy.write(block)
        seconds = time.perf_counter() - started
        cursor.execute("drop table orders_twin")
    return seconds
