"""Random small worlds for the property test: a tree, territories, plans, orders and what happens.

A world is planted into the database and, at the same time, told to the plain rules; `Shadow`
follows the same events with `rules.py` alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from hypothesis import strategies as st

from agents.models import Agent, Territory
from franchise.bonuses import rules
from franchise.bonuses.models import Plan
from franchise.core.clock import SHANGHAI
from franchise.orders.models import Address, Order, Refund, Shop
from inventory.models import PickupPoint

FIRST = date(2026, 1, 1)
DAYS = 12
COUNTRY = 1
# id -> (parent, kind): two provinces, one without cities; a city without counties; towns below.
TREE: dict[int, tuple[int | None, str]] = {
    1: (None, "country"),
    2: (1, "province"),
    3: (1, "province"),
    4: (2, "city"),
    5: (2, "city"),
    6: (4, "county"),
    7: (4, "county"),
    8: (5, "town"),
    9: (5, "zone"),
    10: (3, "county"),
    11: (6, "town"),
    12: (6, "town"),
    13: (10, "town"),
    14: (2, "county"),
}
TIER_OF = {"province": 2, "city": 1, "county": 0, "town": 0, "zone": 0}
RATES = [Decimal(n) / 1000 for n in (0, 5, 10, 13, 20, 30, 50, 55)]
AMOUNTS = [
    Decimal(n) / 100 for n in (0, 1, 10, 17, 33, 50, 99, 101, 250, 1010, 3333, 9999, 66667, 100000)
]


def day(n: int) -> date:
    return FIRST + timedelta(days=n)


@dataclass
class World:
    ended: dict[int, tuple[int, tuple[int, ...]]]
    territories: list[rules.Territory]
    plans: list[rules.Plan]
    points: dict[str, int]
    on_map: rules.Map = field(init=False)

    def __post_init__(self) -> None:
        regions = [
            rules.Region(
                pk,
                parent,
                kind,
                day(self.ended[pk][0]) if pk in self.ended else None,
                self.ended[pk][1] if pk in self.ended else (),
            )
            for pk, (parent, kind) in TREE.items()
        ]
        self.on_map = rules.Map(regions, self.territories, self.plans)


@st.composite
def worlds(draw: Callable[..., Any]) -> World:
    ended = {}
    for pk in draw(st.lists(st.sampled_from([6, 7, 8, 10, 14]), max_size=2, unique=True)):
        pool = [r for r in (6, 7, 9, 10, 11, 14) if r != pk and r not in ended]
        heirs = draw(st.lists(st.sampled_from(pool), max_size=2, unique=True))
        ended[pk] = (draw(st.integers(0, DAYS)), tuple(heirs))
    # Successions run one way only, as in life: an heir that ended too names nobody ended before it.
    ended = {
        pk: (n, tuple(h for h in heirs if h not in ended or ended[h][0] > n))
        for pk, (n, heirs) in ended.items()
    }
    territories: list[rules.Territory] = []
    for region in sorted(set(TREE) - {COUNTRY}):
        for starts, ends in draw(_periods()):
            territories.append(
                rules.Territory(
                    len(territories) + 1,
                    region,
                    TIER_OF[TREE[region][1]],
                    draw(st.integers(1, 4)),
                    day(starts),
                    None if ends is None else day(ends),
                )
            )
    plans = [draw(_plan(n + 1, starts, ends)) for n, (starts, ends) in enumerate(draw(_periods(3)))]
    points = {"P1": draw(st.sampled_from(sorted(TREE))), "P2": 8}
    return World(ended, territories, plans, points)


@st.composite
def _periods(draw: Callable[..., Any], most: int = 2) -> list[tuple[int, int | None]]:
    """Periods in a row, with or without gaps, the last one perhaps open."""
    cuts = draw(st.lists(st.integers(-2, DAYS + 1), max_size=most * 2, unique=True).map(sorted))
    periods: list[tuple[int, int | None]] = list(zip(cuts[::2], cuts[1::2], strict=False))
    if draw(st.booleans()) and len(cuts) % 2:
        periods.append((cuts[-1], None))
    if len(periods) > 1 and draw(st.booleans()):  # without a gap: hands change at midnight
        (a, _), (b, c) = periods[0], periods[1]
        periods[:2] = [(a, b), (b, c)]
    return periods


@st.composite
def _plan(draw: Callable[..., Any], pk: int, starts: int, ends: int | None) -> rules.Plan:
    mode = draw(st.sampled_from(list(rules.Mode)))
    rates = draw(st.lists(st.sampled_from(RATES), min_size=3, max_size=3))
    if mode == rules.Mode.LEVEL_DIFFERENCE:
        rates.sort()
    if not any(rates):
        rates[2] = Decimal("0.01")
    return rules.Plan(
        pk,
        mode,
        (rates[0], rates[1], rates[2]),
        draw(st.sampled_from([None, None, Decimal("0.01"), Decimal("0.05")])),
        day(starts),
        None if ends is None else day(ends),
        draw(st.booleans()),
    )


@st.composite
def orders(draw: Callable[..., Any]) -> rules.Order:
    candidates = draw(st.lists(st.sampled_from(sorted(TREE)), max_size=2, unique=True))
    return rules.Order(
        paid_on=day(draw(st.integers(0, DAYS))),
        goods=draw(st.sampled_from(AMOUNTS)),
        freight=draw(st.sampled_from([Decimal("0.00"), Decimal("12.00")])),
        placement=rules.Placement(
            draw(st.sampled_from(sorted(TREE))),
            tuple(candidates) if draw(st.booleans()) else (),
            draw(st.integers(0, 3)) == 0,
        ),
        is_consumers=draw(st.integers(0, 9)) != 0,
        is_cancelled=draw(st.integers(0, 7)) == 0,
        is_picked_up=draw(st.integers(0, 4)) == 0,
    )


# What happens, in this order within a round: order i arrives or changes, a refund comes, a run.
events = st.lists(
    st.one_of(
        st.tuples(
            st.just("order"), st.integers(0, 5), orders(), st.sampled_from(["P1", "P2", "?"])
        ),
        st.tuples(
            st.just("refund"),
            st.integers(0, 5),
            st.sampled_from([a for a in AMOUNTS if a]),
            st.sampled_from([None, Decimal("5.00")]),
        ),
        st.tuples(st.just("run")),
    ),
    min_size=2,
    max_size=14,
).map(lambda found: [*found, ("run",), ("run",)])


class Shadow:
    """The same events by `rules.py` alone."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.orders: dict[int, rules.Order] = {}
        self.books: dict[int, rules.Books] = {}
        self.refusals: dict[int, rules.Refusal] = {}
        self.refunds: dict[int, list[tuple[Decimal, Decimal | None]]] = {}

    def order(self, pk: int, order: rules.Order, point: str) -> None:
        region = self.world.points.get(point)
        place = None if region is None else rules.Placement(region)
        self.orders[pk] = replace(order, point=place)

    def refund(self, pk: int, amount: Decimal, freight: Decimal | None) -> None:
        self.refunds.setdefault(pk, []).append((amount, freight))

    def refunded(self, pk: int) -> Decimal:
        """The most of an order's goods that is refunded or waits for it."""
        posted = self.books[pk].goods_refunded if pk in self.books else Decimal(0)
        return posted + sum((amount for amount, _ in self.refunds.get(pk, [])), Decimal(0))

    def run(self) -> None:
        for pk, order in self.orders.items():
            verdict = rules.decide(order, self.world.on_map)
            self.refusals.pop(pk, None)
            if isinstance(verdict, rules.Refusal):
                self.refusals[pk] = verdict
            ladder = verdict if isinstance(verdict, rules.Ladder) else None
            if pk in self.books:
                self.books[pk].freight = order.freight
                self.books[pk].correct(ladder, order.goods)
            elif ladder is not None:
                self.books[pk] = rules.Books(order.freight)
                self.books[pk].award(ladder, order.goods)
        for pk, refunds in self.refunds.items():
            if pk in self.books:
                while refunds:
                    self.books[pk].refund(*refunds.pop(0))


class Planted:
    """The same events by rows in the database."""

    def __init__(self, world: World) -> None:
        self.shop = Shop.objects.create(code="s", name="Shop")
        self.refund_count = 0
        self._plant_regions(world)
        Agent.objects.bulk_create(Agent(id=n, code=f"a{n}", name=f"A{n}") for n in range(1, 5))
        Territory.objects.bulk_create(
            Territory(
                id=t.id,
                region_id=t.region_id,
                tier=t.tier,
                agent_id=t.agent_id,
                starts_on=t.starts_on,
                ends_on=t.ends_on,
            )
            for t in world.territories
        )
        Plan.objects.bulk_create(
            Plan(
                id=p.id,
                mode=p.mode.value,
                county_rate=p.rates[0],
                city_rate=p.rates[1],
                province_rate=p.rates[2],
                cap=p.cap,
                starts_on=p.starts_on,
                ends_on=p.ends_on,
                pickup_counts_at_point=p.pickup_counts_at_point,
                approved_at=datetime.now(UTC),
            )
            for p in world.plans
        )
        for code, region in world.points.items():
            PickupPoint.objects.create(code=code, region_id=region)

    @staticmethod
    def _plant_regions(world: World) -> None:
        with connection.cursor() as cursor:
            cursor.execute("set constraints all deferred")
            for pk, (parent, kind) in TREE.items():
                cursor.execute(
                    "insert into regions_region (id, code, name, kind, parent_id, valid_from,"
                    " valid_to, change_kind, note, kept_by_hand, lft, rght, tree_id, level)"
                    " values (%s, %s, %s, %s, %s, '2000-01-01', %s, '', '', false, 0, 0, 1, 0)",
                    [
                        pk,
                        str(pk),
                        str(pk),
                        kind,
                        parent,
                        day(world.ended[pk][0]) if pk in world.ended else None,
                    ],
                )
            for pk, (_, heirs) in world.ended.items():
                for position, heir in enumerate(heirs):
                    cursor.execute(
                        "insert into regions_succession (region_id, successor_id, position)"
                        " values (%s, %s, %s)",
                        [pk, heir, position],
                    )
        self_address = Address.objects.create(
            fingerprint="00000000-0000-0000-0000-000000000000", region_id=COUNTRY
        )
        assert self_address.pk

    def order(self, pk: int, order: rules.Order, point: str) -> None:
        placement = order.placement
        facts = {
            "region_id": placement.region_id,
            "candidates": list(placement.candidates) or None,
            "is_decided": placement.decided,
            "paid_at": datetime.combine(order.paid_on, time(0, 0), SHANGHAI),
            "paid_on": order.paid_on,
            "goods_amount": order.goods,
            "freight": order.freight,
            "buyer_kind": "consumer" if order.is_consumers else "agent",
            "status": "cancelled" if order.is_cancelled else "paid",
            "pickup_point": point if order.is_picked_up else "",
        }
        held = Order.objects.filter(order_no=str(pk)).first()
        if held is None:
            held = Order.objects.create(
                shop=self.shop,
                order_no=str(pk),
                address=Address.objects.get(),
                content="00000000-0000-0000-0000-000000000000",
                **facts,
            )
            with connection.cursor() as cursor:
                cursor.execute(
                    "insert into orders_waitingorders (orders) values (int8range(%s, %s))",
                    [held.pk, held.pk + 1],
                )
                cursor.execute(
                    "insert into orders_waitingrefund (refund_id, order_id, is_parked)"
                    " select id, %s, false from orders_refund where order_no = %s",
                    [held.pk, str(pk)],
                )
            Refund.objects.filter(order_no=str(pk)).update(order=held)
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into orders_orderversion (order_id, number, buyer_kind, content, ended_at)"
                " select id, version, buyer_kind, '{}', now() from orders_order where id = %s",
                [held.pk],
            )
            cursor.execute(
                "insert into orders_changedorder (order_id) values (%s)"
                " on conflict (order_id) do update set since = now()",
                [held.pk],
            )
        Order.objects.filter(pk=held.pk).update(version=held.version + 1, **facts)

    def refund(self, pk: int, amount: Decimal, freight: Decimal | None) -> None:
        self.refund_count += 1
        order = Order.objects.filter(order_no=str(pk)).first()
        refund = Refund.objects.create(
            shop=self.shop,
            refund_no=f"r{self.refund_count:03}",
            order_no=str(pk),
            order=order,
            amount=amount,
            freight_amount=freight if freight is None or freight <= amount else None,
            refunded_at=datetime(2026, 2, 1, tzinfo=UTC) + timedelta(minutes=self.refund_count),
        )
        if order is not None:
            with connection.cursor() as cursor:
                cursor.execute(
                    "insert into orders_waitingrefund (refund_id, order_id, is_parked)"
                    " values (%s, %s, false)",
                    [refund.pk, order.pk],
                )
