"""What the first page needs.

{{ figure|change }}                     +15.4%, or a dash where nothing was before
{{ found|orders_of:"pending" }}         the list of the orders behind a figure
{{ measure|scale }}                     the classes of the tiles in words
{% here measure="retained" %}           this page's address with one parameter changed, or left out
{% sort_head "orders" _("Orders") %}    a header that sorts the table
"""

from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from franchise.core.templatetags import regent
from franchise.office.overview import CUTS, Overview

register = template.Library()


@register.filter
def change(per_cent: Decimal | None) -> str:
    if per_cent is None:
        return "—"
    sign = "+" if per_cent > 0 else regent.MINUS if per_cent < 0 else "±"
    return f"{sign}{abs(per_cent):.1f}%"


@register.filter
def orders_of(found: Overview, state: str) -> str:
    return found.orders(state)


@register.filter
def scale(measure: str) -> list[str]:
    cuts = CUTS[measure]
    return ["0", *(f"<{_short(cut)}" for cut in cuts[1:]), f"≥{_short(cuts[-1])}"]


def _short(amount: int) -> str:
    """5 thousand, 1.5万: only a legend writes so."""
    if get_language() != "zh-hans":
        return f"{amount / 1_000_000:g}M" if amount >= 1_000_000 else f"{amount // 1000}k"
    return f"{amount / 10_000:g}万" if amount >= 10_000 else f"{amount // 1000}千"


@register.simple_tag(takes_context=True)
def here(context: template.Context, **parameters: Any) -> str:
    query = context["request"].GET.copy()
    for name, value in parameters.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def sort_head(context: template.Context, key: str, label: str, css: str = "") -> SafeString:
    sort = context["sort"]
    is_down, is_up = sort == f"-{key}", sort == key
    query = context["request"].GET.copy()
    query["sort"] = key if is_down or (key == "region" and not is_up) else f"-{key}"
    way = " aria-sort=descending" if is_down else " aria-sort=ascending" if is_up else ""
    return format_html(
        '<th scope="col" class="{}"{}><a class="sort" href="?{}#by-region">{}{}</a></th>',
        css,
        SafeString(way),
        query.urlencode(),
        label,
        regent.icon("chevron-down"),
    )
