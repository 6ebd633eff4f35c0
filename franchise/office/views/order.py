"""One order: its ladder, why an agent has nothing of it, and the explanation to hand on."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from agents.models import Agent
from franchise.bonuses.queries.explanation import as_dict
from franchise.bonuses.queries.story import Story, Turn, find_order, story
from franchise.core.money import ZERO
from franchise.core.templatetags import regent
from franchise.office import explanation
from franchise.office.happened import happened, versions
from franchise.office.ladder import ladder
from franchise.orders.models import Buyer, Order, Refund
from franchise.regions.queries import path_names

AGENTS_SHOWN = 8


@dataclass(frozen=True)
class RefundRow:
    refund: Refund
    turn: Turn | None


def order(request: HttpRequest, shop: str, order_no: str) -> HttpResponse:
    try:
        found = find_order(shop, order_no)
    except Order.DoesNotExist as error:
        raise Http404 from error
    return render(request, "office/orders/detail.html", _context(story_of_order(found.pk)))


def why_not(request: HttpRequest, pk: int) -> HttpResponse:
    """Why an agent, found by name or chosen, has nothing of an order."""
    told = story_of_order(pk)
    text = request.GET.get("q", "").strip()
    chosen = request.GET.get("agent", "")
    found = _agents_called(text) if text else []
    if chosen.isdecimal():
        found = [get_object_or_404(Agent, pk=chosen)]
    context: dict[str, Any] = {"order": told.order, "text": text, "agents": found}
    if len(found) == 1:
        context.update(agent=found[0], reasons=explanation.reasons(told, found[0]))
    return render(request, "office/orders/why_not.html", context)


def order_text(request: HttpRequest, pk: int) -> HttpResponse:
    told = story_of_order(pk)
    response = HttpResponse(
        explanation.as_text(ladder(told)), content_type="text/plain; charset=utf-8"
    )
    return _as_file(response, f"{told.order.order_no}.txt")


def order_json(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole story for a program; house numbers are masked as on the page."""
    told = story_of_order(pk)
    facts = as_dict(told)
    facts["evidence"] = [
        {**entry, "said": regent.mask_address(entry["said"])}
        if entry["source"] == "text"
        else entry
        for entry in facts["evidence"]
    ]
    response = JsonResponse(facts, json_dumps_params={"ensure_ascii": False, "indent": 2})
    return _as_file(response, f"{told.order.order_no}.json")


def _as_file(response: HttpResponse, name: str) -> HttpResponse:
    safe = "".join(letter for letter in name if letter.isalnum() or letter in "-_.") or "order"
    response["Content-Disposition"] = f'attachment; filename="{safe}"'
    return response


def story_of_order(pk: int) -> Story:
    try:
        return story(pk, after_sales=settings.AFTER_SALES)
    except Order.DoesNotExist as error:
        raise Http404 from error


def _context(told: Story) -> dict[str, Any]:
    drawn = ladder(told)
    refunded = sum(
        (refund.amount for refund in told.refunds if refund.status == Refund.Status.COMPLETED), ZERO
    )
    turns = {turn.refund.pk: turn for turn in told.turns if turn.refund}
    return {
        "order": told.order,
        "story": told,
        "ladder": drawn,
        "plan": told.plan,
        "say": explanation.say(drawn),
        "doubt": _doubt(told),
        "exactness": explanation.exactness(drawn) if told.turns else "",
        "vacancy": explanation.vacancy_rule(told.plan) if told.plan else ("", ""),
        "state_note": _state_note(told),
        "happened": happened(told),
        "versions": versions(told.order),
        "refunded": refunded,
        "refunded_negative": -refunded,
        "refunds": [RefundRow(refund, turns.get(refund.pk)) for refund in told.refunds],
        "candidates": path_names(region.pk for region in told.candidates),
        "buyer": Buyer.objects.filter(order=told.order).first(),
    }


def _doubt(told: Story) -> str:
    if told.verdict == "refused":
        return explanation.in_doubt(told)
    return {
        "own": _("An agent’s or a service point’s own order earns nothing."),
        "cancelled": _("A cancelled order earns nothing."),
        "waiting": _("It waits for the next run, which comes within seconds. Load the page again."),
    }.get(told.verdict, "")


def _state_note(told: Story) -> str:
    if told.earning is not None:
        return _("Earned on %(day)s. What is refunded later is taken off the next statement.") % {
            "day": told.earning.earned_on.isoformat()
        }
    if told.state == "pending":
        return _("Pending: it is the agents’ once the order is completed and after-sales is over.")
    return _("No agent has a part of it now.")


def _agents_called(text: str) -> list[Agent]:
    found = Agent.objects.filter(Q(name__icontains=text) | Q(code__istartswith=text))
    return list(found.order_by("name")[:AGENTS_SHOWN])
