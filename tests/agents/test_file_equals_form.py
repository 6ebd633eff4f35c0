"""A file checks a map in memory, a form asks the database: on any rows both must come out alike."""

from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.actions.agents import add_agent
from agents.actions.territories import grant_territory
from agents.actions.territory_file import import_territories
from agents.drafts import TIERS
from agents.models import Agent, Territory
from franchise.core.errors import BusinessError
from franchise.core.spreadsheets import Row, Table
from tests import regions_cast as places
from tests.regions_cast import plant_regions, region

COLUMNS = ("region_code", "tier", "agent", "starts_on", "ends_on")
FIRST = date(2026, 1, 1)
PLACES = [places.TIANHE, places.WUSHAN, places.GUANGZHOU, places.QIANTANG, places.XIASHA]

rows = st.lists(
    st.tuples(
        st.sampled_from(PLACES),
        st.sampled_from(["county", "county", "city"]),
        st.sampled_from(["甲", "乙"]),
        st.integers(0, 9).map(lambda day: FIRST + timedelta(day)),
        st.one_of(st.none(), st.integers(1, 12).map(lambda day: FIRST + timedelta(day))),
    ),
    unique_by=lambda row: row[:4],
    max_size=8,
)


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def standing():
    return sorted(
        (one.region.code, one.tier, one.agent.code, one.starts_on, str(one.ends_on), one.consent)
        for one in Territory.objects.select_related("region", "agent")
    )


def by_file(asked):
    cells = [
        dict(zip(COLUMNS, [*row[:3], str(row[3]), str(row[4] or "")], strict=True)) for row in asked
    ]
    table = Table(COLUMNS, COLUMNS, tuple(Row(n, one) for n, one in enumerate(cells, start=2)))
    outcome = import_territories(table, by=None)
    return {problem.row - 2 for problem in outcome.problems}


def by_form(asked):
    refused = set()
    for number, (code, tier, agent, starts_on, ends_on) in enumerate(asked):
        try:
            grant_territory(
                region_id=region(code).pk,
                tier=TIERS[tier],
                agent_id=Agent.objects.get(code=agent).pk,
                starts_on=starts_on,
                ends_on=ends_on,
                consent=Territory.Consent.TO_BE_ATTACHED,
                by=None,
            )
        except BusinessError:
            refused.add(number)
    return refused


@pytest.mark.django_db
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(asked=rows)
def test_a_file_and_a_form_come_out_alike(asked):
    plant_regions()
    outcomes = []
    for take_in in (by_file, by_form):
        with undone():
            for agent in ("甲", "乙"):
                add_agent(code=agent, name=agent, by=None)
            outcomes.append((take_in(asked), standing()))
    assert outcomes[0] == outcomes[1]
