from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from mptt.models import MPTTModel, TreeForeignKey


class Region(MPTTModel):
    """A division of the country, in force from `valid_from` until before `valid_to`.

    The tree holds real divisions only, past ones beside present ones: a code is unique among those
    in force, and a past one is found by code, name and `valid_from`. Years of the yearly lists are
    taken as 1 January. What head office added or retired is `kept_by_hand`: new data leaves it be.
    """

    class Kind(models.TextChoices):
        COUNTRY = "country", _("country")
        PROVINCE = "province", _("province")
        CITY = "city", _("city")
        COUNTY = "county", _("county or district")
        TOWN = "town", _("town or subdistrict")
        ZONE = "zone", _("development zone")

    code = models.CharField(_("code"), max_length=12)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    parent = TreeForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("in")
    )
    valid_from = models.DateField(_("in force from"))
    valid_to = models.DateField(_("in force until"), null=True, blank=True)
    change_kind = models.CharField(_("kind of change"), max_length=10, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    kept_by_hand = models.BooleanField(_("kept by hand"), default=False)
    successors = models.ManyToManyField(
        "self",
        through="Succession",
        symmetrical=False,
        related_name="predecessors",
        verbose_name=_("successors"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(valid_to=None),
                name="code_is_unique_among_those_in_force",
            ),
            models.UniqueConstraint(
                fields=["code", "name", "valid_from"],
                name="past_region_is_found_by_code_name_start",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=models.F("valid_from")),
                name="region_ends_after_it_begins",
            ),
        ]
        indexes = [models.Index(fields=["tree_id", "lft", "rght"], name="region_interval")]

    def __str__(self) -> str:
        return f"{self.name} {self.code}"


class Succession(models.Model):
    """One division that took over from another; the primary successor has position 0.

    Mostly the other has ended. One still in force has ceded a part of itself and kept its code.
    """

    region = models.ForeignKey(Region, models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Region, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["region", "successor"], name="succeeds_once"),
        ]

    def __str__(self) -> str:
        return f"{self.region} → {self.successor}"


class Alias(models.Model):
    """A name or a code that is no division but says where one is: a zone, a placeholder code.

    Editable by head office; dated, so that a decision for the future leaves the past alone.
    """

    class Kind(models.TextChoices):
        PLACEHOLDER = "placeholder", _("placeholder code")
        ZONE = "zone", _("development zone")
        NAME = "name", _("other name")

    code = models.CharField(_("code"), max_length=12, blank=True)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="aliases", verbose_name=_("is in")
    )
    within = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("only in addresses of"),
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=models.F("starts_on")),
                name="alias_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                "code", "name", "region", "starts_on", name="alias_is_said_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.code}"


class Revision(models.Model):
    """One row whose number triggers move whenever regions, successions or aliases change."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.number)
