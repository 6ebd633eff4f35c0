from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from agents.models import Agent
from franchise.core import clock
from franchise.core.money import ZERO
from franchise.portal import access
from franchise.portal.earnings import (
    IS_CLAWED_BACK,
    IS_EARNED,
    IS_PENDING,
    first_of_last,
    first_of_next,
)
from franchise.portal.story import story
from franchise.portal.views.home import asked_month

LINES_A_PAGE = 20
STATES = {
    "pending": (_("Pending"), IS_PENDING),
    "earned": (_("Earned"), IS_EARNED),
    "clawed_back": (pgettext_lazy("lines to show", "Clawed back"), IS_EARNED & IS_CLAWED_BACK),
}


class Filter(forms.Form):
    """Which of the agent's lines are asked for; what makes no sense is left out."""

    month = forms.RegexField(r"^\d{4}-\d{2}$", required=False)
    day = forms.DateField(required=False)
    region = forms.IntegerField(required=False)
    state = forms.ChoiceField(
        choices=[(state, word) for state, (word, _q) in STATES.items()], required=False
    )
    q = forms.CharField(max_length=80, required=False)

    def chosen(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


@require_safe
@access.for_agents
def orders(request: HttpRequest, agent: Agent) -> HttpResponse:
    """The agent's lines, grouped by day, the newest first."""
    chosen = Filter(request.GET).chosen()
    lines = filtered(access.lines(agent), chosen)
    newest_first = lines.order_by("-day", "-order_id", "-turn", "place")
    sums = lines.aggregate(count=Count("order_id"), total=Sum("amount", default=ZERO))
    paginator = Paginator(newest_first.select_related("order", "territory__region"), LINES_A_PAGE)
    paginator.count = sums["count"]  # so that the paginator need not count them once more
    page = paginator.get_page(request.GET.get("page"))
    territories = list(access.territories(agent).order_by("starts_on", "pk"))
    context = {
        "agent": agent,
        "days": list(by_day(page.object_list)),
        "page": page,
        "total": sums["total"],
        "chosen": chosen,
        "states": [(state, word) for state, (word, _q) in STATES.items()],
        "territories": territories,
        "months": months(min((t.starts_on for t in territories), default=None)),
        "as_of": clock.now(),
    }
    return render(request, "portal/orders.html", context)


def filtered(
    lines: "QuerySet[access.OwnLine]", chosen: dict[str, Any]
) -> "QuerySet[access.OwnLine]":
    if "q" in chosen:
        lines = lines.filter(order__order_no__icontains=chosen["q"].strip())
    if "region" in chosen:
        lines = lines.filter(territory=chosen["region"])
    if "state" in chosen:
        lines = lines.filter(STATES[chosen["state"]][1])
    if "day" in chosen:
        lines = lines.filter(day=chosen["day"])
    elif "month" in chosen:
        month = asked_month(chosen["month"], clock.today())
        lines = lines.filter(day__gte=month, day__lt=first_of_next(month))
    return lines


@dataclass(frozen=True)
class Day:
    day: date
    lines: "tuple[access.OwnLine, ...]"


def by_day(lines: "Iterable[access.OwnLine]") -> Iterator[Day]:
    for day, group in groupby(lines, key=lambda line: line.day):
        yield Day(day, tuple(group))


def months(first: date | None) -> list[date]:
    """Every month since the first territory began, the newest first; at most three years."""
    month = clock.today().replace(day=1)
    found = [month]
    while first is not None and month > first and len(found) < 36:
        month = first_of_last(month)
        found.append(month)
    return found


@require_safe
@access.for_agents
def order(request: HttpRequest, agent: Agent, order_id: int) -> HttpResponse:
    """How one order became this agent's amount, step by step."""
    told = story(agent, order_id)
    page = {
        "agent": agent,
        "story": told,
        "buyer": access.buyer_of(told.order),
        "as_of": clock.now(),
    }
    return render(request, "portal/order.html", page)
