"""Why an agent has no line on an order: at which step it went another way."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from agents.models import Agent, Territory
from franchise.bonuses.models import BonusLine, Refusal
from franchise.core import clock
from franchise.history.actions import record
from franchise.history.models import Event
from franchise.orders.models import Order
from franchise.portal import access
from franchise.portal.errors import LookedUpTooOften, NoSuchOrder
from franchise.portal.story import Held, Part, held, shown_address
from franchise.regions.models import Region
from franchise.users.models import User

LOOKED_UP = "order.looked_up"
MOST_AN_HOUR = 20


class Why(StrEnum):
    ELSEWHERE = "elsewhere"  # in none of the agent's regions
    NOT_YET_HELD = "not_yet_held"
    NO_LONGER_HELD = "no_longer_held"
    NEARER_HOLDER = "nearer_holder"  # a deeper territory of that tier was carved out
    UNRESOLVED = "unresolved"
    NO_PLAN = "no_plan"
    NOT_A_CONSUMERS = "not_a_consumers"
    CANCELLED = "cancelled"
    NOTHING_LEFT = "nothing_left"  # below the cap, or less than half a fen
    WAITING = "waiting"


@dataclass(frozen=True)
class Missing:
    """What an agent may know of an order that is not theirs: place, day and reason."""

    order: Order
    why: Why
    address: tuple[Part, ...]
    way: tuple[Region, ...]
    territories: tuple[Territory, ...]
    territory: Territory | None = None
    bar: Held | None = None

    @property
    def step(self) -> int:
        """The rung of the ladder at which it stopped."""
        return STEPS[self.why]

    @property
    def days_away(self) -> int:
        """How long before the territory's start, or after its end, the order was paid."""
        if self.territory is None:
            return 0
        return _distance(self.territory, self.order.paid_on)[0]


STEPS = {
    Why.NOT_A_CONSUMERS: 1,
    Why.CANCELLED: 1,
    Why.UNRESOLVED: 2,
    Why.ELSEWHERE: 3,
    Why.NOT_YET_HELD: 3,
    Why.NO_LONGER_HELD: 3,
    Why.NEARER_HOLDER: 3,
    Why.NO_PLAN: 4,
    Why.NOTHING_LEFT: 5,
    Why.WAITING: 5,
}


def look_up(agent: Agent, number: str, *, by: User) -> Missing | Order:
    """Why an order earned the agent nothing, or the order itself if it earned something.

    Every look-up is recorded. Refuses with LookedUpTooOften, and with NoSuchOrder.
    """
    since = clock.now() - timedelta(hours=1)
    seen = Event.objects.filter(
        subject_type=User._meta.label_lower,  # noqa: SLF001
        subject_id=by.pk,
        verb=LOOKED_UP,
        at__gt=since,
    )
    if seen.count() >= MOST_AN_HOUR:
        raise LookedUpTooOften(times=MOST_AN_HOUR)
    record(LOOKED_UP, on=by, by=by, order_no=number, agent=agent.pk)
    orders = list(access.orders_with_number(number))
    if not orders:
        raise NoSuchOrder(number=number)
    own = access.lines(agent).filter(order__in=orders).first()
    return own.order if own else why_nothing(agent, orders[0])


def why_nothing(agent: Agent, order: Order) -> Missing:
    """The reason, for an order that the agent has no amount on."""
    lines = list(access.lines_of_anyone(order))
    region = lines[-1].region if lines else order.region
    way = access.places([region])[region.pk]
    mine = [t for t in access.territories(agent) if t.region_id in {r.pk for r in way}]
    nearest = min(mine, key=lambda t: _distance(t, order.paid_on), default=None)
    why = _reason(order, lines, nearest)
    is_about_a_period = why in (Why.NOT_YET_HELD, Why.NO_LONGER_HELD)
    return Missing(
        order=order,
        why=why,
        address=shown_address(order.address, way),
        way=way,
        territories=tuple(access.territories(agent).order_by("starts_on", "pk")),
        territory=nearest,
        bar=held(nearest, order.paid_on) if nearest and is_about_a_period else None,
    )


def _reason(order: Order, lines: list[BonusLine], territory: Territory | None) -> Why:
    if order.status == Order.Status.CANCELLED:
        return Why.CANCELLED
    refusal = Refusal.objects.filter(order=order).first()
    if refusal is not None:
        return Why.NO_PLAN if refusal.why == Refusal.Why.NO_PLAN else Why.UNRESOLVED
    if not lines:
        is_consumers = order.buyer_kind == Order.BuyerKind.CONSUMER
        return Why.WAITING if is_consumers else Why.NOT_A_CONSUMERS
    if territory is None:
        return Why.ELSEWHERE
    return _reason_on_the_spot(order.paid_on, lines, territory)


def _reason_on_the_spot(day: date, lines: list[BonusLine], territory: Territory) -> Why:
    """Why a territory that the order counts in earned nothing on a day."""
    if day < territory.starts_on:
        return Why.NOT_YET_HELD
    if territory.ends_on is not None and territory.ends_on <= day:
        return Why.NO_LONGER_HELD
    others = {line.place for line in lines if line.territory_id not in (None, territory.pk)}
    return Why.NEARER_HOLDER if territory.tier in others else Why.NOTHING_LEFT


def _distance(territory: Territory, day: date) -> tuple[int, int]:
    """How far a day lies outside a period; then the deeper region first."""
    if day < territory.starts_on:
        return (territory.starts_on - day).days, territory.tier
    if territory.ends_on is not None and territory.ends_on <= day:
        return (day - territory.ends_on).days + 1, territory.tier
    return 0, territory.tier
