from django.conf import settings
from django.contrib.postgres.fields import BigIntegerRangeField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from agents.models import Territory
from franchise.bonuses.rules import Mode
from franchise.core.fields import MoneyField, RateField
from franchise.orders.models import Order, Refund
from franchise.regions.models import Region


class Plan(models.Model):
    """One version of how much of an order is paid to whom, from `starts_on` until `ends_on`.

    Rates are additive each tier's own, in level difference cumulative. A plan counts once it is
    approved; the database refuses two approved plans on one day (0002_guards). No plan can pay
    for anything but goods sold to consumers: there is no such field (business rules, section 9).
    """

    class Mode(models.TextChoices):
        ADDITIVE = Mode.ADDITIVE.value, _("additive")
        LEVEL_DIFFERENCE = Mode.LEVEL_DIFFERENCE.value, _("level difference")

    name = models.CharField(_("name"), max_length=80, blank=True)
    mode = models.CharField(_("mode"), max_length=16, choices=Mode.choices)
    county_rate = RateField(_("county, district or town"))
    city_rate = RateField(_("city"))
    province_rate = RateField(_("province"))
    cap = RateField(_("cap"), null=True, blank=True)
    pickup_counts_at_point = models.BooleanField(_("a pickup counts at its point"), default=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposed_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("plan")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")),
                name="plan_lasts_at_least_a_day",
            ),
            models.CheckConstraint(
                condition=Q(
                    county_rate__gte=0,
                    city_rate__gte=0,
                    province_rate__gte=0,
                    county_rate__lte=1,
                    city_rate__lte=1,
                    province_rate__lte=1,
                )
                & (Q(county_rate__gt=0) | Q(city_rate__gt=0) | Q(province_rate__gt=0))
                & (Q(cap=None) | Q(cap__gt=0, cap__lte=1)),
                name="plan_rates_are_shares_and_one_pays",
            ),
            models.CheckConstraint(
                condition=Q(
                    mode="level_difference",
                    county_rate__lte=F("city_rate"),
                    city_rate__lte=F("province_rate"),
                )
                | Q(mode="additive", county_rate__lte=1 - F("city_rate") - F("province_rate")),
                name="plan_rates_never_fall_nor_exceed_the_whole",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None)
                | Q(proposed_by=None)
                | ~Q(approved_by=F("proposed_by")),
                name="plan_is_approved_by_another_person",
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.get_mode_display()} {self.starts_on}"


class BonusBatch(models.Model):
    """What one run posted: its lines carry its id, and so does the ledger's transaction."""

    class Kind(models.TextChoices):
        AWARD = "award", _("award")
        CLAWBACK = "clawback", _("claw-back")
        CORRECTION = "correction", _("correction")
        EARNING = "earning", _("earned")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    posted_at = models.DateTimeField(_("posted at"), db_default=Now())
    orders = models.IntegerField(_("orders"))
    lines = models.IntegerField(_("lines"))
    amount = MoneyField(_("amount"))
    retained = MoneyField(_("retained"))

    class Meta:
        db_table = "bonus_batch"


class BonusLine(models.Model):
    """One share of one order, posted once and never changed: the sub-ledger of overrides.

    The key is the business fact: the order, the turn (0 the award, then one for each refund, each
    taking back and each paying anew) and the place on its ladder (0 county, 1 city, 2 province,
    3 head office). `base` is the change of the base, `upto` the cumulative rate this line reaches,
    `rate` its own share. A turn that sets up a ladder also keeps its lines of 0.00, so that an
    order's own plan and territories stand in its lines; readers leave them out.
    """

    pk = models.CompositePrimaryKey("order_id", "turn", "place")
    order = models.ForeignKey(
        Order, models.PROTECT, db_constraint=False, db_index=False, related_name="bonus_lines"
    )
    batch = models.ForeignKey(BonusBatch, models.PROTECT, db_constraint=False, db_index=False)
    territory = models.ForeignKey(
        Territory,
        models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="bonus_lines",
    )
    plan = models.ForeignKey(Plan, models.PROTECT, db_constraint=False, db_index=False)
    region = models.ForeignKey(
        Region, models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    paid_on = models.DateField()
    version = models.SmallIntegerField()
    turn = models.SmallIntegerField()
    place = models.SmallIntegerField()
    upto = RateField()
    rate = RateField()
    base = MoneyField()
    amount = MoneyField()

    class Meta:
        db_table = "bonus_line"
        constraints = [
            models.CheckConstraint(
                condition=Q(place=3, territory=None)
                | Q(place__in=[0, 1, 2], territory__isnull=False),
                name="line_is_an_agents_or_head_offices",
            ),
            models.CheckConstraint(
                condition=Q(rate__gt=0, rate__lte=F("upto"), upto__lte=1),
                name="line_rates_are_shares",
            ),
        ]
        indexes = [
            models.Index(
                fields=["territory", "paid_on"],
                condition=Q(territory__isnull=False),
                name="line_of_territory",
            ),
        ]


class BonusTurn(models.Model):
    """Why a turn after the award was posted, and how the order stands after it.

    `ladder_turn` is the turn whose lines hold the ladder in force (null: none, all is taken back).
    """

    class Cause(models.TextChoices):
        REFUND = "refund", _("refund")
        TAKEN_BACK = "taken_back", _("taken back")
        PAID_ANEW = "paid_anew", _("paid anew")

    pk = models.CompositePrimaryKey("order_id", "turn")
    order = models.ForeignKey(
        Order, models.PROTECT, db_constraint=False, db_index=False, related_name="bonus_turns"
    )
    turn = models.SmallIntegerField()
    cause = models.CharField(max_length=10, choices=Cause.choices)
    batch = models.ForeignKey(BonusBatch, models.PROTECT, db_constraint=False, db_index=False)
    refund = models.OneToOneField(Refund, models.PROTECT, null=True, related_name="turn")
    correction = models.SmallIntegerField(null=True)
    ladder_turn = models.SmallIntegerField(null=True)
    goods_amount = MoneyField()
    goods_part = MoneyField(default=0)
    freight_part = MoneyField(default=0)
    over_part = MoneyField(default=0)
    goods_refunded = MoneyField()
    freight_refunded = MoneyField()
    posted_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "bonus_turn"
        constraints = [
            models.CheckConstraint(
                condition=Q(cause="refund", refund__isnull=False, correction=None)
                | Q(cause__in=["taken_back", "paid_anew"], refund=None, correction__gte=1),
                name="turn_names_its_refund_or_correction",
            ),
            models.CheckConstraint(
                condition=Q(goods_refunded__gte=0, goods_refunded__lte=F("goods_amount")),
                name="no_more_is_refunded_than_was_paid",
            ),
            models.CheckConstraint(
                condition=Q(turn__gte=1) & (Q(ladder_turn=None) | Q(ladder_turn__lte=F("turn"))),
                name="turn_comes_after_the_award",
            ),
        ]


class Refusal(models.Model):
    """An order that could not be awarded, and why; it waits for a person or for a plan."""

    class Why(models.TextChoices):
        UNKNOWN_POINT = "unknown_point", _("pickup point not known")
        REGION_ENDED = "region_ended", _("territory still on the division that ended")
        UNRESOLVED = "unresolved", _("region not certain")
        NO_PLAN = "no_plan", _("without plan")

    order = models.OneToOneField(
        Order, models.PROTECT, primary_key=True, db_constraint=False, related_name="refusal"
    )
    why = models.CharField(_("why"), max_length=13, choices=Why.choices)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, db_constraint=False, related_name="+"
    )
    paid_on = models.DateField()
    since = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "bonus_refusal"
        indexes = [models.Index(fields=["why", "paid_on"], name="refusal_of_a_kind")]


class Earning(models.Model):
    """That an order's bonus is the agents': after-sales is over and nothing is in dispute."""

    order = models.OneToOneField(
        Order, models.PROTECT, primary_key=True, db_constraint=False, related_name="earning"
    )
    batch = models.ForeignKey(BonusBatch, models.PROTECT, db_constraint=False, db_index=False)
    earned_on = models.DateField()

    class Meta:
        db_table = "bonus_earning"
        indexes = [models.Index(fields=["earned_on"], name="earning_of_day")]


class WaitingEarnings(models.Model):
    """Awarded orders to look at again from `look_at` on, when some of them may be earned."""

    orders = BigIntegerRangeField()
    look_at = models.DateTimeField(db_index=True, db_default=Now())

    class Meta:
        db_table = "bonus_waiting_earnings"


class DirtyDay(models.Model):
    """A day of payment whose sums changed since DaySum was last made for it."""

    day = models.DateField()

    class Meta:
        db_table = "bonus_dirty_day"


class DaySum(models.Model):
    """The sums of one day of payment and one region of the second level: a snapshot of the lines.

    It is rebuilt from lines and orders day by day and can be thrown away; pages read it because a
    million lines are too many to add up while someone waits. `region` is the city, or the county
    or province where no city stands above the order's region.
    """

    day = models.DateField()
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    orders = models.IntegerField(default=0)
    goods_amount = MoneyField(default=0)
    refunded = MoneyField(default=0)
    awarded = MoneyField(default=0)
    clawed_back = MoneyField(default=0)
    earned = MoneyField(default=0)
    retained = MoneyField(default=0)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "bonus_day_sum"
        constraints = [
            models.UniqueConstraint(fields=["day", "region"], name="day_and_region_are_summed_once")
        ]
