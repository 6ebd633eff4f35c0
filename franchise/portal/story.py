"""The story of one order as one agent may read it: their own lines, nobody else's."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.functional import cached_property

from agents.models import Agent, Territory
from franchise.bonuses.models import BonusLine, BonusTurn, Plan
from franchise.core import clock
from franchise.core.money import ZERO
from franchise.orders.models import Address, Order
from franchise.portal import access, masking
from franchise.regions.models import Region

# How the bar of a period is drawn: its width, and how much of it lies before and after the period.
SPAN = 1000
BEFORE, AFTER = 94, 47
OPEN_END = timedelta(days=365)


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
    """One of one's own lines, with why it was posted and what stood before it."""

    line: BonusLine
    turn: BonusTurn | None
    before: Decimal

    @property
    def cause(self) -> str:
        return self.turn.cause if self.turn else "award"

    @property
    def after(self) -> Decimal:
        after: Decimal = self.before + self.line.amount
        return after

    @property
    def base_left(self) -> Decimal:
        if self.turn is None:
            return Decimal(self.line.base)
        return Decimal(self.turn.goods_amount - self.turn.goods_refunded)


@dataclass(frozen=True)
class Story:
    order: Order
    address: tuple[Part, ...]
    way: tuple[Region, ...]
    held: tuple[Held, ...]
    entries: tuple[Entry, ...]
    earned_on: date | None

    @property
    def total(self) -> Decimal:
        total: Decimal = sum((entry.line.amount for entry in self.entries), ZERO)
        return total

    @property
    def sums(self) -> tuple[Entry, ...]:
        """The entries that changed anything; a line of 0.00 is none to the reader."""
        return tuple(entry for entry in self.entries if entry.line.amount)

    @cached_property
    def plan(self) -> Plan:
        return self.entries[-1].line.plan


def story(agent: Agent, order_id: int) -> Story:
    """How an order became the agent's lines. Raises Http404 if it has none of theirs."""
    order = access.order(agent, order_id)
    lines = list(access.lines_of_order(agent, order))
    turns = {turn.turn: turn for turn in access.turns_of_order(order)}
    region = lines[-1].region
    way = access.places([region])[region.pk]
    territories = {line.territory_id: line.territory for line in lines if line.territory}
    return Story(
        order=order,
        address=shown_address(order.address, way),
        way=way,
        held=tuple(held(territory, order.paid_on) for territory in territories.values()),
        entries=tuple(entries(lines, turns)),
        earned_on=access.earned_on(order),
    )


def entries(lines: list[BonusLine], turns: dict[int, BonusTurn]) -> list[Entry]:
    found = []
    sums: dict[int, Decimal] = {}
    for line in lines:
        before = sums.get(line.place, ZERO)
        found.append(Entry(line, turns.get(line.turn), before))
        sums[line.place] = before + line.amount
    return found


def shown_address(address: Address, way: tuple[Region, ...]) -> tuple[Part, ...]:
    """The places of an address, those of the counted region marked; of the street only its name."""
    named = [
        name for name in (address.province, address.city, address.district, address.town) if name
    ]
    parts = [Part(name, _is_on_the_way(name, way)) for name in named]
    text = address.text.strip()
    for name in named:
        text = text.removeprefix(name).strip()
    for region in way:
        for name in (region.name, region.name.rstrip("省市区县镇")):
            if len(name) > 1 and text.startswith(name):
                parts.append(Part(name, is_marked=True))
                text = text.removeprefix(name).strip()
                break
    if text:
        parts.append(Part(masking.street(text), is_marked=False))
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
