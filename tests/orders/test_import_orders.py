"""What becomes of a file of good rows: stored once, in its region, waiting for its bonus."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from agents.actions.agents import end_membership
from agents.models import Member
from franchise.core.clock import SHANGHAI
from franchise.history.models import Event
from franchise.orders.actions.imports import import_orders, preview_orders
from franchise.orders.errors import NoDivisions, UnknownShop
from franchise.orders.models import (
    Address,
    Buyer,
    ChangedOrder,
    ImportFile,
    OldVersion,
    Order,
    OrderVersion,
    RejectedRow,
    Shop,
    WaitingOrders,
)
from franchise.regions.models import Region
from tests.at_once import at_once
from tests.cast import Cast
from tests.orders.files import Mall, as_csv, good, problems, told
from tests.regions_cast import CHAOYANG, GUANGZHOU, TIANHE, YUEXIU, plant_regions, region


def test_an_order_is_stored_as_told(mall: Mall) -> None:
    report = mall.take(
        good(
            freight="10",
            buyer="小王",
            buyer_name="王先生",
            buyer_phone="138 0013 8000",
            province="广东省",
            city="广州市",
            district="天河区",
            town="",
            address="体育西路1号",
            status="completed",
            completed_at="2026-03-08 20:00",
            updated_at="2026-03-08T12:00:00Z",
        )
    )
    assert told(report) == {"rows": 1, "new": 1}
    order = Order.objects.select_related("address", "contact").get()
    assert (order.order_no, order.goods_amount, order.freight) == (
        "A1",
        Decimal("1000.00"),
        Decimal("10.00"),
    )
    assert order.paid_at == datetime(2026, 3, 1, 10, tzinfo=SHANGHAI)
    assert order.completed_at == datetime(2026, 3, 8, 20, tzinfo=SHANGHAI)
    assert order.updated_at == datetime(2026, 3, 8, 20, tzinfo=SHANGHAI)
    assert order.paid_on == date(2026, 3, 1)
    assert (order.status, order.buyer_kind, order.version) == ("completed", "consumer", 1)
    assert (order.region, order.candidates, order.is_decided) == (region(TIANHE), None, False)
    assert (order.address.district, order.address.text) == ("天河区", "体育西路1号")
    assert [entry["source"] for entry in order.address.evidence] == ["code", "names"]
    assert (order.contact.name, order.contact.phone) == ("王先生", "138 0013 8000")


@pytest.mark.parametrize(
    ("told", "day"),
    [
        ("2026-02-28 16:00:00+00", date(2026, 3, 1)),
        ("2026-02-28t16:00:00z", date(2026, 3, 1)),
        ("20260228T160000Z", date(2026, 3, 1)),
        ("20260228T160000", date(2026, 2, 28)),
        ("2026-02-28T15:59:59.9999999Z", date(2026, 2, 28)),
        ("2026-02-28 23:59:59.999999999", date(2026, 2, 28)),
    ],
)
def test_every_form_of_a_moment_falls_on_its_day(mall: Mall, told: str, day: date) -> None:
    mall.take(good("A1", paid_at=told))
    assert Order.objects.get().paid_on == day


def test_paid_on_is_the_day_in_shanghai(mall: Mall) -> None:
    mall.take(
        good("A1", paid_at="2026-02-28T16:00:00Z"),
        good("A2", paid_at="2026-02-28T15:59:59Z"),
        good("A3", paid_at="2026-03-01 00:00:00"),
    )
    days = dict(Order.objects.values_list("order_no", "paid_on"))
    assert days == {"A1": date(2026, 3, 1), "A2": date(2026, 2, 28), "A3": date(2026, 3, 1)}


def test_missing_columns_have_their_defaults(mall: Mall) -> None:
    mall.take(good())
    order = Order.objects.get()
    assert (order.freight, order.buyer_kind, order.status) == (Decimal(0), "consumer", "paid")
    assert not Buyer.objects.exists()


def test_new_orders_wait_as_ranges_in_the_same_transaction(
    mall: Mall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("franchise.orders.importing.merging.ORDERS_A_RANGE", 2)
    mall.take(*(good(f"A{number}") for number in range(5)))
    waiting = [
        range(row.orders.lower, row.orders.upper) for row in WaitingOrders.objects.order_by("id")
    ]
    assert sorted(map(len, waiting)) == [1, 2, 2]
    assert sorted(pk for ids in waiting for pk in ids) == sorted(
        Order.objects.values_list("pk", flat=True)
    )


def test_the_same_file_twice_changes_nothing(mall: Mall) -> None:
    rows = [good("A1", buyer_name="王"), good("A2", region_code="", district="鼓楼区")]
    assert told(mall.take(*rows)) == {"rows": 2, "new": 2}
    before = list(Order.objects.order_by("pk").values())
    assert told(mall.take(*rows)) == {"rows": 2, "unchanged": 2}
    assert list(Order.objects.order_by("pk").values()) == before
    assert WaitingOrders.objects.count() == 1
    assert not ChangedOrder.objects.exists()
    assert not OrderVersion.objects.exists()


def test_another_way_to_write_the_same_changes_nothing(mall: Mall) -> None:
    mall.take(good(freight="10.00", completed_at="2026-03-02 08:00", status="completed"))
    again = {
        "订单编号": "'A1",
        "付款时间": "2026年3月1日 10:00",
        "商品金额": "¥1,000",
        "运费(元)": "10.0",
        "区域代码": "440106",
        "完成时间": "2026-03-02T00:00:00+00:00",
        "订单状态": "交易成功",
        "买家类型": "消费者",
    }
    assert told(mall.take(again)) == {"rows": 1, "unchanged": 1}


def test_orders_that_say_the_same_share_an_address(mall: Mall) -> None:
    mall.take(good("A1"), good("A2"), good("A3", region_code=YUEXIU))
    mall.take(good("A4"), good("A5", region_code="", address="广州市天河区体育西路"))
    assert Address.objects.count() == 3
    assert Order.objects.values("address").distinct().count() == 3


def test_without_certainty_the_country_is_the_region(mall: Mall) -> None:
    mall.take(good("A1", region_code="", address="幸福路1号"))
    mall.take({**good("A2", pickup_point="P1"), "region_code": ""})
    assert set(Order.objects.values_list("region__kind", flat=True)) == {Region.Kind.COUNTRY}
    assert Order.objects.get(order_no="A2").pickup_point == "P1"


class TestVersions:
    def test_other_content_is_a_new_version(self, mall: Mall) -> None:
        mall.take(good(updated_at="2026-03-01 11:00"))
        old = Order.objects.get()
        report = mall.take(good(goods_amount="900.00", updated_at="2026-03-01 12:00"))
        assert told(report) == {"rows": 1, "changed": 1}
        order = Order.objects.get()
        assert (order.pk, order.version, order.goods_amount) == (old.pk, 2, Decimal("900.00"))
        former = OrderVersion.objects.get()
        assert (former.order_id, former.number, former.buyer_kind) == (order.pk, 1, "consumer")
        assert Decimal(former.content["goods_amount"]) == Decimal("1000.00")
        assert former.content["region_id"] == region(TIANHE).pk
        assert ChangedOrder.objects.get().order_id == order.pk

    def test_an_older_version_changes_nothing_and_is_listed_once(self, mall: Mall) -> None:
        mall.take(good(updated_at="2026-03-01 12:00"))
        older = good(goods_amount="900.00", updated_at="2026-03-01 11:00")
        assert told(mall.take(older)) == {"rows": 1, "old_versions": 1}
        mall.take(older)
        assert Order.objects.get().goods_amount == Decimal("1000.00")
        listed = OldVersion.objects.get()
        assert (listed.why, listed.content["goods_amount"]) == ("older", 900.0)
        assert not ChangedOrder.objects.exists()

    @pytest.mark.parametrize(
        ("goods_amount", "counts"),
        [
            ("300.00", {"rows": 1, "changed": 1}),
            ("299.99", {"rows": 1, "old_versions": 1}),
        ],
    )
    def test_a_version_below_what_is_refunded_changes_nothing(
        self, mall: Mall, goods_amount: str, counts: dict[str, int]
    ) -> None:
        mall.take(good(freight="20.00"))
        mall.refund(
            {
                "refund_no": "R1",
                "order_no": "A1",
                "amount": "310.00",
                "freight_amount": "10.00",
                "refunded_at": "2026-03-02",
            }
        )
        report = mall.take(good(freight="20.00", goods_amount=goods_amount))
        assert told(report) == counts

    def test_a_new_address_moves_the_order_and_undoes_a_decision(self, mall: Mall) -> None:
        mall.take(good("A1", region_code="", address="幸福路1号"))
        Order.objects.update(region=region(TIANHE), is_decided=True)
        mall.take(good("A1", region_code="", address="幸福路1号", freight="5"))
        order = Order.objects.get()
        assert (order.region, order.is_decided, order.version) == (region(TIANHE), True, 2)
        mall.take(good("A1", region_code="", address="北京市朝阳区幸福路1号", freight="5"))
        order = Order.objects.get()
        assert (order.region, order.is_decided, order.version) == (region(CHAOYANG), False, 3)

    def test_a_changed_order_is_marked_once(self, mall: Mall) -> None:
        mall.take(good())
        for amount in ("900", "800", "700"):
            mall.take(good(goods_amount=amount))
        assert Order.objects.get().version == 4
        assert ChangedOrder.objects.count() == 1
        assert list(OrderVersion.objects.order_by("number").values_list("number", flat=True)) == [
            1,
            2,
            3,
        ]

    def test_the_buyer_is_kept_up_to_date_apart(self, mall: Mall) -> None:
        mall.take(good(buyer_name="王", buyer_phone="13800138000"))
        mall.take(good(buyer_name="李", buyer_phone="13800138000"))
        assert Buyer.objects.get().name == "李"
        assert "13800138000" not in str(OrderVersion.objects.get().content)


class TestBuyersWhoAreAgents:
    def test_the_phone_of_a_member_makes_it_the_agents_own_order(
        self, mall: Mall, cast: Cast
    ) -> None:
        phones = {
            "A1": cast.tianhe.member.phone,
            "A2": f"+86 {cast.clerk.phone[:3]}-{cast.clerk.phone[3:]}",
            "A3": cast.customer.phone,
            "A4": cast.stranger.phone,
        }
        mall.take(*(good(number, buyer_phone=phone) for number, phone in phones.items()))
        kinds = Order.objects.order_by("order_no").values_list("buyer_kind", "buyer_kind_from")
        assert list(kinds) == [
            ("agent", "phone"),
            ("agent", "phone"),
            ("consumer", "shop"),
            ("consumer", "shop"),
        ]

    def test_the_phone_of_the_agent_itself_counts(self, mall: Mall, cast: Cast) -> None:
        cast.tianhe.agent.phone = "13700000001"
        cast.tianhe.agent.save()
        mall.take(good(buyer_phone="8613700000001"))
        assert Order.objects.get().buyer_kind == "agent"

    def test_who_left_is_a_consumer_again(self, mall: Mall, cast: Cast) -> None:
        member = Member.objects.get(user=cast.clerk)
        end_membership(member.pk, by=None)
        mall.take(good(buyer_phone=cast.clerk.phone))
        assert Order.objects.get().buyer_kind == "consumer"

    def test_the_shops_word_is_kept(self, mall: Mall) -> None:
        mall.take(good("A1", buyer_kind="代理商"), good("A2", buyer_kind="service_point"))
        kinds = Order.objects.order_by("order_no").values_list("buyer_kind", "buyer_kind_from")
        assert list(kinds) == [("agent", "shop"), ("service_point", "shop")]

    def test_a_new_version_by_phone(self, mall: Mall, cast: Cast) -> None:
        mall.take(good())
        mall.take(good(buyer_phone=cast.clerk.phone))
        order = Order.objects.get()
        assert (order.buyer_kind, order.version) == ("agent", 2)
        assert OrderVersion.objects.get().buyer_kind == "consumer"


class TestRowsThatAreItems:
    @pytest.fixture
    def mall(self, mall: Mall) -> Mall:
        Shop.objects.update(rows_are_items=True)
        return mall

    def test_rows_of_an_order_are_summed(self, mall: Mall) -> None:
        report = mall.take(
            good("A1", goods_amount="10.00", freight="3"),
            good("A2", goods_amount="7.00"),
            good("A1", goods_amount="20.50", freight=""),
            good("A1", goods_amount="20.50", freight=""),
        )
        assert told(report) == {"rows": 4, "new": 2}
        amounts = Order.objects.order_by("order_no").values_list("goods_amount", "freight")
        assert list(amounts) == [(Decimal("51.00"), Decimal(3)), (Decimal("7.00"), Decimal(0))]

    def test_an_order_with_a_bad_item_is_rejected_whole(self, mall: Mall) -> None:
        report = mall.take(
            good("A1", goods_amount="10.00"),
            good("A1", goods_amount="x"),
            good("A2"),
        )
        assert told(report) == {"rows": 3, "new": 1, "rejected": 2}
        assert problems(report) == [(2, "", "item_is_bad"), (3, "goods_amount", "not_a_number")]

    def test_items_must_agree(self, mall: Mall) -> None:
        report = mall.take(good("A1"), good("A1", region_code=YUEXIU))
        assert told(report) == {"rows": 2, "rejected": 2}
        assert problems(report) == [(2, "", "item_is_bad"), (3, "", "items_disagree")]


def test_the_record_of_the_import(mall: Mall, cast: Cast) -> None:
    path = mall.write(as_csv([good(), good("A2", goods_amount="-1", note="x")]))
    import_orders(path, shop="mall", by=cast.operations)
    file = ImportFile.objects.get()
    assert (file.state, file.kind, file.shop, file.by) == (
        "done",
        "orders",
        mall.shop,
        cast.operations,
    )
    assert (file.file_name, file.rows, file.progress) == ("orders.csv", 2, 2)
    assert (file.report["new"], file.report["rejected"]) == (1, 1)
    assert file.report["unknown_columns"] == ["note"]
    event = Event.objects.get(verb="import.finished")
    assert event.data == {"rows": 2, "new": 1, "changed": 0, "unchanged": 0, "rejected": 1}


def test_a_preview_reports_the_same_and_stores_nothing(mall: Mall) -> None:
    path = mall.write(as_csv([good(), good("A2", goods_amount="-1")]))
    assert told(preview_orders(path, shop="mall")) == {"rows": 2, "new": 1, "rejected": 1}
    for model in (Order, Address, ImportFile, RejectedRow, WaitingOrders, Event):
        assert not model.objects.exists()
    assert [file.name for file in mall.folder.iterdir()] == ["orders.csv"]


def test_an_unknown_shop_is_refused(mall: Mall) -> None:
    with pytest.raises(UnknownShop):
        import_orders(mall.write(as_csv([good()])), shop="other")


def test_without_divisions_nothing_is_taken(db: None, tmp_path: Path) -> None:
    mall = Mall(tmp_path, Shop.objects.create(code="mall", name="商城"))
    with pytest.raises(NoDivisions):
        mall.take(good())


def test_the_divisions_of_the_day_count(mall: Mall) -> None:
    mall.take(
        good("A1", paid_at="2020-03-01", region_code="450127"),
        good("A2", paid_at="2026-03-01", region_code="450127"),
    )
    names = dict(Order.objects.values_list("order_no", "region__name"))
    assert names == {"A1": "横县", "A2": "横州市"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
def test_two_imports_of_a_file_at_once_store_it_once(tmp_path: Path) -> None:
    plant_regions()
    mall = Mall(tmp_path, Shop.objects.create(code="mall", name="商城"))
    path = mall.write(as_csv([good(f"A{number}") for number in range(500)]))
    reports = at_once([lambda: mall.take_file(path)] * 2)
    assert sorted((report.new, report.unchanged) for report in reports) == [(0, 500), (500, 0)]
    assert Order.objects.count() == 500
    assert sum(row.orders.upper - row.orders.lower for row in WaitingOrders.objects.all()) == 500


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
def test_two_shops_with_the_same_new_addresses_at_once(tmp_path: Path) -> None:
    plant_regions()
    malls = []
    for code in ("north", "south"):
        folder = tmp_path / code
        folder.mkdir()
        malls.append(Mall(folder, Shop.objects.create(code=code, name=code)))
    rows = [good(f"A{n}", region_code="", address=f"广州市天河区{n}号") for n in range(300)]
    paths = [
        malls[0].write(as_csv(rows)),
        malls[1].write(as_csv(reversed(rows))),
    ]
    reports = at_once([lambda: malls[0].take_file(paths[0]), lambda: malls[1].take_file(paths[1])])
    assert [told(report) for report in reports] == [{"rows": 300, "new": 300}] * 2
    assert Address.objects.count() == 300
    assert GUANGZHOU in set(Order.objects.values_list("region__parent__code", flat=True))
