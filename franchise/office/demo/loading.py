"""Takes the demo in, step by step, each by the commands and actions that everybody uses.

Each step looks at what is there and does only what is missing: after a crash the next run goes on.
"""

import csv
import json
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.utils.translation import gettext as _

from agents.actions.agent_file import import_agents, read_agent_file
from agents.actions.agents import add_member
from agents.actions.territories import transfer_territory
from agents.actions.territory_file import import_territories
from agents.drafts import read_territory_file
from agents.models import Agent, Member, Territory
from franchise.bonuses.actions.awarding import award_all
from franchise.bonuses.actions.plans import propose_plan, take_over_plan
from franchise.bonuses.actions.summing import sum_dirty_days
from franchise.bonuses.models import Plan, Refusal
from franchise.bonuses.plan_files import read_plan
from franchise.office.demo import market
from franchise.office.demo.logins import staff
from franchise.orders.actions.decisions import (
    approve_region_correction,
    count_as_consumer,
    decide_region,
    propose_region_correction,
)
from franchise.orders.actions.imports import import_orders, import_refunds
from franchise.orders.models import Decision, ImportFile, Order, Shop
from franchise.regions.actions.divisions import add_region
from franchise.regions.models import Region
from inventory.actions.pickup_points import import_pickup_points, read_pickup_point_file

SHOPS = (("official", "官方商城"), ("mini", "小程序"))
Step = tuple[str, Callable[[Path], None]]


def steps() -> Iterator[Step]:
    """What to do, in order, and what to say of it."""
    yield _("the zone 松山湖"), add_zone
    yield _("agents and their members"), add_agents
    yield _("territories"), add_territories
    yield _("pickup points"), add_points
    yield _("plans"), add_plans
    yield _("orders and refunds"), lambda files: take_in_orders(files, late=False)
    yield _("bonuses"), lambda _files: award()
    yield _("late orders and changes"), lambda files: take_in_orders(files, late=True)
    yield _("bonuses of what changed"), lambda _files: award()
    yield _("decisions"), decide
    yield _("bonuses of what was decided"), lambda _files: award()


def add_zone(_files: Path) -> None:
    if Region.objects.filter(code=market.SONGSHAN_LAKE).exists():
        return
    add_region(
        code=market.SONGSHAN_LAKE,
        name="松山湖",
        kind=Region.Kind.ZONE,
        parent_id=in_force("441900").pk,
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


def decide(_files: Path) -> None:
    """What people did on their desks: the rest of the queue is left for whoever tries it out."""
    for text, code, times, reason in market.DECISIONS:
        decided = Order.objects.filter(address__text=text, is_decided=True).count()
        doubtful = Refusal.objects.filter(
            why=Refusal.Why.UNRESOLVED, order__address__text=text
        ).order_by("order__order_no")[: times - decided]
        if order_ids := [refusal.order_id for refusal in doubtful]:
            decide_region(
                order_ids, region_id=in_force(code).pk, reason=reason, by=staff("operations")
            )
    correct_regions()
    own = Order.objects.filter(buyer_kind=Order.BuyerKind.AGENT).order_by("order_no")
    if not Decision.objects.filter(kind=Decision.Kind.COUNTS).exists():
        reason = "代理商为客户代下单，已提供客户付款凭证"
        count_as_consumer(own[0].pk, reason=reason, by=staff("operations"))


def correct_regions() -> None:
    """Two awarded orders turn out to belong elsewhere; of the second the approval is awaited."""
    awarded = Order.objects.filter(
        region__code="440106", status=Order.Status.COMPLETED, bonus_lines__isnull=False
    ).distinct()
    done = Decision.objects.filter(needs_approval=True).count()
    for order in awarded.order_by("order_no")[done:2]:
        proposed = propose_region_correction(
            order.pk,
            region_id=in_force("440104").pk,
            reason="买家来电：实际送到越秀区，物流签收地址为证",
            by=staff("operations"),
        )
        if done == 0:
            approve_region_correction(proposed.pk, by=staff("approver"))
            done = 1


def in_force(code: str) -> Region:
    region: Region = Region.objects.get(code=code, valid_to=None)
    return region


def award() -> None:
    award_all()
    sum_dirty_days()


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
