"""Orders that wait: for a person, a plan, their order; and what was delivered to no effect."""

from datetime import date
from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from franchise.bonuses.models import BonusTurn, Refusal
from franchise.core.clock import today
from franchise.core.templatetags import regent
from franchise.office.ladder import marks
from franchise.office.tables import DayColumn, LinkColumn, MomentColumn, MoneyColumn, Table
from franchise.office.templatetags.orders import refusal_pill
from franchise.office.views.orders import page_of
from franchise.office.views.shell import StaffRequest
from franchise.orders.models import Address, OldVersion, Refund
from franchise.orders.queries.orders import old_versions as deliveries_without_effect
from franchise.orders.queries.orders import refunds_without_order as refunds_waiting

PER_PAGE = 50
TABS = (
    ("unresolved", gettext_lazy("Region not certain")),
    ("without_plan", gettext_lazy("Without plan")),
    ("over_refunds", gettext_lazy("Over-refunds")),
    ("refunds_without_order", gettext_lazy("Refunds without order")),
    ("old_versions", gettext_lazy("No effect")),
    ("corrections", gettext_lazy("Corrections")),
)


def written(address: Address) -> SafeString:
    """What the shop said, the places in it marked, house numbers masked."""
    parts = (
        format_html("<mark>{}</mark>", mark.text) if mark.tone == "used" else mark.text
        for mark in marks(address, None)
    )
    return format_html_join("", "{}", ((part,) for part in parts))


class RefusedTable(Table):
    """Orders without bonus, the longest waiting first."""

    order_no = LinkColumn(
        accessor="order__order_no",
        link=lambda row: page_of(row.order),
        verbose_name=gettext_lazy("Order number"),
        orderable=False,
    )
    shop = tables.Column(accessor="order__shop", verbose_name=gettext_lazy("Shop"), orderable=False)
    paid_on = DayColumn(verbose_name=gettext_lazy("Paid"))
    age = tables.Column(accessor="paid_on", verbose_name=gettext_lazy("Age"), orderable=False)
    address = tables.Column(
        accessor="order__address", verbose_name=gettext_lazy("Address"), orderable=False
    )
    goods_amount = MoneyColumn(
        accessor="order__goods_amount", verbose_name=gettext_lazy("Goods paid")
    )

    def render_age(self, value: date) -> str:
        days = (today() - value).days
        return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}

    def render_address(self, value: Address) -> SafeString:
        return written(value) or format_html('<span class="hint">{}</span>', _("none"))


class UnresolvedTable(RefusedTable):
    empty_symbol = "circle-check"
    empty_title = gettext_lazy("Every order has its region")
    empty_why = gettext_lazy("Orders whose region is in doubt where territory is sold stand here.")

    why = tables.Column(verbose_name=gettext_lazy("Why"), accessor="pk", orderable=False)
    act = tables.Column(verbose_name="", accessor="order", orderable=False)

    def render_why(self, record: Refusal) -> SafeString:
        return refusal_pill(record)

    def render_act(self, record: Refusal) -> SafeString:
        if record.why == Refusal.Why.UNKNOWN_POINT:
            href, words = reverse("office:add_pickup_point"), _("Enter the point")
        else:
            href, words = reverse("office:decide", args=[record.pk]), _("Decide")
        return format_html('<a class="btn btn-s" href="{}">{}</a>', href, words)


class WithoutPlanTable(RefusedTable):
    empty_symbol = "circle-check"
    empty_title = gettext_lazy("Every order has a plan")
    empty_why = gettext_lazy("Orders paid on days without a plan stand here until one covers them.")


class OverRefundsTable(Table):
    empty_symbol = "circle-check"
    empty_title = gettext_lazy("No over-refund")
    empty_why = gettext_lazy("What exceeds goods and freight together stands here, order by order.")

    order_no = LinkColumn(
        accessor="order__order_no",
        link=lambda row: page_of(row.order),
        verbose_name=gettext_lazy("Order number"),
        orderable=False,
    )
    refund_no = tables.Column(
        accessor="refund__refund_no", verbose_name=gettext_lazy("Refund"), orderable=False
    )
    refunded_at = MomentColumn(
        accessor="refund__refunded_at", verbose_name=gettext_lazy("Refunded"), orderable=False
    )
    amount = MoneyColumn(
        accessor="refund__amount", verbose_name=gettext_lazy("To the buyer"), orderable=False
    )
    over_part = MoneyColumn(verbose_name=gettext_lazy("Over-refund"), orderable=False)


class WaitingRefundsTable(Table):
    empty_symbol = "circle-check"
    empty_title = gettext_lazy("No refund waits")
    empty_why = gettext_lazy("A refund that comes before its order stands here and then counts.")

    refund_no = tables.Column(verbose_name=gettext_lazy("Refund"), orderable=False)
    shop = tables.Column(verbose_name=gettext_lazy("Shop"), orderable=False)
    order_no = tables.Column(verbose_name=gettext_lazy("of order"), orderable=False)
    refunded_at = MomentColumn(verbose_name=gettext_lazy("Refunded"), orderable=False)
    amount = MoneyColumn(verbose_name=gettext_lazy("Amount"), orderable=False)


class OldVersionsTable(Table):
    empty_symbol = "circle-check"
    empty_title = gettext_lazy("Every delivery counted")
    empty_why = gettext_lazy("What a shop delivered too late to change anything stands here.")

    order_no = LinkColumn(
        accessor="order__order_no",
        link=lambda row: page_of(row.order),
        verbose_name=gettext_lazy("Order number"),
        orderable=False,
    )
    at = MomentColumn(verbose_name=gettext_lazy("Delivered"), orderable=False)
    why = tables.Column(verbose_name=gettext_lazy("Why"), orderable=False)
    file = tables.Column(verbose_name=gettext_lazy("File"), orderable=False)
    goods_amount = tables.Column(
        accessor="content__goods_amount",
        verbose_name=gettext_lazy("It said: goods"),
        orderable=False,
        attrs={"td": {"class": "num"}, "th": {"class": "num"}},
    )

    def render_why(self, record: OldVersion) -> str:
        return str(record.get_why_display())

    def render_goods_amount(self, value: Any) -> SafeString:
        return regent.money(value)


def refusals() -> QuerySet[Refusal]:
    """The orders without bonus with what their list shows, the longest waiting first."""
    return Refusal.objects.select_related("order__shop", "order__address").order_by("paid_on", "pk")


def unresolved(request: StaffRequest) -> HttpResponse:
    waiting = refusals().exclude(why=Refusal.Why.NO_PLAN)
    hint = _("Nothing is paid on these until a person says where they count; then in full.")
    return _list(request, "unresolved", UnresolvedTable(waiting), hint)


def without_plan(request: StaffRequest) -> HttpResponse:
    waiting = refusals().filter(why=Refusal.Why.NO_PLAN)
    hint = _("They are awarded as soon as a plan covers the day on which they were paid.")
    return _list(request, "without_plan", WithoutPlanTable(waiting), hint)


def over_refunds(request: StaffRequest) -> HttpResponse:
    over = (
        BonusTurn.objects.filter(over_part__gt=0)
        .select_related("order__shop", "refund")
        .order_by("-posted_at", "order_id")
    )
    hint = _("More was refunded than the buyer paid. The bonus is not touched by the excess.")
    return _list(request, "over_refunds", OverRefundsTable(over), hint)


def refunds_without_order(request: StaffRequest) -> HttpResponse:
    waiting: QuerySet[Refund] = refunds_waiting()
    hint = _("They came before their orders and count as soon as those come.")
    return _list(request, "refunds_without_order", WaitingRefundsTable(waiting), hint)


def old_versions(request: StaffRequest) -> HttpResponse:
    hint = _("Older than the version held, or below what is already refunded: nothing changed.")
    return _list(request, "old_versions", OldVersionsTable(deliveries_without_effect()), hint)


def _list(request: StaffRequest, tab: str, table: Table, hint: str) -> HttpResponse:
    tables.RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    context = {"table": table, "tab": tab, "tabs": TABS, "hint": hint}
    return render(request, "office/queue/list.html", context)
