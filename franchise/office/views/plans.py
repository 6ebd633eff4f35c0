"""Bonus plans: their versions, and a new one worked out while it is typed."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from franchise.bonuses.actions import plans as actions
from franchise.bonuses.models import Plan
from franchise.core.clock import today
from franchise.core.errors import BusinessError
from franchise.history.queries import story_of
from franchise.office.forms import DayInput
from franchise.office.views.shell import StaffRequest, needs
from franchise.office.worked import FIVE_PER_CENT, Worked, plan_of, worked
from franchise.users.access import Right

A_HUNDRED = Decimal(100)


def page_of(plan: Plan) -> str:
    return reverse("office:plan", args=[plan.pk])


class PercentField(forms.DecimalField):
    """Typed per cent, used as a share of one."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "decimal", "class": "num", "data_unit": "%"}
        widget = forms.TextInput(attrs=attrs)
        super().__init__(
            min_value=0, max_value=100, max_digits=7, decimal_places=4, widget=widget, **kwargs
        )

    def clean(self, value: Any) -> Decimal | None:
        percent = super().clean(value)
        return None if percent is None else percent / A_HUNDRED

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Decimal):
            return f"{(value * A_HUNDRED).normalize():f}"
        return value


class PlanForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80, required=False)
    mode = forms.ChoiceField(
        label=gettext_lazy("Mode"),
        choices=Plan.Mode.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "Additive: each tier’s own rate. Level difference: cumulative rates, each holder "
            "earns what is not yet given below."
        ),
    )
    county_rate = PercentField(label=gettext_lazy("County, district or town"))
    city_rate = PercentField(label=gettext_lazy("City"))
    province_rate = PercentField(label=gettext_lazy("Province"))
    cap = PercentField(
        label=gettext_lazy("Cap"),
        required=False,
        help_text=gettext_lazy("No order pays more than this in all. Empty: no cap."),
    )
    starts_on = forms.DateField(
        label=gettext_lazy("In force from"),
        widget=DayInput(),
        help_text=gettext_lazy(
            "From a day on which no order is awarded yet: normally tomorrow. The plan in force "
            "ends the day before."
        ),
    )
    pickup_counts_at_point = forms.BooleanField(
        label=gettext_lazy("an order picked up counts at its pickup point"),
        required=False,
        initial=True,
    )


class TriedRatesForm(PlanForm):
    """Only what the worked table needs, while somebody is still typing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "starts_on", "pickup_counts_at_point"):
            del self.fields[name]


def plans(request: StaffRequest) -> HttpResponse:
    every = Plan.objects.select_related("proposed_by", "approved_by").order_by("-starts_on", "-pk")
    return render(request, "office/plans/list.html", {"plans": every, "day": today()})


def plan(request: StaffRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(Plan.objects.select_related("proposed_by", "approved_by"), pk=pk)
    shown = _worked(one.mode, one.county_rate, one.city_rate, one.province_rate, one.cap)
    context = {
        "plan": one,
        "worked": shown,
        "checks": _checks(shown),
        "story": story_of(one),
        "day": today(),
        "is_open": not (one.approved_at or one.withdrawn_at),
        "is_own": one.proposed_by_id == request.user.pk,
    }
    return render(request, "office/plans/detail.html", context)


def _worked(
    mode: str, county: Decimal, city: Decimal, province: Decimal, cap: Decimal | None
) -> Worked:
    return worked(plan_of(mode, (county, city, province), cap))


def _checks(shown: Worked) -> list[dict[str, Any]]:
    """What head office must know of a plan before it lets it pay."""
    too_high = shown.full_rate > FIVE_PER_CENT
    return [
        {
            "ok": True,
            "text": _("Bonuses come from goods sold to consumers, and from nothing else."),
        },
        {
            "ok": not too_high,
            "text": _("All overrides together are at most five per cent of sales.")
            if not too_high
            else _(
                "All overrides together are above five per cent of sales: "
                "the approver must know why."
            ),
        },
        {"ok": True, "text": _("The shares of an order add up to the fen, whatever its amount.")},
    ]


@needs(Right.PLANS)
def add_plan(request: StaffRequest) -> HttpResponse:
    form = PlanForm(request.POST or None, initial=_as_now())
    if request.method == "POST" and form.is_valid():
        try:
            proposed = actions.propose_plan(**form.cleaned_data, by=request.user)
        except BusinessError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("The plan is proposed. It pays once another person has approved it.")
            )
            return redirect(page_of(proposed))
    context = {"form": form, **_tried(form.data if form.is_bound else _typed(form.initial))}
    return render(request, "office/plans/form.html", context)


def _as_now() -> dict[str, Any]:
    """A new version begins with what is in force, or with the opening values."""
    latest = Plan.objects.filter(approved_at__isnull=False).order_by("-starts_on").first()
    if latest is None:
        return {
            "mode": Plan.Mode.LEVEL_DIFFERENCE,
            "county_rate": Decimal("0.03"),
            "city_rate": Decimal("0.05"),
            "province_rate": Decimal("0.06"),
        }
    fields = ("mode", "county_rate", "city_rate", "province_rate", "cap", "pickup_counts_at_point")
    return {field: getattr(latest, field) for field in fields}


def _typed(initial: Mapping[str, Any]) -> dict[str, Any]:
    field = PercentField()
    return {name: field.prepare_value(value) for name, value in initial.items()}


def _tried(data: Any) -> dict[str, Any]:
    """The worked table for what is typed, or why there is none."""
    form = TriedRatesForm(data)
    if not form.is_valid():
        return {"incomplete": True}
    rates = form.cleaned_data
    asked = Plan(**rates)
    try:
        actions.check_rates(asked)
    except BusinessError as refusal:
        return {"refusal": str(refusal)}
    shown = _worked(asked.mode, asked.county_rate, asked.city_rate, asked.province_rate, asked.cap)
    return {"worked": shown, "checks": _checks(shown)}


@needs(Right.PLANS)
def tried_rates(request: StaffRequest) -> HttpResponse:
    return render(request, "office/plans/worked.html", _tried(request.GET))


@needs(Right.APPROVE)
@require_POST
def approve_plan(request: StaffRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(Plan, pk=pk)
    try:
        actions.approve_plan(pk, by=request.user)
    except BusinessError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The plan is approved."))
    return redirect(page_of(one))


@needs(Right.PLANS)
@require_POST
def withdraw_plan(request: StaffRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(Plan, pk=pk)
    try:
        actions.withdraw_plan(pk, by=request.user)
    except BusinessError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The proposal is withdrawn."))
    return redirect(page_of(one))
