"""The worked table of the business rules, section 5, for any plan: what it pays, where.

Shown live while rates are typed. It computes nothing itself: the places are fixed, the shares are
those of bonuses.rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from franchise.bonuses.rules import (
    CITY,
    COUNTY,
    HEAD_OFFICE,
    PROVINCE,
    TIERS,
    Mode,
    Plan,
    Territory,
    climb,
    share_base,
)

PAID = Decimal("1000.00")
# Above this of sales an approver must know why (财税〔2009〕29号).
FIVE_PER_CENT = Decimal("0.05")
ROUNDED = ("33.33", "10.10", "99.99", "666.67", "700.00", "1000.00")
ALL_HELD = (COUNTY, CITY, PROVINCE)
PLACES: tuple[tuple[str | Promise, str | Promise, tuple[int, ...], tuple[int, ...]], ...] = (
    (_("Tianhe, Guangzhou 440106"), _("county, city and province held"), TIERS, ALL_HELD),
    (_("Tianhe, Guangzhou 440106"), _("county vacant"), TIERS, (CITY, PROVINCE)),
    (_("Tianhe, Guangzhou 440106"), _("city vacant"), TIERS, (COUNTY, PROVINCE)),
    (_("Tianhe, Guangzhou 440106"), _("only the province held"), TIERS, (PROVINCE,)),
    (
        _("Chaoyang, Beijing 110105"),
        _("district and province held, no city tier exists"),
        (COUNTY, PROVINCE),
        (COUNTY, PROVINCE),
    ),
    (
        _("Chang'an, Dongguan 441900119"),
        _("town, city and province held"),
        TIERS,
        ALL_HELD,
    ),
    (
        _("Jiyuan 419001"),
        _("county and province held, no city tier exists"),
        (COUNTY, PROVINCE),
        (COUNTY, PROVINCE),
    ),
)


@dataclass(frozen=True)
class Row:
    """Each tier's amount: None where nobody holds it, and `missing` where no such tier exists."""

    place: str | Promise
    held: str | Promise
    county: Decimal | None
    city: Decimal | None
    province: Decimal | None
    head_office: Decimal
    total: Decimal
    missing: tuple[int, ...] = ()

    @property
    def tiers(self) -> list[dict[str, Any]]:
        """The three amounts in order, each with whether such a tier exists there."""
        amounts = (self.county, self.city, self.province)
        return [
            {"amount": amount, "exists": tier not in self.missing}
            for tier, amount in zip(TIERS, amounts, strict=True)
        ]


@dataclass(frozen=True)
class Rounding:
    base: Decimal
    county: Decimal
    city: Decimal
    province: Decimal
    head_office: Decimal
    total: Decimal


@dataclass(frozen=True)
class Worked:
    plan: Plan
    full_rate: Decimal
    rows: list[Row]
    roundings: list[Rounding]


def plan_of(mode: str, rates: tuple[Decimal, Decimal, Decimal], cap: Decimal | None) -> Plan:
    """A plan of the rules from what is typed; `rates` county first."""
    return Plan(0, Mode(mode), rates, cap, date.min)


def worked(plan: Plan) -> Worked:
    """What a plan pays on 1,000.00 in each of the places, and how small amounts round."""
    rows = []
    for place, held_words, tiers, held in PLACES:
        amounts = shares(plan, held, PAID)
        rows.append(
            Row(
                place=place,
                held=held_words,
                county=amounts.get(COUNTY),
                city=amounts.get(CITY),
                province=amounts.get(PROVINCE),
                head_office=amounts[HEAD_OFFICE],
                total=sum(amounts.values(), Decimal("0.00")),
                missing=tuple(tier for tier in TIERS if tier not in tiers),
            )
        )
    roundings = []
    for base in map(Decimal, ROUNDED):
        amounts = shares(plan, ALL_HELD, base)
        roundings.append(
            Rounding(
                base=base,
                county=amounts[COUNTY],
                city=amounts[CITY],
                province=amounts[PROVINCE],
                head_office=amounts[HEAD_OFFICE],
                total=sum(amounts.values(), Decimal("0.00")),
            )
        )
    return Worked(plan, plan.full_rate(), rows, roundings)


def shares(plan: Plan, held: tuple[int, ...], base: Decimal) -> Mapping[int, Decimal]:
    """What each held tier and head office get of a base."""
    holders = {tier: Territory(tier, tier, tier, tier, date.min) for tier in held}
    return {share.rung.place: share.amount for share in share_base(base, climb(plan, holders))}
