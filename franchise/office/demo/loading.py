"""Takes the demo in, step by step, each by the commands and actions that everybody uses.

Each step looks at what is there and does only what is missing: after a crash the next run goes on.
"""

import csv
import json
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from agents.actions.agent_file import import_agents, read_agent_file
from agents.actions.agents import add_member
from agents.actions.territories import transfer_territory
from agents.actions.territory_file import import_territories
from agents.drafts import read_territory_file
from agents.models import Agent, Member, Territory
from franchise.bonuses.actions.awarding import award_all
from franchise.bonuses.actions.plans import propose_plan, take_over_plan
from franchise.bonuses.actions.summing import sum_dirty_days
from franchise.bonuses.models import Plan
from franchise.bonuses.plan_files import read_plan
from franchise.office.demo import market
from franchise.office.demo.logins import staff
from franchise.orders.actions.imports import import_orders, import_refunds
from franchise.orders.models import ImportFile, Shop
from franchise.regions.actions.divisions import add_region
from franchise.regions.models import Region
from inventory.actions.pickup_points import import_pickup_points, read_pickup_point_file

SHOPS = (("official", "官方商城"), ("mini", "小程序"))
Step = tuple[str, Callable[[Path], None]]


def steps() -> Iterator[Step]:
    """What to do, in order, and what to say of it."""
    yield "the zone 松山湖", add_zone
    yield "agents and their members", add_agents
    yield "territories", add_territories
    yield "pickup points", add_points
    yield "plans", add_plans
    yield "orders and refunds", lambda files: take_in_orders(files, late=False)
    yield "bonuses", lambda _: award()
    yield "late orders and changes", lambda files: take_in_orders(files, late=True)
    yield "bonuses of what changed", lambda _: award()


def add_zone(_files: Path) -> None:
    if Region.objects.filter(code=market.SONGSHAN_LAKE).exists():
        return
    dongguan = Region.objects.get(code="441900", valid_to=None)
    add_region(
        code=market.SONGSHAN_LAKE,
        name="松山湖",
        kind=Region.Kind.ZONE,
        parent_id=dongguan.pk,
        valid_from=date(2020, 1, 1),
        by=staff("operations"),
    )


def add_agents(files: Path) -> None:
    import_agents(read_agent_file(files / "agents.csv"), by=staff("operations"))
    for row in rows_of(files / "members.csv"):
        agent = Agent.objects.get(code=row["agent"])
        if not Member.objects.filter(agent=agent, user__phone=row["phone"]).exists():
            add_member(
                agent.pk,
                phone=row["phone"],
                name=row["name"],
                role=row["role"],
                by=staff("operations"),
            )


def add_territories(files: Path) -> None:
    table = read_territory_file(files / "territories.csv")
    # Once what was handed over stands, its row no longer says how it is: it is taken in only once.
    if not Territory.objects.exists():
        import_territories(table, by=staff("operations"))
    for row in rows_of(files / "transfers.csv"):
        to = Agent.objects.get(code=row["to_agent"])
        standing = Territory.objects.filter(
            region__code=row["region_code"], agent__code=row["from_agent"], ends_on=None
        ).first()
        if standing is not None:
            transfer_territory(
                standing.pk,
                to_agent_id=to.pk,
                on=date.fromisoformat(row["on"]),
                reason="原代理商转行，双方签署转让协议",
                by=staff("operations"),
            )


def add_points(files: Path) -> None:
    import_pickup_points(
        read_pickup_point_file(files / "pickup_points.csv"), by=staff("operations")
    )


def add_plans(files: Path) -> None:
    """Two that pay, one after the other, and one that waits for its approval."""
    for number in (1, 2):
        take_over_plan(read_plan(files / f"plan-{number}.json"))
    if Plan.objects.filter(approved_at=None).exists():
        return
    told = json.loads((files / "plan-3-proposed.json").read_text(encoding="utf-8"))
    propose_plan(
        name="明年方案：最高总拨出5%",
        mode=told["mode"],
        county_rate=Decimal(told["rates"]["county"]),
        city_rate=Decimal(told["rates"]["city"]),
        province_rate=Decimal(told["rates"]["province"]),
        cap=Decimal(told["cap"]),
        starts_on=date.fromisoformat(told["starts_on"]),
        by=staff("finance"),
    )


def take_in_orders(files: Path, *, late: bool) -> None:
    for code, name in SHOPS:
        Shop.objects.get_or_create(code=code, defaults={"name": name})
        for path in sorted(files.glob(f"{code}-orders-*")):
            if ("late" in path.name) == late:
                take_in_once(import_orders, path, code)
        if not late:
            take_in_once(import_refunds, files / f"{code}-refunds.csv", code)


def take_in_once(import_file: Callable[..., object], path: Path, shop: str) -> None:
    if path.name.endswith(".rejected.csv") or ImportFile.objects.filter(
        file_name=path.name, state=ImportFile.State.DONE
    ):
        return
    import_file(path, shop=shop, by=staff("operations"))


def award() -> None:
    award_all()
    sum_dirty_days()


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
