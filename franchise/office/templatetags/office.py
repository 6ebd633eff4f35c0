"""The parts of head office's frame.

{% sidebar %}               the navigation
{% may "sell" as sells %}   whether the signed-in user has a right (franchise.users.access.Right)
"""

from datetime import date
from typing import Any

from django import template
from django.utils.formats import date_format

from franchise.core.clock import today
from franchise.office import navigation
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
