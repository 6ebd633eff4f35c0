"""How the parts of an order's story are written.

{{ order|status_pill }} {{ story|verdict_pill }} {{ story|refund_pill }} {{ story|state_of_order }}
{{ proof.source|source_word }} {{ proof|proof_words }}   what a source said of the region
{{ step|how_lines:turn }}                                the arithmetic of a rung
{{ turn|base_words }}                                    what a turn did to the base
{{ moment|second }}                                      2026-11-18 14:32:07
{{ place|shade }}                                        the colour of a place on the ladder
{{ names|names }}                                        广东省、东莞市
"""

from collections.abc import Iterable
from datetime import datetime

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from franchise.bonuses.models import Refusal
from franchise.bonuses.queries.story import Step, Story, Turn
from franchise.core.clock import SHANGHAI
from franchise.core.money import ZERO
from franchise.core.templatetags import regent
from franchise.office import explanation
from franchise.office.ladder import Evidence, shade_of
from franchise.office.wording import PILLS, State
from franchise.orders.models import Order, Refund

register = template.Library()

register.filter("shade", shade_of)


@register.filter
def second(value: datetime | None) -> SafeString:
    if value is None:
        return SafeString("")
    here = value.astimezone(SHANGHAI)
    return format_html(
        '<time datetime="{}">{}</time>', here.isoformat(), here.strftime("%Y-%m-%d %H:%M:%S")
    )


@register.filter
def order_href(order: Order) -> str:
    return reverse("office:order", args=[order.shop.code, order.order_no])


@register.filter
def state_of_row(value: str) -> SafeString:
    state = State(value)
    return regent.pill(*PILLS[state], state.label)


@register.filter
def names(found: Iterable[str]) -> str:
    return pgettext("between names", ", ").join(found)


@register.filter
def status_pill(order: Order) -> SafeString:
    tone, symbol = {
        Order.Status.PAID: ("info", "clock"),
        Order.Status.COMPLETED: ("good", "circle-check"),
        Order.Status.CANCELLED: ("", "ban"),
    }[Order.Status(order.status)]
    return regent.pill(tone, symbol, order.get_status_display())


@register.filter
def verdict_pill(story: Story) -> SafeString | str:
    """Why nothing is paid, where nothing is."""
    if story.verdict == "refused" and story.refusal is not None:
        return refusal_pill(story.refusal)
    words = {
        "own": ("", "user", _("agent’s own order")),
        "waiting": ("info", "hourglass", _("bonus follows")),
        "taken_back": ("bad", "arrow-back-up", _("all taken back")),
    }
    return regent.pill(*words[story.verdict]) if story.verdict in words else ""


@register.filter
def refusal_pill(refusal: Refusal) -> SafeString:
    symbol = "percentage" if refusal.why == Refusal.Why.NO_PLAN else "map-pin-question"
    return regent.pill("warn", symbol, refusal.get_why_display())


@register.filter
def verdict_word(story: Story) -> str:
    if story.verdict == "refused" and story.refusal is not None:
        return str(story.refusal.get_why_display())
    return {
        "own": _("earns nothing"),
        "cancelled": _("cancelled"),
        "waiting": _("follows within seconds"),
    }.get(story.verdict, "")


@register.filter
def refund_pill(story: Story) -> SafeString | str:
    if not any(refund.status == Refund.Status.COMPLETED for refund in story.refunds):
        return ""
    is_whole = story.goods_refunded >= story.order.goods_amount
    word = _("refunded whole") if is_whole else _("partly refunded")
    return regent.pill("", "arrow-back-up", word)


@register.filter
def refund_state(refund: Refund) -> SafeString:
    tone, symbol = {
        Refund.Status.REQUESTED: ("warn", "hourglass"),
        Refund.Status.COMPLETED: ("good", "circle-check"),
        Refund.Status.REJECTED: ("", "ban"),
    }[Refund.Status(refund.status)]
    return regent.pill(tone, symbol, refund.get_status_display())


@register.filter
def state_of_order(story: Story) -> SafeString | str:
    """Whether what agents have of it is theirs already."""
    if story.earning is not None:
        day = story.earning.earned_on.isoformat()
        return regent.pill("good", "circle-check", _("earned on %(day)s") % {"day": day})
    if story.state == "pending":
        return regent.pill("info", "clock", _("pending"))
    return ""


@register.filter
def source_word(source: str) -> str:
    return {
        "code": _("First the region code"),
        "names": _("Then the names of province, city, district"),
        "text": _("Last the written address"),
        "point": _("The pickup point"),
        "decision": _("Head office’s decision"),
    }[source]


@register.filter
def proof_words(proof: Evidence) -> SafeString:
    if not proof.said and proof.source != "decision":
        nothing = _("no place named in it") if proof.region else _("the shop told none")
        return format_html("{}", nothing)
    if proof.unknown and not proof.decided and proof.source == "code":
        return format_html(_("“{said}” is no division’s code"), said=proof.said)
    facts = {
        "said": proof.said,
        "region": format_html("<b>{}</b>", proof.region),
        "contradicts": pgettext("between names", ", ").join(proof.contradicts),
    }
    if not proof.region:
        return format_html(_("“{said}” alone does not say where"), said=proof.said)
    if proof.source == "decision":
        return format_html(_("“{said}”: {region}"), **facts)
    if proof.contradicts:
        return format_html(
            _("“{said}”: {contradicts} contradicts the rest, so only {region} is certain"), **facts
        )
    return format_html(_("“{said}” is {region}"), **facts)


@register.filter
def how_lines(step: Step, turn: Turn) -> list[str]:
    return explanation.how(step, turn)


@register.filter
def base_words(turn: Turn) -> str:
    """What the turn did to the base of the bonus."""
    facts = {
        "before": f"{turn.base_before:,.2f}",
        "after": f"{turn.base_after:,.2f}",
        "goods": f"{turn.goods_part:,.2f}",
    }
    if turn.kind == "award":
        return _("base %(after)s") % facts
    if turn.kind != "refund":
        return _("base %(before)s → %(after)s") % facts
    words = _("goods %(goods)s refunded, base left %(after)s") % facts
    if turn.freight_part > ZERO:
        words += _(", of it freight %(amount)s changes nothing") % {"amount": turn.freight_part}
    if turn.over_part > ZERO:
        words += _(", over-refund %(amount)s kept apart") % {"amount": turn.over_part}
    return words
