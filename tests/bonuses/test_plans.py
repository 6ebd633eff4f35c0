"""A plan takes two people, never overlaps, never changes, and never touches an awarded past."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connections, transaction

from franchise.bonuses.actions.awarding import award_all
from franchise.bonuses.actions.plans import approve_plan, propose_plan, withdraw_plan
from franchise.bonuses.errors import (
    CapIsNoShare,
    PastIsAwarded,
    PlanIsDecided,
    PlansOverlap,
    RatesAreNoShares,
    RatesFall,
    SamePerson,
)
from franchise.bonuses.models import Plan
from franchise.core.errors import BusinessError
from franchise.history.models import Event
from tests.bonuses.posted import lines_of
from tests.cast import Cast
from tests.deliveries import deliver_orders

pytestmark = [pytest.mark.django_db]


def propose(cast: Cast, **facts) -> Plan:
    told = {
        "name": "2026",
        "mode": "level_difference",
        "county_rate": Decimal("0.03"),
        "city_rate": Decimal("0.05"),
        "province_rate": Decimal("0.06"),
        "cap": None,
        "starts_on": date(2026, 1, 1),
        "by": cast.operations,
    }
    return propose_plan(**{**told, **facts})


def test_a_proposal_pays_once_another_person_approves(cast: Cast):
    plan = propose(cast)
    deliver_orders({"order_no": "A"})
    award_all()
    assert lines_of("A") == {}
    approve_plan(plan.pk, by=cast.approver)
    award_all()
    assert lines_of("A")["order"]["county"] == "30.00"
    assert list(
        Event.objects.filter(subject_type="bonuses.plan").values_list("verb", flat=True)
    ) == [
        "plan.proposed",
        "plan.approved",
    ]


def test_who_proposed_cannot_approve(cast: Cast):
    plan = propose(cast)
    with pytest.raises(SamePerson):
        approve_plan(plan.pk, by=cast.operations)


def test_approved_or_withdrawn_once(cast: Cast):
    plan = propose(cast)
    approve_plan(plan.pk, by=cast.approver)
    with pytest.raises(PlanIsDecided):
        approve_plan(plan.pk, by=cast.approver)
    with pytest.raises(PlanIsDecided):
        withdraw_plan(plan.pk, by=cast.approver)
    other = propose(cast, starts_on=date(2027, 1, 1))
    withdraw_plan(other.pk, by=cast.operations)
    with pytest.raises(PlanIsDecided):
        approve_plan(other.pk, by=cast.approver)


def test_the_next_plan_takes_over_where_it_starts(cast: Cast):
    first = approve_plan(propose(cast).pk, by=cast.approver)
    approve_plan(propose(cast, starts_on=date(2026, 7, 1)).pk, by=cast.approver)
    first.refresh_from_db()
    assert first.ends_on == date(2026, 7, 1)


def test_plans_that_would_share_a_day_are_refused(cast: Cast):
    approve_plan(propose(cast, ends_on=date(2026, 7, 1)).pk, by=cast.approver)
    earlier = propose(cast, starts_on=date(2025, 1, 1))
    with pytest.raises(PlansOverlap):
        approve_plan(earlier.pk, by=cast.approver)
    with pytest.raises(DatabaseError), transaction.atomic():
        Plan.objects.filter(pk=earlier.pk).update(approved_at="2026-01-01T00:00:00Z")


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"county_rate": Decimal("0.06"), "city_rate": Decimal("0.05")}, RatesFall),
        ({"province_rate": Decimal("1.01")}, RatesAreNoShares),
        ({"county_rate": Decimal("-0.01")}, RatesAreNoShares),
        (
            dict.fromkeys(("county_rate", "city_rate", "province_rate"), Decimal(0)),
            RatesAreNoShares,
        ),
        ({"mode": "additive", "county_rate": Decimal("0.95")}, RatesAreNoShares),
        ({"cap": Decimal(0)}, CapIsNoShare),
        ({"cap": Decimal("1.5")}, CapIsNoShare),
    ],
)
def test_rates_that_make_no_sense_are_refused_in_words_and_by_the_database(cast, facts, refusal):
    with pytest.raises(refusal):
        propose(cast, **facts)
    told = {
        "mode": "level_difference",
        "starts_on": date(2026, 1, 1),
        "county_rate": Decimal("0.03"),
    }
    told |= {"city_rate": Decimal("0.05"), "province_rate": Decimal("0.06")}
    with pytest.raises(DatabaseError), transaction.atomic():
        Plan.objects.create(**{**told, **facts})


def test_an_awarded_day_keeps_its_plan(cast: Cast):
    approve_plan(propose(cast).pk, by=cast.approver)
    waiting = propose(cast, starts_on=date(2026, 11, 1))
    deliver_orders({"order_no": "A", "paid_at": "2026-11-18T00:00:00"})
    award_all()
    with pytest.raises(PastIsAwarded) as refused:
        propose(cast, starts_on=date(2026, 11, 18))
    assert refused.value.facts["free_from"] == date(2026, 11, 19)
    with pytest.raises(PastIsAwarded):
        approve_plan(waiting.pk, by=cast.approver)
    approve_plan(propose(cast, starts_on=date(2026, 11, 19)).pk, by=cast.approver)


def test_import_plan_puts_a_file_in_force_and_twice_changes_nothing(cast: Cast, tmp_path: Path):
    file = tmp_path / "plan.json"
    told = {"mode": "additive", "cap": None, "starts_on": "2026-01-01"}
    told["rates"] = {"province": "0.01", "city": "0.02", "county": "0.03"}
    file.write_text(json.dumps(told))
    call_command("import_plan", str(file))
    call_command("import_plan", str(file))
    plan = Plan.objects.get()
    assert (plan.county_rate, plan.approved_at is not None) == (Decimal("0.030000"), True)
    assert "plan.imported" in Event.objects.values_list("verb", flat=True)


@pytest.mark.parametrize(
    "content",
    [
        "no json",
        "[]",
        "{}",
        '{"mode": "x", "rates": {}, "starts_on": "2026-01-01"}',
        '{"mode": "additive", "rates": {"county": "3 %"}, "starts_on": "2026-01-01"}',
        '{"mode": "additive", "rates": {"county": "0.03"}, "starts_on": "soon"}',
        '{"mode": "additive", "rates": {"village": "0.03"}, "starts_on": "2026-01-01"}',
        '{"mode": "additive", "rates": {"county": "0.0300001"}, "starts_on": "2026-01-01"}',
    ],
)
def test_a_file_that_is_no_plan_is_refused(db: None, tmp_path: Path, content: str):
    file = tmp_path / "plan.json"
    file.write_text(content)
    with pytest.raises(CommandError):
        call_command("import_plan", str(file))
    assert not Plan.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
def test_of_eight_approvals_at_once_one_counts(cast: Cast):
    plans = [propose(cast, name=str(n), ends_on=date(2026, 7, 1)) for n in range(4)]

    def approve(plan: Plan) -> str:
        try:
            return approve_plan(plan.pk, by=cast.approver).name
        except BusinessError as refusal:
            return type(refusal).__name__
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(approve, plans * 2))
    assert Plan.objects.filter(approved_at__isnull=False).count() == 1
    assert sorted(set(outcomes) - {"PlansOverlap", "PlanIsDecided"}) == [
        Plan.objects.get(approved_at__isnull=False).name
    ]
