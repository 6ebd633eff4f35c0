import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from agents.models import Agent, Territory, Tier
from franchise.bonuses.models import Plan
from franchise.bonuses.queries.story import plan_on
from franchise.core import clock
from franchise.portal import access, preferences
from franchise.portal.views.signing_in import is_ours
from franchise.regions.queries import paths

BYTE_ORDER_MARK = "\ufeff"  # Excel takes the file for GBK without it.


@dataclass(frozen=True)
class Own:
    territory: Territory
    above: str
    rate: Decimal | None


@require_safe
@access.for_agents
def me(request: HttpRequest, agent: Agent) -> HttpResponse:
    """Who I am here, what is mine and since when, and how this phone shows it."""
    today = clock.today()
    plan = plan_on(today)
    territories = list(access.territories(agent).order_by("starts_on", "pk"))
    ways = paths(territory.region_id for territory in territories)
    page = {
        "agent": agent,
        "agents": list(access.agents_of(access.user_of(request))),
        "territories": [
            Own(
                territory,
                above="".join(above.name for above in ways[territory.region_id][:-1]),
                rate=own_rate(plan, territory),
            )
            for territory in territories
        ],
        "plan": plan,
        "today": today,
    }
    return render(request, "portal/me.html", page)


def own_rate(plan: Plan | None, territory: Territory) -> Decimal | None:
    """The tier's own rate; under level difference it depends on the order, so there is none."""
    if plan is None or plan.mode != Plan.Mode.ADDITIVE:
        return None
    rates: dict[int, Decimal] = {
        Tier.COUNTY: plan.county_rate,
        Tier.CITY: plan.city_rate,
        Tier.PROVINCE: plan.province_rate,
    }
    return rates[territory.tier]


@require_POST
@access.for_agents
def choose_agent(request: HttpRequest, agent: Agent) -> HttpResponse:
    asked = request.POST.get("agent", "")
    if not asked.isdecimal():
        raise Http404
    access.choose_agent(request, int(asked))
    return redirect("portal:me")


@require_safe
@access.for_agents
def lines_file(request: HttpRequest, agent: Agent) -> StreamingHttpResponse:
    """All lines of the agent, the oldest first, as CSV."""
    lines = access.lines(agent).select_related("order__shop", "territory__region")
    rows = line_rows(lines.order_by("day", "order_id", "turn", "place").iterator(chunk_size=2000))
    response = StreamingHttpResponse(written(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="lines-{clock.today()}.csv"'
    return response


def line_rows(lines: "Iterable[access.OwnLine]") -> Iterator[list[Any]]:
    yield [
        pgettext("lines file", "Day"),
        pgettext("lines file", "Shop"),
        pgettext("lines file", "Order number"),
        pgettext("lines file", "Region"),
        pgettext("lines file", "Tier"),
        pgettext("lines file", "Paid on"),
        pgettext("lines file", "Base"),
        pgettext("lines file", "Rate"),
        pgettext("lines file", "Amount"),
        pgettext("lines file", "State"),
    ]
    for line in lines:
        assert line.territory is not None
        yield [
            line.day,
            as_text(line.order.shop.name),
            as_text(line.order.order_no),
            line.territory.region.name,
            line.territory.get_tier_display(),
            line.paid_on,
            line.base,
            line.rate,
            line.amount,
            _("Earned") if line.earned_on else _("Pending"),
        ]


def as_text(cell: str) -> str:
    """A cell a spreadsheet must not take for a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


class Echo:
    """A file that hands back what is written to it, so that csv can be streamed."""

    def write(self, text: str) -> str:
        return text


def written(rows: Iterable[list[Any]]) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield BYTE_ORDER_MARK
    for row in rows:
        yield writer.writerow(row)


@require_POST
def keep_preference(request: HttpRequest) -> HttpResponse:
    """Language, type or colours of this phone; then back to where the reader was."""
    back = request.POST.get("back", "")
    response = redirect(back if is_ours(request, back) else "portal:home")
    for what in preferences.CHOICES:
        if what in request.POST:
            preferences.keep(response, what, request.POST[what])
    return response
