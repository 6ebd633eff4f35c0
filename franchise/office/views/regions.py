"""The divisions: browsing, finding one in a form, adding and retiring by hand, aliases."""

from datetime import timedelta
from typing import Any

import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from agents.queries import territories
from franchise.core.clock import today
from franchise.core.errors import BusinessError
from franchise.history.queries import story_of
from franchise.office.forms import DayInput
from franchise.office.pickers import RegionField
from franchise.office.tables import DayColumn, LastDayColumn, LinkColumn, Table
from franchise.office.views.shell import StaffRequest, needs
from franchise.regions import queries as regions_queries
from franchise.regions.actions import aliases as alias_actions
from franchise.regions.actions import divisions
from franchise.regions.models import Alias, Region
from franchise.users.access import Right

DAY = timedelta(days=1)
MOST_FINDS = 20


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


class AddRegionForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    code = forms.CharField(label=gettext_lazy("Code"), max_length=12)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[choice for choice in Region.Kind.choices if choice[0] != Region.Kind.COUNTRY],
        initial=Region.Kind.ZONE,
    )
    valid_from = forms.DateField(label=gettext_lazy("In force from"), widget=DayInput())


class RetireForm(forms.Form):
    on = forms.DateField(
        label=gettext_lazy("First day it is no more"),
        widget=DayInput(),
        help_text=gettext_lazy("From this day on the successors take over."),
    )
    successor = RegionField(label=gettext_lazy("Taken over by"))
    second = RegionField(label=gettext_lazy("and by (if it was split)"), required=False)
    third = RegionField(label=gettext_lazy("and by (if it was split)"), required=False)

    def successors(self) -> list[int]:
        """The divisions named, the primary one first."""
        named = (self.cleaned_data[field] for field in ("successor", "second", "third"))
        return [region.pk for region in named if region is not None]


class AliasForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[choice for choice in Alias.Kind.choices if choice[0] != Alias.Kind.PLACEHOLDER],
        initial=Alias.Kind.NAME,
    )
    within = RegionField(
        label=gettext_lazy("Only in addresses of"),
        required=False,
        help_text=gettext_lazy("Empty: the name counts in every address."),
    )
    starts_on = forms.DateField(label=gettext_lazy("From"), widget=DayInput())
    last_day = forms.DateField(label=gettext_lazy("Last day"), required=False, widget=DayInput())
    source = forms.CharField(label=gettext_lazy("How you know"), max_length=200, required=False)


def regions(request: StaffRequest) -> HttpResponse:
    """The provinces, or what a search finds."""
    text = request.GET.get("q", "").strip()
    if text:
        found = regions_queries.regions_found(text)
        names = regions_queries.path_names(region.pk for region in found)
        finds = [{"region": region, "path": names[region.pk]} for region in found]
        return render(request, "office/regions/found.html", {"finds": finds, "text": text})
    table = RegionsTable(
        regions_queries.children(regions_queries.country().pk, on=today()), orderable=False
    )
    return render(request, "office/regions/list.html", {"table": table})


def region(request: StaffRequest, pk: int) -> HttpResponse:
    return _region_page(request, _found(pk))


def _found(pk: int) -> Region:
    found = Region.objects.select_related("parent__parent__parent")
    one: Region = get_object_or_404(found, pk=pk)
    return one


def _region_page(request: StaffRequest, one: Region, **forms_shown: Any) -> HttpResponse:
    table = RegionsTable(regions_queries.children(one.pk), order_by=())
    tables.RequestConfig(request, paginate={"per_page": 100}).configure(table)
    context = {
        "region": one,
        "path": regions_queries.region_with_path(one.pk)[:-1],
        "table": table,
        "aliases": regions_queries.aliases_of(one.pk),
        "successions": one.successions.select_related("successor").order_by("position"),
        "predecessors": one.predecessors.order_by("code"),
        "held": territories().filter(region=one).order_by("-starts_on"),
        "story": story_of(one),
        "is_over": one.valid_to is not None,
        "day": today(),
        "add_form": AddRegionForm(prefix="add"),
        "retire_form": RetireForm(prefix="retire"),
        "alias_form": AliasForm(prefix="alias"),
        **forms_shown,
    }
    return render(request, "office/regions/detail.html", context)


@needs(Right.REGIONS)
@require_POST
def add_region(request: StaffRequest, pk: int) -> HttpResponse:
    above = _found(pk)
    form = AddRegionForm(request.POST, prefix="add")
    if form.is_valid():
        try:
            added = divisions.add_region(**form.cleaned_data, parent_id=pk, by=request.user)
        except BusinessError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(name)s is added.") % {"name": added.name})
            return redirect(page_of(added))
    return _region_page(request, above, add_form=form, shown="add")


@needs(Right.REGIONS)
@require_POST
def retire_region(request: StaffRequest, pk: int) -> HttpResponse:
    one = _found(pk)
    form = RetireForm(request.POST, prefix="retire")
    if form.is_valid():
        try:
            divisions.retire_region(
                pk,
                on=form.cleaned_data["on"],
                successor_ids=form.successors(),
                change_kind="",
                by=request.user,
            )
        except BusinessError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(name)s ends on that day.") % {"name": one.name})
            return redirect(page_of(one))
    return _region_page(request, one, retire_form=form, shown="retire")


@needs(Right.REGIONS)
@require_POST
def add_alias(request: StaffRequest, pk: int) -> HttpResponse:
    one = _found(pk)
    form = AliasForm(request.POST, prefix="alias")
    if form.is_valid():
        asked = form.cleaned_data
        within = asked.pop("within")
        last_day = asked.pop("last_day")
        try:
            alias_actions.add_alias(
                **asked,
                region_id=pk,
                within_id=within.pk if within else None,
                ends_on=last_day + DAY if last_day else None,
                by=request.user,
            )
        except BusinessError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The alias is added."))
            return redirect(page_of(one))
    return _region_page(request, one, alias_form=form, shown="alias")


@needs(Right.REGIONS)
@require_POST
def end_alias(request: StaffRequest, pk: int) -> HttpResponse:
    """From tomorrow on the alias no longer counts; what it decided stays."""
    alias = get_object_or_404(Alias.objects.select_related("region"), pk=pk)
    try:
        alias_actions.end_alias(pk, on=today() + DAY, by=request.user)
    except BusinessError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The alias ends today."))
    return redirect(page_of(alias.region))


def aliases(request: StaffRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    found = Alias.objects.select_related("region", "within").order_by("name", "pk")
    if text:
        found = found.filter(Q(name__icontains=text) | Q(code__startswith=text))
    table = AliasesTable(found)
    tables.RequestConfig(request, paginate={"per_page": 50}).configure(table)
    return render(request, "office/regions/aliases.html", {"table": table, "search": text})


def region_finds(request: StaffRequest) -> HttpResponse:
    """The finds of a form's picker. The search box is called after the field it serves."""
    name = request.GET.get("name", "region")
    text = request.GET.get(f"{name}-search", "").strip()
    found = regions_queries.regions_found(text, limit=MOST_FINDS)
    names = regions_queries.path_names(region.pk for region in found)
    finds = [{"region": region, "path": names[region.pk]} for region in found]
    return render(
        request, "office/regions/finds.html", {"name": name, "text": text, "finds": finds}
    )
