"""Two at once, on real connections: every order and refund counts once, and the books prove it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.db import connection, connections

from agents.actions.territories import end_territory
from franchise.bonuses.actions.awarding import Outcome, award_all, award_orders
from franchise.bonuses.actions.requeuing import refuse_awarded_territory
from franchise.bonuses.errors import PastIsAwarded
from franchise.bonuses.models import BonusLine
from tests.bonuses.posted import assert_proven, lines_of
from tests.bonuses.test_awarding import LEVEL, put_in_force
from tests.cast import Cast
from tests.deliveries import deliver_orders, deliver_refunds

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def together(*jobs: Callable[[], Any]) -> list[Any]:
    def one(job: Callable[[], Any]) -> Any:
        try:
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result() for future in [pool.submit(one, job) for job in jobs]]


@pytest.fixture
def awaiting(cast: Cast) -> Cast:
    put_in_force(LEVEL)
    for batch in range(8):
        deliver_orders(*({"order_no": f"{batch}-{n}"} for n in range(25)))
    return cast


def test_eight_awards_at_once_award_each_order_once(awaiting: Cast):
    outcomes = together(*[award_all] * 8)
    assert sum(outcome.orders for outcome in outcomes) == 200
    assert BonusLine.objects.filter(turn=0).count() == 600
    assert_proven()


def test_awards_share_the_waiting_ranges(awaiting: Cast):
    def one_range() -> int:
        outcome = Outcome()
        while award_orders(outcome, ranges=1):
            pass
        return outcome.orders

    assert sum(together(one_range, one_range)) == 200
    assert_proven()


def test_refunds_that_come_while_their_orders_are_awarded(awaiting: Cast):
    def refund(batch: int) -> Callable[[], Any]:
        rows = [
            {"refund_no": f"{batch}-{n}", "order_no": f"{batch}-{n}", "amount": "300.00"}
            for n in range(25)
        ]
        return lambda: deliver_refunds(*rows)

    together(*[award_all] * 4, *(refund(batch) for batch in range(8)))
    award_all()
    assert BonusLine.objects.filter(turn=1).count() == 600
    assert lines_of("3-7")["refund:3-7"] == {
        "county": "-9.00",
        "city": "-6.00",
        "province": "-3.00",
    }
    assert_proven()


def test_versions_that_come_while_their_orders_are_awarded(awaiting: Cast):
    def change(batch: int) -> Callable[[], Any]:
        rows = [{"order_no": f"{batch}-{n}", "region_code": "110105"} for n in range(25)]
        return lambda: deliver_orders(*rows)

    together(*[award_all] * 4, *(change(batch) for batch in range(8)))
    award_all()
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(distinct order_id), sum(amount) from bonus_line l"
            " join regions_region r on r.id = l.region_id where r.code = '110105'"
        )
        assert cursor.fetchone() == (200, 200 * 60)
    assert_proven()


def test_a_territory_does_not_end_under_an_award(awaiting: Cast):
    territory = awaiting.tianhe.territory

    def end() -> str:
        try:
            end_territory(territory.pk, on=date(2026, 11, 1), reason="left", by=None)
        except PastIsAwarded:
            return "refused"
        return "ended"

    (_, _, ended) = together(award_all, award_all, end)
    award_all()
    expected = "30.00" if ended == "refused" else None
    assert {lines_of(f"{n}-0")["order"].get("county") for n in range(8)} == {expected}
    assert_proven()


def test_a_day_without_lines_may_change_hands(awaiting: Cast):
    award_all()
    region = awaiting.tianhe.region
    refuse_awarded_territory(region.pk, 0, date(2026, 11, 19), None)
    refuse_awarded_territory(region.pk, 0, date(2026, 1, 1), date(2026, 11, 18))
    with pytest.raises(PastIsAwarded):
        refuse_awarded_territory(region.pk, 0, date(2026, 11, 18), None)
