"""Every page opens, its links lead somewhere, and a new row costs no query."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from agents.actions.agents import add_agent, add_member
from agents.actions.territories import grant_territory
from agents.models import Tier
from franchise.bonuses.actions.plans import propose_plan
from franchise.users.models import User
from inventory.actions.pickup_points import add_pickup_point
from tests.regions_cast import GUANGDONG, NANSHAN, SHENZHEN, plant_regions, region


@pytest.fixture
def shenzhen(db):
    """广东省 深圳市 南山区, with what head office would have entered about it."""
    plant_regions()
    county = region(NANSHAN)
    agent = add_agent(code="SZ-01", name="深圳市南禾里商贸有限公司", phone="13611112222", by=None)
    add_member(agent.pk, phone="13611112222", name="南禾", role="owner", by=None)
    territory = grant_territory(
        region_id=county.pk,
        tier=Tier.COUNTY,
        agent_id=agent.pk,
        starts_on=date(2025, 7, 1),
        ends_on=date(2028, 7, 1),
        by=None,
    )
    add_pickup_point(code="SZ-P1", name="南山店", region_id=county.pk, by=None)
    plan = propose_plan(
        name="2026",
        mode="level_difference",
        county_rate=Decimal("0.03"),
        city_rate=Decimal("0.05"),
        province_rate=Decimal("0.06"),
        cap=None,
        starts_on=date(2026, 1, 1),
        by=None,
    )
    return {
        "province": region(GUANGDONG),
        "city": region(SHENZHEN),
        "county": county,
        "agent": agent,
        "territory": territory,
        "plan": plan,
    }


LINK = re.compile(r'(?:href|hx-get)="([^"#]+)')


def links(html):
    return {
        link.replace("&amp;", "&")
        for link in LINK.findall(html)
        if not link.startswith(("/static/", "data:", "otpauth:"))
    }


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_link_of_head_office_is_dead(administrator, shenzhen, language, settings):
    """Follow every link from the first page, forms' addresses left out: each is a page."""
    administrator.cookies["django_language"] = language
    waiting, seen = ["/office/"], set()
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        answer = administrator.get(address, follow=True)
        assert answer.status_code == 200, address
        if not answer.headers["Content-Type"].startswith("text/html"):
            continue
        path = answer.request["PATH_INFO"]
        for link in links(answer.content.decode()):
            target = f"{path}{link}" if link.startswith("?") else link
            if "open=" not in target and "sort=" not in target:
                waiting.append(target)

    assert len(seen) > 25
    assert reverse("office:territory", args=[shenzhen["territory"].pk]) in seen


def test_chinese_pages_speak_chinese(administrator, shenzhen):
    for page in ("agents", "territories", "plans", "regions", "pickup_points", "proof"):
        html = administrator.get(reverse(f"office:{page}")).content.decode()
        assert '<html lang="zh-CN"' in html
        heading = re.search(r"<h1>(.*?)</h1>", html, re.DOTALL)[1]
        assert re.search(r"[一-鿿]", heading), page


def test_a_page_has_no_inline_script_or_style(administrator, shenzhen):
    """The strict CSP would refuse them."""
    for address in ("/office/agents/", "/office/plans/new/", "/office/territories/"):
        answer = administrator.get(address)
        html = answer.content.decode()
        assert " style=" not in html
        assert not re.search(r"<script(?![^>]*(src=|application/json))", html)
        assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]


def test_agents_list_costs_the_same_with_more_agents(
    administrator, shenzhen, django_assert_num_queries
):
    administrator.get("/office/agents/")
    with django_assert_num_queries(6):
        administrator.get("/office/agents/")
    for number in range(10):
        add_agent(code=f"SZ-1{number}", name=f"代理{number}", by=None)
    with django_assert_num_queries(6):
        administrator.get("/office/agents/")


def test_tree_costs_the_same_with_more_open(administrator, shenzhen, django_assert_num_queries):
    province, city = shenzhen["province"], shenzhen["city"]
    administrator.get("/office/territories/")
    with django_assert_num_queries(13):
        administrator.get("/office/territories/")
    with django_assert_num_queries(13):
        html = administrator.get(f"/office/territories/?open={province.pk},{city.pk}")
    assert "南山区" in html.content.decode()


def test_a_stranger_sees_nothing(signed_in, shenzhen):
    agent = User.objects.get(phone="13611112222")
    stranger = signed_in(agent)

    for page in ("agents", "territories", "plans", "regions", "pickup_points", "proof"):
        assert stranger.get(reverse(f"office:{page}")).status_code == 404


def test_an_auditor_reads_and_changes_nothing(staff, signed_in, shenzhen):
    auditor = signed_in(staff(User.Role.AUDITOR, "13900000004"))

    assert auditor.get("/office/agents/").status_code == 200
    for address in (
        "/office/agents/new/",
        "/office/territories/grant/",
        "/office/territories/import/",
        "/office/plans/new/",
        "/office/pickup-points/new/",
    ):
        assert auditor.get(address).status_code == 403, address
        assert address not in auditor.get("/office/agents/").content.decode()
    for address in (
        reverse("office:approve_plan", args=[shenzhen["plan"].pk]),
        reverse("office:end_territory", args=[shenzhen["territory"].pk]),
        reverse("office:retire_region", args=[shenzhen["county"].pk]),
    ):
        assert auditor.post(address).status_code == 403, address
