"""Who holds what: for the pages of head office and of agents, and for what is decided here."""

from datetime import date

from django.db.models import Count, F, Q, QuerySet

from agents.models import Agent, Member, Territory, Tier
from franchise.regions.models import Region

CONSENT_MISSING = Territory.Consent.TO_BE_ATTACHED


def in_force_on(day: date) -> Q:
    return Q(starts_on__lte=day) & (Q(ends_on=None) | Q(ends_on__gt=day))


def sharing_days_with(starts_on: date, ends_on: date | None) -> Q:
    """Territories with at least one day in common with a half-open period."""
    ends_after = Q(ends_on=None) | Q(ends_on__gt=starts_on)
    return ends_after if ends_on is None else ends_after & Q(starts_on__lt=ends_on)


def inside(region: Region) -> Q:
    """Territories of a region and of all that lies in it."""
    if region.kind == Region.Kind.COUNTRY:
        return Q()
    return (
        Q(region=region)
        | Q(region__parent=region)
        | Q(region__parent__parent=region)
        | Q(region__parent__parent__parent=region)
    )


def path_of(region: Region) -> list[Region]:
    """The region and all it lies in, the deepest first."""
    path = [region]
    while (above := path[-1].parent) is not None:
        path.append(above)
    return path


def territories() -> QuerySet[Territory]:
    """All territories with their region, its parents and their agent, for lists."""
    return Territory.objects.select_related("agent", "region__parent__parent").order_by(
        "region__code", "-tier", "starts_on"
    )


def territories_in_force_on(day: date) -> QuerySet[Territory]:
    return territories().filter(in_force_on(day))


def territories_of(agent_id: int) -> QuerySet[Territory]:
    """What an agent holds, held and will hold, the newest first."""
    return territories().filter(agent_id=agent_id).order_by("-starts_on", "region__code", "-tier")


def territories_without_consent() -> QuerySet[Territory]:
    """Carve-outs taken from a file as agreed: the holder's paper is still to be attached."""
    return territories().filter(consent=CONSENT_MISSING)


def territories_matching(  # noqa: PLR0913  (one keyword for each filter)
    *,
    day: date | None = None,
    tier: Tier | None = None,
    within: Region | None = None,
    agent_id: int | None = None,
    consent: str = "",
    search: str = "",
) -> QuerySet[Territory]:
    """The list of territories under its filters; `search` looks at agents and regions."""
    found = territories()
    if day is not None:
        found = found.filter(in_force_on(day))
    if tier is not None:
        found = found.filter(tier=tier)
    if within is not None:
        found = found.filter(inside(within))
    if agent_id is not None:
        found = found.filter(agent_id=agent_id)
    if consent:
        found = found.filter(consent=consent)
    if search:
        found = found.filter(
            Q(agent__name__icontains=search)
            | Q(agent__code__icontains=search)
            | Q(region__name__icontains=search)
            | Q(region__code__startswith=search)
        )
    return found


def holders_seen_from(region: Region, day: date) -> dict[Tier, Territory]:
    """Who holds each tier seen from a region on a day: the nearest, so a carve-out wins.

    Tiers that nobody holds are left out.
    """
    nearness = {above.pk: steps for steps, above in enumerate(path_of(region))}
    seen = Territory.objects.filter(in_force_on(day), region__in=nearness).select_related(
        "agent", "region"
    )
    farthest_first = sorted(seen, key=lambda one: nearness[one.region_id], reverse=True)
    return {Tier(one.tier): one for one in farthest_first}


def agents_on(day: date, *, search: str = "") -> QuerySet[Agent]:
    """Agents with how many territories of each tier they hold on a day, for the list of agents.

    Each row has `provinces`, `cities`, `counties` and `without_consent`.
    """
    held = Q(territories__starts_on__lte=day) & (
        Q(territories__ends_on=None) | Q(territories__ends_on__gt=day)
    )
    found = Agent.objects.annotate(
        provinces=Count("territories", held & Q(territories__tier=Tier.PROVINCE)),
        cities=Count("territories", held & Q(territories__tier=Tier.CITY)),
        counties=Count("territories", held & Q(territories__tier=Tier.COUNTY)),
        without_consent=Count("territories", held & Q(territories__consent=CONSENT_MISSING)),
    ).order_by("name", "pk")
    if search:
        found = found.filter(
            Q(name__icontains=search) | Q(code__icontains=search) | Q(phone__startswith=search)
        )
    return found


def members_of(agent_id: int) -> QuerySet[Member]:
    """Present members first, then those who left."""
    return (
        Member.objects.filter(agent_id=agent_id)
        .select_related("user")
        .order_by(F("left_at").desc(nulls_first=True), "joined_at")
    )


def agents_of(user_id: int) -> QuerySet[Agent]:
    """The agents a person acts for today."""
    return Agent.objects.filter(members__user_id=user_id, members__left_at=None).order_by("name")
