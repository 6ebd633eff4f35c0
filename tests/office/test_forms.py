"""Head office's forms do what their buttons say, and show why something is refused."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from agents.models import Agent, Member, Territory
from franchise.bonuses.models import Plan
from franchise.celery import app
from franchise.core.clock import today
from franchise.ledger.models import ProofRun
from franchise.regions.models import Alias, Region
from franchise.users.models import User
from inventory.models import PickupPoint
from tests.office.test_pages import shenzhen  # noqa: F401  (a fixture)


def post(client, page, /, *args, **data):
    return client.post(reverse(f"office:{page}", args=args), data)


def test_an_agent_is_entered_changed_and_given_people(clerk):
    answer = post(
        clerk, "add_agent", code="SZ-02", name="天河商贸", kind="company", contact="", phone=""
    )
    agent = Agent.objects.get(code="SZ-02")
    assert answer.url == f"/office/agents/{agent.pk}/"
    again = post(clerk, "add_agent", code="SZ-02", name="别家", kind="company")
    assert again.status_code == 200
    assert "天河商贸" in again.content.decode()

    post(clerk, "change_agent", agent.pk, name="天河贸易", kind="person", contact="王", phone="")
    post(clerk, "add_member", agent.pk, name="王小姐", phone="13611110000", role="owner")
    member = Member.objects.get(agent=agent)
    post(clerk, "end_membership", agent.pk, member.pk)

    agent.refresh_from_db()
    member.refresh_from_db()
    assert (agent.name, agent.kind, agent.contact) == ("天河贸易", "person", "王")
    assert member.left_at is not None


def test_a_territory_is_granted_to_its_last_day_and_ended(clerk, shenzhen):  # noqa: F811
    city, agent = shenzhen["city"], shenzhen["agent"]
    asked = {
        "region": city.pk,
        "tier": 1,
        "agent": agent.pk,
        "starts_on": "2027-01-01",
        "last_day": "2029-12-31",
        "consent": "not_needed",
    }
    answer = post(clerk, "grant", **asked)
    granted = Territory.objects.get(region=city)
    assert answer.url == f"/office/territories/{granted.pk}/"
    assert granted.ends_on == date(2030, 1, 1)

    taken = post(clerk, "grant", **asked)
    assert taken.status_code == 200
    assert "note bad" in taken.content.decode()
    assert Territory.objects.filter(region=city).count() == 1

    data = {"end-last_day": "2028-06-30", "end-reason": "合同到期"}
    post(clerk, "end_territory", granted.pk, **data)
    granted.refresh_from_db()
    assert granted.ends_on == date(2028, 7, 1)

    refused = post(clerk, "end_territory", granted.pk, **data)
    assert "data-shown" in refused.content.decode()


def test_a_territory_moves_to_another_agent(clerk, shenzhen):  # noqa: F811
    other = Agent.objects.create(code="SZ-03", name="珠江商贸")
    territory = shenzhen["territory"]

    post(
        clerk,
        "transfer_territory",
        territory.pk,
        **{"transfer-agent": other.pk, "transfer-on": "2027-01-01", "transfer-reason": "转让"},
    )

    territory.refresh_from_db()
    assert territory.ends_on == date(2027, 1, 1)
    assert Territory.objects.get(agent=other).starts_on == date(2027, 1, 1)


def test_a_file_of_territories_is_looked_through_first(clerk, shenzhen):  # noqa: F811
    rows = (
        "region_code,tier,agent,starts_on,ends_on\n"
        "440300,city,新代理,2027-01-01,\n"
        "999999,city,新代理,2027-01-01,\n"
    )
    upload = SimpleUploadedFile("territories.csv", rows.encode())
    preview = clerk.post(reverse("office:import_territories"), {"file": upload})
    assert (preview.context["outcome"].new, preview.context["outcome"].rejected) == (1, 1)
    assert not Agent.objects.filter(name="新代理").exists()

    answer = post(clerk, "import_territories", token=preview.context["token"])
    assert answer.url == "/office/territories/"
    assert Territory.objects.get(agent__name="新代理").region.code == "440300"

    assert post(clerk, "import_territories", token="made-up").status_code == 404


def test_an_unreadable_file_is_refused_in_its_field(clerk, db):
    upload = SimpleUploadedFile("territories.csv", b"")
    answer = clerk.post(reverse("office:import_territories"), {"file": upload})
    assert answer.status_code == 200
    assert answer.context["form"].errors["file"]


def test_a_pickup_point_is_entered(clerk, shenzhen):  # noqa: F811
    post(clerk, "add_pickup_point", code="SZ-P2", name="二店", region=shenzhen["county"].pk)
    assert PickupPoint.objects.get(code="SZ-P2").region == shenzhen["county"]


@pytest.fixture
def finance(staff, signed_in):
    return signed_in(staff(User.Role.FINANCE, "13900000002"))


@pytest.fixture
def approver(staff, signed_in):
    return signed_in(staff(User.Role.APPROVER, "13900000003"))


RATES = {
    "mode": "level_difference",
    "county_rate": "3",
    "city_rate": "5",
    "province_rate": "6",
    "cap": "5",
}


def test_a_plan_takes_two_people(finance, approver, administrator, db):
    tomorrow = today() + timedelta(days=1)
    answer = post(
        finance, "add_plan", **RATES, name="新方案", starts_on=tomorrow, pickup_counts_at_point="on"
    )
    plan = Plan.objects.get()
    assert answer.url == f"/office/plans/{plan.pk}/"
    assert [str(plan.county_rate), str(plan.cap)] == ["0.030000", "0.050000"]

    assert post(finance, "approve_plan", plan.pk).status_code == 403
    post(approver, "approve_plan", plan.pk)
    plan.refresh_from_db()
    assert plan.approved_by.phone == "13900000003"


def test_who_proposed_a_plan_cannot_approve_it(administrator, db):
    post(administrator, "add_plan", **RATES, name="", starts_on=today() + timedelta(days=1))
    plan = Plan.objects.get()
    html = administrator.get(f"/office/plans/{plan.pk}/").content.decode()
    assert 'aria-disabled="true"' in html

    post(administrator, "approve_plan", plan.pk)
    plan.refresh_from_db()
    assert plan.approved_at is None

    post(administrator, "withdraw_plan", plan.pk)
    plan.refresh_from_db()
    assert plan.withdrawn_at is not None


def test_rates_tried_show_the_refusal_instead_of_a_table(finance, db):
    falling = {**RATES, "province_rate": "4"}
    html = finance.get(reverse("office:tried_rates"), falling).content.decode()
    assert "note bad" in html
    assert "<table" not in html
    half = finance.get(reverse("office:tried_rates"), {"mode": "additive"}).content.decode()
    assert "<table" not in half


def test_a_division_is_added_retired_and_named(clerk, shenzhen):  # noqa: F811
    city, county = shenzhen["city"], shenzhen["county"]
    data = {
        "add-name": "新区",
        "add-code": "440399",
        "add-kind": "zone",
        "add-valid_from": "2026-01-01",
    }
    post(clerk, "add_region", city.pk, **data)
    zone = Region.objects.get(code="440399")
    assert zone.parent == city

    alias = {"alias-name": "高新园", "alias-kind": "name", "alias-starts_on": "2026-01-01"}
    post(clerk, "add_alias", zone.pk, **alias)
    assert Alias.objects.get(name="高新园").region == zone
    post(clerk, "end_alias", Alias.objects.get(name="高新园").pk)
    assert Alias.objects.get(name="高新园").ends_on == today() + timedelta(days=1)

    day = today() + timedelta(days=30)
    post(clerk, "retire_region", zone.pk, **{"retire-on": day, "retire-successor": county.pk})
    zone.refresh_from_db()
    assert zone.valid_to == day
    assert list(zone.successors.all()) == [county]


def test_the_proof_runs_when_asked(administrator, db):
    app.conf.task_always_eager = True
    try:
        answer = post(administrator, "run_proof")
    finally:
        app.conf.task_always_eager = False

    assert ProofRun.objects.get().ok
    page = administrator.get(answer.url, headers={"HX-Request": "true"})
    assert not page.context["is_waiting"]
    assert page.content.decode().lstrip().startswith("<div id=")


def test_the_page_waits_for_a_proof_that_has_not_begun(administrator, db):
    page = administrator.get(reverse("office:proof"), {"asked": "2099-01-01T00:00:00Z"})
    assert 'hx-trigger="every 2s"' in page.content.decode()
    assert administrator.get(reverse("office:proof"), {"asked": "nonsense"}).status_code == 200
