"""How figures, dates, states and people are written on every page, head office's and agents'.

{% money amount %}                 ¥1,234.56, grey when zero, red with U+2212 when negative
{% money amount href %}            the same as a door to its rows
{% signed_money amount [href] %}   a change: + is written too
{{ rate|rate }}                    0.03 → 3%
{{ count|count }}                  1,234
{{ date|day }}                     2026-12-03
{{ moment|moment }}                2026-12-03 09:30, in Shanghai
{% period starts_on ends_on %}     [2025-03-01, 2028-03-01) → 2025-03-01 至 2028-02-29
{{ phone|mask_phone }}             138****2046
{{ name|mask_name }}               王**
{{ address|mask_address }}         the door's numbers are masked
{% icon "check" %}                 a symbol of static/vendor/icons.svg
{% pill "good" "circle-check" _("sold") %}
"""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField
from django.forms.widgets import (
    CheckboxInput,
    CheckboxSelectMultiple,
    FileInput,
    HiddenInput,
    RadioSelect,
    Select,
)
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from franchise.core.clock import SHANGHAI
from franchise.core.money import to_fen

register = template.Library()

MINUS = "−"
MASKED_NUMBERS = re.compile(r"[0-9０-９]+|[一二三四五六七八九十百]+(?=[号栋幢座室楼层单])")


def _figure(amount: Decimal, sign: str, href: str) -> SafeString:
    tone = " neg" if amount < 0 else " nil" if amount == 0 else ""
    inner = format_html('{}<span class="cur">¥</span>{}', sign, f"{abs(amount):,.2f}")
    if href and amount != 0:
        return format_html('<a class="fig{}" href="{}">{}</a>', tone, href, inner)
    return format_html('<span class="fig{}">{}</span>', tone, inner)


@register.simple_tag
def money(amount: Decimal | None, href: str = "") -> SafeString:
    """Yuan with two decimals. Not computed is words, so None is a mistake and shows as nothing."""
    if amount is None:
        return SafeString("")
    amount = to_fen(Decimal(amount))
    return _figure(amount, MINUS if amount < 0 else "", href)


@register.simple_tag
def signed_money(amount: Decimal | None, href: str = "") -> SafeString:
    """A change of yuan: its sign is always written, except before zero."""
    if amount is None:
        return SafeString("")
    amount = to_fen(Decimal(amount))
    return _figure(amount, MINUS if amount < 0 else "+" if amount > 0 else "", href)


@register.filter
def plain_money(amount: Decimal) -> str:
    """Yuan as text, for sentences and attributes: −¥9.00."""
    amount = to_fen(Decimal(amount))
    return f"{MINUS if amount < 0 else ''}¥{abs(amount):,.2f}"


@register.filter
def rate(share: Decimal | None) -> str:
    """A share of one as per cent, without needless zeros: 0.03 → 3%."""
    if share is None:
        return ""
    return f"{(Decimal(share) * 100).normalize():f}%"


@register.filter
def count(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


@register.filter
def share_of(part: Decimal, whole: Decimal) -> str:
    """What part this is of a whole, as 37.9%; nothing where there is no whole."""
    return f"{part / whole * 100:.1f}%" if whole else ""


@register.filter
def day(value: date | None) -> SafeString:
    if value is None:
        return SafeString("")
    if isinstance(value, datetime):
        value = value.astimezone(SHANGHAI).date()
    return format_html('<time datetime="{0}">{0}</time>', value.isoformat())


@register.filter
def moment(value: datetime | None) -> SafeString:
    if value is None:
        return SafeString("")
    here = value.astimezone(SHANGHAI)
    return format_html(
        '<time datetime="{}">{}</time>', here.isoformat(), here.strftime("%Y-%m-%d %H:%M")
    )


@register.filter
def last_day(ends_on: date | None) -> date | None:
    """The last day inside a half-open period."""
    return None if ends_on is None else ends_on - timedelta(days=1)


@register.simple_tag
def period(starts_on: date | None, ends_on: date | None) -> SafeString:
    """A half-open period, shown to its last day."""
    if starts_on and ends_on:
        last = (ends_on - timedelta(days=1)).isoformat()
        words = gettext("%(first)s to %(last)s") % {"first": starts_on.isoformat(), "last": last}
        return format_html("<time>{}</time>", words)
    if starts_on:
        return format_html(
            "<time>{}</time>", gettext("from %(first)s") % {"first": starts_on.isoformat()}
        )
    if ends_on:
        last = (ends_on - timedelta(days=1)).isoformat()
        return format_html("<time>{}</time>", gettext("to %(last)s") % {"last": last})
    return SafeString("")


@register.filter
def mask_phone(phone: str) -> str:
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else "*" * len(phone)


@register.filter
def mask_name(name: str) -> str:
    return name[:1] + "*" * min(len(name) - 1, 2) if name else ""


@register.filter
def mask_address(address: str) -> str:
    """The way to the street stays, the numbers of house and door do not."""
    return MASKED_NUMBERS.sub("**", address)


@register.simple_tag
def icon(name: str, kind: str = "") -> SafeString:
    """A symbol beside words: hidden from screen readers."""
    return format_html(
        '<svg class="i{}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        f" {kind}" if kind else "",
        static("vendor/icons.svg"),
        name,
    )


@register.simple_tag
def pill(tone: str, symbol: str, word: Any) -> SafeString:
    """A state: shape, word and ground. Tones: good warn bad info brand open, or empty."""
    return format_html(
        '<span class="pill{}">{}{}</span>', f" {tone}" if tone else "", icon(symbol), word
    )


@register.filter
def control(field: BoundField) -> SafeString:
    """A form field's widget with the classes of the design."""
    widget = field.field.widget
    if isinstance(widget, (HiddenInput, RadioSelect, CheckboxSelectMultiple)):
        return field.as_widget()
    if isinstance(widget, CheckboxInput):
        css = "form-check-input"
    elif isinstance(widget, Select):
        css = "form-select"
    elif isinstance(widget, FileInput):
        css = "form-control file-control"
    else:
        css = "form-control"
    own = widget.attrs.get("class", "")
    invalid = " is-invalid" if field.errors else ""
    attributes: dict[str, Any] = {"class": f"{css} {own}".strip() + invalid}
    if widget.attrs.get("placeholder") == field.label:
        attributes["placeholder"] = False
    return field.as_widget(attrs=attributes)


@register.filter
def widget_kind(field: BoundField) -> str:
    """checkbox, choices, hidden or input: which frame a field is put in."""
    widget = field.field.widget
    if isinstance(widget, HiddenInput):
        return "hidden"
    if isinstance(widget, (RadioSelect, CheckboxSelectMultiple)):
        return "choices"
    return "checkbox" if isinstance(widget, CheckboxInput) else "input"
