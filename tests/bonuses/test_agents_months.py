"""What an agent's territories brought by month: exact sums of its lines, nobody else's."""

from datetime import date
from decimal import Decimal

from franchise.bonuses.queries.agents import months_of
from tests.office.world import world  # noqa: F401  (a fixture)

D = Decimal


def test_a_county_agents_month_with_a_refund(cast, world):  # noqa: F811
    found = months_of(cast.tianhe.agent.pk, since=date(2026, 1, 1))

    (month,) = found.months
    assert (month.orders, month.awarded, month.taken_back) == (1, D("30.00"), D("-9.00"))
    assert found.amount == D("21.00")


def test_before_the_first_day_nothing_is_counted(cast, world):  # noqa: F811
    assert months_of(cast.tianhe.agent.pk, since=date(2027, 1, 1)).months == ()
