"""Saying where orders count: the decision on those in doubt, the correction of a decided one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from franchise.bonuses.models import Refusal
from franchise.bonuses.queries.story import plan_on
from franchise.bonuses.queries.what_if import Expected, expected_shares, total
from franchise.core.clock import today
from franchise.core.errors import BusinessError
from franchise.core.money import ZERO
from franchise.office import explanation, order_list
from franchise.office.ladder import ladder
from franchise.office.pickers import RegionField
from franchise.office.views.order import story_of_order
from franchise.office.views.orders import page_of
from franchise.office.views.queue import TABS
from franchise.office.views.shell import StaffRequest, needs
from franchise.office.wording import State
from franchise.orders.actions import decisions
from franchise.orders.actions.buyers import reveal_buyer
from franchise.orders.models import Decision, Order
from franchise.orders.queries.orders import candidates_of, open_corrections
from franchise.regions.actions.aliases import add_alias
from franchise.regions.models import Alias, Region
from franchise.regions.queries import path_names
from franchise.users.access import Right, may

SAME_SHOWN = 200


class DecideForm(forms.Form):
    candidate = forms.ChoiceField(
        required=False, widget=forms.RadioSelect, label=gettext_lazy("It may be")
    )
    region = RegionField(required=False, label=gettext_lazy("Another region"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("It stays with the order and answers agents’ questions."),
    )
    alias = forms.CharField(
        label=gettext_lazy("From today on, this name in an address means that region"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("Empty: no rule. A rule is dated and can be ended under Aliases."),
    )

    def __init__(self, *args: Any, candidates: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["candidate"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(str(pk), path) for pk, path in candidates.items()]
        if not candidates:
            del self.fields["candidate"]
            self.fields["region"].label = gettext_lazy("It counts in")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        region, candidate = said.get("region"), said.get("candidate")
        if region is None and candidate:
            said["region"] = Region.objects.get(pk=candidate)
        elif region is None:
            self.add_error("region", _("Choose one of them, or search for another region."))
        return said


class CorrectForm(forms.Form):
    region = RegionField(label=gettext_lazy("It counts in"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


def decide(request: StaffRequest, pk: int) -> HttpResponse:
    """Say where an order in doubt counts, and with it exactly those listed of its address."""
    told = story_of_order(pk)
    order = told.order
    refusal = told.refusal
    if refusal is None or refusal.why in (Refusal.Why.NO_PLAN, Refusal.Why.UNKNOWN_POINT):
        return redirect(page_of(order))
    candidates = path_names(region.pk for region in candidates_of(order))
    same = _same_address(order)
    form = DecideForm(request.POST or None, candidates=candidates)
    if request.method == "POST":
        if not may(request.user, Right.ORDERS):
            return render(request, "403.html", status=403)
        chosen = {int(found) for found in request.POST.getlist("order") if found.isdecimal()}
        if form.is_valid() and _decided(request, form, sorted({pk, *chosen})):
            return redirect(f"{reverse('office:decided')}?{_query({pk, *chosen})}")
    context = {
        "order": order,
        "story": told,
        "ladder": ladder(told),
        "doubt": explanation.in_doubt(told),
        "form": form,
        "same": same,
        "same_total": sum((one.goods_amount for one in same), ZERO),
        "tabs": TABS,
    }
    return render(request, "office/queue/decide.html", context)


def _decided(request: StaffRequest, form: DecideForm, order_ids: list[int]) -> bool:
    said = form.cleaned_data
    region: Region = said["region"]
    try:
        decisions.decide_region(
            order_ids, region_id=region.pk, reason=said["reason"], by=request.user
        )
    except BusinessError as refusal:
        form.add_error(None, str(refusal))
        return False
    facts = {"count": len(order_ids), "region": region.name}
    messages.success(
        request, _("%(count)s orders count in %(region)s; their bonus follows.") % facts
    )
    if said["alias"]:
        _make_rule(request, said["alias"], region, said["reason"])
    return True


def _make_rule(request: StaffRequest, name: str, region: Region, reason: str) -> None:
    """An alias within the region's city, so that the name means nothing elsewhere."""
    if not may(request.user, Right.REGIONS):
        messages.error(request, _("Your role may decide, but not make a rule; ask operations."))
        return
    try:
        add_alias(
            name=name,
            region_id=region.pk,
            within_id=region.parent_id if region.parent and region.parent.level > 0 else None,
            kind=Alias.Kind.NAME,
            starts_on=today(),
            ends_on=None,
            source=reason[:200],
            by=request.user,
        )
    except BusinessError as refusal:
        messages.error(request, str(refusal))
    else:
        facts = {"name": name, "region": region.name}
        messages.success(request, _("From today on “%(name)s” means %(region)s.") % facts)


def _same_address(order: Order) -> list[Order]:
    """Other orders in doubt with the very same address."""
    found = (
        Refusal.objects.filter(order__address_id=order.address_id)
        .exclude(why__in=[Refusal.Why.NO_PLAN, Refusal.Why.UNKNOWN_POINT])
        .exclude(order_id=order.pk)
        .select_related("order__shop")
        .order_by("paid_on", "pk")[:SAME_SHOWN]
    )
    return [refusal.order for refusal in found]


def _query(order_ids: set[int]) -> str:
    return "&".join(f"order={pk}" for pk in sorted(order_ids))


def decided(request: StaffRequest) -> HttpResponse:
    """What came of decided orders; asks again until each has its bonus."""
    keys = [int(found) for found in request.GET.getlist("order") if found.isdecimal()][:SAME_SHOWN]
    orders = Order.objects.filter(pk__in=keys).select_related("shop", "region").order_by("pk")
    rows = order_list.rows(orders)
    if not rows:
        raise Http404
    is_waiting = any(row.state in (State.WAITING, State.UNRESOLVED) for row in rows)
    asked = int(request.GET.get("asked", "0")) if request.GET.get("asked", "0").isdecimal() else 0
    context = {
        "rows": rows,
        "is_waiting": is_waiting and asked < 60,
        "is_late": is_waiting and asked >= 10,
        "again": f"{reverse('office:decided')}?{_query(set(keys))}&asked={asked + 1}",
        "agents": sum((row.agents for row in rows), ZERO),
        "retained": sum((row.retained for row in rows), ZERO),
    }
    page = "office/queue/came_of_it.html" if request.htmx else "office/queue/decided.html"
    return render(request, page, context)


# Corrections, by two people


@needs(Right.ORDERS)
def correct(request: StaffRequest, pk: int) -> HttpResponse:
    """Propose that an order counts elsewhere: first what it would mean in money, then the word."""
    told = story_of_order(pk)
    form = CorrectForm(request.POST or None)
    context: dict[str, Any] = {"order": told.order, "story": told, "form": form}
    if request.method == "POST" and form.is_valid():
        region, reason = form.cleaned_data["region"], form.cleaned_data["reason"]
        if "confirmed" in request.POST:
            try:
                decisions.propose_region_correction(
                    pk, region_id=region.pk, reason=reason, by=request.user
                )
            except BusinessError as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Proposed. Another person has to approve it."))
                return redirect(page_of(told.order))
        else:
            context.update(effect=_effect(told.order, region), region=region)
    return render(request, "office/orders/correct.html", context)


def _effect(order: Order, region: Region) -> dict[str, Any]:
    """Who has what now, and who would."""
    told = story_of_order(order.pk)
    plan = plan_on(order.paid_on)
    after: list[Expected] = []
    if plan is not None and told.verdict not in ("own", "cancelled"):
        after = expected_shares(region, on=order.paid_on, base=told.base, plan=plan)
    return {
        "before": told.holdings,
        "before_total": told.total,
        "after": after,
        "after_total": total(after),
        "path": path_names([region.pk])[region.pk],
        "plan": plan,
    }


def corrections(request: StaffRequest) -> HttpResponse:
    waiting = list(open_corrections())
    paths = path_names(
        pk for one in waiting for pk in (one.region_id, one.region_before_id) if pk is not None
    )
    rows = [
        {
            "decision": one,
            "effect": _effect(one.order, one.region),
            "before": paths.get(one.region_before_id or 0, ""),
            "after": paths.get(one.region_id or 0, ""),
            "is_own": one.by_id == request.user.pk,
        }
        for one in waiting
        if one.region is not None
    ]
    context = {"rows": rows, "tab": "corrections", "tabs": TABS}
    return render(request, "office/queue/corrections.html", context)


@needs(Right.APPROVE)
@require_POST
def approve_correction(request: StaffRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(Decision.objects.select_related("order__shop", "region"), pk=pk)
    try:
        decisions.approve_region_correction(pk, by=request.user)
    except BusinessError as refusal:
        messages.error(request, str(refusal))
        return redirect("office:corrections")
    facts = {"order": one.order.order_no, "region": one.region.name if one.region else ""}
    messages.success(
        request,
        _("%(order)s counts in %(region)s; the old bonus is taken back and paid anew.") % facts,
    )
    return redirect(f"{reverse('office:decided')}?{_query({one.order_id})}")


@require_POST
def refuse_correction(request: StaffRequest, pk: int) -> HttpResponse:
    """By who may approve, or by who proposed it."""
    one = get_object_or_404(Decision, pk=pk, needs_approval=True)
    if not may(request.user, Right.APPROVE) and one.by_id != request.user.pk:
        return render(request, "403.html", status=403)
    try:
        decisions.refuse_region_correction(
            pk, reason=request.POST.get("reason", ""), by=request.user
        )
    except BusinessError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The correction is put aside; nothing changes."))
    return redirect("office:corrections")


@needs(Right.ORDERS)
@require_POST
def count_as_consumer(request: StaffRequest, pk: int) -> HttpResponse:
    order = get_object_or_404(Order.objects.select_related("shop"), pk=pk)
    try:
        decisions.count_as_consumer(pk, reason=request.POST.get("reason", ""), by=request.user)
    except BusinessError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The order earns as a consumer’s; its bonus follows."))
    return redirect(page_of(order))


@needs(Right.ORDERS)
@require_POST
def reveal(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the buyer's name and phone once; who looked and why stands in the order's history."""
    order = get_object_or_404(Order.objects.select_related("shop"), pk=pk)
    try:
        buyer = reveal_buyer(pk, reason=request.POST.get("reason", ""), by=request.user)
    except BusinessError as refusal:
        messages.error(request, str(refusal))
        return redirect(page_of(order))
    context = {"order": order, "buyer": buyer, "revealed": True}
    return render(request, "office/orders/buyer.html", context)
