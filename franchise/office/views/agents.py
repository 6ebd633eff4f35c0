"""Agents: who they are, what they hold, who acts for them."""

from datetime import date
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
from agents.actions import agents as actions
from agents.models import Agent, Member
from franchise.bonuses.queries.agents import months_of
from franchise.core.clock import today
from franchise.core.errors import BusinessError
from franchise.core.templatetags import regent
from franchise.history.queries import story_of
from franchise.office.tables import CountColumn, LinkColumn, Table
from franchise.office.views.shell import StaffRequest, needs
from franchise.users.access import Right


def page_of(agent: Agent) -> str:
    return reverse("office:agent", args=[agent.pk])


class AgentsTable(Table):
    empty_symbol = "users"
    empty_title = gettext_lazy("No agents yet")
    empty_why = gettext_lazy("Add them one by one, or import a file of territories.")

    name = LinkColumn(link=page_of)
    code = tables.Column()
    kind = tables.Column()
    phone = tables.Column(orderable=False)
    provinces = CountColumn(verbose_name=gettext_lazy("Province"))
    cities = CountColumn(verbose_name=gettext_lazy("City"))
    counties = CountColumn(verbose_name=gettext_lazy("County, district or town"))
    without_consent = tables.Column(verbose_name=gettext_lazy("Consent"), orderable=False)

    def render_phone(self, value: str) -> str:
        return regent.mask_phone(value)

    def render_without_consent(self, value: int) -> str | SafeString:
        return (
            regent.pill("warn", "alert-triangle", _("%d to be attached") % value) if value else ""
        )


class AgentForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=80,
        help_text=gettext_lazy("Files and exports know the agent by it; it stays."),
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Agent.Kind.choices)
    contact = forms.CharField(label=gettext_lazy("Contact"), max_length=80, required=False)
    phone = forms.CharField(
        label=gettext_lazy("Phone number"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )


class MemberForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Person’s name"), max_length=80)
    phone = forms.CharField(
        label=gettext_lazy("Phone number"),
        max_length=20,
        widget=forms.TextInput(attrs={"type": "tel"}),
        help_text=gettext_lazy("They sign in with it."),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Member.Role.choices)


def agents(request: StaffRequest) -> HttpResponse:
    search = request.GET.get("q", "").strip()
    table = AgentsTable(queries.agents_on(today(), search=search))
    tables.RequestConfig(request, paginate={"per_page": 50}).configure(table)
    context = {"table": table, "search": search, "day": today()}
    return render(request, "office/agents/list.html", context)


def agent(request: StaffRequest, pk: int) -> HttpResponse:
    party = get_object_or_404(Agent, pk=pk)
    return _agent_page(request, party, MemberForm())


def _a_year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=1)


def _agent_page(request: StaffRequest, party: Agent, form: forms.Form) -> HttpResponse:
    context = {
        "agent": party,
        "territories": queries.territories_of(party.pk),
        "members": queries.members_of(party.pk),
        "earned": months_of(party.pk, since=_a_year_before(today())),
        "story": story_of(party),
        "member_form": form,
        "day": today(),
    }
    return render(request, "office/agents/detail.html", context)


@needs(Right.SELL)
def add_agent(request: StaffRequest) -> HttpResponse:
    form = AgentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            party = actions.add_agent(**form.cleaned_data, by=request.user)
        except BusinessError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(agent)s is entered.") % {"agent": party})
            return redirect(page_of(party))
    context = {"form": form, "back": reverse("office:agents")}
    return render(request, "office/agents/form.html", context)


@needs(Right.SELL)
def change_agent(request: StaffRequest, pk: int) -> HttpResponse:
    party = get_object_or_404(Agent, pk=pk)
    fields = ("name", "kind", "contact", "phone")
    initial = {field: getattr(party, field) for field in fields}
    form = AgentForm(request.POST or None, initial=initial)
    del form.fields["code"]
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_agent(pk, **form.cleaned_data, by=request.user)
        except BusinessError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The changes are saved."))
            return redirect(page_of(party))
    context = {"form": form, "agent": party, "back": page_of(party)}
    return render(request, "office/agents/form.html", context)


@needs(Right.SELL)
@require_POST
def add_member(request: StaffRequest, pk: int) -> HttpResponse:
    party = get_object_or_404(Agent, pk=pk)
    form = MemberForm(request.POST)
    if form.is_valid():
        try:
            member = actions.add_member(pk, **form.cleaned_data, by=request.user)
        except BusinessError as refusal:
            form.add_error(None, str(refusal))
        else:
            facts: dict[str, Any] = {"person": member.user, "agent": party}
            messages.success(request, _("%(person)s may now act for %(agent)s.") % facts)
            return redirect(page_of(party))
    return _agent_page(request, party, form)


@needs(Right.SELL)
@require_POST
def end_membership(request: StaffRequest, pk: int, member: int) -> HttpResponse:
    party = get_object_or_404(Agent, pk=pk)
    acting = get_object_or_404(Member, pk=member, agent=party)
    try:
        actions.end_membership(acting.pk, by=request.user)
    except BusinessError as refusal:
        messages.error(request, str(refusal))
    else:
        facts: dict[str, Any] = {"person": acting.user, "agent": party}
        messages.success(request, _("%(person)s no longer acts for %(agent)s.") % facts)
    return redirect(page_of(party))
