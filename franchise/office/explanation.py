"""An order's story in sentences, for its page and for the explanation that is handed on."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from agents.models import Agent, Territory
from agents.queries import in_force_on
from franchise.bonuses.models import Plan
from franchise.bonuses.queries.story import Step, Story, Turn, why_nothing
from franchise.core.money import ZERO
from franchise.core.templatetags import regent
from franchise.office.ladder import Ladder, Landing
from franchise.orders.models import Order
from franchise.regions.queries import path_names


def say(ladder: Ladder) -> SafeString:
    """Who gets what of this order and why, in a few sentences."""
    between = "" if get_language() == "zh-hans" else " "
    return format_html_join(between, "{}", ((sentence,) for sentence in _sentences(ladder)))


def _sentences(ladder: Ladder) -> Iterator[SafeString]:
    story = ladder.story
    yield _bought(story)
    if story.verdict not in ("awarded", "taken_back"):
        yield from _nothing_yet(story)
        return
    yield from _who_held(ladder)
    if any(turn.kind in ("taken_back", "paid_anew") for turn in story.turns):
        yield format_html(
            _("It was corrected afterwards: what had been paid was taken back and paid anew.")
        )
    refunds = [turn.refund.amount for turn in story.turns if turn.refund]
    if refunds:
        yield format_html(
            ngettext(
                "Later {count} refund of {amount} took each part back in proportion.",
                "Later {count} refunds, {amount} together, took each part back in proportion.",
                len(refunds),
            ),
            count=len(refunds),
            amount=regent.money(sum(refunds, ZERO), "#refunds"),
        )
    if story.verdict == "taken_back":
        yield format_html(_("All of it was taken back, so nobody has anything of it now."))


def _bought(story: Story) -> SafeString:
    names = [place.region.name for place in story.places if place.tier is not None]
    facts = {
        "amount": regent.money(story.order.goods_amount),
        "region": format_html("<b>{}</b>", "".join(names[-2:]) or _("a place that is not certain")),
    }
    if story.counts_at == "point":
        point = format_html("<b>{}</b>", story.point or story.order.pickup_point)
        return format_html(
            _("The buyer paid {amount} and picked the goods up at {point}, which is in {region}."),
            **facts,
            point=point,
        )
    if story.counts_at == "decision":
        return format_html(
            _("The buyer paid {amount}; head office decided that the order counts in {region}."),
            **facts,
        )
    return format_html(_("The buyer paid {amount}, and the goods went to {region}."), **facts)


def _nothing_yet(story: Story) -> Iterator[SafeString]:
    if story.verdict == "refused" and story.refusal is not None:
        yield format_html("{}", in_doubt(story))
        return
    words = {
        "own": _(
            "The buyer is an agent or a service point. Such an order earns nothing unless head "
            "office records why it should."
        ),
        "cancelled": _("The order was cancelled, so nothing is paid on it."),
        "waiting": _("It waits for its bonus, which follows within seconds."),
    }
    yield format_html("{}", words[story.verdict])


def in_doubt(story: Story) -> str:
    """Why an order waits for a person, a plan or a point."""
    assert story.refusal is not None
    why = story.refusal.why
    if why == "no_plan":
        return _("No plan is in force on the day of payment, so nothing is computed yet.")
    if why == "unknown_point":
        return _("Its pickup point %(point)s is not known, so nothing is paid until it is.") % {
            "point": story.order.pickup_point
        }
    if why == "region_ended":
        return _(
            "Its division has ended and a territory is still on it: nothing is paid until the "
            "territory is moved or a person decides."
        )
    if story.candidates:
        paths = path_names(region.pk for region in story.candidates[:6])
        names = _names(paths.values())
        return _("It may be %(names)s, which matters there: a person has to decide.") % {
            "names": names
        }
    return _(
        "Where exactly is not certain, and territories are held below: a person has to decide."
    )


def _who_held(ladder: Ladder) -> Iterator[SafeString]:
    story = ladder.story
    held = [
        format_html(
            _("{region} was held by {agent}"),
            region=holding.region.name,
            agent=format_html('<a href="#rungs"><b>{}</b></a>', holding.territory.agent.name),
        )
        for holding in story.holdings
        if holding.territory
    ]
    if held:
        holders = format_html_join(_(", "), "{}", ((one,) for one in held))
        yield format_html(_("On the day of payment {holders}."), holders=holders)
    retained = any(holding.territory is None for holding in story.holdings)
    vacant = _names(ladder.vacant)
    if retained and not held and story.holdings:
        yield format_html(_("Nobody held a territory there, so all of it stayed with head office."))
    elif retained and vacant:
        yield format_html(
            _("Nobody held {regions}, so that part stayed with head office."), regions=vacant
        )
    elif retained:
        yield format_html(
            _("The rest of the plan’s rate has no taker there and stayed with head office.")
        )
    elif vacant and held:
        yield format_html(
            _("Nobody held {regions}; the next holder above took that part up."), regions=vacant
        )


# The rungs


def how(step: Step, turn: Turn) -> list[str]:
    """The arithmetic of one rung, line by line."""
    if turn.kind == "taken_back":
        return [_("%(before)s before, all of it taken back") % {"before": _plain(step.before)}]
    product = f"{_plain(turn.base_after)} × {regent.rate(step.upto)} = "
    if step.is_rounded:
        product += _("%(exact)s, rounded %(rounded)s") % {
            "exact": f"{step.unrounded.normalize():,f}",
            "rounded": _plain(step.cumulative),
        }
    else:
        product += _plain(step.cumulative)
    if step.above:
        product += _(", less %(below)s below") % {"below": _plain(step.below)}
    lines = [product]
    if turn.kind == "refund":
        facts = {"due": _plain(step.due), "before": _plain(step.before)}
        lines.append(_("due %(due)s, had %(before)s") % facts)
    if step.amount == 0:
        lines.append(_("less than half a fen: no line"))
    return lines


def exactness(ladder: Ladder) -> str:
    """That the lines add up to the base times the full rate, rounded once."""
    story = ladder.story
    if not story.holdings:
        return _("%(lines)s lines add up to 0.00: everything was taken back") % {
            "lines": ladder.lines
        }
    exact = (story.base * story.full_rate).normalize()
    facts = {
        "lines": ladder.lines,
        "total": _plain(story.total),
        "product": f"{_plain(story.base)} × {regent.rate(story.full_rate)}",
        "exact": f"{exact:,f}",
    }
    if not story.is_exact:
        return _("%(lines)s lines add up to %(total)s, but %(product)s is %(exact)s") % facts
    if exact == story.total:
        return _("%(lines)s lines add up to %(total)s, exactly %(product)s") % facts
    return (
        _("%(lines)s lines add up to %(total)s, exactly %(product)s (%(exact)s, to the fen)")
        % facts
    )


def vacancy_rule(plan: Plan) -> tuple[str, str]:
    """What becomes of the share of a tier that nobody holds."""
    if plan.mode == Plan.Mode.LEVEL_DIFFERENCE:
        return _("taken up by the next above"), _("head office keeps it where nobody is above")
    return _("kept by head office"), _("each tier has its own rate")


def _names(names: Iterable[str]) -> str:
    return pgettext("between names", ", ").join(names)


def _plain(amount: Decimal) -> str:
    return f"{amount:,.2f}"


# Why not


def reasons(story: Story, agent: Agent) -> list[tuple[bool, str]]:
    """Why an agent has, or has not, a part of an order: whether each holds, and the sentence."""
    return [(holds, _reason(code, story, agent)) for holds, code in why_nothing(story, agent)]


def _reason(code: str, story: Story, agent: Agent) -> str:
    region = story.counted_region
    facts: dict[str, Any] = {
        "region": region.name if region else _("a place that is not certain"),
        "day": story.order.paid_on.isoformat(),
        "held": pgettext("between names", ", ").join(_held_by(agent, story.order))
        or _("nothing that day"),
    }
    sentences = {
        "has_it": _("It has a part of this order: see the lines above."),
        "own": _("The buyer is an agent or a service point, so the order earns nobody anything."),
        "cancelled": _("The order was cancelled."),
        "waiting": _("The order still waits for its bonus."),
        "taken_back": _("What was paid on the order was taken back, whole."),
        "unresolved": _("Where the order counts is not certain yet."),
        "unknown_point": _("Its pickup point is not known yet."),
        "region_ended": _("Its division has ended; its territory is still to be moved."),
        "no_plan": _("No plan was in force on %(day)s."),
        "not_the_region": _("The order counts in %(region)s. This agent held: %(held)s."),
        "its_region": _("%(region)s lies in its region."),
        "not_in_force": _("Its territory there was not in force on %(day)s."),
        "in_force": _("Its territory was in force on %(day)s."),
        "carved_out": _("A deeper territory was carved out for that town and goes before it."),
        "rate_is_zero": _("The plan gives its tier nothing on this order (cap or equal rates)."),
        "rounded_away": _("Its part is less than half a fen."),
    }
    return sentences[code] % facts


def _held_by(agent: Agent, order: Order) -> list[str]:
    held = Territory.objects.filter(in_force_on(order.paid_on), agent=agent)
    return list(held.order_by("region__code").values_list("region__name", flat=True)[:8])


# Handed on


def as_text(ladder: Ladder) -> str:
    """The whole explanation as plain text, for an answer by mail."""
    story = ladder.story
    lines = [f"{story.order.shop} {story.order.order_no}", "", strip_tags(say(ladder)), ""]
    lines += [
        f"{_('Address')}: " + " ".join(mark.text for mark in ladder.marks),
        f"{_('Region')}: " + " › ".join(stop.region.name for stop in ladder.way if stop.region),
    ]
    if story.plan is not None:
        lines.append(f"{_('Plan')}: {story.plan}")
    for landing in ladder.landings:
        lines += ["", f"{landing.heading} {regent.plain_money(landing.turn.amount)}"]
        lines += list(_text_rungs(landing))
    if story.turns:
        lines += ["", exactness(ladder)]
    return "\n".join(lines) + "\n"


def _text_rungs(landing: Landing) -> Iterator[str]:
    for rung in landing.rungs:
        step = rung.step
        who = step.territory.agent.name if step.territory else _("kept by head office")
        arithmetic = _("; ").join(how(step, landing.turn))
        yield (
            f"  {step.region.name} {who} {regent.rate(step.rate)}  "
            f"{regent.plain_money(step.amount)}  ({arithmetic})"
        )
