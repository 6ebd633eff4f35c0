"""What an order would earn in another region: shown before somebody decides or corrects."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from agents.models import Territory
from franchise.bonuses import rules
from franchise.bonuses.models import Plan
from franchise.core.money import ZERO
from franchise.regions.models import Region


@dataclass(frozen=True)
class Expected:
    """A holder's share, or head office's, of a base in yuan."""

    territory: Territory | None
    rate: Decimal
    amount: Decimal


def expected_shares(region: Region, *, on: date, base: Decimal, plan: Plan) -> list[Expected]:
    """What `rules.py` gives each holder of that day; a share of 0.00 is left out."""
    held = _holders(region, on)
    rungs = rules.climb(
        _as_rules(plan),
        {
            tier: rules.Territory(
                one.pk, one.region_id, one.tier, one.agent_id, one.starts_on, one.ends_on
            )
            for tier, one in held.items()
        },
    )
    return [
        Expected(
            held[share.rung.place] if share.rung.territory else None,
            share.rung.rate,
            share.amount,
        )
        for share in rules.share_base(base, rungs)
        if share.amount
    ]


def total(shares: Iterable[Expected]) -> Decimal:
    return sum((share.amount for share in shares), ZERO)


def _holders(region: Region, day: date) -> dict[int, Territory]:
    """Of each tier the territory nearest to the region, itself or above it."""
    path = region.get_ancestors(ascending=True, include_self=True)
    nearness = {above.pk: steps for steps, above in enumerate(path)}
    found = (
        Territory.objects.filter(region__in=nearness, starts_on__lte=day)
        .filter(Q(ends_on=None) | Q(ends_on__gt=day))
        .select_related("agent", "region")
    )
    held: dict[int, Territory] = {}
    for territory in sorted(found, key=lambda one: nearness[one.region_id]):
        held.setdefault(territory.tier, territory)
    return held


def _as_rules(plan: Plan) -> rules.Plan:
    return rules.Plan(
        id=plan.pk,
        mode=rules.Mode(plan.mode),
        rates=(plan.county_rate, plan.city_rate, plan.province_rate),
        cap=plan.cap,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        pickup_counts_at_point=plan.pickup_counts_at_point,
    )
