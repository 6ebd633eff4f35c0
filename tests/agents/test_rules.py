from datetime import date

import pytest

from agents.rules import (
    CITY,
    COUNTY,
    PROVINCE,
    Held,
    carved_from,
    carved_out,
    in_the_way,
    lasts,
    overlap,
    tier_fits,
)

JAN, FEB, MAR, APR = (date(2026, month, 1) for month in (1, 2, 3, 4))


@pytest.mark.parametrize(
    ("tier", "kinds"),
    [
        (PROVINCE, {"province"}),
        (CITY, {"city"}),
        (COUNTY, {"county", "zone", "town"}),
    ],
)
def test_each_kind_of_region_is_sold_at_one_tier(tier, kinds):
    every = {"country", "province", "city", "county", "town", "zone"}
    assert {kind for kind in every if tier_fits(tier, kind)} == kinds


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ((JAN, FEB), (FEB, MAR), False),
        ((JAN, MAR), (FEB, APR), True),
        ((FEB, MAR), (JAN, APR), True),
        ((JAN, None), (MAR, APR), True),
        ((MAR, None), (JAN, MAR), False),
        ((JAN, None), (MAR, None), True),
        ((JAN, FEB), (MAR, None), False),
    ],
)
def test_half_open_periods_share_a_day(one, other, shared):
    assert overlap(*one, *other) is shared
    assert overlap(*other, *one) is shared


def test_a_period_lasts_at_least_a_day():
    assert lasts(JAN, None)
    assert lasts(JAN, date(2026, 1, 2))
    assert not lasts(JAN, JAN)
    assert not lasts(FEB, JAN)


def held(region_id, tier=COUNTY, starts_on=JAN, ends_on=None):
    return Held(region_id, tier, 7, starts_on, ends_on)


def test_in_the_way_is_the_earliest_holder_of_the_same_region_and_tier():
    later, earlier = held(1, starts_on=MAR), held(1, starts_on=FEB, ends_on=MAR)
    others = [held(1, CITY), held(2), held(1, starts_on=JAN, ends_on=FEB)]
    asked = held(1, starts_on=FEB)
    assert in_the_way(asked, [*others, later, earlier]) == earlier
    assert in_the_way(asked, others) is None


def test_a_town_is_carved_from_the_nearest_held_county_tier_above():
    town = held(30)
    path = (20, 10, 1)
    zone, county, city = held(20), held(10), held(1, CITY)
    assert carved_from(town, path, [county, zone, city]) == zone
    assert carved_from(town, path, [county, city]) == county
    assert carved_from(town, path, [city]) is None
    assert carved_from(held(30, starts_on=FEB), path, [held(10, ends_on=FEB)]) is None
    assert carved_from(held(20, CITY), path, [county]) is None


def test_a_county_finds_the_towns_sold_apart_on_its_days():
    town, former = held(30, starts_on=MAR), held(31, ends_on=FEB)
    assert carved_out(held(10, starts_on=FEB), [town, former]) == [town]
    assert carved_out(held(10, CITY, starts_on=FEB), [town]) == []
