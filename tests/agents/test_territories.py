from datetime import date

import pytest

from agents import queries
from agents.actions import territories
from agents.actions.agents import add_agent
from agents.actions.territories import (
    attach_consent,
    end_territory,
    grant_territory,
    held_around,
    transfer_territory,
)
from agents.errors import (
    AlreadyEnds,
    ConsentNeeded,
    ConsentNotAwaited,
    PeriodEmpty,
    ReasonMissing,
    RegionNotInForce,
    TerritoryTaken,
    TierDoesNotFit,
    TownAlreadySold,
    TransferOutsidePeriod,
    TransferToSelf,
)
from agents.models import Territory, Tier
from franchise.core.errors import BusinessError
from franchise.history.models import Event
from franchise.regions.models import Region
from tests import regions_cast as places
from tests.at_once import at_once
from tests.cast import FROM
from tests.regions_cast import plant_regions, region

JULY = date(2026, 7, 1)
Consent = Territory.Consent


@pytest.fixture
def newcomer(db):
    return add_agent(code="newcomer", name="新来的商贸", by=None)


@pytest.fixture
def grant(cast, newcomer):
    def grant(code, tier=Tier.COUNTY, starts_on=FROM, ends_on=None, **more):
        return grant_territory(
            region_id=region(code).pk,
            tier=tier,
            agent_id=newcomer.pk,
            starts_on=starts_on,
            ends_on=ends_on,
            by=cast.operations,
            **more,
        )

    return grant


calls = []


def note(*change):
    calls.append(change)


class Awarded(BusinessError):
    message = "that past has been awarded"


def refuse(*change):
    raise Awarded


@pytest.fixture
def followed(settings):
    calls.clear()
    settings.TERRITORY_CHANGE_FOLLOWERS = [f"{__name__}.note"]
    return calls


def test_granting_makes_a_holder_and_an_event(grant, newcomer, cast, followed):
    territory = grant(places.YUEXIU, ends_on=JULY)
    assert (territory.agent, territory.starts_on, territory.ends_on) == (newcomer, FROM, JULY)
    assert territory.consent == Consent.NOT_NEEDED
    event = Event.objects.get(verb="territory.granted", subject_id=territory.pk)
    assert event.by == cast.operations
    assert event.data == {
        "agent": newcomer.pk,
        "starts_on": "2026-01-01",
        "ends_on": "2026-07-01",
        "consent": "not_needed",
    }
    assert followed == [(region(places.YUEXIU).pk, Tier.COUNTY, FROM, JULY)]


def test_granting_twice_is_refused_and_says_who_and_when(grant):
    grant(places.YUEXIU, ends_on=JULY)
    with pytest.raises(TerritoryTaken) as refused:
        grant(places.YUEXIU, starts_on=date(2026, 6, 30))
    assert refused.value.facts["agent"] == "新来的商贸"
    assert refused.value.facts["starts_on"] == "2026-01-01"
    assert "2026-06-30" in str(refused.value)
    assert grant(places.YUEXIU, starts_on=JULY).starts_on == JULY


@pytest.mark.parametrize(
    ("code", "tier"),
    [
        (places.GUANGDONG, Tier.CITY),
        (places.GUANGDONG, Tier.COUNTY),
        (places.BEIJING, Tier.CITY),
        (places.SHENZHEN, Tier.PROVINCE),
        (places.SHENZHEN, Tier.COUNTY),
        (places.NANSHAN, Tier.CITY),
        (places.JIYUAN, Tier.CITY),
        (places.DALANG, Tier.CITY),
    ],
)
def test_a_tier_that_does_not_fit_the_region_is_refused(grant, code, tier):
    with pytest.raises(TierDoesNotFit):
        grant(code, tier)


@pytest.mark.parametrize(
    ("code", "tier"),
    [
        (places.ZHEJIANG, Tier.PROVINCE),
        (places.SHENZHEN, Tier.CITY),
        (places.NANSHAN, Tier.COUNTY),
        (places.DALANG, Tier.COUNTY),
        (places.XIASHA, Tier.COUNTY),
    ],
)
def test_each_kind_of_region_is_sold_at_its_tier(grant, code, tier):
    assert grant(code, tier).tier == tier


def test_a_region_not_in_force_on_the_first_day_is_refused(grant):
    with pytest.raises(RegionNotInForce) as refused:
        grant(places.FORMER_JIANGGAN)
    assert refused.value.facts["valid_to"] == "2021-01-01"
    assert grant(places.FORMER_JIANGGAN, starts_on=date(2020, 12, 31)).pk


def test_an_empty_period_is_refused(grant):
    with pytest.raises(PeriodEmpty):
        grant(places.YUEXIU, starts_on=JULY, ends_on=JULY)


def test_a_town_of_a_held_county_needs_consent(grant, cast):
    with pytest.raises(ConsentNeeded) as refused:
        grant(places.WUSHAN)
    assert refused.value.facts["agent"] == cast.tianhe.agent.name
    town = grant(places.WUSHAN, consent=Consent.ATTACHED)
    assert town.consent == Consent.ATTACHED
    assert grant(places.XIASHA, consent=Consent.ATTACHED).consent == Consent.NOT_NEEDED


def test_a_county_whose_town_is_sold_needs_consent_too(grant, newcomer):
    town = grant(places.XIASHA)
    with pytest.raises(TownAlreadySold):
        grant(places.QIANTANG)
    grant(places.QIANTANG, consent=Consent.TO_BE_ATTACHED)
    town.refresh_from_db()
    assert town.consent == Consent.TO_BE_ATTACHED
    assert list(queries.territories_without_consent()) == [town]


def test_the_carve_out_wins_for_its_town_only(grant, cast):
    town = grant(places.WUSHAN, consent=Consent.ATTACHED)
    seen = queries.holders_seen_from(region(places.WUSHAN), FROM)
    assert seen == {
        Tier.COUNTY: town,
        Tier.CITY: cast.guangzhou.territory,
        Tier.PROVINCE: cast.guangdong.territory,
    }
    assert queries.holders_seen_from(region(places.TIANHE), FROM)[Tier.COUNTY] == (
        cast.tianhe.territory
    )
    assert queries.holders_seen_from(region(places.WUSHAN), date(2025, 12, 31)) == {}


def test_attaching_the_consent(grant, cast):
    town = grant(places.WUSHAN, consent=Consent.TO_BE_ATTACHED)
    with pytest.raises(ReasonMissing):
        attach_consent(town.pk, document=" ", by=cast.operations)
    attached = attach_consent(town.pk, document="五山街道单列同意书.pdf", by=cast.operations)
    assert attached.consent == Consent.ATTACHED
    with pytest.raises(ConsentNotAwaited):
        attach_consent(town.pk, document="again", by=cast.operations)


def test_ending_frees_the_days_from_then_on(cast, followed):
    tianhe = cast.tianhe.territory
    ended = end_territory(tianhe.pk, on=JULY, reason="合同到期", by=cast.operations)
    assert ended.ends_on == JULY
    assert followed == [(tianhe.region_id, Tier.COUNTY, JULY, None)]
    assert Tier.COUNTY in queries.holders_seen_from(cast.tianhe.region, date(2026, 6, 30))
    assert Tier.COUNTY not in queries.holders_seen_from(cast.tianhe.region, JULY)


def test_an_end_is_brought_forward_never_put_off(cast):
    tianhe = cast.tianhe.territory.pk
    with pytest.raises(ReasonMissing):
        end_territory(tianhe, on=JULY, reason="", by=None)
    with pytest.raises(PeriodEmpty):
        end_territory(tianhe, on=FROM, reason="x", by=None)
    end_territory(tianhe, on=JULY, reason="x", by=None)
    for later in [JULY, date(2026, 8, 1)]:
        with pytest.raises(AlreadyEnds):
            end_territory(tianhe, on=later, reason="x", by=None)
    assert end_territory(tianhe, on=date(2026, 6, 1), reason="x", by=None)


def test_a_transfer_moves_the_rest_of_the_days(cast, newcomer, followed):
    old = cast.tianhe.territory
    new = transfer_territory(
        old.pk, to_agent_id=newcomer.pk, on=JULY, reason="转让", by=cast.operations
    )
    old.refresh_from_db()
    assert (old.agent, old.starts_on, old.ends_on) == (cast.tianhe.agent, FROM, JULY)
    assert (new.agent, new.starts_on, new.ends_on) == (newcomer, JULY, None)
    assert followed == [(old.region_id, Tier.COUNTY, JULY, None)]
    with pytest.raises(TransferOutsidePeriod):
        transfer_territory(old.pk, to_agent_id=newcomer.pk, on=JULY, reason="again", by=None)


def test_a_transfer_is_refused_outside_the_days_and_to_the_holder(cast, newcomer):
    old = cast.tianhe.territory
    with pytest.raises(TransferOutsidePeriod):
        transfer_territory(old.pk, to_agent_id=newcomer.pk, on=FROM, reason="x", by=None)
    with pytest.raises(TransferToSelf):
        transfer_territory(old.pk, to_agent_id=old.agent_id, on=JULY, reason="x", by=None)
    with pytest.raises(ReasonMissing):
        transfer_territory(old.pk, to_agent_id=newcomer.pk, on=JULY, reason=" ", by=None)


def test_what_an_upper_app_refuses_leaves_no_trace(cast, newcomer, grant, settings, followed):
    settings.TERRITORY_CHANGE_GUARDS = [f"{__name__}.refuse"]
    before = list(Territory.objects.order_by("pk").values())
    events = Event.objects.count()
    tianhe = cast.tianhe.territory.pk
    for act in [
        lambda: grant(places.YUEXIU),
        lambda: end_territory(tianhe, on=JULY, reason="x", by=None),
        lambda: transfer_territory(tianhe, to_agent_id=newcomer.pk, on=JULY, reason="x", by=None),
    ]:
        with pytest.raises(Awarded):
            act()
    assert list(Territory.objects.order_by("pk").values()) == before
    assert Event.objects.count() == events
    assert followed == []


def test_the_database_refuses_in_the_same_kind_words(grant, monkeypatch):
    """As if somebody had written between the look and the insert, past the lock."""
    grant(places.YUEXIU)
    looks = [held_around, lambda *told: []]

    def overlook_once(*told):
        return looks.pop()(*told)

    monkeypatch.setattr(territories, "held_around", overlook_once)
    with pytest.raises(TerritoryTaken):
        grant(places.YUEXIU)


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_of_eight_who_want_one_county_at_once_one_gets_it():
    plant_regions()
    yuexiu = region(places.YUEXIU).pk
    agents = [add_agent(code=f"racer {number}", name="竞", by=None).pk for number in range(8)]
    outcomes = at_once(
        [
            lambda agent=agent: (
                grant_territory(
                    region_id=yuexiu, tier=Tier.COUNTY, agent_id=agent, starts_on=FROM, by=None
                ).agent_id
            )
            for agent in agents
        ]
    )
    assert outcomes.count(TerritoryTaken) == 7
    (winner,) = [outcome for outcome in outcomes if outcome is not TerritoryTaken]
    assert Territory.objects.get().agent_id == winner


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_two_transfers_at_once_make_one_new_holder():
    plant_regions()
    first, *others = [add_agent(code=f"a{number}", name="商", by=None).pk for number in range(3)]
    territory = grant_territory(
        region_id=region(places.YUEXIU).pk,
        tier=Tier.COUNTY,
        agent_id=first,
        starts_on=FROM,
        by=None,
    )
    outcomes = at_once(
        [
            lambda to=to: (
                transfer_territory(
                    territory.pk, to_agent_id=to, on=JULY, reason="x", by=None
                ).agent_id
            )
            for to in others
        ]
    )
    assert outcomes.count(TransferOutsidePeriod) == 1
    assert Territory.objects.filter(region__code=places.YUEXIU).count() == 2


def test_the_filters_of_the_list(cast):
    def names(**filters):
        return {one.agent.code for one in queries.territories_matching(**filters)}

    assert names(within=region(places.GUANGDONG)) == {
        "tianhe", "guangzhou", "guangdong", "changan", "dongguan",
    }  # fmt: skip
    assert names(within=region(places.GUANGDONG), tier=Tier.COUNTY) == {"tianhe", "changan"}
    assert names(search="济源") == {"jiyuan"}
    assert names(search="1101") == {"chaoyang"}
    assert names(agent_id=cast.henan.agent.pk) == {"henan"}
    assert names(day=date(2025, 12, 31)) == set()
    assert names(consent=Consent.TO_BE_ATTACHED) == set()
    country = Region.objects.get(kind=Region.Kind.COUNTRY)
    assert len(names(within=country)) == 9


def test_lists_take_one_query_each(cast, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert [str(one) for one in queries.territories_in_force_on(FROM)]
    with django_assert_num_queries(1):
        rows = {one.code: one for one in queries.agents_on(FROM)}
    assert (rows["tianhe"].provinces, rows["tianhe"].cities, rows["tianhe"].counties) == (0, 0, 1)
    assert rows["guangdong"].provinces == 1
    (before,) = queries.agents_on(date(2025, 12, 31), search="济源")
    assert before.counties == 0
