"""One agent of Dongguan's Chang'an and of Jiyuan, a stranger next door, and what they earned."""

import itertools
import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal

from agents.models import Agent, Member, Territory, Tier
from franchise.bonuses.models import BonusBatch, BonusLine, BonusTurn, Earning, Plan
from franchise.core.clock import SHANGHAI
from franchise.core.money import ZERO, to_fen
from franchise.orders.models import Address, Buyer, Order, Refund, Shop
from franchise.users.models import User
from tests import regions_cast
from tests.regions_cast import CHANGAN, DALANG, DONGGUAN, JIYUAN, region

CHEN, WANG, NOBODY = "13800002046", "13800003057", "13800009999"
DECEMBER = date(2026, 12, 1)
PAID_AT_NOON = 12

_numbers = itertools.count(1)


class Books:
    """Chen holds Chang'an (county tier) and Jiyuan; Wang holds the city of Dongguan."""

    def __init__(self):
        regions_cast.plant_regions()
        self.shop = Shop.objects.create(code="mall", name="商城")
        self.plan = Plan.objects.create(
            name="2026",
            mode=Plan.Mode.ADDITIVE,
            county_rate=Decimal("0.03"),
            city_rate=Decimal("0.02"),
            province_rate=Decimal("0.01"),
            starts_on=date(2026, 1, 1),
            approved_at=datetime(2026, 1, 1, tzinfo=SHANGHAI),
        )
        self.chen = User.objects.create_user(CHEN, name="陈女士")
        self.chens = Agent.objects.create(code="A-001", name="陈记商行")
        Member.objects.create(agent=self.chens, user=self.chen)
        self.changan = self.hold(
            CHANGAN, Tier.COUNTY, self.chens, date(2026, 3, 1), date(2029, 3, 1)
        )
        self.jiyuan = self.hold(JIYUAN, Tier.COUNTY, self.chens, date(2026, 3, 1), None)
        self.wang = User.objects.create_user(WANG, name="王先生")
        self.wangs = Agent.objects.create(code="A-002", name="王氏贸易")
        Member.objects.create(agent=self.wangs, user=self.wang)
        self.dongguan = self.hold(DONGGUAN, Tier.CITY, self.wangs, date(2026, 1, 1), None)
        self.batch = BonusBatch.objects.create(
            kind=BonusBatch.Kind.AWARD, orders=0, lines=0, amount=ZERO, retained=ZERO
        )

    def hold(self, code, tier, agent, starts_on, ends_on):
        return Territory.objects.create(
            region=region(code), tier=tier, agent=agent, starts_on=starts_on, ends_on=ends_on
        )

    def order(
        self, number, paid_on, goods="1000.00", *, place=CHANGAN, street="振安中路 123 号", **more
    ):
        fields = {"province": "广东省", "city": "东莞市", "town": "长安镇", "text": street}
        if place == JIYUAN:
            fields = {"province": "河南省", "district": "济源市", "text": street}
        if place == DALANG:
            fields["town"] = "大朗镇"
        address = Address.objects.create(fingerprint=uuid.uuid4(), region=region(place), **fields)
        order = Order.objects.create(
            shop=self.shop,
            order_no=number,
            address=address,
            region=region(place),
            paid_at=datetime(
                paid_on.year, paid_on.month, paid_on.day, PAID_AT_NOON, tzinfo=SHANGHAI
            ),
            paid_on=paid_on,
            goods_amount=Decimal(goods),
            content=uuid.uuid4(),
            **more,
        )
        Buyer.objects.create(order=order, name="李小明", phone="13812342046")
        return order

    def award(self, order, *territories, turn=0, base=None, before=ZERO):
        """The lines an award would post under these books's additive plan."""
        base = order.goods_amount if base is None else base
        rates = {0: self.plan.county_rate, 1: self.plan.city_rate}
        upto = ZERO
        for territory in territories:
            rate = rates[territory.tier]
            upto += rate
            BonusLine.objects.create(
                order=order,
                batch=self.batch,
                territory=territory,
                plan=self.plan,
                region=order.region,
                paid_on=order.paid_on,
                version=order.version,
                turn=turn,
                place=territory.tier,
                upto=upto,
                rate=rate,
                base=base,
                amount=to_fen(base * upto) - to_fen(base * (upto - rate)),
            )

    def earn(self, order, on):
        Earning.objects.create(order=order, batch=self.batch, earned_on=on)

    def refund(self, order, amount, on, *territories, turn=1):
        amount = Decimal(amount)
        refund = Refund.objects.create(
            shop=self.shop,
            refund_no=f"R{next(_numbers)}",
            order_no=order.order_no,
            order=order,
            amount=amount,
            refunded_at=datetime(on.year, on.month, on.day, PAID_AT_NOON, tzinfo=SHANGHAI),
        )
        BonusTurn.objects.create(
            order=order,
            turn=turn,
            cause=BonusTurn.Cause.REFUND,
            batch=self.batch,
            refund=refund,
            ladder_turn=0,
            goods_amount=order.goods_amount,
            goods_part=amount,
            goods_refunded=amount,
            freight_refunded=ZERO,
        )
        self.award(order, *territories, turn=turn, base=-amount)

    def some_weeks(self, month=DECEMBER):
        """An order a day until the 23rd, those of the first half earned; one of the month before
        earned then and partly refunded on the 5th."""
        for day in range(1, 24):
            paid = month.replace(day=day)
            place, territory = (JIYUAN, self.jiyuan) if day % 3 == 0 else (CHANGAN, self.changan)
            goods = Decimal(200 + day * 37 % 800)
            order = self.order(f"HJ{paid:%y%m%d}000{4400 + day}", paid, str(goods), place=place)
            self.award(order, territory)
            if day <= 15:
                self.earn(order, paid + timedelta(days=8))
        paid = month - timedelta(days=26)
        received = datetime(paid.year, paid.month, paid.day, 9, tzinfo=SHANGHAI) + timedelta(days=6)
        order = self.order(f"HJ{paid:%y%m%d}0004418", paid, completed_at=received)
        self.award(order, self.changan, self.dongguan)
        self.earn(order, paid + timedelta(days=13))
        self.refund(order, "300.00", month.replace(day=5), self.changan, self.dongguan)
        return order
