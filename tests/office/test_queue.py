"""Orders that wait for a person: listed, decided, corrected by two; and the bonus that follows."""

import pytest
from django.urls import reverse

from franchise.bonuses.models import Refusal
from franchise.history.models import Event
from franchise.orders.models import Decision
from franchise.regions.models import Alias
from franchise.users.models import User
from tests.office.test_order_page import text_of
from tests.office.world import award, order
from tests.regions_cast import TIANHE, YUEXIU, region

LISTS = (
    "unresolved",
    "without_plan",
    "over_refunds",
    "refunds_without_order",
    "old_versions",
    "corrections",
)


@pytest.fixture
def english(clerk):
    clerk.cookies["django_language"] = "en"
    return clerk


@pytest.fixture
def approver(staff, signed_in):
    client = signed_in(staff(User.Role.APPROVER, "13900000003"))
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def auditor(staff, signed_in):
    return signed_in(staff(User.Role.AUDITOR, "13900000004"))


def decide(client, number, *others, place=TIANHE, **more):
    said = {
        "region": region(place).pk,
        "reason": "问过买家",
        "order": [order(other).pk for other in others],
        **more,
    }
    return client.post(reverse("office:decide", args=[order(number).pk]), said, follow=True)


def test_the_lists_show_what_waits(world, english):
    world.refund(
        {
            "refund_no": "R9",
            "order_no": "LATER",
            "amount": "5.00",
            "refunded_at": "2026-03-06 10:00:00",
        }
    )
    texts = {name: text_of(english.get(reverse(f"office:{name}"))) for name in LISTS}

    assert "D1" in texts["unresolved"]
    assert "N1" in texts["without_plan"]
    assert "R9" in texts["refunds_without_order"]
    assert "No over-refund" in texts["over_refunds"]
    assert "Every delivery counted" in texts["old_versions"]
    assert "No correction waits" in texts["corrections"]


def test_deciding_one_order_leaves_the_other_of_its_address(world, english):
    page = english.get(reverse("office:decide", args=[order("D1").pk]))
    assert "D2" in text_of(page)

    answer = decide(english, "D1")
    assert "The bonus is being worked out." in text_of(answer)
    award()

    # 88.00 x 3 / 5 / 6 %
    assert "D1 天河区 ¥ 88.00 ¥ 5.28" in text_of(english.get(answer.request["PATH_INFO"], {
        "order": order("D1").pk,
    }))  # fmt: skip
    assert set(Refusal.objects.values_list("order__order_no", flat=True)) == {"D2", "N1"}


def test_exactly_the_ticked_orders_are_decided_with_it(world, english):
    decide(english, "D1", "D2")
    award()

    assert order("D2").region == region(TIANHE)
    assert list(Refusal.objects.values_list("order__order_no", flat=True)) == ["N1"]
    assert Decision.objects.filter(reason="问过买家").count() == 2


def test_a_decision_needs_a_region_and_a_reason(world, english):
    for more in ({"region": ""}, {"reason": ""}, {"reason": "  "}):
        decide(english, "D1", **more)
    assert not Decision.objects.exists()


def test_deciding_twice_is_told(world, english):
    decide(english, "D1")
    award()
    answer = english.get(reverse("office:decide", args=[order("D1").pk]))
    assert answer["Location"] == reverse("office:order", args=["mall", "D1"])


def test_a_rule_for_the_future_is_an_alias(world, english):
    decide(english, "D1", alias="天河公园南")

    alias = Alias.objects.get(name="天河公园南")
    assert alias.region == region(TIANHE)
    assert alias.within.name == "广州市"
    assert alias.source == "问过买家"


def test_an_auditor_looks_but_decides_nothing(world, auditor):
    address = reverse("office:decide", args=[order("D1").pk])
    assert auditor.get(address).status_code == 200
    said = {"region": region(TIANHE).pk, "reason": "x"}
    assert auditor.post(address, said).status_code == 403

    for name in ("correct", "count_as_consumer", "reveal"):
        assert auditor.post(reverse(f"office:{name}", args=[order("A1").pk])).status_code == 403
    assert not Decision.objects.exists()


def propose(client, number, place=YUEXIU):
    said = {"region": region(place).pk, "reason": "送错了区"}
    address = reverse("office:correct", args=[order(number).pk])
    shown = client.post(address, said)
    client.post(address, {**said, "confirmed": "1"})
    return shown


def test_a_correction_shows_its_effect_and_takes_two_people(world, english, approver):
    shown = text_of(propose(english, "A1"))
    # 42.00 of Tianhe, Guangzhou and Guangdong; without a county 35.00 and 7.00
    assert "¥42.00 would be taken back, ¥42.00 paid anew." in shown
    assert "广州粤盛贸易 广州市，5% ¥ 35.00" in shown

    decision = Decision.objects.get(needs_approval=True)
    approve = reverse("office:approve_correction", args=[decision.pk])
    assert english.post(approve).status_code == 403
    text = text_of(approver.get(reverse("office:corrections")))
    assert "送错了区" in text
    assert "广东省 广州市 天河区 → 广东省 广州市 越秀区" in text

    approver.post(approve)
    award()
    text = text_of(english.get(reverse("office:order", args=["mall", "A1"])))
    assert "Corrected: paid anew" in text
    assert "12 lines" not in text
    assert order("A1").region == region(YUEXIU)


def test_who_proposed_cannot_approve(world, administrator):
    propose(administrator, "A1")
    decision = Decision.objects.get(needs_approval=True)

    administrator.post(reverse("office:approve_correction", args=[decision.pk]))
    decision.refresh_from_db()
    assert decision.approved_at is None


def test_a_correction_can_be_put_aside(world, english, approver):
    propose(english, "A1")
    decision = Decision.objects.get(needs_approval=True)
    address = reverse("office:refuse_correction", args=[decision.pk])

    approver.post(address, {"reason": ""})
    decision.refresh_from_db()
    assert decision.refused_at is None

    approver.post(address, {"reason": "地址没错"})
    decision.refresh_from_db()
    assert decision.refused_at is not None
    assert order("A1").region == region(TIANHE)


def test_an_own_order_earns_for_a_reason(world, english):
    address = reverse("office:count_as_consumer", args=[order("O1").pk])
    english.post(address, {"reason": ""})
    assert order("O1").buyer_kind == "agent"

    english.post(address, {"reason": "代客下单"})
    award()
    assert order("O1").buyer_kind == "consumer"
    assert "¥ 60.00" in text_of(english.get(reverse("office:order", args=["mall", "O1"])))


def test_looking_at_a_buyer_asks_for_a_reason_and_is_recorded(world, english):
    address = reverse("office:reveal", args=[order("A1").pk])
    assert "13812342046" not in english.post(address, {"reason": " "}).content.decode()
    assert not Event.objects.filter(verb="buyer.revealed").exists()

    shown = english.post(address, {"reason": "回访"}).content.decode()
    assert "李小明 13812342046" in shown
    event = Event.objects.get(verb="buyer.revealed")
    assert event.data == {"reason": "回访"}
    assert event.by.name == "季明禾"


@pytest.mark.parametrize("name", ["unresolved", "without_plan", "over_refunds"])
def test_a_list_costs_the_same_with_more_orders(world, clerk, name, django_assert_max_num_queries):
    clerk.get(reverse(f"office:{name}"))
    with django_assert_max_num_queries(8):
        clerk.get(reverse(f"office:{name}"))
