"""Files of any size for the benchmarks: from the real divisions, the same for the same seed."""

import csv
import json
import random
from datetime import date, timedelta
from pathlib import Path

from franchise.regions.models import Region

SEED = 20261124
FIRST_DAY = date(2026, 8, 26)
DAYS = 90
HELD = 0.7
HOT_REGIONS = 6000


def write_plan(path: Path) -> None:
    plan = {
        "mode": "level_difference",
        "rates": {"county": "0.03", "city": "0.05", "province": "0.06"},
        "cap": None,
        "starts_on": "2026-01-01",
    }
    path.write_text(json.dumps(plan))


def write_territories(path: Path) -> int:
    """70 % of provinces, cities and counties are held, each agent by some; how many rows."""
    choose = random.Random(SEED)
    tiers = {"province": "province", "city": "city", "county": "county"}
    rows = [
        (region.code, tiers[region.kind], f"agent-{choose.randrange(3000):04}", "2026-01-01", "")
        for region in _regions(*tiers)
        if choose.random() < HELD
    ]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["region_code", "tier", "agent", "starts_on", "ends_on"])
        writer.writerows(rows)
    return len(rows)


def write_orders(path: Path, rows: int, *, first: int = 0) -> None:
    """Structured orders of 90 days, a third completed, to some 6,000 counties and towns."""
    choose = random.Random(SEED + first)
    places = [
        (region.code, *_names(region))
        for region in choose.sample(_regions("county", "town"), HOT_REGIONS)
    ]
    columns = ["order_no", "paid_at", "goods_amount", "freight", "buyer", "region_code"]
    columns += ["province", "city", "district", "town", "status", "completed_at"]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for n in range(first, first + rows):
            day = FIRST_DAY + timedelta(days=(n - first) * DAYS // rows)
            at = f"{choose.randrange(24):02}:{choose.randrange(60):02}:{choose.randrange(60):02}"
            done = choose.random() < 1 / 3
            writer.writerow(
                [
                    f"B{n:09}",
                    f"{day}T{at}",
                    f"{choose.randrange(100, 100_000) / 100:.2f}",
                    "8.00",
                    f"u{choose.randrange(rows)}",
                    *choose.choice(places),
                    "completed" if done else "paid",
                    f"{day + timedelta(days=1)}T{at}" if done else "",
                ]
            )


def write_refunds(path: Path, orders: int, *, every: int = 20) -> None:
    """A refund of 10 yuan for each twentieth order, or of what it cost if that is less."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["refund_no", "order_no", "amount", "refunded_at"])
        for n in range(0, orders, every):
            day = FIRST_DAY + timedelta(days=n * DAYS // orders)
            writer.writerow([f"R{n:09}", f"B{n:09}", "1.00", f"{day}T23:59:59"])


def _regions(*kinds: str) -> list[Region]:
    found = Region.objects.filter(kind__in=kinds, valid_to=None).order_by("code")
    return list(found.select_related("parent__parent__parent"))


def _names(region: Region) -> tuple[str, str, str, str]:
    names = dict.fromkeys(("province", "city", "county", "town"), "")
    node: Region | None = region
    while node is not None and node.kind in names:
        names[node.kind] = node.name
        node = node.parent
    return names["province"], names["city"], names["county"], names["town"]
