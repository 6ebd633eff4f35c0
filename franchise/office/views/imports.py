"""Files of orders and refunds: brought, checked, started, mended; and the shops they come from."""

from typing import Any

import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from franchise.core.errors import BusinessError
from franchise.core.templatetags import regent
from franchise.history.queries import story_of
from franchise.office import mapping
from franchise.office.tables import CountColumn, LinkColumn, MomentColumn, Table
from franchise.office.views.shell import StaffRequest, needs
from franchise.orders.actions import mending, shops, uploads
from franchise.orders.models import ImportFile, RejectedRow, Shop
from franchise.orders.queries import imports as queries
from franchise.users.access import Right

State = ImportFile.State
PROBLEMS_SHOWN = 200
ROWS_SHOWN = 20
# Who mends an amount need not read whose order it is: these stay as they came.
PERSONAL = {"buyer_name", "buyer_phone"}
PILLS = {
    State.UPLOADED: ("info", "hourglass"),
    State.CHECKING: ("info", "hourglass"),
    State.PREVIEWED: ("warn", "eye"),
    State.WAITING: ("info", "hourglass"),
    State.RUNNING: ("info", "hourglass"),
    State.DONE: ("good", "circle-check"),
    State.REFUSED: ("bad", "ban"),
    State.DISCARDED: ("", "trash"),
}


def page_of(file: ImportFile) -> str:
    return reverse("office:import", args=[file.pk])


def state_pill(file: ImportFile) -> SafeString:
    return regent.pill(*PILLS[State(file.state)], file.get_state_display())


class ImportsTable(Table):
    empty_symbol = "file-import"
    empty_title = gettext_lazy("No file yet")
    empty_why = gettext_lazy("Bring the first one above; it is checked before anything is taken.")

    file_name = LinkColumn(link=page_of, verbose_name=gettext_lazy("File"), orderable=False)
    kind = tables.Column(verbose_name=gettext_lazy("Kind"), orderable=False)
    shop = tables.Column(verbose_name=gettext_lazy("Shop"), orderable=False)
    state = tables.Column(verbose_name=gettext_lazy("State"), orderable=False)
    rows = CountColumn(verbose_name=gettext_lazy("Rows"), orderable=False)
    still_rejected = CountColumn(verbose_name=gettext_lazy("Not taken"), orderable=False)
    by = tables.Column(verbose_name=gettext_lazy("Brought by"), orderable=False)
    created_at = MomentColumn(verbose_name=gettext_lazy("Brought at"), orderable=False)

    def render_state(self, record: ImportFile) -> SafeString:
        return state_pill(record)


class UploadForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("What is in it"),
        choices=[
            (ImportFile.Kind.ORDERS.value, gettext_lazy("orders")),
            (ImportFile.Kind.REFUNDS.value, gettext_lazy("refunds")),
        ],
    )
    shop = forms.ModelChoiceField(
        Shop.objects.order_by("name"), label=gettext_lazy("Shop"), empty_label=None
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV or XLSX, at most 300 MB. Pick it, or drop it here."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
    )


class ShopForm(forms.Form):
    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=40,
        help_text=gettext_lazy("Short, in Latin letters; commands and files know the shop by it."),
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)


def imports(request: StaffRequest) -> HttpResponse:
    return _list(request, UploadForm(), ShopForm())


def _list(request: StaffRequest, upload: forms.Form, shop_form: forms.Form) -> HttpResponse:
    found = queries.imports().filter(kind__in=[ImportFile.Kind.ORDERS, ImportFile.Kind.REFUNDS])
    only_rejected = request.GET.get("rejected") == "1"
    if only_rejected:
        found = found.filter(still_rejected__gt=0)  # type: ignore[misc]  # annotated
    table = ImportsTable(found)
    tables.RequestConfig(request, paginate={"per_page": 25}).configure(table)
    context = {
        "table": table,
        "upload_form": upload,
        "shop_form": shop_form,
        "shops": Shop.objects.order_by("name"),
        "only_rejected": only_rejected,
    }
    return render(request, "office/imports/list.html", context)


@needs(Right.ORDERS)
@require_POST
def upload(request: StaffRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        said = form.cleaned_data
        try:
            file = uploads.receive_file(
                said["file"], kind=said["kind"], shop_id=said["shop"].pk, by=request.user
            )
        except BusinessError as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect(page_of(file))
    return _list(request, form, ShopForm())


@needs(Right.ORDERS)
@require_POST
def add_shop(request: StaffRequest) -> HttpResponse:
    form = ShopForm(request.POST)
    if form.is_valid():
        try:
            shop = shops.add_shop(**form.cleaned_data, by=request.user)
        except BusinessError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(shop)s is entered.") % {"shop": shop})
            return redirect("office:imports")
    return _list(request, UploadForm(), form)


def _file(pk: int) -> ImportFile:
    kinds = [ImportFile.Kind.ORDERS, ImportFile.Kind.REFUNDS]
    return get_object_or_404(queries.imports().filter(kind__in=kinds), pk=pk)


def import_page(request: StaffRequest, pk: int) -> HttpResponse:
    """One file: while it is worked on the page asks again every other second."""
    file = _file(pk)
    report = queries.report_of(file)
    is_working = file.state in (State.UPLOADED, State.CHECKING, State.WAITING, State.RUNNING)
    context = {
        "file": file,
        "pill": state_pill(file),
        "report": report,
        "problems": [
            {**problem, "column": mapping.LABELS.get(problem["column"], problem["column"])}
            for problem in report.get("problems", [])[:PROBLEMS_SHOWN]
        ],
        "refusal": queries.refusal_of(file),
        "is_working": is_working,
        "headers": [] if is_working else mapping.headers_of(file),
        "columns": mapping.choices(file),
        "story": [] if request.htmx else story_of(file),
        "can_map": file.state in (State.PREVIEWED, State.REFUSED),
        "can_discard": file.state in (State.PREVIEWED, State.REFUSED, State.WAITING),
    }
    if request.htmx and not is_working:
        response = HttpResponse()
        response["HX-Refresh"] = "true"
        return response
    page = "office/imports/progress.html" if request.htmx else "office/imports/detail.html"
    return render(request, page, context)


@needs(Right.ORDERS)
@require_POST
def start(request: StaffRequest, pk: int) -> HttpResponse:
    return _done(request, pk, uploads.start_import, _("The import has begun."))


@needs(Right.ORDERS)
@require_POST
def discard(request: StaffRequest, pk: int) -> HttpResponse:
    return _done(
        request, pk, uploads.discard_import, _("The file is put aside; nothing of it is taken in.")
    )


def _done(request: StaffRequest, pk: int, act: Any, words: str) -> HttpResponse:
    file = _file(pk)
    try:
        act(pk, by=request.user)
    except BusinessError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, words)
    return redirect(page_of(file))


@needs(Right.ORDERS)
@require_POST
def name_headers(request: StaffRequest, pk: int) -> HttpResponse:
    """Say what this file's headers mean, and if asked those of the shop's coming files."""
    file = _file(pk)
    said = {
        header.theirs: request.POST[f"header-{header.number}"]
        for header in mapping.headers_of(file)
        if f"header-{header.number}" in request.POST
    }
    try:
        uploads.name_headers(pk, said, by=request.user)
        if request.POST.get("for_shop") and file.shop is not None:
            shops.change_shop(
                file.shop.pk,
                name=file.shop.name,
                header_names={**file.shop.header_names, **said},
                rows_are_items=file.shop.rows_are_items,
                by=request.user,
            )
    except BusinessError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The headers are kept; the file is checked anew."))
    return redirect(page_of(file))


# Rows that were not taken


@needs(Right.ORDERS)
def rejected_csv(request: StaffRequest, pk: int) -> HttpResponseBase:
    file = _file(pk)
    response = StreamingHttpResponse(
        queries.rejected_as_csv(file), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="import-{file.pk}.rejected.csv"'
    return response


@needs(Right.ORDERS)
def import_rows(request: StaffRequest, pk: int) -> HttpResponse:
    """The rows that were not taken, each a form with what is wrong beside it."""
    file = _file(pk)
    page = Paginator(queries.rejected_rows(pk), ROWS_SHOWN).get_page(request.GET.get("page"))
    context = {
        "file": file,
        "page": page,
        "rows": [_mendable(file, rejected) for rejected in page.object_list],
    }
    return render(request, "office/imports/rows.html", context)


def _mendable(file: ImportFile, rejected: RejectedRow) -> dict[str, Any]:
    problems = queries.problems_of(rejected)
    ours = {header.number: header.ours for header in mapping.headers_of(file)}
    wrong = {problem["column"] for problem in problems}
    header = queries.header_of(file)
    cells = _cells(rejected, file)
    return {
        "row": rejected.row,
        "problems": [
            {**problem, "label": mapping.LABELS.get(problem["column"], problem["column"])}
            for problem in problems
        ],
        "cells": [
            {
                "number": at,
                "header": name,
                "value": cells[at],
                "is_wrong": ours.get(at) in wrong,
                "is_personal": ours.get(at) in PERSONAL and ours.get(at) not in wrong,
            }
            for at, name in enumerate(header)
        ],
    }


def _cells(rejected: RejectedRow, file: ImportFile) -> list[str]:
    """A cell for each header: a row may have been too short."""
    short = len(queries.header_of(file)) - len(rejected.cells)
    return [*rejected.cells, *[""] * short]


@needs(Right.ORDERS)
@require_POST
def mend(request: StaffRequest, pk: int, row: int) -> HttpResponse:
    """Import one row again with its cells as they stand in the form."""
    file = _file(pk)
    rejected = get_object_or_404(RejectedRow, file_id=pk, row=row)
    cells = [
        request.POST.get(f"cell-{number}", cell)
        for number, cell in enumerate(_cells(rejected, file))
    ]
    try:
        mended = mending.mend_rows(pk, {row: cells}, by=request.user)
    except BusinessError as refusal:
        messages.error(request, str(refusal))
        return redirect("office:import_rows", pk)
    report = queries.report_of(mended)
    if mended.state != State.DONE:
        messages.error(request, queries.refusal_of(mended))
        return redirect(page_of(mended))
    if report.get("rejected"):
        messages.error(request, _("Row %(row)s is still not right.") % {"row": row})
        return redirect("office:import_rows", mended.pk)
    left = queries.rejected_rows(pk).count()
    messages.success(
        request,
        _("Row %(row)s is taken in.") % {"row": row}
        + " "
        + ngettext("%(left)s is left.", "%(left)s are left.", left) % {"left": left},
    )
    return redirect("office:import_rows", pk) if left else redirect(page_of(file))
