"""The first page: figures of a period, by region and by day, and what waits."""

from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render

from franchise.core.clock import today
from franchise.office import overview as page
from franchise.office import waiting
from franchise.office.forms import DayInput
from franchise.office.overview import MEASURES, gathered
from franchise.office.periods import asked_for
from franchise.regions.models import Region
from franchise.regions.queries import region_with_path


def overview(request: HttpRequest) -> HttpResponse:
    period = asked_for(request.GET, today())
    within = _within(request)
    measure = request.GET.get("measure", "")
    if measure not in MEASURES:
        measure = "agents"
    found = gathered(period, within)
    sort = request.GET.get("sort", "")
    context = {
        "found": found,
        "figures": found.figures,
        "period": period,
        "within": within,
        "path": region_with_path(within.pk) if within else [],
        "measure": measure,
        "measures": MEASURES,
        "rows": page.in_order(found.regions, sort),
        "sort": sort,
        "trend": page.trend(found),
        "waiting": waiting.items(),
        "own_days": DayInput,
        "query": request.GET.urlencode(),
    }
    if within is None:
        context["tiles"] = page.tiles(found, measure, _address(request.GET, "within"))
    else:
        context["strips"] = page.strips(found, measure)
    return render(request, "office/overview/page.html", context)


def overview_csv(request: HttpRequest) -> HttpResponseBase:
    period = asked_for(request.GET, today())
    found = gathered(period, _within(request))
    response = StreamingHttpResponse(page.as_csv(found), content_type="text/csv; charset=utf-8")
    name = f"overview-{period.first}-{period.last}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _within(request: HttpRequest) -> Region | None:
    asked = request.GET.get("within", "")
    if not asked.isdecimal():
        return None
    found: Region = get_object_or_404(Region, pk=asked)
    return found if found.level > 0 else None


def _address(query: QueryDict, name: str) -> str:
    """This page's address up to where another value of one parameter goes."""
    others = query.copy()
    others.pop(name, None)
    rest = others.urlencode()
    return f"?{rest}&{name}=" if rest else f"?{name}="
