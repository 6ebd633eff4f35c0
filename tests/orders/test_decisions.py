"""What people decide about orders."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from franchise.history.models import Event
from franchise.orders import errors
from franchise.orders.actions.decisions import (
    approve_region_correction,
    count_as_consumer,
    decide_region,
    propose_region_correction,
    refuse_region_correction,
)
from franchise.orders.models import ChangedOrder, Decision, Order, OrderVersion, Shop
from franchise.orders.queries.orders import candidates_of, decisions_of, open_corrections
from franchise.regions.models import Region
from tests.at_once import at_once
from tests.cast import Cast, plant_cast
from tests.orders.files import Mall, good, told
from tests.regions_cast import (
    CHAOYANG,
    DONGGUAN,
    FORMER_HENG,
    GUANGZHOU,
    HENGZHOU,
    TIANHE,
    YUEXIU,
    region,
)


@pytest.fixture
def doubtful(mall: Mall, cast: Cast) -> Order:
    """Somewhere in Guangzhou, where Tianhe is sold."""
    report = mall.take(good("D1", region_code=GUANGZHOU), good("S1", region_code=TIANHE))
    assert report.unresolved == 1
    return Order.objects.get(order_no="D1")


class TestDecideRegion:
    def test_the_order_counts_there_from_now_on(self, doubtful: Order, cast: Cast) -> None:
        [decision] = decide_region(
            [doubtful.pk], region_id=region(YUEXIU).pk, reason="问过买家", by=cast.operations
        )
        doubtful.refresh_from_db()
        assert (doubtful.region, doubtful.candidates, doubtful.is_decided) == (
            region(YUEXIU),
            None,
            True,
        )
        assert doubtful.version == 1
        assert (decision.region_before, decision.by, decision.reason) == (
            region(GUANGZHOU),
            cast.operations,
            "问过买家",
        )
        assert ChangedOrder.objects.get().order_id == doubtful.pk
        event = Event.objects.get(verb="order.region_decided")
        assert (event.subject_id, event.by) == (doubtful.pk, cast.operations)
        assert list(decisions_of(doubtful.pk)) == [decision]

    def test_exactly_those_listed_or_none(self, doubtful: Order, cast: Cast) -> None:
        sure = Order.objects.get(order_no="S1")
        with pytest.raises(errors.OrderIsNotInDoubt), transaction.atomic():
            decide_region([doubtful.pk, sure.pk], region_id=region(YUEXIU).pk, reason="r", by=None)
        doubtful.refresh_from_db()
        assert not doubtful.is_decided
        assert not ChangedOrder.objects.exists()
        assert not Decision.objects.exists()

    def test_twice_is_refused(self, doubtful: Order) -> None:
        decide_region([doubtful.pk], region_id=region(YUEXIU).pk, reason="r", by=None)
        with pytest.raises(errors.OrderIsNotInDoubt):
            decide_region([doubtful.pk], region_id=region(TIANHE).pk, reason="r", by=None)

    def test_refusals(self, doubtful: Order) -> None:
        with pytest.raises(errors.ReasonMissing):
            decide_region([doubtful.pk], region_id=region(YUEXIU).pk, reason=" ", by=None)
        with pytest.raises(errors.OrdersAreNotThere):
            decide_region([doubtful.pk, 0], region_id=region(YUEXIU).pk, reason="r", by=None)
        with pytest.raises(errors.RegionNotInForce):
            decide_region([doubtful.pk], region_id=region(FORMER_HENG).pk, reason="r", by=None)

    def test_a_region_of_that_day_is_taken(self, mall: Mall, cast: Cast) -> None:
        mall.take(good("D1", region_code="440000", paid_at="2026-03-01"))
        [order] = Order.objects.all()
        assert region(HENGZHOU).valid_from <= date(2026, 3, 1)
        decide_region([order.pk], region_id=region(HENGZHOU).pk, reason="r", by=None)
        order.refresh_from_db()
        assert order.region == region(HENGZHOU)

    def test_candidates_are_shown(self, mall: Mall, cast: Cast) -> None:
        mall.take(good("D1", region_code=TIANHE, city="东莞市"))
        names = {found.code for found in candidates_of(Order.objects.get())}
        assert names == {TIANHE, DONGGUAN}


class TestCorrections:
    @pytest.fixture
    def proposed(self, doubtful: Order, cast: Cast) -> Decision:
        order = Order.objects.get(order_no="S1")
        return propose_region_correction(
            order.pk, region_id=region(YUEXIU).pk, reason="写错了", by=cast.operations
        )

    def test_nothing_moves_before_a_second_person_agrees(self, proposed: Decision) -> None:
        assert proposed.order.region == region(TIANHE)
        assert not ChangedOrder.objects.exists()
        assert list(open_corrections()) == [proposed]

    def test_approved_it_moves(self, proposed: Decision, cast: Cast) -> None:
        approve_region_correction(proposed.pk, by=cast.approver)
        order = Order.objects.get(order_no="S1")
        assert (order.region, order.is_decided) == (region(YUEXIU), True)
        proposed.refresh_from_db()
        assert (proposed.approved_by, proposed.region_before) == (cast.approver, region(TIANHE))
        assert ChangedOrder.objects.get().order_id == order.pk
        assert not open_corrections().exists()

    def test_who_proposed_it_cannot_approve_it(self, proposed: Decision, cast: Cast) -> None:
        with pytest.raises(errors.NeedsAnotherPerson):
            approve_region_correction(proposed.pk, by=cast.operations)
        assert Order.objects.get(order_no="S1").region == region(TIANHE)

    def test_the_database_wants_two_people_too(self, proposed: Decision, cast: Cast) -> None:
        with pytest.raises(IntegrityError, match="another_person"), transaction.atomic():
            Decision.objects.update(approved_by=cast.operations)

    def test_refused_it_stays(self, proposed: Decision, cast: Cast) -> None:
        refuse_region_correction(proposed.pk, reason="没写错", by=cast.approver)
        assert Order.objects.get(order_no="S1").region == region(TIANHE)
        with pytest.raises(errors.AlreadyDecided):
            approve_region_correction(proposed.pk, by=cast.approver)

    def test_twice_is_refused(self, proposed: Decision, cast: Cast) -> None:
        approve_region_correction(proposed.pk, by=cast.approver)
        with pytest.raises(errors.AlreadyDecided):
            approve_region_correction(proposed.pk, by=cast.approver)

    def test_one_at_a_time(self, proposed: Decision, cast: Cast) -> None:
        with pytest.raises(errors.CorrectionIsOpen):
            propose_region_correction(
                proposed.order_id, region_id=region(CHAOYANG).pk, reason="r", by=cast.finance
            )

    def test_refusals(self, doubtful: Order) -> None:
        propose = propose_region_correction
        with pytest.raises(errors.SameRegion):
            propose(doubtful.pk, region_id=doubtful.region_id, reason="r", by=None)
        with pytest.raises(errors.ReasonMissing):
            propose(doubtful.pk, region_id=region(YUEXIU).pk, reason="", by=None)
        with pytest.raises(errors.RegionNotInForce):
            propose(doubtful.pk, region_id=region(FORMER_HENG).pk, reason="r", by=None)


class TestCountAsConsumer:
    @pytest.fixture
    def own(self, mall: Mall, cast: Cast) -> Order:
        mall.take(good("O1", buyer_phone=cast.clerk.phone))
        return Order.objects.get()

    def test_it_is_a_new_version_by_decision(self, own: Order, cast: Cast) -> None:
        count_as_consumer(own.pk, reason="替客户下单", by=cast.operations)
        own.refresh_from_db()
        assert (own.version, own.buyer_kind, own.buyer_kind_from) == (2, "consumer", "decision")
        assert OrderVersion.objects.get().buyer_kind == "agent"
        assert ChangedOrder.objects.get().order_id == own.pk
        assert Decision.objects.get().kind == "counts"

    def test_the_shops_file_changes_nothing_of_it(self, own: Order, mall: Mall, cast: Cast) -> None:
        count_as_consumer(own.pk, reason="替客户下单", by=None)
        again = good("O1", buyer_phone=cast.clerk.phone)
        assert told(mall.take(again)) == {"rows": 1, "unchanged": 1}
        mall.take(again | {"goods_amount": "900"})
        own.refresh_from_db()
        assert (own.version, own.buyer_kind) == (3, "consumer")

    def test_refusals(self, own: Order) -> None:
        with pytest.raises(errors.ReasonMissing):
            count_as_consumer(own.pk, reason="", by=None)
        count_as_consumer(own.pk, reason="r", by=None)
        with pytest.raises(errors.IsAConsumersOrder):
            count_as_consumer(own.pk, reason="r", by=None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
class TestTwoAtOnce:
    @pytest.fixture
    def order(self, tmp_path: object) -> Order:
        plant_cast()
        mall = Mall(tmp_path, Shop.objects.create(code="mall", name="商城"))  # type: ignore[arg-type]
        mall.take(good("D1", region_code=GUANGZHOU))
        return Order.objects.get()

    def test_one_decides(self, order: Order) -> None:
        places = [region(YUEXIU), region(TIANHE)]

        def decide(place: Region) -> object:
            return decide_region([order.pk], region_id=place.pk, reason="r", by=None)

        done = at_once([lambda: decide(places[0]), lambda: decide(places[1])])
        assert done.count(errors.OrderIsNotInDoubt) == 1
        assert Decision.objects.count() == 1
        order.refresh_from_db()
        assert order.region == Decision.objects.get().region

    def test_one_proposes(self, order: Order) -> None:
        place = region(YUEXIU)

        def propose() -> object:
            return propose_region_correction(order.pk, region_id=place.pk, reason="r", by=None)

        done = at_once([propose, propose])
        assert done.count(errors.CorrectionIsOpen) == 1
        assert Decision.objects.count() == 1
