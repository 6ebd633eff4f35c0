"""Places where goods are handed out; an order picked up there counts in the place's region."""

from pathlib import Path
from typing import Any

import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from franchise.core.errors import BusinessError
from franchise.core.spreadsheets import Outcome
from franchise.office.pickers import RegionField
from franchise.office.tables import DayColumn, Table
from franchise.office.templatetags.office import region_path
from franchise.office.views.intake import Kind, intake
from franchise.office.views.shell import StaffRequest, needs
from franchise.regions.models import Region
from franchise.users.access import Right
from inventory import queries
from inventory.actions import pickup_points as actions


class PickupPointsTable(Table):
    empty_symbol = "building-store"
    empty_title = gettext_lazy("No pickup point yet")
    empty_why = gettext_lazy("An order that names an unknown point waits until it is entered.")

    code = tables.Column()
    name = tables.Column()
    region = tables.Column(order_by=("region__code",))
    created_at = DayColumn()

    def render_region(self, value: Region) -> str:
        return region_path(value)


class PickupPointForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        help_text=gettext_lazy("As the shops write it in their orders; it stays."),
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80, required=False)
    region = RegionField(
        label=gettext_lazy("Region"),
        help_text=gettext_lazy("The deepest you know: a town, or else the county."),
    )


def pickup_points(request: StaffRequest) -> HttpResponse:
    search = request.GET.get("q", "").strip()
    table = PickupPointsTable(queries.pickup_points(search=search))
    tables.RequestConfig(request, paginate={"per_page": 50}).configure(table)
    return render(request, "office/pickup_points/list.html", {"table": table, "search": search})


@needs(Right.SELL)
def add_pickup_point(request: StaffRequest) -> HttpResponse:
    first = {"code": request.GET.get("code", "")}
    form = PickupPointForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            point = actions.add_pickup_point(
                code=asked["code"],
                name=asked["name"],
                region_id=asked["region"].pk,
                by=request.user,
            )
        except BusinessError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request,
                _("%(point)s is entered; orders that waited for it are looked at again.")
                % {"point": point},
            )
            return redirect(reverse("office:pickup_points"))
    return render(request, "office/pickup_points/form.html", {"form": form})


def _take_in_file(path: Path, *, dry_run: bool, by: Any) -> Outcome:
    table = actions.read_pickup_point_file(path)
    return actions.import_pickup_points(table, dry_run=dry_run, by=by)


FILE = Kind(
    title=gettext_lazy("Import pickup points"),
    columns=(
        ("code", gettext_lazy("the point's code, as the shops write it")),
        ("region_code", gettext_lazy("the division's code")),
        ("name", gettext_lazy("its name; may be left out")),
    ),
    back="office:pickup_points",
    take_in=_take_in_file,
)


@needs(Right.SELL)
def import_file(request: StaffRequest) -> HttpResponse:
    return intake(request, FILE)
