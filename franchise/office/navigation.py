"""The sidebar. A page that has a place in it adds its line here, and its count to `counts`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from franchise.office.waiting import count_unresolved
from franchise.users.access import Right, may


@dataclass(frozen=True)
class Entry:
    """One line of the sidebar; `area` is what the addresses of its pages begin with.

    With a `right`, only who has it sees the line.
    """

    page: str
    icon: str
    label: str | Promise
    area: str
    right: str = ""
    count: Callable[[], int] | None = None


@dataclass(frozen=True)
class Group:
    label: str | Promise
    entries: tuple[Entry, ...]


GROUPS = (
    Group("", (Entry("office:overview", "layout-dashboard", _("Overview"), "overview"),)),
    Group(
        _("Business"),
        (
            Entry("office:orders", "receipt", _("Orders"), "orders"),
            Entry(
                "office:unresolved",
                "map-pin-question",
                _("Unresolved"),
                "unresolved",
                count=count_unresolved,
            ),
            Entry("office:territories", "map-2", _("Regions & territories"), "territories"),
            Entry("office:agents", "users", _("Agents"), "agents"),
            Entry("office:pickup_points", "building-store", _("Pickup points"), "pickup-points"),
        ),
    ),
    Group(
        _("Money"),
        (Entry("office:proof", "shield-check", _("Proof"), "proof"),),
    ),
    Group(
        _("Settings"),
        (
            Entry("office:plans", "percentage", _("Bonus plans"), "plans"),
            Entry("office:imports", "file-import", _("Imports"), "imports"),
            Entry("office:regions", "sitemap", _("Divisions"), "regions"),
            Entry("office:users", "settings", _("Staff"), "users", Right.STAFF),
        ),
    ),
)


def entries() -> Iterable[Entry]:
    return (entry for group in GROUPS for entry in group.entries)


def address(entry: Entry) -> str:
    """The page's address; empty while the page does not exist."""
    try:
        return reverse(entry.page)
    except NoReverseMatch:
        return ""


def first_page() -> str:
    return next(filter(None, map(address, entries())))


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups as the sidebar draws them, with the page one is on and the work that waits."""
    area = request.path.removeprefix(reverse("office:home")).split("/")[0]
    drawn = []
    for group in GROUPS:
        lines = [
            {
                "href": address(entry),
                "icon": entry.icon,
                "label": entry.label,
                "current": entry.area == area,
                "count": entry.count() if entry.count else None,
            }
            for entry in group.entries
            if address(entry) and (not entry.right or may(request.user, entry.right))
        ]
        if lines:
            drawn.append({"label": group.label, "lines": lines})
    return drawn
