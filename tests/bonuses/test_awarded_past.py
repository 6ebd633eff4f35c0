"""Orders that were awarded and changed since: what waits for what, and which past stays closed."""

from datetime import date

import pytest

from agents.actions.territories import end_territory, grant_territory
from agents.models import Tier
from franchise.bonuses.actions.awarding import award_all
from franchise.bonuses.errors import PastIsAwarded
from franchise.bonuses.models import Refusal
from inventory.actions.pickup_points import add_pickup_point
from tests.bonuses.posted import assert_proven, lines_of
from tests.bonuses.test_awarding import ADDITIVE, LEVEL, put_in_force
from tests.cast import Cast
from tests.deliveries import deliver_orders
from tests.regions_cast import CHANGAN, NANSHAN, YUEXIU, region

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

PAID = {"county": "30.00", "city": "20.00", "province": "10.00"}
TAKEN_BACK = {"county": "-30.00", "city": "-20.00", "province": "-10.00"}
GUANGZHOU = {"province": "广东省", "city": "广州市"}
SHENZHEN = {"province": "广东省", "city": "深圳市"}


@pytest.fixture(autouse=True)
def _awarded(cast: Cast) -> None:
    put_in_force(LEVEL)
    deliver_orders({"order_no": "A"})
    award_all()


def test_a_point_known_later_pays_a_changed_order_anew():
    deliver_orders({"order_no": "A", "pickup_point": "P9"})
    award_all()
    assert lines_of("A") == {"order": PAID, "correction:1": TAKEN_BACK}
    add_pickup_point(code="P9", name="P9", region_id=region(CHANGAN).pk, by=None)
    outcome = award_all()
    assert (outcome.orders, outcome.corrections) == (0, 1)
    assert lines_of("A") == {"order": PAID, "correction:1": TAKEN_BACK, "correction:2": PAID}
    assert not Refusal.objects.exists()
    assert_proven()


def test_the_end_of_a_doubt_pays_a_changed_order_anew(cast: Cast):
    deliver_orders({"order_no": "B", "region_code": YUEXIU})
    deliver_orders({"order_no": "A", "paid_at": "2026-10-01"})
    award_all()
    deliver_orders({"order_no": "B", **GUANGZHOU})
    award_all()
    assert Refusal.objects.get().why == Refusal.Why.UNRESOLVED
    end_territory(cast.chaoyang.territory.pk, on=date(2026, 11, 1), reason="gone", by=None)
    award_all()
    assert Refusal.objects.exists()
    # Lines of Tianhe, taken back from an order of 18 November, close that day but not the next.
    with pytest.raises(PastIsAwarded):
        end_territory(cast.tianhe.territory.pk, on=date(2026, 11, 18), reason="gone", by=None)
    deliver_orders({"order_no": "B", "paid_at": "2026-11-19", **GUANGZHOU})
    award_all()
    end_territory(cast.tianhe.territory.pk, on=date(2026, 11, 19), reason="gone", by=None)
    award_all()
    assert lines_of("B") == {
        "order": {"city": "50.00", "province": "10.00"},
        "correction:1": {"city": "-50.00", "province": "-10.00"},
        "correction:2": {"city": "50.00", "province": "10.00"},
    }
    assert_proven()


def test_a_plan_does_not_take_over_days_whose_lines_were_taken_back():
    deliver_orders({"order_no": "A", "paid_at": "2026-03-01"})
    award_all()
    with pytest.raises(PastIsAwarded):
        put_in_force(ADDITIVE, date(2026, 6, 1))
    put_in_force(ADDITIVE, date(2026, 11, 19))
    assert_proven()


def test_the_past_is_closed_where_a_corrected_order_counts_now(cast: Cast):
    deliver_orders({"order_no": "A", "region_code": CHANGAN})
    award_all()
    with pytest.raises(PastIsAwarded):
        end_territory(cast.changan.territory.pk, on=date(2026, 11, 1), reason="gone", by=None)


def test_the_past_is_closed_where_an_order_from_above_may_belong(cast: Cast):
    deliver_orders({"order_no": "B", **SHENZHEN})
    award_all()
    assert lines_of("B") == {"order": {"province": "60.00"}}
    with pytest.raises(PastIsAwarded):
        grant_territory(
            region_id=region(NANSHAN).pk,
            tier=Tier.COUNTY,
            agent_id=cast.jiyuan.agent.pk,
            starts_on=date(2026, 11, 1),
            by=None,
        )
