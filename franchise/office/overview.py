"""Head office's first page: the figures of a period beside the one before, by region and by day.

Only the sums kept per day are read, so the page is as quick with a million orders as with ten.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from franchise.bonuses.queries import overview
from franchise.bonuses.queries.overview import Figures, RegionFigures, Unresolved
from franchise.core.money import ZERO
from franchise.office.periods import Period
from franchise.office.wording import State
from franchise.regions.models import Region

MEASURES = {
    "agents": gettext_lazy("Agents’"),
    "net_sales": gettext_lazy("Net sales"),
    "retained": gettext_lazy("Kept by head office"),
}
# Classes of the tiles, the same in every period, so that a shade always means the same amount.
CUTS = {
    "agents": (0, 5_000, 15_000, 40_000, 80_000, 150_000),
    "net_sales": (0, 100_000, 300_000, 800_000, 1_600_000, 3_000_000),
    "retained": (0, 5_000, 15_000, 40_000, 80_000, 150_000),
}
_ENDINGS = re.compile(r"(省|市|(壮族|维吾尔|回族)?自治区|特别行政区)$")
BAR = 1000


@dataclass(frozen=True)
class RegionRow:
    """A province, a city, or what of the region above is certain no deeper."""

    name: str
    code: str
    figures: RegionFigures
    former: Figures
    inside: str
    orders: str

    @property
    def change(self) -> Decimal | None:
        return change(self.figures.agents, self.former.agents)


@dataclass(frozen=True)
class DayRow:
    day: date
    figures: Figures
    former_due: Decimal


@dataclass(frozen=True)
class Piece:
    """A piece of the bar that shows that the parts add up."""

    css: str
    x: str
    width: str


@dataclass(frozen=True)
class Overview:
    period: Period
    within: Region | None
    figures: Figures
    former: Figures
    regions: list[RegionRow]
    days: list[DayRow]
    unresolved: Unresolved
    as_of: datetime | None
    is_being_counted: bool

    @property
    def change_of_sales(self) -> Decimal | None:
        return change(self.figures.goods_amount, self.former.goods_amount)

    @property
    def change_of_awarded(self) -> Decimal | None:
        return change(self.figures.awarded, self.former.awarded)

    @property
    def change_of_retained(self) -> Decimal | None:
        return change(self.figures.retained, self.former.retained)

    @property
    def change_of_agents(self) -> Decimal | None:
        return change(self.figures.agents, self.former.agents)

    @property
    def refunded(self) -> Decimal:
        return -self.figures.refunded

    def orders(self, state: str) -> str:
        return orders_address(self.period, self.within, state)

    @property
    def pieces(self) -> list[Piece]:
        """Earned, pending and retained side by side, as parts of what the plan pays."""
        found = self.figures
        parts = [
            ("c-earned", found.earned),
            ("c-pending", found.pending),
            ("c-kept", found.retained),
        ]
        drawn = []
        at = ZERO
        for css, amount in parts:
            if amount > 0 and found.due > 0:
                width = amount / found.due * BAR
                drawn.append(Piece(css, f"{at:.1f}", f"{max(width - 2, Decimal(1)):.1f}"))
                at += width
        return drawn


def change(now: Decimal, before: Decimal) -> Decimal | None:
    """By how many per cent a figure grew; None where there was nothing before."""
    return (now - before) / abs(before) * 100 if before else None


def gathered(period: Period, within: Region | None) -> Overview:
    span = (period.first, period.ends_on)
    former_span = (period.former_first, period.former_ends_on)
    return Overview(
        period=period,
        within=within,
        figures=overview.figures(*span, within=within),
        former=overview.figures(*former_span, within=within),
        regions=_regions(period, within),
        days=_days(period, within),
        unresolved=overview.unresolved(*span, within=within),
        as_of=overview.as_of(),
        is_being_counted=overview.is_being_counted(),
    )


def _regions(period: Period, within: Region | None) -> list[RegionRow]:
    now = overview.figures_by_region(period.first, period.ends_on, within=within)
    former = {
        row.region.pk: row
        for row in overview.figures_by_region(
            period.former_first, period.former_ends_on, within=within
        )
        if row.region
    }
    return [
        RegionRow(
            name=_name(row.region, within),
            code=row.region.code,
            figures=row,
            former=former.get(row.region.pk, Figures()),
            inside=_inside(row, within),
            orders=orders_address(period, row.region, State.COUNTS)
            if row.region != within and row.region.level
            else "",
        )
        for row in now
        if row.region is not None
    ]


def _name(region: Region, within: Region | None) -> str:
    if region.kind == Region.Kind.COUNTRY:
        return _("Not certain")
    if region == within:
        return _("%(region)s, no deeper") % {"region": region.name}
    return region.name


def _inside(row: RegionFigures, within: Region | None) -> str:
    region = row.region
    if region is None or not row.has_children or region == within or region.level == 0:
        return ""
    return str(region.pk)


def orders_address(period: Period, region: Region | None, state: str) -> str:
    """The list of the orders that a figure stands for."""
    query: dict[str, Any] = {"first": period.first, "last": period.last, "state": state}
    if region is not None:
        query["region"] = region.pk
    return f"{reverse('office:orders')}?{urlencode(query)}"


def _days(period: Period, within: Region | None) -> list[DayRow]:
    now = {
        row.day: row for row in overview.figures_by_day(period.first, period.ends_on, within=within)
    }
    former = {
        row.day: row.due
        for row in overview.figures_by_day(
            period.former_first, period.former_ends_on, within=within
        )
    }
    first = period.former_first
    return [
        DayRow(day, now.get(day, Figures()), former.get(first + (day - period.first), ZERO))
        for day in period.days
    ]


SORTS = {
    "region": lambda row: row.code,
    "orders": lambda row: row.figures.orders,
    "net_sales": lambda row: row.figures.net_sales,
    "agents": lambda row: row.figures.agents,
    "retained": lambda row: row.figures.retained,
    "change": lambda row: row.change if row.change is not None else Decimal("-Infinity"),
}


def in_order(rows: list[RegionRow], sort: str) -> list[RegionRow]:
    key = SORTS.get(sort.removeprefix("-"))
    return sorted(rows, key=key, reverse=sort.startswith("-")) if key else rows


# What the charts draw


def trend(found: Overview) -> dict[str, Any]:
    return {
        "names": [
            _("Agents’, earned"),
            _("Agents’, pending"),
            _("Kept by head office"),
            _("the period before"),
        ],
        "total": _("Together"),
        "days": [
            [
                row.day.isoformat(),
                float(row.figures.earned),
                float(row.figures.pending),
                float(row.figures.retained),
                float(row.former_due),
            ]
            for row in found.days
        ],
    }


def tiles(found: Overview, measure: str, address: str) -> dict[str, Any]:
    """All provinces as squares, those with figures as doors; `address` ends where the id goes."""
    provinces = Region.objects.filter(kind=Region.Kind.PROVINCE, valid_to=None)
    names = {code: _ENDINGS.sub("", name) for code, name in provinces.values_list("code", "name")}
    return {
        "names": names,
        "cuts": list(CUTS[measure]),
        "rows": [
            [
                row.code,
                float(getattr(row.figures, measure)),
                f"{address}{row.inside}" if row.inside else None,
            ]
            for row in found.regions
        ],
    }


@dataclass(frozen=True)
class Strip:
    """A region's measure as a bar: inside a province, where no squares are."""

    row: RegionRow
    amount: Decimal
    width: str


def strips(found: Overview, measure: str) -> list[Strip]:
    amounts = [getattr(row.figures, measure) for row in found.regions]
    most = max([*amounts, ZERO])
    drawn = [
        Strip(row, amount, f"{max(amount, ZERO) / most * BAR:.1f}" if most else "0")
        for row, amount in zip(found.regions, amounts, strict=True)
    ]
    return sorted(drawn, key=lambda strip: -strip.amount)


# As a file


def as_csv(found: Overview) -> Iterator[str]:
    yield "\ufeff" + _line(
        _("region code"), _("region"), _("orders"), _("sales"), _("refunded"), _("awarded"),
        _("clawed back"), _("earned"), _("pending"), _("retained"), _("agents’, the period before"),
    )  # fmt: skip
    for row in found.regions:
        yield _line(row.code, row.name, *_cells(row.figures), f"{row.former.agents:.2f}")
    yield _line("", _("Total"), *_cells(found.figures), f"{found.former.agents:.2f}")


def _cells(figures: Figures) -> tuple[Any, ...]:
    amounts = (
        figures.goods_amount, figures.refunded, figures.awarded, figures.clawed_back,
        figures.earned, figures.pending, figures.retained,
    )  # fmt: skip
    return (figures.orders, *(f"{amount:.2f}" for amount in amounts))


def _line(*cells: Any) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()
