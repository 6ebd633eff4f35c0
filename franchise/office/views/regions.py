"""The divisions: browsing, finding one in a form, adding and retiring by hand, aliases."""

import django_tables2 as tables
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from agents.queries import path_of, territories
from franchise.core.clock import today
from franchise.history.queries import story_of
from franchise.office import queries
from franchise.office.tables import DayColumn, LastDayColumn, LinkColumn, Table
from franchise.regions.models import Alias, Region


def page_of(region: Region) -> str:
    return reverse("office:region", args=[region.pk])


class RegionsTable(Table):
    empty_symbol = "sitemap"
    empty_title = gettext_lazy("Nothing lies inside")
    empty_why = gettext_lazy("This is the deepest level that is known here.")

    name = LinkColumn(link=page_of)
    code = tables.Column(attrs={"td": {"class": "code"}})
    kind = tables.Column()
    valid_from = DayColumn()
    valid_to = LastDayColumn(verbose_name=gettext_lazy("last day"))


class AliasesTable(Table):
    empty_symbol = "map-pin"
    empty_title = gettext_lazy("No alias matches")

    name = tables.Column()
    code = tables.Column(attrs={"td": {"class": "code"}})
    kind = tables.Column()
    region = LinkColumn(link=lambda row: reverse("office:region", args=[row.region_id]))
    within = tables.Column()
    starts_on = DayColumn()
    ends_on = LastDayColumn(verbose_name=gettext_lazy("last day"))
    source = tables.Column()


def regions(request: HttpRequest) -> HttpResponse:
    """The provinces, or what a search finds."""
    text = request.GET.get("q", "").strip()
    with_past = request.GET.get("past") == "1"
    context = {"text": text, "with_past": with_past, "day": today()}
    if text:
        table = RegionsTable(queries.regions_called(text, with_past=with_past), orderable=False)
    else:
        table = RegionsTable(queries.inside(None, with_past=with_past), orderable=False)
    return render(request, "office/regions/list.html", {**context, "table": table})


def region(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(Region.objects.select_related("parent__parent__parent"), pk=pk)
    table = RegionsTable(queries.inside(one, with_past=True), order_by=())
    tables.RequestConfig(request, paginate={"per_page": 100}).configure(table)
    context = {
        "region": one,
        "path": [above for above in reversed(path_of(one)[1:]) if above.parent_id],
        "table": table,
        "aliases": one.aliases.select_related("within").order_by("name"),
        "successions": one.successions.select_related("successor").order_by("position"),
        "predecessors": one.predecessors.order_by("code"),
        "held": territories().filter(region=one).order_by("-starts_on"),
        "story": story_of(one),
        "day": today(),
    }
    return render(request, "office/regions/detail.html", context)


def aliases(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    found = Alias.objects.select_related("region", "within").order_by("name", "pk")
    if text:
        found = found.filter(name__icontains=text) | found.filter(code__startswith=text)
    table = AliasesTable(found)
    tables.RequestConfig(request, paginate={"per_page": 50}).configure(table)
    return render(request, "office/regions/aliases.html", {"table": table, "search": text})


def region_finds(request: HttpRequest) -> HttpResponse:
    """The finds of a form's picker. The search box is called after the field it serves."""
    name = request.GET.get("name", "region")
    text = request.GET.get(f"{name}-search", "").strip()
    context = {"name": name, "text": text, "regions": queries.regions_called(text)}
    return render(request, "office/regions/finds.html", context)
