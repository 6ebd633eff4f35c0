from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agents.models import Agent
from franchise.core import clock
from franchise.portal import access, chart
from franchise.portal.earnings import earnings, first_of_last, first_of_next


@require_safe
@access.for_agents
def home(request: HttpRequest, agent: Agent) -> HttpResponse:
    """What was earned in a month, day by day and region by region."""
    today = clock.today()
    month = asked_month(request.GET.get("month", ""), today)
    figures = earnings(agent, month, today)
    page = {
        "agent": agent,
        "month": month,
        "is_this_month": month == today.replace(day=1),
        "last_month": first_of_last(month),
        "next_month": first_of_next(month) if first_of_next(month) <= today else None,
        "figures": figures,
        "difference": figures.earned - figures.before,
        "chart": chart.by_day(month, figures.by_day, today),
        "today": today,
        "as_of": clock.now(),
        "has_several_agents": access.agents_of(access.user_of(request)).count() > 1,
    }
    part = "portal/home_figures.html" if request.headers.get("HX-Request") else "portal/home.html"
    return render(request, part, page)


def asked_month(text: str, today: date) -> date:
    """The first day of a month written 2026-12; this month if it is none or still to come."""
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return month if month <= today else today.replace(day=1)
