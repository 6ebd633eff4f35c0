"""The override bonus of one order, in plain Python: the reference the SQL is held equal to.

Read from top to bottom it is the way of an order: where it counts, who holds what there on the
day it was paid, up to which rate each place gets, what that is in yuan, and what refunds and
corrections change. Rates are fractions of one, amounts yuan, periods half-open.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from franchise.core.money import ZERO, to_fen

COUNTY, CITY, PROVINCE, HEAD_OFFICE = 0, 1, 2, 3
TIERS = (COUNTY, CITY, PROVINCE)
NOTHING = Decimal(0)


class Mode(StrEnum):
    ADDITIVE = "additive"
    LEVEL_DIFFERENCE = "level_difference"


class Refusal(StrEnum):
    """Why an order waits for a person instead of being awarded."""

    UNKNOWN_POINT = "unknown_point"
    REGION_ENDED = "region_ended"
    UNRESOLVED = "unresolved"
    NO_PLAN = "no_plan"


@dataclass(frozen=True)
class Region:
    """A division; `ends_on` is the first day it is no more, `successors` took over from it."""

    id: int
    parent_id: int | None
    kind: str = ""
    ends_on: date | None = None
    successors: tuple[int, ...] = ()


@dataclass(frozen=True)
class Territory:
    id: int
    region_id: int
    tier: int
    agent_id: int
    starts_on: date
    ends_on: date | None = None

    def is_in_force(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


@dataclass(frozen=True)
class Plan:
    """`rates`, county first: each tier's own (additive) or cumulative (level difference)."""

    id: int
    mode: Mode
    rates: tuple[Decimal, Decimal, Decimal]
    cap: Decimal | None
    starts_on: date
    ends_on: date | None = None
    pickup_counts_at_point: bool = True

    def is_in_force(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)

    def full_rate(self) -> Decimal:
        """What the plan could pay on any order; what nobody holds of it is retained."""
        return self.capped(self.combined(TIERS))

    def combined(self, tiers: Sequence[int]) -> Decimal:
        """The cumulative rate of these tiers together, before the cap."""
        rates = [self.rates[tier] for tier in tiers]
        return sum(rates, NOTHING) if self.mode == Mode.ADDITIVE else max(rates, default=NOTHING)

    def capped(self, rate: Decimal) -> Decimal:
        return rate if self.cap is None else min(rate, self.cap)


@dataclass(frozen=True)
class Placement:
    """The deepest certain region, those that remain possible, and whether a person decided."""

    region_id: int
    candidates: tuple[int, ...] = ()
    decided: bool = False


@dataclass(frozen=True)
class Order:
    """What of an order counts for its bonus. `point` is its pickup point's place, if known."""

    paid_on: date
    goods: Decimal
    placement: Placement
    freight: Decimal = ZERO
    is_consumers: bool = True
    is_cancelled: bool = False
    is_picked_up: bool = False
    point: Placement | None = None


@dataclass(frozen=True)
class Rung:
    """One place on the ladder: it earns what lies between `above` (the rungs below) and `upto`."""

    place: int
    territory: Territory | None
    above: Decimal
    upto: Decimal

    @property
    def rate(self) -> Decimal:
        return self.upto - self.above


@dataclass(frozen=True)
class Share:
    """A rung's part of a base, step by step: `cumulative` less `below` is the amount."""

    rung: Rung
    unrounded: Decimal
    cumulative: Decimal
    below: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Ladder:
    """Who earns of an order, from the deepest place up; head office stands on top."""

    plan: Plan
    region_id: int
    paid_on: date
    rungs: tuple[Rung, ...]

    def pays_like(self, other: "Ladder") -> bool:
        """Whether both pay the same by the same plan, territories, region and day."""
        return (self.plan, self.region_id, self.paid_on, self.paying()) == (
            other.plan,
            other.region_id,
            other.paid_on,
            other.paying(),
        )

    def paying(self) -> tuple[Rung, ...]:
        """The rungs that earn; a rung that the cap leaves nothing, or that is full, earns none."""
        return tuple(rung for rung in self.rungs if rung.rate > 0)


class Map:
    """The tree of regions, who holds what in it, and the plans."""

    def __init__(
        self, regions: Iterable[Region], territories: Iterable[Territory], plans: Iterable[Plan]
    ) -> None:
        self.regions: Mapping[int, Region] = {region.id: region for region in regions}
        self.territories = tuple(territories)
        self.plans = tuple(plans)

    def path(self, region_id: int) -> tuple[int, ...]:
        """The region and all above it, deepest first."""
        path: list[int] = []
        above: int | None = region_id
        while above is not None:
            path.append(above)
            above = self.regions[above].parent_id
        return tuple(path)

    def plan(self, day: date) -> Plan | None:
        return next((plan for plan in self.plans if plan.is_in_force(day)), None)

    def holders(self, region_id: int, day: date) -> dict[int, Territory]:
        """Who holds each tier seen from a region: the nearest, so a carve-out beats its county."""
        nearness = {above: steps for steps, above in enumerate(self.path(region_id))}
        seen = [t for t in self.territories if t.is_in_force(day) and t.region_id in nearness]
        seen.sort(key=lambda t: nearness[t.region_id], reverse=True)
        return {t.tier: t for t in seen}

    def heirs(self, territory: Territory, day: date) -> set[int]:
        """The regions in force that took over from a territory's region that ended by that day."""
        heirs: set[int] = set()
        ended = [territory.region_id]
        while ended:
            region = self.regions[ended.pop()]
            if region.ends_on is None or region.ends_on > day:
                heirs.add(region.id)
            else:
                ended.extend(region.successors)
        return heirs - {territory.region_id}

    def waits_for_successor(self, region_id: int, day: date) -> bool:
        """Whether a territory seen from here still stands on the division that ended."""
        path = set(self.path(region_id))
        return any(
            path & self.heirs(territory, day)
            for territory in self.territories
            if territory.is_in_force(day)
        )

    def is_unresolved(self, placement: Placement, day: date) -> bool:
        """Whether territory is sold at or below a place that remains possible.

        Those are the candidates; without candidates, everything below the certain region.
        """
        return not placement.decided and bool(self.sold_in_doubt(placement, day))

    def sold_in_doubt(self, placement: Placement, day: date) -> tuple[Territory, ...]:
        """The territories of that day that the order may or may not belong to."""
        possible = set(placement.candidates) or {placement.region_id}
        found = []
        for territory in self.territories:
            if not territory.is_in_force(day):
                continue
            for stands_in in {territory.region_id, *self.heirs(territory, day)}:
                path = self.path(stands_in)
                if possible & set(path if placement.candidates else path[1:]):
                    found.append(territory)
                    break
        return tuple(found)


def counted_placement(order: Order, plan: Plan | None) -> Placement | None:
    """Where an order counts: as a person decided, else a pickup at its point or as the plan says.

    None if the point is not known.
    """
    if not order.is_picked_up or order.placement.decided:
        return order.placement
    if plan is not None and not plan.pickup_counts_at_point:
        return order.placement
    return order.point


def decide(order: Order, on_map: Map) -> Ladder | Refusal | None:
    """The ladder an order is paid by; or why it waits; or None, if it earns nobody anything."""
    if not order.is_consumers or order.is_cancelled:
        return None
    plan = on_map.plan(order.paid_on)
    placement = counted_placement(order, plan)
    if placement is None:
        return Refusal.UNKNOWN_POINT
    if on_map.waits_for_successor(placement.region_id, order.paid_on):
        return Refusal.REGION_ENDED
    if on_map.is_unresolved(placement, order.paid_on):
        return Refusal.UNRESOLVED
    if plan is None:
        return Refusal.NO_PLAN
    holders = on_map.holders(placement.region_id, order.paid_on)
    return Ladder(plan, placement.region_id, order.paid_on, climb(plan, holders))


def climb(plan: Plan, holders: Mapping[int, Territory]) -> tuple[Rung, ...]:
    """The rungs of each held tier, deepest first, then head office's up to the plan's full rate."""
    rungs: list[Rung] = []
    above = NOTHING
    held = [tier for tier in TIERS if tier in holders]
    for count, tier in enumerate(held, start=1):
        upto = plan.capped(plan.combined(held[:count]))
        rungs.append(Rung(tier, holders[tier], above, upto))
        above = upto
    rungs.append(Rung(HEAD_OFFICE, None, above, plan.full_rate()))
    return tuple(rungs)


def share_base(base: Decimal, rungs: Iterable[Rung]) -> tuple[Share, ...]:
    """What each rung earns of a base: rounded on the cumulative rate, then differenced.

    So the shares always add up to the base times the full rate, rounded once.
    """
    shares = []
    for rung in rungs:
        unrounded = base * rung.upto
        cumulative = to_fen(unrounded)
        below = to_fen(base * rung.above)
        shares.append(Share(rung, unrounded, cumulative, below, cumulative - below))
    return tuple(shares)


@dataclass(frozen=True)
class RefundParts:
    """What of a refund is for goods (lowers the base), what for freight, and what is over both."""

    goods: Decimal
    freight: Decimal
    over: Decimal


def split_refund(
    amount: Decimal, *, freight_given: Decimal | None, goods_left: Decimal, freight_left: Decimal
) -> RefundParts:
    """The freight the shop named comes off first; then goods, then freight; the rest is over."""
    named = min(freight_given or ZERO, freight_left)
    goods = min(amount - named, goods_left)
    freight = min(amount - goods, freight_left)
    return RefundParts(goods, freight, amount - goods - freight)


@dataclass(frozen=True)
class Line:
    """One posted share: `base` is the change of the base, `rate` the place's own share of it."""

    turn: int
    place: int
    territory: Territory | None
    plan: Plan
    region_id: int
    upto: Decimal
    rate: Decimal
    base: Decimal
    amount: Decimal


class Books:
    """The lines of one order, posted one turn after the other; lines are only ever added.

    A turn that sets up a ladder keeps its lines of 0.00, as the database does; readers leave
    them out.
    """

    def __init__(self, freight: Decimal = ZERO) -> None:
        self.lines: list[Line] = []
        self.turn = -1
        self.ladder: Ladder | None = None
        self.goods = ZERO
        self.goods_refunded = ZERO
        self.freight_refunded = ZERO
        self.freight = freight
        self._ladder_turn = 0

    @property
    def goods_left(self) -> Decimal:
        """What the buyer paid for goods and has not got back: the base, if a ladder stands."""
        return self.goods - self.goods_refunded

    def award(self, ladder: Ladder, goods: Decimal) -> None:
        """The first turn: every rung's share of the goods paid."""
        self.goods = goods
        self._set_up(ladder)

    def refund(self, amount: Decimal, freight_given: Decimal | None = None) -> RefundParts:
        """Post the difference between what the remaining base earns and what was earned before.

        An order whose lines were all taken back earns nothing, so then only the refund is counted.
        """
        assert self.turn >= 0, "a refund waits until its order was awarded"
        before = self.goods_left
        parts = split_refund(
            amount,
            freight_given=freight_given,
            goods_left=before,
            freight_left=max(self.freight - self.freight_refunded, ZERO),
        )
        self.turn += 1
        self.goods_refunded += parts.goods
        self.freight_refunded += parts.freight
        if self.ladder is not None:
            earned = share_base(before, self.ladder.paying())
            remaining = share_base(self.goods_left, self.ladder.paying())
            for was, now in zip(earned, remaining, strict=True):
                if now.amount != was.amount:
                    self._write(now.rung, -parts.goods, now.amount - was.amount)
        return parts

    def correct(self, ladder: Ladder | None, goods: Decimal) -> bool:
        """Take back what each place got and pay anew on the base left; False if nothing changed."""
        if self._stands_for(ladder, goods):
            self.goods = goods
            return False
        if self.ladder is not None:
            self._take_back()
        self.goods = goods
        if ladder is not None:
            self._set_up(ladder)
        return True

    def earned_by(self, place: int) -> Decimal:
        """What a place has got on the ladder that stands."""
        standing = (li for li in self.lines if li.turn >= self._ladder_turn and li.place == place)
        return sum((line.amount for line in standing), ZERO)

    def _stands_for(self, ladder: Ladder | None, goods: Decimal) -> bool:
        if ladder is None or self.ladder is None:
            return ladder is self.ladder
        return self.goods == goods and self.ladder.pays_like(ladder)

    def _set_up(self, ladder: Ladder) -> None:
        self.turn += 1
        self.ladder, self._ladder_turn = ladder, self.turn
        for share in share_base(self.goods_left, ladder.paying()):
            self._write(share.rung, self.goods_left, share.amount)

    def _take_back(self) -> None:
        assert self.ladder is not None
        self.turn += 1
        for rung in self.ladder.paying():
            earned = self.earned_by(rung.place)
            if earned != 0:
                self._write(rung, -self.goods_left, -earned)
        self.ladder = None

    def _write(self, rung: Rung, base: Decimal, amount: Decimal) -> None:
        assert self.ladder is not None
        self.lines.append(
            Line(
                turn=self.turn,
                place=rung.place,
                territory=rung.territory,
                plan=self.ladder.plan,
                region_id=self.ladder.region_id,
                upto=rung.upto,
                rate=rung.rate,
                base=base,
                amount=amount,
            )
        )
