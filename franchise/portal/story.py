"""The story of one order as one agent may read it: their own share, nobody else's."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings

from agents.models import Agent, Territory
from franchise.bonuses.models import BonusTurn, Plan
from franchise.bonuses.queries import story as whole
from franchise.core import clock
from franchise.core.money import ZERO
from franchise.orders.models import Address, Order, Refund
from franchise.portal import access, masking
from franchise.regions.models import Region
from inventory.models import PickupPoint

# How the bar of a period is drawn: its width, and how much of it lies before and after the period.
SPAN = 1000
BEFORE, AFTER = 94, 47
OPEN_END = timedelta(days=365)
PAYS = {"award", BonusTurn.Cause.PAID_ANEW}


@dataclass(frozen=True)
class Part:
    """A piece of the address; the marked ones are what decided the region."""

    text: str
    is_marked: bool


@dataclass(frozen=True)
class Held:
    """One's own territory on the day of payment, and where that day stands in its period."""

    territory: Territory
    start: int
    width: int
    day: int


@dataclass(frozen=True)
class Entry:
    """One's own share of one turn. `base` is its change of the base, `before` what one had."""

    kind: str
    at: datetime
    rate: Decimal
    base: Decimal
    base_left: Decimal
    before: Decimal
    amount: Decimal
    refund: Refund | None

    @property
    def pays(self) -> bool:
        """Whether it counts the whole base, not a change of it."""
        return self.kind in PAYS

    @property
    def after(self) -> Decimal:
        return self.before + self.amount


@dataclass(frozen=True)
class Story:
    order: Order
    address: tuple[Part, ...]
    way: tuple[Region, ...]
    counts_at: str
    point: PickupPoint | None
    held: tuple[Held, ...]
    entries: tuple[Entry, ...]
    plan: Plan | None
    earned_on: date | None
    earned_from: datetime | None

    @property
    def total(self) -> Decimal:
        return sum((entry.amount for entry in self.entries), ZERO)

    @property
    def sums(self) -> tuple[Entry, ...]:
        """The entries that changed anything; a share of 0.00 is none to the reader."""
        return tuple(entry for entry in self.entries if entry.amount)


def story(agent: Agent, order_id: int) -> Story:
    """How an order became the agent's share. Raises Http404 if it never had one."""
    order = access.order(agent, order_id)
    found = whole.story(order.pk, after_sales=settings.AFTER_SALES)
    way = way_of(found)
    own = {
        step.territory.pk: step.territory
        for turn in found.turns
        for step in turn.steps
        if step.territory and step.territory.agent_id == agent.pk
    }
    return Story(
        order=found.order,
        address=shown_address(found.address, way),
        way=way,
        counts_at=found.counts_at,
        point=found.point,
        held=tuple(held(territory, found.order.paid_on) for territory in own.values()),
        entries=tuple(own_entries(found, own)),
        plan=found.plan,
        earned_on=found.earning.earned_on if found.earning else None,
        earned_from=found.earned_from,
    )


def way_of(found: whole.Story) -> tuple[Region, ...]:
    """From the province down to the region that counts; without one, to that of the address."""
    if found.places:
        return tuple(p.region for p in found.places if p.region.kind != Region.Kind.COUNTRY)
    return access.way_to(found.order.region_id)


def own_entries(found: whole.Story, own: dict[int, Territory]) -> Iterator[Entry]:
    for turn in found.turns:
        for step in turn.steps:
            if step.territory is None or step.territory.pk not in own:
                continue
            pays = turn.kind in PAYS
            if pays or step.amount:
                yield Entry(
                    kind=turn.kind,
                    at=turn.at,
                    rate=step.rate,
                    base=turn.base_after if pays else turn.base_after - turn.base_before,
                    base_left=turn.base_after,
                    before=step.before,
                    amount=step.amount,
                    refund=turn.refund,
                )


def shown_address(address: Address, way: tuple[Region, ...]) -> tuple[Part, ...]:
    """The places of an address, those that decided marked; of the street only its name."""
    columns = (address.province, address.city, address.district, address.town)
    named = [name for name in columns if name]
    parts = [Part(name, _is_on_the_way(name, way)) for name in named]
    places, street = _read_text(address, way)
    parts += [Part(place, is_marked=True) for place in places if place not in named]
    if street:
        parts.append(Part(masking.street(street), is_marked=False))
    return tuple(parts)


def held(territory: Territory, day: date) -> Held:
    """The geometry of the bar: the period, and the day as a line on it."""
    ends_on = territory.ends_on or max(clock.today(), day) + OPEN_END
    scale = (SPAN - BEFORE - AFTER) / (ends_on - territory.starts_on).days
    line = BEFORE + round((day - territory.starts_on).days * scale)
    width = SPAN - BEFORE - (AFTER if territory.ends_on else 0)
    return Held(territory, BEFORE, width, min(max(line, 4), SPAN - 4))


def _is_on_the_way(name: str, way: tuple[Region, ...]) -> bool:
    return any(region.name == name or region.name.startswith(name) for region in way)


def _read_text(address: Address, way: tuple[Region, ...]) -> tuple[list[str], str]:
    """The places that were read in the free text, and what follows the last of them."""
    for source in address.evidence:
        matches = [m for m in source.get("matches", ()) if not m.get("contradicts")]
        if matches:
            return [m["text"] for m in matches], source["said"][matches[-1]["end"] :]
    text = address.text.strip()
    columns = (address.province, address.city, address.district, address.town)
    for name in (*columns, *(region.name for region in way)):
        text = text.removeprefix(name).strip()
    return [], text
