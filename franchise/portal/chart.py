"""Where the bars of the chart by day stand; drawn with SVG attributes, as a strict CSP allows."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from franchise.core.money import ZERO

TOP, ZERO_LINE, BOTTOM = Decimal(8), Decimal(88), Decimal(99)
BAR, GAP = Decimal("0.68"), Decimal("0.16")


@dataclass(frozen=True)
class Bar:
    day: date
    amount: Decimal
    x: Decimal
    y: Decimal
    height: Decimal
    is_today: bool
    is_to_come: bool

    @property
    def is_minus(self) -> bool:
        return self.amount < 0


@dataclass(frozen=True)
class Chart:
    bars: tuple[Bar, ...]
    zero: Decimal
    highest: Decimal
    labels: tuple[int, ...]
    today: int | None

    @property
    def just_above_zero(self) -> Decimal:
        return self.zero - 2

    @property
    def best(self) -> Bar:
        return max(self.bars, key=lambda bar: bar.amount)

    @property
    def minus(self) -> tuple[Bar, ...]:
        return tuple(bar for bar in self.bars if bar.is_minus)


def by_day(month: date, amounts: Mapping[date, Decimal], today: date) -> Chart:
    """The bars of a month: up for what was earned, down where refunds took more than that."""
    days = [month.replace(day=day + 1) for day in range(monthrange(month.year, month.month)[1])]
    highest = round_up(max([ZERO, *amounts.values()]))
    deepest = -min([ZERO, *amounts.values()])
    scale = (ZERO_LINE - TOP) / highest
    if deepest * scale > BOTTOM - ZERO_LINE:
        scale = (BOTTOM - TOP) / (highest + deepest)
    zero = TOP + highest * scale
    bars = []
    for index, day in enumerate(days):
        amount = amounts.get(day, ZERO)
        height = (abs(amount) * scale).quantize(Decimal("0.01"))
        bars.append(
            Bar(
                day=day,
                amount=amount,
                x=index + GAP,
                y=(zero if amount < 0 else zero - height).quantize(Decimal("0.01")),
                height=height,
                is_today=day == today,
                is_to_come=day > today,
            )
        )
    now = today.day if (today.year, today.month) == (month.year, month.month) else None
    fixed = (1, 8, 15, 22, len(days))
    labels = tuple(d for d in fixed if now is None or d == now or abs(d - now) > 3)
    return Chart(tuple(bars), zero.quantize(Decimal("0.01")), highest, labels, now)


def round_up(amount: Decimal) -> Decimal:
    """The next 1, 2, 3, 5 or 10 of its power of ten: the figure the top line stands for."""
    if amount <= 0:
        return Decimal(1)
    power = Decimal(10) ** amount.adjusted()
    return next(step * power for step in map(Decimal, (1, 2, 3, 5, 10)) if step * power >= amount)
