"""Head office's pages on a desktop, and on a narrow screen."""

import re
from datetime import date

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from playwright.sync_api import expect

from agents.actions.agents import add_agent
from franchise.regions.models import Region
from franchise.users.models import User
from tests.office.conftest import PASSWORD, SECRET
from tests.office.test_signing_in import code

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = "13900000009"


@pytest.fixture(autouse=True)
def no_former_attempts():
    cache.clear()


@pytest.fixture
def administrator(transactional_db):
    user = User.objects.create_user(PHONE, PASSWORD, name="方管理", role="administrator")
    TOTP.activate(user, SECRET)
    return user


@pytest.fixture
def guangzhou(transactional_db):
    place = None
    for code_, name, kind in (
        ("000000", "中国", "country"),
        ("440000", "广东省", "province"),
        ("440100", "广州市", "city"),
        ("440106", "天河区", "county"),
    ):
        place = Region.objects.create(
            code=code_, name=name, kind=kind, parent=place, valid_from=date(2000, 1, 1)
        )
    add_agent(code="GZ-01", name="广州市穗禾仓贸易有限公司", by=None)
    return place


def sign_in(page):
    page.goto("/office/login/")
    page.get_by_label(re.compile("手机号|Phone number")).fill(PHONE)
    page.get_by_label(re.compile("^(密码|Password)")).fill(PASSWORD)
    page.get_by_role("button", name=re.compile("^(登录|Sign in)$")).click()
    page.get_by_label(re.compile("验证码|Code|代码")).fill(code())
    page.get_by_role("button", name=re.compile("继续|Continue")).click()
    page.wait_for_url("**/office/**")


def test_first_sign_in_sets_up_the_authenticator(open_page, transactional_db):
    User.objects.create_user(PHONE, PASSWORD, name="方管理", role="administrator")
    page = open_page(width=1440, height=900)
    page.goto("/office/agents/")
    page.get_by_label(re.compile("手机号")).fill(PHONE)
    page.get_by_label(re.compile("^密码")).fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="设置身份验证器")).to_be_visible()

    secret = page.locator("#secret").inner_text()
    page.locator("[name=code]").fill(code(secret))
    page.get_by_role("button", name="启用").click()
    expect(page.get_by_role("heading", name="请保存好恢复码")).to_be_visible()
    expect(page.locator(".codes li")).to_have_count(10)

    page.get_by_role("link", name="我已保存").click()
    expect(page.get_by_role("navigation")).to_be_visible()
    page.get_by_role("button", name="退出登录").click()
    page.goto("/office/agents/")
    expect(page).to_have_url(re.compile("/office/login/"))


def test_granting_a_territory(open_page, administrator, guangzhou):
    page = open_page(width=1440, height=900)
    sign_in(page)
    page.goto("/office/territories/grant/")
    page.locator("[name=region-search]").fill("天河")
    page.get_by_role("radio", name=re.compile("广东省 广州市 天河区")).check()
    page.locator("[name=agent]").select_option(label="广州市穗禾仓贸易有限公司")
    page.get_by_label("第一天").fill("2027-01-01")
    page.get_by_label("最后一天").fill("2029-12-31")
    page.get_by_role("button", name="登记代理权").click()

    expect(page.get_by_role("heading", name=re.compile("天河区"))).to_be_visible()
    expect(page.locator(".head .hint")).to_contain_text("2027-01-01 至 2029-12-31")
    expect(page.get_by_role("status")).to_contain_text("天河区")

    page.get_by_role("button", name="终止").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_rates_are_worked_out_while_they_are_typed(open_page, administrator):
    page = open_page(width=1440, height=900)
    sign_in(page)
    page.goto("/office/plans/new/")
    first = page.locator("#worked tbody tr").first
    expect(first).to_contain_text("¥30.00")
    expect(first).to_contain_text("¥60.00")

    page.get_by_label("最高总拨出").fill("5")
    expect(page.locator("#worked tbody tr").first.locator("td").last).to_have_text("¥50.00")
    page.get_by_label("省级", exact=False).fill("4")
    expect(page.locator("#worked .note.bad")).to_be_visible()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_fit_and_every_control_has_a_name(open_page, administrator, guangzhou, language):
    page = open_page(width=1280, height=900, language=language)
    sign_in(page)
    for address in (
        "/office/agents/",
        "/office/agents/new/",
        "/office/territories/",
        "/office/territories/grant/",
        "/office/territories/list/",
        "/office/plans/",
        "/office/plans/new/",
        "/office/regions/",
        "/office/proof/",
        "/office/pickup-points/",
        "/office/search/?q=%E5%B9%BF",
    ):
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(address)
            wider = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wider <= 0, (address, width)
        nameless = page.evaluate("""() => [...document.querySelectorAll(
            'input:not([type=hidden]), select, textarea, button, a[href]')].filter((control) =>
            !control.labels?.length && !control.getAttribute('aria-label') &&
            !control.textContent.trim()).map((control) => control.outerHTML)""")
        assert nameless == [], address


def test_keyboard_reaches_search_content_and_menu(open_page, administrator, guangzhou):
    page = open_page(width=1440, height=900)
    sign_in(page)
    page.goto("/office/agents/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("[data-find]")).to_be_focused()
    page.keyboard.type("穗禾")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="广州市穗禾仓贸易有限公司")).to_be_visible()

    page.set_viewport_size({"width": 390, "height": 844})
    side = page.locator("#side")
    expect(side).to_be_hidden()
    page.get_by_role("button", name="菜单").click()
    expect(side).to_be_visible()
    page.keyboard.press("Escape")
    expect(side).to_be_hidden()


def test_dark_is_remembered(open_page, administrator):
    page = open_page(width=1440, height=900)
    sign_in(page)
    page.goto("/office/plans/")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="切换深色或浅色").click()
    page.goto("/office/agents/")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark != light
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
