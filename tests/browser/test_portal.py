"""The agents' pages on a phone."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from franchise.core import clock
from franchise.users.models import LoginCode
from tests.portal.books import CHEN, WANG, Books
from tests.users import outbox

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def sms_outbox(settings):
    settings.SMS_BACKEND = "tests.users.outbox.Outbox"
    outbox.empty()


@pytest.fixture
def books(transactional_db):
    return Books()


@pytest.fixture
def ladder(books):
    """An order of this month's beginning, earned and partly refunded; and others."""
    return books.some_weeks((clock.today() - timedelta(days=24)).replace(day=1))


def sign_in(page, phone):
    page.goto("/portal/")
    page.get_by_label(re.compile("手机号|Phone number")).fill(phone)
    page.get_by_role("button", name=re.compile("发验证码|Send me a code")).click()
    page.get_by_label(re.compile("验证码，6 位数字|Code, 6 digits")).fill(outbox.next_code(phone))
    page.get_by_role("button", name=re.compile("^(登录|Sign in)$")).click()
    page.wait_for_url("**/portal/")


def test_from_the_phone_number_to_one_orders_ladder_and_out(open_page, ladder):
    page = open_page()
    sign_in(page, CHEN)
    expect(page).to_have_title("我的奖金")
    expect(page.get_by_text("陈记商行")).to_be_visible()

    page.get_by_role("link", name="订单", exact=True).click()
    expect(page).to_have_title("我的订单")
    page.get_by_placeholder("订单号，或最后几位").fill(ladder.order_no)
    page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile(r"\+30\.00")).click()
    expect(page).to_have_title("这一单怎么算的")
    expect(page.locator(".rg-head .rg-amt")).to_have_text("21.00")
    expect(page.get_by_text("1,000.00 × 3% = 30.00")).to_be_visible()

    page.get_by_role("link", name="回我的订单").click()
    page.get_by_role("link", name="我的", exact=True).click()
    page.get_by_role("button", name="退出登录").click()
    sheet = page.get_by_role("dialog", name="退出登录？")
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.get_by_role("button", name="退出登录").click()
    sheet.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/portal/login/")


def test_a_stranger_finds_nothing_there(open_page, ladder, books):
    order = books.order("A1", clock.today())
    books.award(order, books.changan)
    page = open_page()
    sign_in(page, WANG)
    answer = page.goto(f"/portal/orders/{order.pk}/")
    assert answer.status == 404
    expect(page.get_by_text("没有您能看的这一页")).to_be_visible()
    page.complaints.clear()  # the browser itself reports the 404


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    ("width", "cookies"),
    [(390, {}), (320, {}), (320, {"type": "large"}), (1440, {"theme": "dark"})],
)
def test_every_page_fits_and_says_its_title(open_page, ladder, language, width, cookies):
    page = open_page(width=width, language=language, cookies=cookies)
    page.goto("/portal/login/")
    titles = [page.title()]
    sign_in(page, CHEN)
    for path in ("", "orders/", f"orders/{ladder.pk}/", "why/", "me/"):
        page.goto(f"/portal/{path}")
        titles.append(page.title())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert len(set(titles)) == 6
    assert all(titles)


def test_the_days_open_in_a_sheet_and_lead_to_their_orders(open_page, ladder):
    page = open_page()
    sign_in(page, CHEN)
    month = f"{ladder.paid_on + timedelta(days=26):%Y-%m}"
    page.goto(f"/portal/?month={month}")
    page.get_by_role("link", name="按日列表").click()
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_text("−9.00")).to_be_visible()
    sheet.get_by_role("link", name=re.compile("当天退款多于入账")).click()
    expect(page.get_by_text("退款扣回").first).to_be_visible()
    expect(page.get_by_text("1 笔，合计")).to_be_visible()


def test_a_slow_month_shows_a_skeleton_and_a_quick_one_does_not(open_page, ladder):
    page = open_page()
    sign_in(page, CHEN)
    seen = "() => window.sawSkeleton"
    page.evaluate(
        """new MutationObserver(() => {
            window.sawSkeleton ||= !!document.querySelector(".is-waiting");
        }).observe(document.body, {subtree: true, attributes: true})"""
    )
    page.locator(".rg-months__step").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已入账")
    page.wait_for_url("**/portal/?month=*")
    assert not page.evaluate(seen)

    def slowly(route):
        page.wait_for_timeout(700)
        route.continue_()

    page.route("**/portal/?month=*", slowly)
    page.locator(".rg-months__step").first.click()
    page.wait_for_function(seen)
    expect(page.locator(".is-waiting")).to_have_count(0)


def test_without_network_the_page_says_so_and_from_when_it_is(open_page, ladder):
    page = open_page()
    sign_in(page, CHEN)
    strip = page.locator("#offline")
    expect(strip).to_be_hidden()
    page.context.set_offline(offline=True)
    expect(strip).to_contain_text("没有网，看到的是")
    page.context.set_offline(offline=False)
    expect(strip).to_be_hidden()


def test_a_second_tap_on_a_button_does_nothing(open_page, books):
    page = open_page()
    page.goto("/portal/login/")
    page.get_by_label("手机号").fill(CHEN)
    page.evaluate(
        "() => { const b = document.querySelector('button[form=login]'); b.click(); b.click(); }"
    )
    page.wait_for_url("**/portal/login/code/")
    assert LoginCode.objects.count() == 1
    expect(page.get_by_role("button", name=re.compile("秒后可以再发"))).to_be_disabled()


def test_language_type_and_colours_are_changed_by_hand(open_page, books):
    page = open_page()
    page.goto("/portal/login/")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    sign_in(page, CHEN)
    page.goto("/portal/me/")
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    before = page.evaluate("getComputedStyle(document.querySelector('h1')).fontSize")
    page.get_by_role("button", name="Large").click()
    expect(page.locator("html")).to_have_attribute("data-type", "large")
    after = page.evaluate("getComputedStyle(document.querySelector('h1')).fontSize")
    assert (before, after) == ("28px", "36px")
