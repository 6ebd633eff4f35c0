from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from franchise.regions.models import Region


class Tier(models.IntegerChoices):
    """What is sold of a region, from the deepest up: the order in which a bonus is shared."""

    COUNTY = 0, pgettext_lazy("tier", "county, district or town")
    CITY = 1, pgettext_lazy("tier", "city")
    PROVINCE = 2, pgettext_lazy("tier", "province")


class Agent(models.Model):
    """A person or a company that holds territories. Files and exports know it by its code."""

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        COMPANY = "company", _("company")

    code = models.CharField(_("agent's code"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.COMPANY)
    contact = models.CharField(_("contact"), max_length=80, blank=True)
    phone = models.CharField(_("phone number"), max_length=20, blank=True, db_index=True)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("agent")

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """A person who may see and do things for an agent in the portal."""

    class Role(models.TextChoices):
        OWNER = "owner", _("owner")
        BOOKKEEPER = "bookkeeper", _("bookkeeper")
        CLERK = "clerk", _("clerk")

    agent = models.ForeignKey(Agent, models.PROTECT, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=12, choices=Role.choices, default=Role.OWNER)
    joined_at = models.DateTimeField(_("since"), auto_now_add=True)
    left_at = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agent", "user"],
                condition=Q(left_at=None),
                name="person_is_a_member_of_an_agent_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.agent}"


class Territory(models.Model):
    """One agent's right to one region at one tier, from `starts_on` until before `ends_on`.

    The database refuses a second holder on any day, and an empty period (0002_guards).
    """

    class Consent(models.TextChoices):
        NOT_NEEDED = "not_needed", _("not needed")
        TO_BE_ATTACHED = "to_be_attached", _("consent to be attached")
        ATTACHED = "attached", _("consent attached")

    region = models.ForeignKey(
        Region, models.PROTECT, related_name="territories", verbose_name=_("region")
    )
    tier = models.PositiveSmallIntegerField(_("tier"), choices=Tier.choices)
    agent = models.ForeignKey(
        Agent, models.PROTECT, related_name="territories", verbose_name=_("agent")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    consent = models.CharField(
        _("consent of the county's holder"),
        max_length=16,
        choices=Consent.choices,
        default=Consent.NOT_NEEDED,
        help_text=_("A town carved out of a held county needs its holder's written consent."),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("territory")
        verbose_name_plural = _("territories")
        indexes = [models.Index(fields=["region", "tier", "starts_on"], name="territory_of_region")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")),
                name="territory_lasts_at_least_a_day",
            ),
            models.CheckConstraint(
                condition=Q(tier__in=[0, 1, 2]), name="territory_has_a_known_tier"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region} · {self.get_tier_display()} · {self.agent}"
