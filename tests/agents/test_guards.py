"""What raw SQL tries against the tables, and the database refuses whatever the program does."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from agents.actions.agents import add_agent
from agents.models import Territory, Tier
from tests import regions_cast as places
from tests.at_once import at_once
from tests.cast import FROM
from tests.regions_cast import plant_regions, region

pytestmark = pytest.mark.both_databases

COPY = (
    "insert into agents_territory (region_id, tier, agent_id, starts_on, ends_on, consent,"
    " created_at) select region_id, {tier}, agent_id, {starts_on}, {ends_on}, consent, now()"
    " from agents_territory where id = %s"
)


def run(sql, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.mark.parametrize(
    ("guard", "sql"),
    [
        (
            "one_holder_of_region_and_tier_on_any_day",
            COPY.format(tier="tier", starts_on="starts_on", ends_on="null"),
        ),
        (
            "one_holder_of_region_and_tier_on_any_day",
            COPY.format(tier="tier", starts_on="'2020-01-01'", ends_on="'2026-01-02'"),
        ),
        (
            "territory_lasts_at_least_a_day",
            COPY.format(tier="1", starts_on="'2026-01-01'", ends_on="'2026-01-01'"),
        ),
        (
            "territory_has_a_known_tier",
            COPY.format(tier="3", starts_on="'2026-01-01'", ends_on="null"),
        ),
        (
            "territory_keeps_what_it_is",
            "update agents_territory set agent_id = agent_id + 1 where id = %s",
        ),
        (
            "territory_keeps_what_it_is",
            "update agents_territory set region_id = region_id + 1 where id = %s",
        ),
        ("territory_keeps_what_it_is", "update agents_territory set tier = 1 where id = %s"),
        (
            "territory_keeps_what_it_is",
            "update agents_territory set starts_on = '2025-01-01' where id = %s",
        ),
        (
            "territory_lasts_at_least_a_day",
            "update agents_territory set ends_on = starts_on where id = %s",
        ),
    ],
)
def test_the_database_refuses(cast, guard, sql):
    before = list(Territory.objects.order_by("pk").values())
    with pytest.raises(IntegrityError) as refused:
        run(sql, cast.tianhe.territory.pk)
    assert refused.value.__cause__.diag.constraint_name == guard
    assert list(Territory.objects.order_by("pk").values()) == before


def test_days_that_only_touch_are_no_clash(cast):
    run(
        COPY.format(tier="tier", starts_on="'2020-01-01'", ends_on="'2026-01-01'"),
        cast.tianhe.territory.pk,
    )
    assert Territory.objects.filter(region=cast.tianhe.region).count() == 2


def test_the_end_and_the_consent_may_change(cast):
    run(
        "update agents_territory set ends_on = %s, consent = 'attached' where id = %s",
        date(2026, 7, 1),
        cast.tianhe.territory.pk,
    )
    cast.tianhe.territory.refresh_from_db()
    assert cast.tianhe.territory.ends_on == date(2026, 7, 1)


def test_a_held_region_and_an_agent_with_territories_stay(cast):
    for table, key in [
        ("agents_agent", cast.tianhe.agent.pk),
        ("users_user", cast.tianhe.member.pk),
    ]:
        with pytest.raises(IntegrityError):
            run(f"delete from {table} where id = %s; set constraints all immediate", key)


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_write_past_the_program_at_once_one_stands():
    plant_regions()
    yuexiu = region(places.YUEXIU).pk
    agents = [add_agent(code=f"racer {number}", name="竞", by=None).pk for number in range(8)]
    outcomes = at_once(
        [
            lambda agent=agent: (
                Territory.objects.create(
                    region_id=yuexiu, tier=Tier.COUNTY, agent_id=agent, starts_on=FROM
                ).agent_id
            )
            for agent in agents
        ]
    )
    assert outcomes.count(IntegrityError) == 7
    assert Territory.objects.count() == 1
