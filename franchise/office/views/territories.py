"""Territories: the tree of who holds what, one territory's life, granting, ending, moving."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from agents import queries
from agents.actions import territories as actions
from agents.actions.territory_file import import_territories
from agents.drafts import read_territory_file
from agents.models import Agent, Territory, Tier
from franchise.core.clock import today
from franchise.core.errors import BusinessError
from franchise.core.spreadsheets import Outcome
from franchise.history.queries import story_of
from franchise.office import coverage
from franchise.office.forms import DayInput
from franchise.office.pickers import RegionField
from franchise.office.tables import DayColumn, LastDayColumn, LinkColumn, Table
from franchise.office.templatetags.office import region_path, state_pill
from franchise.office.views.intake import Kind, intake
from franchise.office.views.shell import StaffRequest, needs
from franchise.regions.models import Region
from franchise.users.access import Right

DAY = timedelta(days=1)


def page_of(territory: Territory) -> str:
    return reverse("office:territory", args=[territory.pk])


class TerritoriesTable(Table):
    empty_symbol = "map-2"
    empty_title = gettext_lazy("No territory matches")
    empty_why = gettext_lazy("Change the filters, or grant the first one.")

    region = LinkColumn(link=page_of, order_by=("region__code",))
    tier = tables.Column()
    agent = LinkColumn(link=lambda row: reverse("office:agent", args=[row.agent_id]))
    starts_on = DayColumn()
    ends_on = LastDayColumn(verbose_name=gettext_lazy("last day"))
    state = tables.Column(verbose_name=gettext_lazy("State"), empty_values=(), orderable=False)

    def render_region(self, value: Region, record: Territory) -> SafeString:
        return LinkColumn(link=page_of).render(region_path(value), record)

    def render_state(self, record: Territory) -> SafeString:
        return state_pill(record)


class Filters(forms.Form):
    q = forms.CharField(
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
        label=gettext_lazy("Region, code or agent"),
    )
    tier = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=None,
        label=gettext_lazy("Tier"),
        choices=[("", gettext_lazy("All tiers")), *Tier.choices],
    )
    consent = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Consent"),
        choices=[("", gettext_lazy("Any consent")), *Territory.Consent.choices],
    )
    when = forms.ChoiceField(
        required=False,
        label=gettext_lazy("When"),
        choices=[("", gettext_lazy("In force today")), ("all", gettext_lazy("All times"))],
    )


class GrantForm(forms.Form):
    region = RegionField(label=gettext_lazy("Region"))
    tier = forms.TypedChoiceField(label=gettext_lazy("Tier"), coerce=int, choices=Tier.choices)
    agent = forms.ModelChoiceField(Agent.objects.order_by("name"), label=gettext_lazy("Agent"))
    starts_on = forms.DateField(label=gettext_lazy("First day"), widget=DayInput())
    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=DayInput(),
        help_text=gettext_lazy("Empty: without end."),
    )
    consent = forms.ChoiceField(
        label=gettext_lazy("Consent of the county's holder"),
        choices=Territory.Consent.choices,
        help_text=gettext_lazy(
            "Only a town carved out of a held county needs it, or a county with towns sold apart."
        ),
    )


class EndForm(forms.Form):
    last_day = forms.DateField(label=gettext_lazy("Last day"), widget=DayInput())
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


class TransferForm(forms.Form):
    agent = forms.ModelChoiceField(
        Agent.objects.order_by("name"), label=gettext_lazy("To which agent")
    )
    on = forms.DateField(label=gettext_lazy("From which day"), widget=DayInput())
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


class ConsentForm(forms.Form):
    document = forms.CharField(label=gettext_lazy("Name or number of the paper"), max_length=300)


def territories(request: StaffRequest) -> HttpResponse:
    """The tree, with the division one is on beside it."""
    day = today()
    opened = [int(pk) for pk in request.GET.get("open", "").split(",") if pk.isdigit()]
    context: dict[str, Any] = {
        "cover": coverage.cover(day),
        "branches": list(coverage.flat(coverage.tree(day, opened))),
        "opened": opened,
        "day": day,
    }
    chosen = request.GET.get("region", "")
    if chosen.isdigit():
        context["region"] = region = get_object_or_404(
            Region.objects.select_related("parent__parent__parent"), pk=chosen
        )
        context["held"] = (
            queries.territories().filter(region=region).order_by("-starts_on", "-tier")
        )
        context["seen"] = queries.holders_seen_from(region, day)
        context["Tier"] = Tier
    return render(request, "office/territories/tree.html", context)


def territory_list(request: StaffRequest) -> HttpResponse:
    filters = Filters(request.GET)
    asked = filters.cleaned_data if filters.is_valid() else {}
    found = queries.territories_matching(
        day=None if asked.get("when") == "all" else today(),
        tier=None if asked.get("tier") is None else Tier(asked["tier"]),
        consent=asked.get("consent", ""),
        search=asked.get("q", "").strip(),
    )
    table = TerritoriesTable(found)
    tables.RequestConfig(request, paginate={"per_page": 50}).configure(table)
    context = {"table": table, "filters": filters, "day": today()}
    return render(request, "office/territories/list.html", context)


def territory(request: StaffRequest, pk: int) -> HttpResponse:
    return _territory_page(request, _found(pk))


def _found(pk: int) -> Territory:
    return get_object_or_404(
        Territory.objects.select_related("agent", "region__parent__parent__parent"), pk=pk
    )


def _territory_page(request: StaffRequest, one: Territory, **forms_shown: Any) -> HttpResponse:
    day = today()
    context = {
        "territory": one,
        "pill": state_pill(one),
        "is_over": one.ends_on is not None and one.ends_on <= day,
        "story": story_of(one),
        "others": queries.territories()
        .filter(region=one.region, tier=one.tier)
        .exclude(pk=one.pk)
        .order_by("-starts_on"),
        "end_form": EndForm(prefix="end"),
        "transfer_form": TransferForm(prefix="transfer"),
        "consent_form": ConsentForm(prefix="consent"),
        "awaits_consent": one.consent == Territory.Consent.TO_BE_ATTACHED,
        **forms_shown,
    }
    return render(request, "office/territories/detail.html", context)


def _after(last_day: date | None) -> date | None:
    """People name the last day; a period ends before the next."""
    return None if last_day is None else last_day + DAY


@needs(Right.SELL)
def grant(request: StaffRequest) -> HttpResponse:
    first = {key: request.GET[key] for key in ("region", "agent", "tier") if key in request.GET}
    form = GrantForm(request.POST or None, initial={"consent": "not_needed", **first})
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            granted = actions.grant_territory(
                region_id=asked["region"].pk,
                tier=asked["tier"],
                agent_id=asked["agent"].pk,
                starts_on=asked["starts_on"],
                ends_on=_after(asked["last_day"]),
                consent=asked["consent"],
                by=request.user,
            )
        except BusinessError as refusal:
            form.add_error(None, str(refusal))
        else:
            facts: dict[str, Any] = {"agent": asked["agent"], "region": asked["region"].name}
            messages.success(request, _("%(agent)s now holds %(region)s.") % facts)
            return redirect(page_of(granted))
    return render(request, "office/territories/grant.html", {"form": form})


@needs(Right.SELL)
@require_POST
def end(request: StaffRequest, pk: int) -> HttpResponse:
    one = _found(pk)
    form = EndForm(request.POST, prefix="end")
    if form.is_valid():
        try:
            actions.end_territory(
                pk,
                on=form.cleaned_data["last_day"] + DAY,
                reason=form.cleaned_data["reason"],
                by=request.user,
            )
        except BusinessError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The territory's end is recorded."))
            return redirect(page_of(one))
    return _territory_page(request, one, end_form=form, shown="end")


@needs(Right.SELL)
@require_POST
def transfer(request: StaffRequest, pk: int) -> HttpResponse:
    one = _found(pk)
    form = TransferForm(request.POST, prefix="transfer")
    if form.is_valid():
        try:
            new = actions.transfer_territory(
                pk,
                to_agent_id=form.cleaned_data["agent"].pk,
                on=form.cleaned_data["on"],
                reason=form.cleaned_data["reason"],
                by=request.user,
            )
        except BusinessError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("%(agent)s takes over from that day.") % {"agent": new.agent}
            )
            return redirect(page_of(new))
    return _territory_page(request, one, transfer_form=form, shown="transfer")


@needs(Right.SELL)
@require_POST
def attach_consent(request: StaffRequest, pk: int) -> HttpResponse:
    one = _found(pk)
    form = ConsentForm(request.POST, prefix="consent")
    if form.is_valid():
        try:
            actions.attach_consent(pk, document=form.cleaned_data["document"], by=request.user)
        except BusinessError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The consent is recorded."))
            return redirect(page_of(one))
    return _territory_page(request, one, consent_form=form, shown="consent")


def _take_in_file(path: Path, *, dry_run: bool, by: Any) -> Outcome:
    return import_territories(read_territory_file(path), dry_run=dry_run, by=by)


FILE = Kind(
    title=gettext_lazy("Import territories"),
    columns=(
        ("region_code", gettext_lazy("the division's code")),
        ("tier", gettext_lazy("province, city or county")),
        ("agent", gettext_lazy("the agent's code or name; unknown ones are entered")),
        ("starts_on", gettext_lazy("the first day")),
        ("ends_on", gettext_lazy("the day after the last; empty for no end")),
    ),
    back="office:territories",
    take_in=_take_in_file,
)


@needs(Right.SELL)
def import_file(request: StaffRequest) -> HttpResponse:
    return intake(request, FILE)
