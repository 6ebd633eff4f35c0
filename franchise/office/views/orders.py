"""The list of orders with its filters, and its lines as a file."""

from typing import Any

import django_tables2 as tables
from django import forms
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from franchise.core.clock import today
from franchise.core.templatetags import regent
from franchise.office import order_list
from franchise.office.forms import DayInput
from franchise.office.order_list import CappedPaginator, Filter, Row
from franchise.office.pickers import RegionField
from franchise.office.tables import LinkColumn, MomentColumn, MoneyColumn, Table
from franchise.office.templatetags.office import region_path
from franchise.office.wording import PILLS, State
from franchise.orders.models import Order, Shop

PER_PAGE = 50


def page_of(order: Order) -> str:
    return reverse("office:order", args=[order.shop.code, order.order_no])


class FilterForm(forms.Form):
    q = forms.CharField(
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
        label=gettext_lazy("Whole order number"),
    )
    shop = forms.ModelChoiceField(
        Shop.objects.order_by("name"),
        required=False,
        label=gettext_lazy("Shop"),
        empty_label=gettext_lazy("All shops"),
    )
    state = forms.ChoiceField(
        required=False,
        label=gettext_lazy("State of the bonus"),
        choices=[
            ("", gettext_lazy("Any state")),
            *((state.value, state.label) for state in State if state != State.WAITING),
        ],
    )
    status = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Status"),
        choices=[("", gettext_lazy("Any status")), *Order.Status.choices],
    )
    first = forms.DateField(required=False, widget=DayInput(), label=gettext_lazy("Paid from"))
    last = forms.DateField(required=False, widget=DayInput(), label=gettext_lazy("to"))
    region = RegionField(required=False, label=gettext_lazy("Region"))

    def wanted(self) -> Filter:
        """What the form asks for; a field that makes no sense asks for nothing."""
        said = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        return Filter(
            number=(said.get("q") or "").strip(),
            shop=said.get("shop"),
            first=said.get("first"),
            last=said.get("last"),
            region=said.get("region"),
            status=said.get("status") or "",
            state=said.get("state") or "",
        )


class OrdersTable(Table):
    empty_symbol = "receipt"
    empty_title = gettext_lazy("No order matches")
    empty_why = gettext_lazy("Change the filters, or import a file of orders.")

    order_no = LinkColumn(
        accessor="order__order_no",
        link=lambda row: page_of(row.order),
        verbose_name=gettext_lazy("Order number"),
        orderable=False,
    )
    shop = tables.Column(accessor="order__shop", verbose_name=gettext_lazy("Shop"), orderable=False)
    paid_at = MomentColumn(accessor="order__paid_at", verbose_name=gettext_lazy("Paid"))
    region = tables.Column(
        accessor="order__region", verbose_name=gettext_lazy("Region"), orderable=False
    )
    goods_amount = MoneyColumn(
        accessor="order__goods_amount", verbose_name=gettext_lazy("Goods paid")
    )
    agents = MoneyColumn(verbose_name=gettext_lazy("Agents’"), orderable=False)
    retained = MoneyColumn(verbose_name=gettext_lazy("Kept by head office"), orderable=False)
    state = tables.Column(verbose_name=gettext_lazy("Bonus"), orderable=False)

    def __init__(self, *args: Any, paginator: CappedPaginator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.paginator_of_all = paginator

    def render_region(self, value: Any) -> str:
        return region_path(value) or _("not certain")

    def render_state(self, value: str) -> SafeString:
        state = State(value)
        return regent.pill(*PILLS[state], state.label)

    @property
    def foot(self) -> list[dict[str, Any]]:
        """The page's totals; those of all only where all were counted."""
        lines = []
        has_more = self.paginator_of_all.num_pages > 1
        if has_more:
            sums = self._added_up([row.record for row in self.rows])
            lines.append(self._line(_("This page"), sums, quiet=True))
        if self.totals:
            lines.append(self._line(_("Total"), self.totals, quiet=False))
        return lines

    def _added_up(self, rows: list[Row]) -> dict[str, Any]:
        return {
            "goods_amount": sum(row.order.goods_amount for row in rows),
            "agents": sum(row.agents for row in rows),
            "retained": sum(row.retained for row in rows),
        }


def orders(request: HttpRequest) -> HttpResponse:
    form = FilterForm(request.GET or None)
    wanted = form.wanted()
    sort = request.GET.get("sort", "-paid_at")
    found = order_list.orders_matching(wanted, sort=sort)
    paginator = CappedPaginator(found, PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    totals = None if paginator.is_capped or not paginator.count else order_list.totals(found)
    table = OrdersTable(
        order_list.rows(page.object_list), paginator=paginator, totals=totals, order_by=sort
    )
    context = {
        "form": form,
        "wanted": wanted,
        "table": table,
        "page": page,
        "is_capped": paginator.is_capped,
        "query": request.GET.urlencode(),
        "day": today(),
    }
    return render(request, "office/orders/list.html", context)


def order_lines(request: HttpRequest) -> HttpResponseBase:
    """The lines of the filtered orders as CSV, streamed."""
    found = order_list.orders_matching(FilterForm(request.GET or None).wanted())
    response = StreamingHttpResponse(
        order_list.lines_as_csv(found), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="lines-{today()}.csv"'
    return response
