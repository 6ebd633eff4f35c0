from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from franchise.core.fields import MoneyField
from franchise.ledger.chart import DEBIT_NORMAL, Floor, Mode, Purpose, Type

__all__ = ["Floor", "Mode", "Purpose", "Type"]


class Party(models.Model):
    """Someone we keep accounts with. The app that knows them calls it by its own reference."""

    class Kind(models.TextChoices):
        AGENT = "agent", _("agent")
        SHOP = "shop", _("shop")
        SERVICE_POINT = "service_point", _("service point")
        HEAD_OFFICE = "head_office", _("head office")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    reference = models.CharField(_("reference"), max_length=80)
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "reference"], name="party_is_found_by_kind_and_reference"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Account(models.Model):
    """One purpose, of one party or of nobody in particular. Opened by its first entry."""

    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose.choices)
    party = models.ForeignKey(
        Party, models.PROTECT, null=True, related_name="accounts", verbose_name=_("party")
    )
    type = models.CharField(_("type"), max_length=2, choices=Type.choices)
    mode = models.CharField(_("mode"), max_length=1, choices=Mode.choices)
    floor = models.CharField(_("floor"), max_length=8, choices=Floor.choices)
    takes_back = models.BooleanField()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "party"],
                name="one_account_per_purpose_and_party",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(type__in=Type.values)
                & Q(mode__in=Mode.values)
                & Q(floor__in=Floor.values),
                name="account_is_of_a_known_kind",
            ),
            models.CheckConstraint(
                condition=Q(floor=Floor.NONE) | Q(mode=Mode.AUTHORISING, type=Type.LIABILITY),
                name="only_an_authorising_liability_has_a_floor",
            ),
        ]

    def __str__(self) -> str:
        purpose = f"{self.purpose} {self.get_purpose_display()}"
        return f"{purpose} · {self.party}" if self.party else purpose

    @property
    def is_debit_normal(self) -> bool:
        """Whether its balance grows by debits."""
        return self.type in DEBIT_NORMAL


class Transaction(models.Model):
    """One event of the business in the books. Written once, with its entries, never changed."""

    key = models.CharField(_("key"), max_length=200, unique=True)
    content_hash = models.BinaryField(max_length=32)
    on = models.DateField(_("effective on"), db_index=True)
    posted_at = models.DateTimeField(_("posted at"), db_default=Now())
    memo = models.CharField(_("memo"), max_length=200, blank=True)
    source_type = models.CharField(_("source"), max_length=60, blank=True)
    source_id = models.CharField(_("source's number"), max_length=80, blank=True)
    reverses = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        related_name="reversed_by",
        verbose_name=_("reverses"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("posted by"),
    )
    # Half of a deferred foreign key to the first leg: a transaction without entries cannot commit.
    first_leg = models.IntegerField(db_default=1, editable=False)

    class Meta:
        verbose_name = _("transaction")
        verbose_name_plural = _("transactions")
        constraints = [
            models.CheckConstraint(
                condition=Q(first_leg=1), name="transaction_begins_with_leg_one"
            ),
            models.CheckConstraint(
                condition=Q(reverses=None) | ~Q(reverses=F("id")),
                name="transaction_does_not_reverse_itself",
            ),
            models.CheckConstraint(condition=~Q(key=""), name="transaction_has_a_key"),
        ]
        indexes = [models.Index(fields=["source_type", "source_id"], name="transaction_source")]

    def __str__(self) -> str:
        return self.key


class Entry(models.Model):
    """One leg of a transaction: a debit or a credit of one account."""

    transaction = models.ForeignKey(
        Transaction, models.PROTECT, related_name="entries", db_index=False
    )
    leg = models.IntegerField()
    account = models.ForeignKey(
        Account,
        models.PROTECT,
        related_name="entries",
        db_index=False,
        verbose_name=_("account"),
    )
    debit = MoneyField(_("debit"), db_default=0)
    credit = MoneyField(_("credit"), db_default=0)

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ["transaction_id", "leg"]
        constraints = [
            models.UniqueConstraint(fields=["transaction", "leg"], name="leg_is_written_once"),
            models.CheckConstraint(
                condition=Q(debit__gt=0, credit=0) | Q(debit=0, credit__gt=0),
                name="entry_has_one_positive_side",
            ),
            # To PostgreSQL NaN is a numeric greater than all others, and equal to itself.
            models.CheckConstraint(
                condition=Q(debit__lt=10**12, credit__lt=10**12), name="entry_is_a_number"
            ),
        ]
        indexes = [models.Index(fields=["account", "transaction"], name="entry_account")]

    def __str__(self) -> str:
        return f"{self.transaction_id}/{self.leg}"


class Balance(models.Model):
    """The sums of an account's entries, kept by the database itself.

    For a recording account, those of the deltas already rolled up; see `BalanceDelta`.
    """

    account = models.OneToOneField(Account, models.PROTECT, primary_key=True)
    is_floored = models.BooleanField()
    debits = models.DecimalField(max_digits=18, decimal_places=2, db_default=0)
    credits = models.DecimalField(max_digits=18, decimal_places=2, db_default=0)
    entries = models.BigIntegerField(db_default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_floored=False) | Q(credits__gte=F("debits")),
                name="floored_balance_is_never_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.debits} / {self.credits}"


class BalanceDelta(models.Model):
    """What one transaction adds to a recording account. Deleting it adds it to the balance."""

    account = models.ForeignKey(
        Account, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    debits = models.DecimalField(max_digits=18, decimal_places=2)
    credits = models.DecimalField(max_digits=18, decimal_places=2)
    entries = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.account_id}: {self.debits} / {self.credits}"


class Seal(models.Model):
    """What a transaction was when it was posted, kept apart from it.

    Written by the database from the rows themselves. The proof makes the imprint anew: a row that
    was changed differs, one that was deleted is missed by its key, one slipped in has no seal.
    """

    transaction_id = models.BigIntegerField(primary_key=True)
    key = models.CharField(max_length=200)
    imprint = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return self.key


class ClosedPeriod(models.Model):
    """Nothing more is posted with an effective date up to and including this day."""

    through = models.DateField(_("closed through"), unique=True)
    at = models.DateTimeField(_("closed at"), db_default=Now())
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("closed by"),
    )

    class Meta:
        verbose_name = _("closed period")
        verbose_name_plural = _("closed periods")

    def __str__(self) -> str:
        return f"{self.through}"


class ProofRun(models.Model):
    """The outcome of one proof.

    `checks` is a list of `{"name", "title", "count", "problems"}`; titles are translatable.
    """

    started_at = models.DateTimeField(_("started at"), db_index=True)
    seconds = models.DecimalField(_("seconds"), max_digits=9, decimal_places=3)
    ok = models.BooleanField(_("in order"))
    checks = models.JSONField()

    class Meta:
        verbose_name = _("proof")
        verbose_name_plural = _("proofs")

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M} {'ok' if self.ok else 'red'}"
