"""Why an agent has no share of an order: at which step it went another way."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings

from agents.models import Agent, Territory
from franchise.bonuses.queries import story as whole
from franchise.core import clock
from franchise.history.actions import record
from franchise.history.models import Event
from franchise.orders.models import Order
from franchise.portal import access
from franchise.portal.errors import LookedUpTooOften, NoSuchOrder
from franchise.portal.story import Held, Part, held, shown_address, way_of
from franchise.regions.models import Region
from franchise.users.models import User

LOOKED_UP = "order.looked_up"
MOST_AN_HOUR = 20

# The rung of the ladder at which each reason stops an order.
STEPS = {
    "own": 1,
    "cancelled": 1,
    "unknown_point": 2,
    "region_ended": 2,
    "unresolved": 2,
    "not_the_region": 3,
    "not_in_force": 3,
    "carved_out": 3,
    "no_plan": 4,
    "rate_is_zero": 4,
    "rounded_away": 5,
    "taken_back": 5,
    "waiting": 5,
}
# These are not the last word: a person, a plan or a few seconds are still to come.
WAIT = {"unknown_point", "region_ended", "unresolved", "no_plan", "waiting"}


@dataclass(frozen=True)
class Missing:
    """What an agent may know of an order that is not theirs: place, day and reason."""

    order: Order
    why: str
    address: tuple[Part, ...]
    way: tuple[Region, ...]
    territories: tuple[Territory, ...]
    territory: Territory | None
    bar: Held | None

    @property
    def step(self) -> int:
        return STEPS[self.why]

    @property
    def waits(self) -> bool:
        return self.why in WAIT

    @property
    def is_to_come(self) -> bool:
        """Whether the territory began only after the order was paid."""
        return self.territory is not None and self.order.paid_on < self.territory.starts_on

    @property
    def days_away(self) -> int:
        """How many days the payment lay outside the territory's period."""
        return _distance(self.territory, self.order.paid_on)[0] if self.territory else 0


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
    return own.order if own else missing(agent, orders[0])


def missing(agent: Agent, order: Order) -> Missing:
    """The reason, for an order that the agent has no amount of."""
    found = whole.story(order.pk, after_sales=settings.AFTER_SALES)
    why = whole.why_nothing(found, agent)[-1][1]
    way = way_of(found)
    territories = tuple(access.territories(agent).order_by("starts_on", "pk"))
    on_the_way = [t for t in territories if t.region_id in {region.pk for region in way}]
    nearest = min(on_the_way, key=lambda t: _distance(t, order.paid_on), default=None)
    is_of_a_period = why == "not_in_force" and nearest is not None
    return Missing(
        order=found.order,
        why=why,
        address=shown_address(found.address, way),
        way=way,
        territories=territories,
        territory=nearest,
        bar=held(nearest, order.paid_on) if nearest and is_of_a_period else None,
    )


def _distance(territory: Territory, day: date) -> tuple[int, int]:
    """How far a day lies outside a period; then the deeper region first."""
    if day < territory.starts_on:
        return (territory.starts_on - day).days, territory.tier
    if territory.ends_on is not None and territory.ends_on <= day:
        return (day - territory.ends_on).days + 1, territory.tier
    return 0, territory.tier
