"""How amounts, rates and dates are written on the phone: see the words in docs of the design."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext, pgettext_lazy

from agents.models import Territory
from franchise.bonuses.models import BonusLine
from franchise.core import clock
from franchise.core.money import to_fen
from franchise.portal import masking, preferences
from franchise.portal.missing import Missing
from franchise.portal.preferences import Preferences
from franchise.portal.story import Entry, Part

register = template.Library()
MINUS = "−"
WEEKDAYS = (
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
)


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    return format_html(
        '<svg class="rg-ico{}" viewBox="0 0 24 24" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        f" {extra}" if extra else "",
        static("portal/icons.svg"),
        name,
    )


@register.simple_tag
def after_sales_days() -> int:
    days: int = settings.AFTER_SALES.days
    return days


@register.simple_tag(takes_context=True, name="preferences")
def preferences_of(context: dict[str, Any]) -> Preferences:
    return preferences.of(context["request"])


@register.inclusion_tag("portal/tab.html", takes_context=True)
def tab(context: dict[str, Any], name: str, picture: str, label: str) -> dict[str, Any]:
    request: HttpRequest = context["request"]
    return {
        "name": name,
        "picture": picture,
        "label": label,
        "here": request.path == reverse(name),
    }


@register.filter
def money(amount: Decimal) -> str:
    """1,234.56; a negative one with a real minus sign."""
    return f"{abs(amount):,.2f}" if amount >= 0 else f"{MINUS}{abs(amount):,.2f}"


@register.filter
def signed(amount: Decimal) -> str:
    """+30.00, −9.00, 0.00."""
    return f"+{amount:,.2f}" if amount > 0 else money(amount)


@register.filter
def percent(rate: Decimal) -> str:
    """0.03 is 3%, 0.025 is 2.5%."""
    return f"{(rate * 100).normalize():f}%"


@register.filter
def plain(number: Decimal) -> str:
    """As many places as it has, at least two: 8.055, 30.00."""
    short = number.normalize()
    places = max(2, -int(short.as_tuple().exponent))
    return f"{short:,.{places}f}".replace("-", MINUS)


@register.filter
def day(value: date | datetime) -> str:
    """12月24日; with the year when it is another one."""
    value = _local(value)
    if value.year == clock.today().year:
        return date_format(value, pgettext("date without year", "j M"))
    return date_format(value, pgettext("date with year", "j M Y"))


@register.filter
def full_day(value: date | datetime) -> str:
    return date_format(_local(value), pgettext("date with year", "j M Y"))


@register.filter
def weekday(value: date | datetime) -> str:
    """12月24日 周四."""
    value = _local(value)
    return f"{day(value)} {WEEKDAYS[value.weekday()]}"


@register.filter
def moment(value: datetime) -> str:
    """12月24日 14:03."""
    return f"{day(value)} {_local(value):%H:%M}"


@register.filter
def clock_time(value: datetime) -> str:
    """14:03."""
    return f"{_local(value):%H:%M}"


@register.filter
def month(value: date) -> str:
    """12月; with the year when it is another one."""
    if value.year == clock.today().year:
        return date_format(value, pgettext("month without year", "F"))
    return date_format(value, pgettext("month with year", "F Y"))


@register.filter
def absolute(number: Decimal) -> Decimal:
    return abs(number)


@register.filter
def whole(number: Decimal) -> str:
    """The figure beside the chart's top line: 300, 0.5."""
    return f"{number.normalize():,f}"


@register.filter
def tail(number: str) -> str:
    """The last four of an order number: enough to tell two orders of a day apart."""
    return number[-4:]


@register.simple_tag
def rounding(line: BonusLine) -> str:
    """How base × rate became the amount, where it did not come out even."""
    exact = line.base * line.rate
    if exact == line.amount:
        return ""
    if to_fen(exact) == line.amount:
        return gettext("= %(exact)s, rounded") % {"exact": plain(abs(exact))}
    return gettext("rounded together with the other levels")


@register.filter
def product(entry: Entry) -> str:
    """1,000.00 × 3% = 30.00; what it is counted as too, where rounding changed it."""
    exact = entry.base * entry.rate
    formula = f"{money(entry.base)} × {percent(entry.rate)} = {plain(exact)}"
    if exact == entry.amount:
        return formula
    return gettext("%(formula)s, counted as %(amount)s") % {
        "formula": formula,
        "amount": money(entry.amount),
    }


@register.simple_tag
def marked(address: Iterable[Part]) -> str:
    """The places in an address that decided the region: 「东莞市」「松山湖」."""
    return "".join(f"「{part.text}」" for part in address if part.is_marked)


@register.filter
def rung_kind(missing: Missing, step: int) -> str:
    """How a rung looks: walked, stopped or waiting here, or not reached."""
    if step < missing.step:
        return ""
    if step > missing.step:
        return " rg-rung--todo"
    return " rg-rung--wait" if missing.waits else " rg-rung--stop"


@register.simple_tag
def rung_dot(missing: Missing, step: int) -> str:
    if step != missing.step:
        return str(step)
    return icon("clock") if missing.waits else icon("cross")


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """The page's own query string with some parameters changed."""
    parameters = context["request"].GET.copy()
    for name, value in changes.items():
        parameters[name] = str(value)
    return f"?{parameters.urlencode()}"


@register.filter
def masked_name(name: str) -> str:
    return masking.name(name)


@register.inclusion_tag("portal/territory_state.html")
def territory_state(territory: Territory, today: date) -> dict[str, Any]:
    return {
        "territory": territory,
        "is_to_come": territory.starts_on > today,
        "is_over": territory.ends_on is not None and territory.ends_on <= today,
    }


@register.filter
def last_day(ends_on: date) -> date:
    """The last day inside a half-open period."""
    return ends_on - timedelta(days=1)


@register.filter
def masked_phone(phone: str) -> str:
    return masking.phone(phone)


def _local(value: date | datetime) -> date | datetime:
    if isinstance(value, datetime):
        return timezone.localtime(value, clock.SHANGHAI)
    return value
