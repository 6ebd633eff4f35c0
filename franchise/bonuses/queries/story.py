"""The whole story of one order: where it went, who held what, what was paid, and why.

Everything posted is read from the lines; the steps of the arithmetic are shown by `rules.py`, which
the posted amounts are checked against.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils import timezone

from agents.models import Agent, Territory
from franchise.bonuses import rules
from franchise.bonuses.models import BonusLine, BonusTurn, Earning, Plan, Refusal
from franchise.core.money import ZERO, to_fen
from franchise.orders.models import Address, Decision, Order, Refund
from franchise.regions.models import Region
from inventory.models import PickupPoint


@dataclass(frozen=True)
class Place:
    """A region on the way from the order up, and who held it on the day it was paid.

    `tier` is what is sold of it (0 county, 1 city, 2 province; None: nothing, as of the country).
    """

    region: Region
    tier: int | None
    territory: Territory | None


@dataclass(frozen=True)
class Step:
    """One place's part in one turn, as it is worked out; amounts in yuan.

    It is due `cumulative` less `below` of `base_after`; it had `before`; `amount` is the rest, and
    is what was posted. `amount` 0.00 stands for no line.
    """

    place: int
    territory: Territory | None
    region: Region
    rate: Decimal
    above: Decimal
    upto: Decimal
    unrounded: Decimal
    cumulative: Decimal
    below: Decimal
    due: Decimal
    before: Decimal
    amount: Decimal

    @property
    def is_rounded(self) -> bool:
        return self.unrounded != self.cumulative


@dataclass(frozen=True)
class Turn:
    """Lines posted together. `cause` is as in the lines file: order, refund:NO or correction:N."""

    turn: int
    cause: str
    kind: str
    at: datetime
    base_before: Decimal
    base_after: Decimal
    steps: tuple[Step, ...]
    refund: Refund | None = None
    goods_part: Decimal = ZERO
    freight_part: Decimal = ZERO
    over_part: Decimal = ZERO

    @property
    def amount(self) -> Decimal:
        return sum((step.amount for step in self.steps), ZERO)


@dataclass(frozen=True)
class Holding:
    """What one holder, or head office, has of the order now."""

    place: int
    territory: Territory | None
    region: Region
    rate: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Story:
    order: Order
    address: Address
    places: tuple[Place, ...]
    counted_region: Region | None
    counts_at: str
    point: PickupPoint | None
    candidates: tuple[Region, ...]
    plan: Plan | None
    refusal: Refusal | None
    decisions: tuple[Decision, ...]
    refunds: tuple[Refund, ...]
    turns: tuple[Turn, ...]
    holdings: tuple[Holding, ...]
    goods_refunded: Decimal
    earning: Earning | None
    earned_from: datetime | None

    @property
    def verdict(self) -> str:
        """awarded, refused (then see `refusal`), own, cancelled, taken_back or waiting."""
        if self.turns:
            return "awarded" if self.holdings else "taken_back"
        if self.order.buyer_kind != Order.BuyerKind.CONSUMER:
            return "own"
        if self.order.status == Order.Status.CANCELLED:
            return "cancelled"
        return "refused" if self.refusal else "waiting"

    @property
    def base(self) -> Decimal:
        return self.turns[-1].base_after if self.turns else self.order.goods_amount

    @property
    def total(self) -> Decimal:
        return sum((turn.amount for turn in self.turns), ZERO)

    @property
    def full_rate(self) -> Decimal:
        return max((holding.rate for holding in self.holdings), default=ZERO) and sum(
            (holding.rate for holding in self.holdings), ZERO
        )

    @property
    def is_exact(self) -> bool:
        """Whether the lines add up to the base times the full rate, rounded once."""
        return self.total == to_fen(self.base * self.full_rate)

    @property
    def state(self) -> str:
        """earned, pending or none: of what the agents have of it."""
        if not any(holding.territory for holding in self.holdings):
            return "none"
        return "earned" if self.earning else "pending"


def find_order(shop_code: str, order_no: str) -> Order:
    """Raises Order.DoesNotExist."""
    return Order.objects.select_related("shop").get(shop__code=shop_code, order_no=order_no)


def story(order_id: int, *, after_sales: Any = None) -> Story:
    """Read one order's story. Raises Order.DoesNotExist."""
    order = Order.objects.select_related("shop", "contact", "address", "region").get(pk=order_id)
    lines = list(
        BonusLine.objects.filter(order_id=order_id)
        .select_related("territory__agent", "territory__region", "plan", "region")
        .order_by("turn", "place")
    )
    turn_rows = list(
        BonusTurn.objects.filter(order_id=order_id)
        .select_related("refund", "batch")
        .order_by("turn")
    )
    ladder_turn = _ladder_turn(lines, turn_rows)
    ladder = [line for line in lines if line.turn == ladder_turn]
    plan = ladder[0].plan if ladder else plan_on(order.paid_on)
    point = (
        PickupPoint.objects.select_related("region").filter(code=order.pickup_point).first()
        if order.pickup_point
        else None
    )
    counts_at, region = _counted(order, plan, point)
    if ladder:
        region = ladder[0].region
    paid_on = ladder[0].paid_on if ladder else order.paid_on
    refusal = Refusal.objects.filter(order_id=order_id).first()
    completed = order.completed_at if order.status == Order.Status.COMPLETED else None
    return Story(
        order=order,
        address=order.address,
        places=_places(region, paid_on) if region is not None else (),
        counted_region=region,
        counts_at=counts_at,
        point=point,
        candidates=tuple(Region.objects.filter(pk__in=order.candidates or []).order_by("code")),
        plan=plan,
        refusal=refusal,
        decisions=tuple(
            order.decisions.select_related("by", "approved_by", "region", "region_before").order_by(
                "at"
            )
        ),
        refunds=tuple(order.refunds.order_by("refunded_at", "refund_no")),
        turns=_turns(order, lines, turn_rows),
        holdings=_holdings(lines, ladder_turn),
        goods_refunded=turn_rows[-1].goods_refunded if turn_rows else ZERO,
        earning=Earning.objects.filter(order_id=order_id).first(),
        earned_from=completed + after_sales if completed and after_sales else None,
    )


def plan_on(day: date) -> Plan | None:
    return (
        Plan.objects.filter(approved_at__isnull=False, starts_on__lte=day)
        .filter(Q(ends_on=None) | Q(ends_on__gt=day))
        .first()
    )


def why_nothing(found: Story, agent: Agent) -> list[tuple[bool, str]]:
    """Why an agent has nothing of an order: (whether it holds, a code for the sentence) pairs.

    Codes: own, cancelled, unresolved, unknown_point, region_ended, no_plan, waiting,
    not_the_region, not_in_force, carved_out, rate_is_zero, rounded_away, taken_back, has_it.
    """
    if any(h.territory and h.territory.agent_id == agent.pk for h in found.holdings):
        posted = sum(
            (h.amount for h in found.holdings if h.territory and h.territory.agent_id == agent.pk),
            ZERO,
        )
        return [(True, "has_it")] if posted else [(False, "rounded_away")]
    if found.verdict in ("own", "cancelled", "waiting", "taken_back"):
        return [(False, found.verdict)]
    if found.verdict == "refused" and found.refusal is not None:
        return [(False, found.refusal.why)]
    return _why_not_by_place(found, agent)


def _why_not_by_place(found: Story, agent: Agent) -> list[tuple[bool, str]]:
    day = timezone.localdate(found.order.paid_at)
    path = {place.region.pk for place in found.places}
    on_path = Territory.objects.filter(agent=agent, region_id__in=path)
    in_force = [t for t in on_path if t.starts_on <= day and (t.ends_on is None or day < t.ends_on)]
    if not on_path:
        return [(False, "not_the_region")]
    if not in_force:
        return [(True, "its_region"), (False, "not_in_force")]
    holding = {place.territory.pk for place in found.places if place.territory}
    seen = [t for t in in_force if t.pk in holding]
    if not _nearest(seen, found):
        return [(True, "its_region"), (True, "in_force"), (False, "carved_out")]
    return [(True, "its_region"), (True, "in_force"), (False, "rate_is_zero")]


def _nearest(seen: Sequence[Territory], found: Story) -> bool:
    """Whether one of them is the nearest of its tier: a carve-out goes before its county."""
    first_of_tier: dict[int, int] = {}
    for place in reversed(found.places):
        if place.territory is not None:
            first_of_tier.setdefault(place.territory.tier, place.territory.pk)
    return any(first_of_tier.get(t.tier) == t.pk for t in seen)


def _counted(
    order: Order, plan: Plan | None, point: PickupPoint | None
) -> tuple[str, Region | None]:
    if order.is_decided:
        return "decision", order.region
    if not order.pickup_point or (plan is not None and not plan.pickup_counts_at_point):
        return "delivery", order.region
    return "point", point.region if point else None


def _places(region: Region, day: date) -> tuple[Place, ...]:
    path = list(region.get_ancestors(include_self=True))
    held = {
        t.region_id: t
        for t in Territory.objects.filter(region__in=path, starts_on__lte=day)
        .filter(Q(ends_on=None) | Q(ends_on__gt=day))
        .select_related("agent", "region")
    }
    return tuple(Place(node, _tier_of(node), held.get(node.pk)) for node in path)


def _tier_of(region: Region) -> int | None:
    if region.kind == Region.Kind.COUNTRY:
        return None
    if region.kind == Region.Kind.PROVINCE:
        return rules.PROVINCE
    return rules.CITY if region.kind == Region.Kind.CITY else rules.COUNTY


def _ladder_turn(lines: Sequence[BonusLine], turns: Sequence[BonusTurn]) -> int | None:
    if not lines:
        return None
    return turns[-1].ladder_turn if turns else 0


def _turns(order: Order, lines: Sequence[BonusLine], rows: Sequence[BonusTurn]) -> tuple[Turn, ...]:
    if not lines:
        return ()
    by_turn: dict[int, list[BonusLine]] = {}
    for line in lines:
        by_turn.setdefault(line.turn, []).append(line)
    ladder = by_turn[0]
    base = ladder[0].base
    found = [
        Turn(
            0, "order", "award", order.paid_at, ZERO, base,
            tuple(_paid(line, base) for line in ladder),
        )
    ]  # fmt: skip
    has = {line.place: line.amount for line in ladder}
    for row in rows:
        posted = {line.place: line.amount for line in by_turn.get(row.turn, [])}
        after = row.goods_amount - row.goods_refunded if row.ladder_turn is not None else ZERO
        if row.cause == BonusTurn.Cause.PAID_ANEW:
            ladder = by_turn[row.turn]
            steps = tuple(_paid(line, after) for line in ladder)
            has = dict(posted)
        elif row.cause == BonusTurn.Cause.TAKEN_BACK:
            steps = tuple(_taken_back(line, posted.get(line.place, ZERO)) for line in ladder)
            has = {}
        elif row.ladder_turn is not None:
            steps = tuple(
                _clawed_back(line, after, has.get(line.place, ZERO), posted.get(line.place, ZERO))
                for line in ladder
            )
            has = {place: has[place] + posted.get(place, ZERO) for place in has}
        else:
            steps = ()
        found.append(
            Turn(
                turn=row.turn,
                cause=_cause(row),
                kind=row.cause,
                at=row.refund.refunded_at if row.refund else row.posted_at,
                base_before=base,
                base_after=after,
                steps=steps,
                refund=row.refund,
                goods_part=row.goods_part,
                freight_part=row.freight_part,
                over_part=row.over_part,
            )
        )
        base = after
    return tuple(found)


def _cause(row: BonusTurn) -> str:
    return f"refund:{row.refund.refund_no}" if row.refund else f"correction:{row.correction}"


def _share(line: BonusLine, base: Decimal) -> rules.Share:
    rung = rules.Rung(line.place, None, line.upto - line.rate, line.upto)
    return rules.share_base(base, [rung])[0]


def _paid(line: BonusLine, base: Decimal) -> Step:
    return _step(line, _share(line, base), before=ZERO, amount=line.amount)


def _clawed_back(line: BonusLine, base: Decimal, before: Decimal, amount: Decimal) -> Step:
    return _step(line, _share(line, base), before=before, amount=amount)


def _taken_back(line: BonusLine, amount: Decimal) -> Step:
    return _step(line, _share(line, ZERO), before=-amount, amount=amount)


def _step(line: BonusLine, share: rules.Share, *, before: Decimal, amount: Decimal) -> Step:
    return Step(
        place=line.place,
        territory=line.territory,
        region=line.territory.region if line.territory else line.region,
        rate=line.rate,
        above=line.upto - line.rate,
        upto=line.upto,
        unrounded=share.unrounded,
        cumulative=share.cumulative,
        below=share.below,
        due=share.amount,
        before=before,
        amount=amount,
    )


def _holdings(lines: Sequence[BonusLine], ladder_turn: int | None) -> tuple[Holding, ...]:
    if ladder_turn is None:
        return ()
    return tuple(
        Holding(
            place=rung.place,
            territory=rung.territory,
            region=rung.territory.region if rung.territory else rung.region,
            rate=rung.rate,
            amount=sum(
                (li.amount for li in lines if li.turn >= ladder_turn and li.place == rung.place),
                ZERO,
            ),
        )
        for rung in lines
        if rung.turn == ladder_turn
    )
