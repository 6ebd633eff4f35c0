from django.conf import settings
from django.contrib.postgres.fields import ArrayField, BigIntegerRangeField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from franchise.core.fields import MoneyField
from franchise.regions.models import Region


class Shop(models.Model):
    """Where orders come from. (shop, order number) identifies an order."""

    code = models.CharField(_("shop's code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    header_names = models.JSONField(
        _("headers"),
        default=dict,
        blank=True,
        help_text=_("This shop's own column headers: {its header: our column}."),
    )
    rows_are_items = models.BooleanField(
        _("rows are items"),
        default=False,
        help_text=_("Rows with the same order number are items of one order and are summed."),
    )

    class Meta:
        verbose_name = _("shop")

    def __str__(self) -> str:
        return self.name


class ImportFile(models.Model):
    """One file taken in: what it was, what came of it. Its problems are rows of their own."""

    class Kind(models.TextChoices):
        ORDERS = "orders", _("orders")
        REFUNDS = "refunds", _("refunds")
        TERRITORIES = "territories", _("territories")

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        CHECKING = "checking", _("being checked")
        PREVIEWED = "previewed", _("checked, waiting for your go")
        WAITING = "waiting", _("waiting to be imported")
        RUNNING = "running", _("being imported")
        DONE = "done", _("imported")
        REFUSED = "refused", _("refused")
        DISCARDED = "discarded", _("discarded")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    shop = models.ForeignKey(Shop, models.PROTECT, null=True, blank=True, verbose_name=_("shop"))
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.UPLOADED
    )
    file_name = models.CharField(_("file"), max_length=200)
    stored_as = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    bytes = models.BigIntegerField(_("size"), default=0)
    header_names = models.JSONField(_("headers"), default=dict, blank=True)
    progress = models.BigIntegerField(_("rows done"), default=0)
    rows = models.BigIntegerField(_("rows"), null=True)
    report = models.JSONField(_("report"), default=dict, blank=True)
    refusal = models.CharField(_("why it was refused"), max_length=500, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("at"), auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("import")

    def __str__(self) -> str:
        return self.file_name


class RejectedRow(models.Model):
    """A row that was not taken: its problems, and its cells to mend and import again."""

    file = models.ForeignKey(ImportFile, models.PROTECT, related_name="rejected_rows")
    row = models.PositiveBigIntegerField(_("row"))
    problems = models.JSONField(_("problems"))
    cells = models.JSONField(_("cells"))
    mended_at = models.DateTimeField(_("mended"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "row"], name="row_is_rejected_once"),
        ]


class Address(models.Model):
    """What a shop said about where an order goes, and the region that follows from it.

    Orders that say the same share a row. `fingerprint` is a digest of what was said and of the
    state of the divisions it was resolved against; a row is never resolved anew.
    """

    fingerprint = models.UUIDField(unique=True)
    region_code = models.CharField(max_length=20, blank=True)
    province = models.CharField(max_length=60, blank=True)
    city = models.CharField(max_length=60, blank=True)
    district = models.CharField(max_length=60, blank=True)
    town = models.CharField(max_length=60, blank=True)
    text = models.CharField(max_length=500, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, db_constraint=False, db_index=False)
    candidates = ArrayField(models.BigIntegerField(), null=True)
    evidence = models.JSONField(default=list)


class Order(models.Model):
    """An order as its shop last told it. Former versions are kept in OrderVersion.

    `paid_on` is the Shanghai day of `paid_at`. `region` is the deepest certain one; `candidates`
    are the regions that remain possible (null: everything below `region`); `is_decided` says that
    a person decided. The database counts versions and refuses deletion (0002_guards).
    """

    class BuyerKind(models.TextChoices):
        CONSUMER = "consumer", _("consumer")
        AGENT = "agent", _("agent")
        SERVICE_POINT = "service_point", _("service point")

    class Status(models.TextChoices):
        PAID = "paid", _("paid")
        COMPLETED = "completed", _("completed")
        CANCELLED = "cancelled", _("cancelled")

    class BuyerKindFrom(models.TextChoices):
        SHOP = "shop", _("told by the shop")
        PHONE = "phone", _("the phone is an agent's")
        DECISION = "decision", _("decided by a person")

    id = models.BigAutoField(primary_key=True)
    shop = models.ForeignKey(Shop, models.PROTECT, db_index=False, verbose_name=_("shop"))
    file = models.ForeignKey(
        ImportFile, models.PROTECT, null=True, db_index=False, related_name="+"
    )
    address = models.ForeignKey(
        Address, models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    region = models.ForeignKey(
        Region, models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    paid_at = models.DateTimeField(_("paid at"))
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True)
    updated_at = models.DateTimeField(_("changed by the shop at"), null=True, blank=True)
    paid_on = models.DateField(_("paid on"))
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    is_decided = models.BooleanField(_("decided by a person"), default=False)
    content = models.UUIDField()
    goods_amount = MoneyField(_("goods paid"))
    freight = MoneyField(_("freight"), default=0)
    order_no = models.CharField(_("order number"), max_length=80)
    buyer = models.CharField(_("buyer"), max_length=80, blank=True)
    buyer_kind = models.CharField(
        _("kind of buyer"), max_length=13, choices=BuyerKind.choices, default=BuyerKind.CONSUMER
    )
    buyer_kind_from = models.CharField(
        _("kind of buyer from"),
        max_length=8,
        choices=BuyerKindFrom.choices,
        default=BuyerKindFrom.SHOP,
        db_default=BuyerKindFrom.SHOP,
    )
    status = models.CharField(
        _("status"), max_length=9, choices=Status.choices, default=Status.PAID
    )
    pickup_point = models.CharField(_("pickup point"), max_length=40, blank=True)
    candidates = ArrayField(models.BigIntegerField(), null=True)

    class Meta:
        verbose_name = _("order")
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "order_no"], name="shop_has_an_order_number_once"
            ),
            models.CheckConstraint(
                condition=Q(goods_amount__gte=0, freight__gte=0),
                name="order_amounts_are_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(buyer_kind__in=["consumer", "agent", "service_point"]),
                name="order_has_a_known_kind_of_buyer",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["paid", "completed", "cancelled"]),
                name="order_has_a_known_status",
            ),
        ]
        indexes = [
            models.Index(fields=["region", "paid_on"], name="order_of_region"),
            models.Index(fields=["paid_on", "id"], name="order_of_day"),
        ]

    def __str__(self) -> str:
        return self.order_no


class Buyer(models.Model):
    """Who bought: personal data, apart from the order so that it can be erased."""

    order = models.OneToOneField(
        Order, models.PROTECT, primary_key=True, db_constraint=False, related_name="contact"
    )
    name = models.CharField(_("buyer's name"), max_length=80, blank=True)
    phone = models.CharField(_("buyer's phone"), max_length=40, blank=True)


class OrderVersion(models.Model):
    """A former version of an order, as it was until `ended_at`."""

    order = models.ForeignKey(
        Order, models.PROTECT, db_constraint=False, db_index=False, related_name="versions"
    )
    number = models.PositiveSmallIntegerField(_("version"))
    buyer_kind = models.CharField(max_length=13)
    content = models.JSONField()
    ended_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="order_has_a_version_once"),
        ]


class OldVersion(models.Model):
    """A delivery that changed nothing: older than what is held, or below what is refunded."""

    class Why(models.TextChoices):
        OLDER = "older", _("older than the version held")
        BELOW_REFUNDED = "below_refunded", _("below what is already refunded")

    order = models.ForeignKey(Order, models.PROTECT, related_name="old_versions")
    file = models.ForeignKey(ImportFile, models.PROTECT, null=True, related_name="+")
    why = models.CharField(max_length=16, choices=Why.choices)
    content = models.JSONField()
    at = models.DateTimeField(db_default=Now())


class Refund(models.Model):
    """Money the buyer got back, or asked for. Its order may come later: then `order` is null."""

    class Status(models.TextChoices):
        REQUESTED = "requested", _("requested")
        COMPLETED = "completed", _("completed")
        REJECTED = "rejected", _("rejected")

    shop = models.ForeignKey(Shop, models.PROTECT, db_index=False, verbose_name=_("shop"))
    file = models.ForeignKey(
        ImportFile, models.PROTECT, null=True, db_index=False, related_name="+"
    )
    refund_no = models.CharField(_("refund number"), max_length=80)
    order_no = models.CharField(_("order number"), max_length=80)
    order = models.ForeignKey(
        Order, models.PROTECT, null=True, db_constraint=False, related_name="refunds"
    )
    amount = MoneyField(_("amount"))
    freight_amount = MoneyField(_("of it freight"), null=True, blank=True)
    refunded_at = models.DateTimeField(_("refunded at"))
    status = models.CharField(
        _("status"), max_length=9, choices=Status.choices, default=Status.COMPLETED
    )

    class Meta:
        verbose_name = _("refund")
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "refund_no"], name="shop_has_a_refund_number_once"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0)
                & (
                    Q(freight_amount=None)
                    | Q(freight_amount__gte=0, freight_amount__lte=models.F("amount"))
                ),
                name="refund_amounts_make_sense",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["requested", "completed", "rejected"]),
                name="refund_has_a_known_status",
            ),
        ]
        indexes = [
            models.Index(
                fields=["shop", "order_no"],
                condition=Q(order=None),
                name="refund_without_its_order",
            ),
        ]

    def __str__(self) -> str:
        return self.refund_no


class Decision(models.Model):
    """What a person decided about one order: its region, or that its buyer is a consumer.

    Before the award one person decides; once lines are posted it takes a second (`approved_by`).
    """

    class Kind(models.TextChoices):
        REGION = "region", _("region")
        COUNTS = "counts", _("counts although it is an agent's own")

    order = models.ForeignKey(Order, models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.REGION)
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+")
    region_before = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(auto_now_add=True)
    needs_approval = models.BooleanField(default=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(approved_by=models.F("by")) | Q(approved_by=None),
                name="decision_is_approved_by_another_person",
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(needs_approval=True, approved_at=None, refused_at=None),
                name="order_has_one_open_correction",
            ),
        ]


class WaitingOrders(models.Model):
    """Orders that wait for their bonus, as ranges of ids; the database keeps ranges apart.

    An import writes one row for a chunk of some 50,000 orders, in the same transaction; a single
    order is a range of one. So a million orders are taken off by deleting twenty rows.
    """

    orders = BigIntegerRangeField()
    since = models.DateTimeField(db_default=Now())


class ChangedOrder(models.Model):
    """An order whose content, region, buyer or completion changed after it was first stored."""

    order = models.OneToOneField(Order, models.PROTECT, primary_key=True, db_constraint=False)
    since = models.DateTimeField(db_default=Now())


class WaitingRefund(models.Model):
    """A completed refund that waits for its claw-back; parked while its order earns nothing."""

    refund = models.OneToOneField(Refund, models.PROTECT, primary_key=True)
    order = models.ForeignKey(Order, models.PROTECT, db_constraint=False, related_name="+")
    is_parked = models.BooleanField(default=False)
    since = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(
                fields=["refund"], condition=Q(is_parked=False), name="refund_to_claw_back"
            )
        ]
