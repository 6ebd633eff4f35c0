"""The demo's orders and refunds, the ordinary ones and those that need a person."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from franchise.office.demo import market
from franchise.office.demo.places import Buyer, Neighbourhood

FIRST, LAST = date(2026, 8, 25), date(2026, 11, 23)
NIGHT = datetime(2026, 11, 23, 23, 0)  # noqa: DTZ001  (files hold Shanghai time without offset)
ORDERS = 20_000
PRICES = [
    Decimal(p)
    for p in ("39.90", "49.90", "59.00", "68.00", "89.00", "129.00", "168.00", "198.00", "298.00")
]
PRICE_WEIGHTS = [14, 16, 18, 20, 12, 8, 6, 4, 2]
COUPONS = [Decimal(c) for c in ("0", "0", "0", "5.00", "10.00", "12.50", "20.00", "6.66")]
HOURS = [2, 1, 1, 1, 1, 1, 2, 4, 7, 9, 10, 10, 12, 9, 8, 8, 8, 9, 10, 13, 16, 17, 13, 7]
FESTIVAL = {
    date(2026, 10, 31): 2.6,
    date(2026, 11, 1): 2.0,
    date(2026, 11, 10): 2.8,
    date(2026, 11, 11): 8.5,
    date(2026, 11, 12): 1.8,
}


@dataclass(frozen=True)
class DemoOrder:
    shop: str
    order_no: str
    paid_at: datetime
    goods: Decimal
    freight: Decimal
    buyer: Buyer
    region_code: str = ""
    province: str = ""
    city: str = ""
    district: str = ""
    town: str = ""
    address: str = ""
    buyer_kind: str = ""
    pickup_point: str = ""
    completed_at: datetime | None = None
    status: str = "paid"
    updated_at: datetime | None = None

    def cells(self) -> dict[str, str]:
        return {
            "order_no": self.order_no,
            "paid_at": said(self.paid_at),
            "goods_amount": str(self.goods),
            "freight": str(self.freight),
            "buyer": self.buyer.nickname,
            "buyer_kind": self.buyer_kind,
            "region_code": self.region_code,
            "province": self.province,
            "city": self.city,
            "district": self.district,
            "town": self.town,
            "address": self.address,
            "pickup_point": self.pickup_point,
            "completed_at": said(self.completed_at),
            "status": self.status,
            "buyer_name": self.buyer.name,
            "buyer_phone": self.buyer.phone,
            "updated_at": said(self.updated_at),
        }


@dataclass
class Shop:
    code: str
    orders: list[DemoOrder] = field(default_factory=list)
    changes: list[DemoOrder] = field(default_factory=list)
    refunds: list[dict[str, str]] = field(default_factory=list)
    number: int = 0

    def next_number(self, chance: random.Random) -> str:
        self.number += chance.randint(1, 900)
        if self.code == "official":
            return f"6{4120358800000000 + self.number * 37}"
        return f"XCX{30_000_000 + self.number}"


def said(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S") if moment else ""


def moments(chance: random.Random) -> Iterable[datetime]:
    """When each order is paid: more at week-ends, in the evening, and on the day of the sale."""
    days = [FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1)]
    weights = []
    for number, day in enumerate(days):
        weight = 1 + number / 400
        weight *= 1.25 if day.weekday() >= 5 else 1
        weight *= 0.8 if date(2026, 10, 1) <= day <= date(2026, 10, 7) else 1
        weights.append(weight * FESTIVAL.get(day, 1))
    for day in chance.choices(days, weights, k=ORDERS):
        hour = chance.choices(range(24), HOURS)[0]
        start = datetime(day.year, day.month, day.day, hour)  # noqa: DTZ001
        moment = start + timedelta(seconds=chance.randrange(3600))
        yield min(moment, NIGHT)


def ordinary(shop: Shop, moment: datetime, buyer: Buyer, chance: random.Random) -> DemoOrder:
    pieces = chance.choices([1, 2, 3, 4], [70, 20, 7, 3])[0]
    goods = sum(chance.choices(PRICES, PRICE_WEIGHTS, k=pieces), Decimal(0)) - chance.choice(
        COUPONS
    )
    freight = Decimal("0.00") if goods >= 99 else Decimal("6.00")
    order = DemoOrder(shop.code, shop.next_number(chance), moment, goods, freight, buyer)
    return outcome(told(order, buyer.home, chance), chance)


def told(order: DemoOrder, home: Neighbourhood, chance: random.Random) -> DemoOrder:
    """How the shop says where it goes: named columns, one line of text, or a code."""
    way = chance.random()
    if order.shop == "mini" and way < 0.12:
        return replace(order, region_code=home.code, address=home.street)
    if way < 0.72:
        return replace(
            order,
            province=home.province,
            city=home.city_said,
            district=home.district,
            town=home.town if chance.random() < 0.5 or home.is_town else "",
            address=home.street,
        )
    return replace(order, address=home.in_one_line(with_town=home.is_town or chance.random() < 0.5))


def outcome(order: DemoOrder, chance: random.Random) -> DemoOrder:
    """Most are completed some days later; the youngest are still on their way."""
    if chance.random() < 0.004:
        closed = min(order.paid_at + timedelta(hours=chance.randint(1, 40)), NIGHT)
        return replace(order, status="cancelled", updated_at=closed)
    done = order.paid_at + timedelta(days=chance.randint(3, 9), seconds=chance.randrange(60_000))
    if done > NIGHT:
        return replace(order, updated_at=order.paid_at)
    return replace(order, status="completed", completed_at=done, updated_at=done)


def oddities(official: Shop, mini: Shop, people: Sequence[Buyer], chance: random.Random) -> None:
    """What makes an operator's day: unclear addresses, pickups, own orders, late ones, changes."""
    unclear(official, mini, people, chance)
    pickups(mini, people, chance)
    own_orders(mini, people, chance)
    around_midnight(official, people, chance)
    late(official, mini, people, chance)
    changed(official, chance)
    changed(mini, chance)


UNCLEAR = (
    # Which 朝阳区, which 鼓楼区? Nobody says.
    ("朝阳区建国路88号", 6),
    ("鼓楼区中山路12号3栋401室", 4),
    # Names both the zone and the town beside it.
    ("广东省东莞市松山湖大朗镇富民路66号", 5),
    # Somewhere in Dongguan, where towns are sold.
    ("广东省东莞市人民路19号", 6),
    # 江干区 was split between 上城区 and 钱塘区.
    ("浙江省杭州市江干区凯旋路225号", 5),
    ("南山区科技园18栋", 2),
)


def unclear(official: Shop, mini: Shop, people: Sequence[Buyer], chance: random.Random) -> None:
    for address, times in UNCLEAR:
        for _ in range(times):
            shop = chance.choice([official, mini])
            order = ordinary(shop, any_moment(chance), chance.choice(people), chance)
            shop.orders.append(somewhere(order, address=address))


def somewhere(
    order: DemoOrder, *, province: str = "", city: str = "", district: str = "", address: str
) -> DemoOrder:
    """The same order with nothing said of its place but this."""
    return replace(
        order,
        region_code="",
        province=province,
        city=city,
        district=district,
        town="",
        address=address,
    )


def pickups(mini: Shop, people: Sequence[Buyer], chance: random.Random) -> None:
    for point, _, _ in market.PICKUP_POINTS:
        for _ in range(chance.randint(25, 45)):
            order = ordinary(mini, any_moment(chance), chance.choice(people), chance)
            mini.orders.append(replace(order, pickup_point=point, freight=Decimal("0.00")))
    for _ in range(5):
        order = ordinary(mini, any_moment(chance), chance.choice(people), chance)
        mini.orders.append(
            replace(
                somewhere(order, address="广东省广州市番禺区提货"),
                pickup_point=market.UNKNOWN_POINT,
            )
        )


def own_orders(mini: Shop, people: Sequence[Buyer], chance: random.Random) -> None:
    """Agents buy for themselves: the shop says so, or only the phone gives it away."""
    for number in (3, 7, 16, 28, 37, 53):
        order = ordinary(mini, any_moment(chance), chance.choice(people), chance)
        mini.orders.append(replace(order, buyer_kind="agent", goods=order.goods * 10))
        order = ordinary(mini, any_moment(chance), chance.choice(people), chance)
        owner = replace(order.buyer, phone=market.owner_phone(number))
        mini.orders.append(replace(order, buyer=owner))


def around_midnight(official: Shop, people: Sequence[Buyer], chance: random.Random) -> None:
    """Two orders a second apart, on either side of the day 白云区 changed hands."""
    midnight = datetime.fromisoformat(f"{market.HANDED_OVER[3]} 00:00:00")
    for moment in (midnight - timedelta(seconds=1), midnight):
        order = ordinary(official, moment, chance.choice(people), chance)
        place = {
            "province": "广东省",
            "city": "广州市",
            "district": "白云区",
            "address": "云城西路88号",
        }
        official.orders.append(somewhere(order, **place))


def late(official: Shop, mini: Shop, people: Sequence[Buyer], chance: random.Random) -> None:
    """Orders that come weeks later, some of former plans, some from before the first one."""
    for shop, days in ((official, 30), (mini, 30)):
        for _ in range(days):
            moment = any_moment(chance, until=date(2026, 10, 31))
            shop.changes.append(ordinary(shop, moment, chance.choice(people), chance))
    for day in ("2025-12-27", "2025-12-29", "2025-12-30", "2025-12-31"):
        moment = datetime.fromisoformat(f"{day} 15:{chance.randint(10, 59)}:00")
        official.changes.append(ordinary(official, moment, chance.choice(people), chance))
    for _ in range(12):
        moment = datetime.fromisoformat(f"2026-06-{chance.randint(10, 30)} 20:15:08")
        mini.changes.append(ordinary(mini, moment, chance.choice(people), chance))


def changed(shop: Shop, chance: random.Random) -> None:
    """Later versions: cancelled after all, another amount, another address, and one too old."""
    known = [
        o for o in shop.orders if o.status != "cancelled" and o.paid_at.date() < date(2026, 11, 10)
    ]
    picked = chance.sample(known, 40)
    for order in picked[:12]:
        shop.changes.append(replace(order, status="cancelled", completed_at=None, updated_at=NIGHT))
    for order in picked[12:26]:
        less = min(order.goods, Decimal(chance.choice(["5.00", "8.80", "15.00"])))
        shop.changes.append(replace(order, goods=order.goods - less, updated_at=NIGHT))
    for order in picked[26:36]:
        place = {
            "province": "广东省",
            "city": "广州市",
            "district": "天河区",
            "address": "体育西路101号",
        }
        shop.changes.append(replace(somewhere(order, **place), updated_at=NIGHT))
    for order in picked[36:]:
        before = order.paid_at - timedelta(minutes=5)
        shop.changes.append(replace(order, goods=order.goods + 50, updated_at=before))


def any_moment(chance: random.Random, until: date = LAST) -> datetime:
    day = FIRST + timedelta(chance.randrange((until - FIRST).days))
    start = datetime(day.year, day.month, day.day, 9)  # noqa: DTZ001
    return start + timedelta(seconds=chance.randrange(50_000))


def refunds(shop: Shop, chance: random.Random) -> None:
    """Partial and full ones, some with freight, some only asked for, some over, some too early."""
    paid = [
        o
        for o in shop.orders
        if o.status != "cancelled" and o.goods > 20 and o.paid_at < NIGHT - timedelta(days=4)
    ]
    for order in chance.sample(paid, len(paid) * 4 // 100):
        way = chance.random()
        if way < 0.45:
            refund(shop, order, order.goods, chance)
        elif way < 0.8:
            refund(
                shop,
                order,
                (order.goods * chance.randint(1, 8) / 10).quantize(Decimal("0.01")),
                chance,
            )
        elif way < 0.9:
            refund(shop, order, order.goods + order.freight, chance, freight=order.freight)
        else:
            refund(shop, order, order.goods, chance, status="requested")
    for order in chance.sample(paid, 4):
        refund(shop, order, order.goods + order.freight + 30, chance)
    for order in chance.sample(paid, 3):
        refund(shop, order, order.goods, chance, status="rejected")
    fresh = [
        o for o in shop.changes if o.status == "completed" and o.goods > 20 and o not in shop.orders
    ]
    held = {order.order_no for order in shop.orders}
    for order in [o for o in fresh if o.order_no not in held][:6]:
        refund(shop, order, Decimal("10.00"), chance)
    missing = replace(shop.orders[0], order_no=shop.next_number(chance))
    refund(shop, missing, Decimal("39.90"), chance)


def refund(  # noqa: PLR0913  (one keyword for each fact)
    shop: Shop,
    order: DemoOrder,
    amount: Decimal,
    chance: random.Random,
    *,
    freight: Decimal | None = None,
    status: str = "completed",
) -> None:
    refunded_at = min(
        order.paid_at + timedelta(days=chance.randint(1, 14), minutes=chance.randrange(600)), NIGHT
    )
    shop.refunds.append(
        {
            "refund_no": f"TK{shop.code[0].upper()}{70_000 + len(shop.refunds)}",
            "order_no": order.order_no,
            "amount": str(amount),
            "refunded_at": said(refunded_at),
            "freight_amount": "" if freight is None else str(freight),
            "status": status,
        }
    )
