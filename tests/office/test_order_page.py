"""One order's page: who gets what, how it came about, and why somebody gets nothing."""

import json
import re

import pytest
from django.urls import reverse

from tests.office.world import order


def text_of(answer):
    """What a reader sees, without tags and with single spaces."""
    html = answer.content.decode()
    body = re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def page(number):
    return reverse("office:order", args=["mall", number])


@pytest.fixture
def english(clerk):
    clerk.cookies["django_language"] = "en"
    return clerk


def test_the_ladder_shows_each_step_of_an_order_and_its_refund(world, english):
    text = text_of(english.get(page("A1")))

    assert "The buyer paid ¥ 1,000.00 , and the goods went to 广州市天河区 ." in text
    for step in (
        "1,000.00 × 3% = 30.00",
        "1,000.00 × 5% = 50.00, less 30.00 below",
        "1,000.00 × 6% = 60.00, less 50.00 below",
        "700.00 × 3% = 21.00 due 21.00, had 30.00",
        "700.00 × 5% = 35.00, less 21.00 below due 14.00, had 20.00",
        "700.00 × 6% = 42.00, less 35.00 below due 7.00, had 10.00",
    ):
        assert step in text
    assert "6 lines add up to 42.00, exactly 700.00 × 6%" in text
    assert "− ¥ 18.00" in text


def test_what_is_rounded_says_so(world, english):
    text = text_of(english.get(page("A2")))

    assert "33.33 × 3% = 0.9999, rounded 1.00" in text
    assert "33.33 × 5% = 1.6665, rounded 1.67, less 1.00 below" in text
    assert "exactly 33.33 × 6% (1.9998, to the fen)" in text


def test_a_level_that_is_not_there_is_named(world, english):
    text = text_of(english.get(page("A3")))

    assert "no city level here" in text
    assert "1,000.00 × 6% = 60.00, less 30.00 below" in text


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("D1", "territories are held below: a person has to decide"),
        ("O1", "The buyer is an agent or a service point."),
        ("C1", "The order was cancelled, so nothing is paid on it."),
        ("N1", "No plan is in force on the day of payment"),
    ],
)
def test_an_order_without_bonus_says_why(world, english, number, sentence):
    text = text_of(english.get(page(number)))

    assert sentence in text
    assert "Not a fen is in the books for this order." in text


def test_a_buyer_is_shown_masked(world, clerk):
    html = clerk.get(page("A1")).content.decode()

    assert "李** 138****2046" in html
    assert "13812342046" not in html
    assert "李小明" not in html


def test_why_an_agent_has_nothing(world, cast, english):
    address = reverse("office:why_not", args=[order("A1").pk])

    answer = english.get(address, {"agent": cast.dongguan.agent.pk})
    assert "The order counts in 天河区. This agent held: 东莞市." in text_of(answer)

    found = english.get(address, {"q": "广"})
    assert "广州粤盛贸易" in text_of(found)
    assert "广东岭南实业" in text_of(found)

    one = english.get(address, {"q": "粤盛"})
    assert "It has a part of this order" in text_of(one)


def test_the_explanation_is_handed_on_masked(world, english):
    found = order("A1")

    words = english.get(reverse("office:order_text", args=[found.pk]))
    assert words["Content-Disposition"] == 'attachment; filename="A1.txt"'
    assert "1,000.00 × 5% = 50.00, less 30.00 below" in words.content.decode()

    told = json.loads(english.get(reverse("office:order_json", args=[found.pk])).content)
    assert told["total"] == "42.00"
    assert [turn["amount"] for turn in told["turns"]] == ["60.00", "-18.00"]


def test_unknown_orders_are_not_found(world, clerk):
    assert clerk.get(page("NOPE")).status_code == 404
    assert clerk.get(reverse("office:order_text", args=[10**9])).status_code == 404


def test_the_page_costs_the_same_with_more_refunds(world, clerk, django_assert_max_num_queries):
    clerk.get(page("A1"))
    with django_assert_max_num_queries(26):
        clerk.get(page("A1"))
