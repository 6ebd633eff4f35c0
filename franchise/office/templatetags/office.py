"""The parts of head office's frame.

{% sidebar %}               the navigation
{% may "sell" as sells %}   whether the signed-in user has a right (franchise.users.access.Right)
{{ event|told }}            what happened, in words
{{ territory|state_pill }}  where a territory stands today
{{ mapping|item:key }}      what a mapping holds under a key
{{ field|filter_control }}  a field of a list's filters
{{ region|region_path }}    the division and all it lies in
{% fold branch %}           the tree's address with a branch opened or closed
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import template
from django.forms import BoundField, Select
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from agents.models import Territory
from franchise.core.clock import today
from franchise.core.templatetags import regent
from franchise.history.models import Event
from franchise.office import coverage, navigation, story
from franchise.regions.models import Region
from franchise.users import access

register = template.Library()


@register.inclusion_tag("office/parts/sidebar.html", takes_context=True)
def sidebar(context: template.Context) -> dict[str, Any]:
    request = context["request"]
    return {"groups": navigation.sidebar(request)}


@register.simple_tag(takes_context=True)
def may(context: template.Context, right: str) -> bool:
    return access.may(context["request"].user, right)


@register.simple_tag
def business_day() -> date:
    return today()


@register.filter
def weekday(value: date) -> str:
    """周四, Thu."""
    return date_format(value, "D").replace("星期", "周")


@register.filter
def told(event: Event) -> str:
    """An event's verb in words."""
    return story.words(event)


@register.filter
def state_pill(territory: Territory) -> SafeString:
    """Where a territory stands today, in shape and word."""
    day = today()
    if territory.ends_on is not None and territory.ends_on <= day:
        return regent.pill("", "ban", gettext("ended"))
    if territory.consent == Territory.Consent.TO_BE_ATTACHED:
        return regent.pill("warn", "alert-triangle", territory.get_consent_display())
    words = {
        coverage.State.SOLD: ("brand", "circle-check", gettext("held")),
        coverage.State.CARVED_OUT: ("brand", "git-branch", gettext("carved out")),
        coverage.State.COMING: ("info", "clock", gettext("not begun")),
        coverage.State.ENDS_SOON: ("warn", "clock", gettext("ends soon")),
    }
    return regent.pill(*words[coverage.state_of(territory, day)])


@register.filter
def item(mapping: Mapping[Any, Any], key: Any) -> Any:
    return mapping.get(key)


@register.filter
def filter_control(field: BoundField) -> SafeString:
    """A field of a list's filters: the design's control, its label as placeholder."""
    if isinstance(field.field.widget, Select):
        return field.as_widget(attrs={"class": "form-select", "data-submit": True})
    return field.as_widget(attrs={"class": "form-control", "placeholder": str(field.label)})


@register.simple_tag(takes_context=True)
def fold(context: template.Context, pk: int) -> str:
    """The tree's address with one more branch open, or closed if it was open."""
    opened = [*context["opened"]]
    if pk in opened:
        opened.remove(pk)
    else:
        opened.append(pk)
    parameters = context["request"].GET.copy()
    parameters["open"] = ",".join(map(str, opened))
    return f"?{parameters.urlencode(safe=',')}"


@register.filter
def region_path(region: Region) -> str:
    """广东省 广州市 天河区; its parents must be loaded with it."""
    names: list[str] = []
    above: Region | None = region
    while above is not None and above.kind != Region.Kind.COUNTRY:
        names.append(above.name)
        above = None if above.kind == Region.Kind.PROVINCE else above.parent
    return " ".join(reversed(names))
