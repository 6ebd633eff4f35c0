"""Lists of head office: columns that write figures as the design says, and their totals.

A list with sums names them: `Table(rows, totals={"amount": whole})`. The columns in `totals` are
added up for the page shown as well, when there is more than one page.
"""

from decimal import Decimal
from typing import Any, ClassVar

import django_tables2 as tables
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from franchise.core.templatetags import regent

NUM = {"th": {"class": "num"}, "td": {"class": "num"}}


class MoneyColumn(tables.Column):
    """Yuan; `link` is a function of the row that gives the address of the figure's own rows."""

    def __init__(self, *args: Any, link: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", NUM)
        super().__init__(*args, **kwargs)
        self.href = link

    def render(self, value: Decimal, record: Any) -> SafeString:
        return regent.money(value, self.href(record) if self.href else "")


class CountColumn(tables.Column):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", NUM)
        super().__init__(*args, **kwargs)

    def render(self, value: int) -> str | SafeString:
        return regent.count(value) if value else SafeString('<span class="fig nil">0</span>')


class RateColumn(tables.Column):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", NUM)
        super().__init__(*args, **kwargs)

    def render(self, value: Decimal) -> str:
        return regent.rate(value)


class DayColumn(tables.Column):
    def render(self, value: Any) -> SafeString:
        return regent.day(value)


class LastDayColumn(DayColumn):
    """The exclusive end of a period, shown as its last day."""

    def render(self, value: Any) -> SafeString:
        return regent.day(regent.last_day(value))


class MomentColumn(tables.Column):
    def render(self, value: Any) -> SafeString:
        return regent.moment(value)


class PillColumn(tables.Column):
    """A state: `states` gives for each value (tone, icon, word)."""

    def __init__(
        self, *args: Any, states: dict[Any, tuple[str, str, str | Promise]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.states = states

    def render(self, value: Any) -> SafeString:
        return regent.pill(*self.states[value])


class LinkColumn(tables.Column):
    """Words that lead to the row's page: `link` is a function of the row."""

    def __init__(self, *args: Any, link: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.href = link

    def render(self, value: Any, record: Any) -> SafeString:
        return format_html('<a href="{}">{}</a>', self.href(record), value)


class Table(tables.Table):
    empty_symbol: ClassVar[str] = "inbox"
    empty_title: ClassVar[str | Promise] = _("Nothing here yet")
    empty_why: ClassVar[str | Promise] = ""

    def __init__(self, *args: Any, totals: dict[str, Decimal] | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("template_name", "office/table.html")
        super().__init__(*args, **kwargs)
        self.totals = totals

    @property
    def foot(self) -> list[dict[str, Any]]:
        """The lines under the list: the page's totals, if it is one of several, and the whole's."""
        if not self.totals:
            return []
        lines = []
        if getattr(self, "page", None) and self.page.has_other_pages():
            rows = [row.record for row in self.paginated_rows]
            lines.append(self._line(_("This page"), self._added_up(rows), quiet=True))
        lines.append(self._line(_("Total"), self.totals, quiet=False))
        return lines

    def _added_up(self, rows: list[Any]) -> dict[str, Any]:
        return {
            name: sum(column.accessor.resolve(row) or 0 for row in rows)
            for name, column in self.columns.items()
            if name in (self.totals or {})
        }

    def _line(self, label: str | Promise, sums: dict[str, Any], *, quiet: bool) -> dict[str, Any]:
        cells = [
            self._written(sums[column.name]) if column.name in sums else ""
            for column in self.columns
        ]
        return {"label": label, "cells": cells, "quiet": quiet}

    @staticmethod
    def _written(value: Any) -> str:
        return regent.money(value) if isinstance(value, Decimal) else regent.count(value)
