"""An order's story to read on a terminal, to send to somebody, or for a program."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from agents.models import Territory, Tier
from franchise.bonuses import rules
from franchise.bonuses.queries.story import Place, Step, Story, Turn

HEAD_OFFICE = "head office"


def as_dict(told: Story) -> dict[str, Any]:
    """The story as JSON: amounts and rates as strings, moments with their offset."""
    order, region = told.order, told.counted_region
    return {
        "shop": order.shop.code,
        "order_no": order.order_no,
        "version": order.version,
        "status": order.status,
        "buyer_kind": order.buyer_kind,
        "paid_at": localtime(order.paid_at).isoformat(),
        "goods_amount": str(order.goods_amount),
        "freight": str(order.freight),
        "goods_refunded": str(told.goods_refunded),
        "base": str(told.base),
        "verdict": told.verdict,
        "refused": told.refusal.why if told.refusal else None,
        "region": region.code if region else "",
        "path": [place.region.name for place in told.places if place.tier is not None],
        "counts_at": told.counts_at,
        "pickup_point": order.pickup_point,
        "candidates": [candidate.code for candidate in told.candidates],
        "evidence": told.address.evidence,
        "decisions": [
            {
                "kind": decision.kind,
                "region": decision.region.code if decision.region else None,
                "reason": decision.reason,
                "at": localtime(decision.at).isoformat(),
            }
            for decision in told.decisions
        ],
        "places": [_place(place) for place in told.places if place.tier is not None],
        "plan": _plan(told),
        "turns": [_turn(turn) for turn in told.turns],
        "now": [
            {
                "tier": tier_name(holding.place),
                "agent": agent_code(holding.territory),
                "region": holding.region.code,
                "rate": _rate(holding.rate),
                "amount": str(holding.amount),
            }
            for holding in told.holdings
        ],
        "total": str(told.total),
        "full_rate": _rate(told.full_rate),
        "is_exact": told.is_exact,
        "state": told.state,
    }


def tier_name(place: int) -> str:
    """As in the lines file; empty for head office."""
    return Tier(place).name.lower() if place != rules.HEAD_OFFICE else ""


def agent_code(territory: Territory | None) -> str:
    """As in the lines file."""
    return territory.agent.code if territory else HEAD_OFFICE


def _place(place: Place) -> dict[str, Any]:
    territory = place.territory
    return {
        "region": place.region.code,
        "name": place.region.name,
        "kind": place.region.kind,
        "tier": tier_name(place.tier) if place.tier is not None else None,
        "agent": territory.agent.code if territory else None,
        "starts_on": str(territory.starts_on) if territory else None,
        "ends_on": str(territory.ends_on) if territory and territory.ends_on else None,
    }


def _plan(told: Story) -> dict[str, Any] | None:
    if (plan := told.plan) is None:
        return None
    return {
        "id": plan.pk,
        "name": plan.name,
        "mode": plan.mode,
        "rates": {
            "county": _rate(plan.county_rate),
            "city": _rate(plan.city_rate),
            "province": _rate(plan.province_rate),
        },
        "cap": None if plan.cap is None else _rate(plan.cap),
        "starts_on": str(plan.starts_on),
        "ends_on": str(plan.ends_on) if plan.ends_on else None,
    }


def _turn(turn: Turn) -> dict[str, Any]:
    return {
        "cause": turn.cause,
        "kind": turn.kind,
        "at": localtime(turn.at).isoformat(),
        "base_before": str(turn.base_before),
        "base_after": str(turn.base_after),
        "goods_part": str(turn.goods_part),
        "freight_part": str(turn.freight_part),
        "over_part": str(turn.over_part),
        "amount": str(turn.amount),
        "steps": [
            {
                "tier": tier_name(step.place),
                "agent": agent_code(step.territory),
                "region": step.region.code,
                "rate": _rate(step.rate),
                "upto": _rate(step.upto),
                "unrounded": f"{step.unrounded.normalize():f}",
                "cumulative": str(step.cumulative),
                "below": str(step.below),
                "due": str(step.due),
                "before": str(step.before),
                "amount": str(step.amount),
            }
            for step in turn.steps
        ],
    }


def as_text(told: Story) -> str:
    """The story in words, in the language that is active."""
    return "\n".join([*_heading(told), "", *_where(told), "", *_why_not(told), *_turns(told)])


def _heading(told: Story) -> list[str]:
    order = told.order
    return [
        _("Order %(order_no)s of %(shop)s, version %(version)d")
        % {"order_no": order.order_no, "shop": order.shop, "version": order.version},
        _("Paid %(at)s: goods %(goods)s, freight %(freight)s, refunded %(refunded)s, base %(base)s")
        % {
            "at": _moment(order.paid_at),
            "goods": order.goods_amount,
            "freight": order.freight,
            "refunded": told.goods_refunded,
            "base": told.base,
        },
    ]


def _where(told: Story) -> list[str]:
    address = told.address
    said = [
        address.region_code,
        address.province,
        address.city,
        address.district,
        address.town,
        address.text,
    ]
    lines = [_("1. Delivered to: %(said)s") % {"said": " ".join(filter(None, said)) or "–"}]
    how = {
        "delivery": _("where it was delivered"),
        "point": _("its pickup point %(point)s") % {"point": told.order.pickup_point},
        "decision": _("a person's decision"),
    }[told.counts_at]
    lines.append(_("2. Region, by %(how)s:") % {"how": how})
    for place in told.places:
        if place.tier is None:
            continue
        holder = (
            _("%(agent)s, %(starts_on)s to %(ends_on)s")
            % {
                "agent": place.territory.agent,
                "starts_on": place.territory.starts_on,
                "ends_on": _last_day(place.territory.ends_on),
            }
            if place.territory
            else _("vacant")
        )
        lines.append(f"   {place.region.code} {place.region.name}: {holder}")
    if told.candidates:
        names = ", ".join(f"{c.name} {c.code}" for c in told.candidates)
        lines.append(_("   possible as well: %(names)s") % {"names": names})
    if (plan := told.plan) is not None:
        rates = " / ".join(f"{rate:.2%}" for rate in (plan.county_rate, plan.city_rate))
        lines.append(
            _("3. Plan %(plan)s, %(mode)s, county / city / province %(rates)s, cap %(cap)s")
            % {
                "plan": plan,
                "mode": plan.get_mode_display(),
                "rates": f"{rates} / {plan.province_rate:.2%}",
                "cap": f"{plan.cap:.2%}" if plan.cap is not None else pgettext("cap", "none"),
            }
        )
    return lines


def _why_not(told: Story) -> list[str]:
    reasons = {
        "own": _("Nothing is paid: the buyer is an agent or a service point."),
        "cancelled": _("Nothing is paid: the order was cancelled."),
        "waiting": _("It waits for the next run."),
        "taken_back": _("All was taken back."),
    }
    if told.verdict == "refused" and told.refusal is not None:
        return [
            _("Nothing is paid yet: %(why)s.") % {"why": told.refusal.get_why_display()},
            "",
        ]
    return [reasons[told.verdict], ""] if told.verdict in reasons else []


def _turns(told: Story) -> list[str]:
    lines = []
    for number, turn in enumerate(told.turns, start=4):
        lines.append(
            f"{number}. {turn.cause}  {_moment(turn.at)}  "
            + _("base %(before)s → %(after)s")
            % {"before": turn.base_before, "after": turn.base_after}
        )
        lines += [_step(step, turn) for step in turn.steps]
    if told.turns:
        lines.append(
            _("Together %(total)s: %(base)s × %(rate)s, rounded once.")
            % {"total": told.total, "base": told.base, "rate": f"{told.full_rate:.2%}"}
            if told.is_exact
            else _("Together %(total)s.") % {"total": told.total}
        )
    return lines


def _step(step: Step, turn: Turn) -> str:
    who = step.territory.agent if step.territory else _("head office")
    worked = f"{turn.base_after} × {step.upto:.2%} = {step.unrounded.normalize():f}"
    if step.is_rounded:
        worked += f" ≈ {step.cumulative}"
    if step.below:
        worked += f" − {step.below}"
    if step.before:
        worked += f" − {step.before}"
    posted = f"{step.amount:+}" if step.amount else _("0.00: no line")
    tier = Tier(step.place).label if step.place != rules.HEAD_OFFICE else ""
    return f"   {step.region.name} {tier} {who}: {worked} → {posted}"


def _moment(at: datetime) -> str:
    return f"{localtime(at):%Y-%m-%d %H:%M:%S}"


def _last_day(ends_on: date | None) -> str:
    """A half-open period is shown to its last day."""
    return str(date.fromordinal(ends_on.toordinal() - 1)) if ends_on else "…"


def _rate(rate: Decimal) -> str:
    return f"{rate.normalize():f}"
