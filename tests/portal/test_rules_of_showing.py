"""Masks, figures, dates and the chart: values in, text out."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from franchise.portal import chart, masking
from franchise.portal.templatetags import portal

D = Decimal


@pytest.mark.parametrize(
    ("street", "shown"),
    [
        ("振安中路 123 号", "振安中路***"),
        ("松山湖大道8号3栋", "松山湖大道***"),
        ("乌沙社区李屋李小明家", "***"),
        ("12 号信箱", "***"),
        ("", "***"),
    ],
)
def test_of_a_street_only_its_name(street, shown):
    assert masking.street(street) == shown


def test_names_and_numbers():
    assert masking.name("李小明") == "李**"
    assert masking.name("") == ""
    assert masking.phone("13812342046") == "138****2046"
    assert masking.phone("5550123") == "****23"
    assert masking.phone("") == ""


@pytest.mark.parametrize(
    ("amount", "plain", "with_sign"),
    [
        (D("1234.56"), "1,234.56", "+1,234.56"),
        (D("-9"), "−9.00", "−9.00"),
        (D("0"), "0.00", "0.00"),
    ],
)
def test_amounts(amount, plain, with_sign):
    assert portal.money(amount) == plain
    assert portal.signed(amount) == with_sign


def test_rates_and_unrounded_values():
    assert [portal.percent(D(rate)) for rate in ("0.03", "0.025000", "0.1")] == [
        "3%",
        "2.5%",
        "10%",
    ]
    assert [portal.plain(D(n)) for n in ("8.055", "30", "-0.9999", "1000")] == [
        "8.055",
        "30.00",
        "−0.9999",
        "1,000.00",
    ]


@pytest.mark.usefixtures("on_christmas_eve")
def test_dates_in_both_languages():
    late = datetime(2026, 12, 23, 16, 3, tzinfo=UTC)  # already the 24th in Shanghai
    with translation.override("zh-hans"):
        assert portal.moment(late) == "12月24日 00:03"
        assert portal.weekday(date(2026, 12, 24)) == "12月24日 周四"
        assert portal.day(date(2027, 1, 2)) == "2027年1月2日"
        assert portal.month(date(2026, 12, 1)) == "12月"
    with translation.override("en"):
        assert portal.moment(late) == "24 Dec 00:03"
        assert portal.weekday(date(2026, 12, 24)) == "24 Dec Thu"
        assert portal.day(date(2027, 1, 2)) == "2 Jan 2027"


@pytest.mark.parametrize(
    ("amount", "top"),
    [
        ("268.44", 300),
        ("30", 30),
        ("30.01", 50),
        ("0.4", "0.5"),
        ("999", 1000),
        ("0", 1),
        ("7", 10),
    ],
)
def test_the_chart_ends_at_a_round_figure(amount, top):
    assert chart.round_up(D(amount)) == D(top)


def test_bars_stand_on_zero_and_refunds_hang_below():
    amounts = {date(2026, 12, 1): D("142.36"), date(2026, 12, 16): D("-18.60")}
    drawn = chart.by_day(date(2026, 12, 1), amounts, date(2026, 12, 24))
    first, refund = drawn.bars[0], drawn.bars[15]
    assert drawn.highest == 200
    assert (first.y + first.height, refund.y) == (drawn.zero, drawn.zero) == (D(88), D(88))
    assert first.height == D("56.94")
    assert refund.is_minus
    assert [bar.is_to_come for bar in drawn.bars].count(True) == 7
    assert drawn.labels == (1, 8, 15, 31)
    assert drawn.today == 24


def test_a_month_of_refunds_fits_too():
    amounts = {date(2026, 12, 1): D("10"), date(2026, 12, 2): D("-500")}
    drawn = chart.by_day(date(2026, 12, 1), amounts, date(2027, 1, 5))
    worst = drawn.bars[1]
    assert worst.y + worst.height <= chart.BOTTOM
    assert drawn.today is None
