"""The life of a territory as far as bonuses need it: granted, ended, transferred.

Who changes who holds what holds Lock.MAP alone: awards share it, so that none is computed while
the map moves, and two changes look at the same map one after the other.
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext

from agents import rules
from agents.errors import (
    AlreadyEnds,
    ConsentNeeded,
    ConsentNotAwaited,
    PeriodEmpty,
    ReasonMissing,
    RegionNotInForce,
    TerritoryTaken,
    TierDoesNotFit,
    TownAlreadySold,
    TransferOutsidePeriod,
    TransferToSelf,
)
from agents.models import Agent, Territory, Tier
from agents.queries import inside, path_of, sharing_days_with
from franchise.core.dotted import functions_in
from franchise.core.errors import BusinessError
from franchise.core.locks import Lock, hold
from franchise.history.actions import record
from franchise.regions.models import Region
from franchise.users.models import User

EXCLUSION = "one_holder_of_region_and_tier_on_any_day"
Consent = Territory.Consent


@transaction.atomic
def grant_territory(  # noqa: PLR0913  (one keyword for each fact)
    *,
    region_id: int,
    tier: int,
    agent_id: int,
    starts_on: date,
    ends_on: date | None = None,
    consent: str = Consent.NOT_NEEDED,
    by: User | None,
) -> Territory:
    """Give an agent the right to a region at a tier, from a day until before another.

    `consent` says whether the county's holder agreed that a town is sold apart; it counts only
    where that is so. Refuses an empty period, a region not in force on the first day, a tier that
    does not fit, days somebody else holds, selling apart without consent, and whatever upper apps
    refuse.
    """
    hold(Lock.MAP)
    region = Region.objects.select_related("parent").get(pk=region_id)
    agent = Agent.objects.get(pk=agent_id)
    asked = rules.Held(region_id, tier, agent_id, starts_on, ends_on)
    refuse_unfit(region, asked)
    around = held_around(region, asked)
    refuse_taken(region, asked, around)
    apart = _sold_apart(region, asked, around)
    if apart and consent == Consent.NOT_NEEDED:
        raise apart[0][1]
    ask_guards(asked)
    territory = _create(
        region=region,
        tier=tier,
        agent=agent,
        starts_on=starts_on,
        ends_on=ends_on,
        consent=consent if any(one is asked for one, _ in apart) else Consent.NOT_NEEDED,
    )
    towns = [one.territory_id for one, _ in apart if one.territory_id is not None]
    Territory.objects.filter(pk__in=towns, consent=Consent.NOT_NEEDED).update(consent=consent)
    record(
        "territory.granted",
        on=territory,
        by=by,
        agent=agent_id,
        starts_on=starts_on.isoformat(),
        ends_on=ends_on and ends_on.isoformat(),
        consent=territory.consent,
    )
    tell_followers(asked)
    return territory


@transaction.atomic
def end_territory(territory_id: int, *, on: date, reason: str, by: User | None) -> Territory:
    """Bring a territory's end forward to `on`, the first day it is no longer held.

    Refuses without a reason, a day not after its first, and an end that would put it off.
    """
    hold(Lock.MAP)
    territory = _locked(territory_id)
    _refuse_without_reason(reason)
    freed = days_freed(territory, on)
    ask_guards(freed)
    territory.ends_on = on
    territory.save(update_fields=["ends_on"])
    record("territory.ended", on=territory, by=by, ends_on=on.isoformat(), reason=reason)
    tell_followers(freed)
    return territory


@transaction.atomic
def transfer_territory(
    territory_id: int, *, to_agent_id: int, on: date, reason: str, by: User | None
) -> Territory:
    """Move a territory to another agent from `on` until its end; the new territory is returned.

    Orders paid before `on` stay with the old holder. Refuses without a reason, a day outside the
    territory's days, and the same agent.
    """
    hold(Lock.MAP)
    old = _locked(territory_id)
    to_agent = Agent.objects.get(pk=to_agent_id)
    _refuse_without_reason(reason)
    if old.agent_id == to_agent_id:
        raise TransferToSelf(agent=to_agent)
    if on <= old.starts_on or (old.ends_on is not None and on >= old.ends_on):
        raise TransferOutsidePeriod(starts_on=said_day(old.starts_on), until=said_end(old.ends_on))
    moved = rules.Held(old.region_id, old.tier, to_agent_id, on, old.ends_on)
    ask_guards(moved)
    old.ends_on = on
    old.save(update_fields=["ends_on"])
    new = _create(
        region=old.region,
        tier=old.tier,
        agent=to_agent,
        starts_on=on,
        ends_on=moved.ends_on,
        consent=old.consent,
    )
    record(
        "territory.transferred", on=old, by=by, to=new.pk, starts_on=on.isoformat(), reason=reason
    )
    record("territory.taken_over", on=new, by=by, of=old.pk, starts_on=on.isoformat())
    tell_followers(moved)
    return new


@transaction.atomic
def attach_consent(territory_id: int, *, document: str, by: User | None) -> Territory:
    """Note the paper in which the county's holder agreed to a town sold apart.

    Refuses where none is awaited, and without a name or number of the paper.
    """
    territory = _locked(territory_id)
    if territory.consent != Consent.TO_BE_ATTACHED:
        raise ConsentNotAwaited(consent=territory.get_consent_display())
    _refuse_without_reason(document)
    territory.consent = Consent.ATTACHED
    territory.save(update_fields=["consent"])
    record("territory.consent_attached", on=territory, by=by, document=document.strip())
    return territory


def name_of_agent(agent_id: int) -> str:
    return Agent.objects.get(pk=agent_id).name


def refuse_unfit(region: Region, asked: rules.Held) -> None:
    """Refuse what is wrong whoever holds what: the period, the region, the tier."""
    if not rules.lasts(asked.starts_on, asked.ends_on):
        raise PeriodEmpty(
            starts_on=said_day(asked.starts_on),
            ends_on=asked.ends_on and said_day(asked.ends_on),
        )
    if not rules.tier_fits(asked.tier, region.kind):
        raise TierDoesNotFit(
            region=region, kind=region.get_kind_display(), tier=Tier(asked.tier).label
        )
    if asked.starts_on < region.valid_from or (
        region.valid_to is not None and asked.starts_on >= region.valid_to
    ):
        raise RegionNotInForce(
            region=region,
            day=said_day(asked.starts_on),
            valid_from=said_day(region.valid_from),
            valid_to=said_day(region.valid_to) if region.valid_to else "…",
        )


def refuse_taken(
    region: Region,
    asked: rules.Held,
    around: Iterable[rules.Held],
    name_of: Callable[[int], str] = name_of_agent,
) -> None:
    if taken := rules.in_the_way(asked, around):
        raise TerritoryTaken(
            region=region,
            tier=Tier(asked.tier).label,
            agent=name_of(taken.agent_id),
            starts_on=said_day(taken.starts_on),
            until=said_end(taken.ends_on),
        )


def held_around(region: Region, asked: rules.Held) -> list[rules.Held]:
    """What is held, on days asked for, of the region, above it and inside it."""
    above = Q(region__in=[one.pk for one in path_of(region)])
    found = Territory.objects.filter(
        above | inside(region), sharing_days_with(asked.starts_on, asked.ends_on)
    )
    return [as_held(territory) for territory in found]


def as_held(territory: Territory) -> rules.Held:
    return rules.Held(
        territory.region_id,
        territory.tier,
        territory.agent_id,
        territory.starts_on,
        territory.ends_on,
        territory.pk,
    )


def days_freed(territory: Territory, on: date) -> rules.Held:
    """The days a territory would no longer hold if it ended on `on`."""
    if on <= territory.starts_on:
        raise PeriodEmpty(starts_on=said_day(territory.starts_on), ends_on=said_day(on))
    if territory.ends_on is not None and territory.ends_on <= on:
        raise AlreadyEnds(ends_on=said_day(territory.ends_on))
    return rules.Held(
        territory.region_id, territory.tier, territory.agent_id, on, territory.ends_on
    )


def ask_guards(change: rules.Held) -> None:
    """Let upper apps refuse that a holder changes on these days, by raising a BusinessError."""
    for guard in functions_in("TERRITORY_CHANGE_GUARDS"):
        guard(change.region_id, change.tier, change.starts_on, change.ends_on)


def tell_followers(change: rules.Held) -> None:
    """Tell upper apps that a holder has changed on these days."""
    for follower in functions_in("TERRITORY_CHANGE_FOLLOWERS"):
        follower(change.region_id, change.tier, change.starts_on, change.ends_on)


def said_day(day: date) -> str:
    return date_format(day, "Y-m-d")


def said_end(ends_on: date | None) -> str:
    """An end as people say it: the last day, or that there is none."""
    if ends_on is None:
        return gettext("without end")
    return gettext("to %(day)s") % {"day": said_day(ends_on - timedelta(days=1))}


def _sold_apart(
    region: Region, asked: rules.Held, around: list[rules.Held]
) -> list[tuple[rules.Held, BusinessError]]:
    """The carve-outs that would come about, each with what refuses it without consent.

    It is the territory asked for, inside a held county, or those already sold inside it.
    """
    path = [one.pk for one in path_of(region)[1:]]
    apart: list[tuple[rules.Held, BusinessError]] = []
    if county := rules.carved_from(asked, path, around):
        above = Region.objects.get(pk=county.region_id)
        apart.append((asked, ConsentNeeded(town=region, county=above, **_said(county))))
    below = [one for one in around if one.region_id not in {region.pk, *path}]
    for town in rules.carved_out(asked, below):
        inner = Region.objects.get(pk=town.region_id)
        apart.append((town, TownAlreadySold(town=inner, county=region, **_said(town))))
    return apart


def _said(held: rules.Held) -> dict[str, str]:
    return {
        "agent": name_of_agent(held.agent_id),
        "starts_on": said_day(held.starts_on),
        "until": said_end(held.ends_on),
    }


def _create(**fields: object) -> Territory:
    """The row; should anybody have passed by the lock, the database's refusal in kind words."""
    asked = Territory(**fields)
    try:
        with transaction.atomic():
            asked.save(force_insert=True)
    except IntegrityError as error:
        if EXCLUSION not in str(error):
            raise
        refuse_taken(asked.region, as_held(asked), held_around(asked.region, as_held(asked)))
        raise
    return asked


def _locked(territory_id: int) -> Territory:
    return (
        Territory.objects.select_for_update(of=("self",))
        .select_related("agent", "region")
        .get(pk=territory_id)
    )


def _refuse_without_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing
