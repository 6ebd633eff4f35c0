"""Head office adds and retires divisions and aliases: it works, it refuses, twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from franchise.core.errors import BusinessError
from franchise.history.models import Event
from franchise.regions import errors
from franchise.regions.actions.aliases import add_alias, end_alias
from franchise.regions.actions.divisions import add_region, retire_region
from franchise.regions.actions.load import load_divisions
from franchise.regions.divisions import Division, division_data
from franchise.regions.models import Alias, Region, Succession
from tests.regions.test_load import broken_intervals
from tests.regions_cast import (
    CHANGAN,
    DALANG,
    DONGGUAN,
    FORMER_HENG,
    GUANGDONG,
    GUANGZHOU,
    HUMEN,
    PLANTED,
    TIANHE,
    WUSHAN,
    plant_regions,
    region,
)

DAY = date(2026, 12, 1)


@pytest.fixture
def planted(db):
    plant_regions()


def add(**changes):
    facts = {
        "code": "441900401",
        "name": "松山湖",
        "kind": Region.Kind.ZONE,
        "parent_id": region(DONGGUAN).pk,
        "valid_from": DAY,
        "by": None,
    }
    return add_region(**{**facts, **changes})


def retire(code=HUMEN, **changes):
    facts = {
        "on": DAY,
        "successor_ids": [region(CHANGAN).pk],
        "change_kind": "merge",
        "by": None,
    }
    return retire_region(region(code).pk, **{**facts, **changes})


def alias(**changes):
    facts = {
        "name": "万象新城",
        "region_id": region(TIANHE).pk,
        "within_id": region(GUANGZHOU).pk,
        "kind": Alias.Kind.NAME,
        "starts_on": DAY,
        "ends_on": None,
        "source": "asked the buyer",
        "by": None,
    }
    return add_alias(**{**facts, **changes})


@pytest.mark.usefixtures("planted")
class TestAddRegion:
    def test_a_zone_under_the_city_that_contains_it(self):
        zone = add()
        assert zone.kept_by_hand
        assert zone.get_ancestors().values_list("name", flat=True)[2] == "东莞市"
        assert broken_intervals() == []
        event = Event.objects.get(verb="region.added")
        assert event.subject_id == zone.pk
        assert event.data == {"code": "441900401", "name": "松山湖", "valid_from": "2026-12-01"}

    def test_a_code_is_given_once_at_a_time(self):
        add()
        with pytest.raises(errors.CodeInForce):
            add(name="松山湖高新区")
        with pytest.raises(errors.CodeInForce):
            add(code=CHANGAN, name="长安镇", kind="town")

    def test_a_past_code_may_be_given_again_but_not_the_same_division(self):
        zone = add()
        retire("441900401", on=date(2027, 6, 1))
        assert add(valid_from=date(2027, 6, 1)).pk != zone.pk
        retire("441900401", on=date(2028, 6, 1))
        with pytest.raises(errors.AlreadyKnown):
            add(valid_from=date(2027, 6, 1))

    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [
            ({"name": "  "}, errors.NameMissing),
            ({"code": "4419004"}, errors.CodeMalformed),
            ({"code": "松山湖"}, errors.CodeMalformed),
            ({"kind": "town", "code": "441900"}, errors.CodeMalformed),
            ({"kind": "province", "code": "990000"}, errors.CannotHang),
            ({"valid_from": date(1970, 1, 1)}, errors.ParentNotInForce),
        ],
    )
    def test_refuses(self, changes, refusal):
        before = Region.objects.count()
        with pytest.raises(refusal) as refused:
            add(**changes)
        assert isinstance(refused.value, BusinessError)
        assert str(refused.value)
        assert Region.objects.count() == before

    def test_refuses_in_a_parent_that_has_ended(self):
        with pytest.raises(errors.ParentNotInForce):
            add(code="450127401", parent_id=region(FORMER_HENG).pk)

    def test_refuses_a_division_below_a_town(self):
        with pytest.raises(errors.CannotHang):
            add(kind="town", code="441900119", parent_id=region(CHANGAN).pk)


@pytest.mark.usefixtures("planted")
class TestRetireRegion:
    def test_it_ends_and_others_take_over_in_order(self):
        retired = retire(successor_ids=[region(DALANG).pk, region(CHANGAN).pk])
        assert retired.valid_to == DAY
        assert retired.kept_by_hand
        successors = retired.successions.order_by("position")
        assert [s.successor.code for s in successors] == [DALANG, CHANGAN]
        assert Event.objects.get(verb="region.retired").data["successors"] == [DALANG, CHANGAN]

    def test_twice_is_refused(self):
        retire()
        with pytest.raises(errors.AlreadyRetired):
            retire()

    def test_refuses(self):
        with pytest.raises(errors.EndsBeforeItBegins):
            retire(on=region(HUMEN).valid_from)
        with pytest.raises(errors.HasLivingChildren):
            retire(TIANHE)
        with pytest.raises(errors.NoSuccessor):
            retire(successor_ids=[])
        with pytest.raises(errors.NoSuccessor):
            retire(successor_ids=[region(HUMEN).pk])
        with pytest.raises(errors.SuccessorNotInForce):
            retire(successor_ids=[region(FORMER_HENG).pk])
        assert region(HUMEN).valid_to is None
        assert not Event.objects.exists()


@pytest.mark.usefixtures("planted")
class TestLoadAfterHandWork:
    def data(self):
        return division_data().only(PLANTED)

    def test_what_was_added_by_hand_stays(self):
        zone = add()
        loaded = load_divisions(self.data())
        assert (loaded.added, loaded.changed) == (0, 0)
        zone.refresh_from_db()
        assert zone.valid_to is None
        assert broken_intervals() == []

    def test_what_was_retired_by_hand_stays_retired(self):
        retire()
        loaded = load_divisions(self.data())
        assert (loaded.added, loaded.changed, loaded.kept) == (0, 0, 1)
        assert region(HUMEN).valid_to == DAY
        assert region(HUMEN).successions.count() == 1

    def test_a_division_added_by_hand_before_the_data_had_it_is_the_same_one(self):
        by_hand = add(code="440199", name="新县", kind="county", parent_id=region(GUANGZHOU).pk)
        newer = self.data()
        city = next(row for row in newer.divisions if row.code == GUANGZHOU)
        county = Division("440199", "新县", "county", city, date(2027, 1, 1))
        town = Division("440199100", "新镇", "town", county, date(2027, 1, 1))
        newer.divisions += [county, town]
        assert load_divisions(newer).added == 1
        assert load_divisions(newer).added == 0
        assert region("440199") == by_hand
        assert region("440199100").parent == by_hand
        assert broken_intervals() == []

    def test_newer_data_adds_what_is_missing_and_changes_what_differs(self):
        Succession.objects.filter(region=region(FORMER_HENG)).delete()
        Region.objects.filter(code=FORMER_HENG).update(valid_to=None, change_kind="")
        loaded = load_divisions(self.data())
        assert (loaded.added, loaded.changed, loaded.successions) == (0, 1, 1)
        assert region(FORMER_HENG).valid_to == date(2021, 1, 1)
        assert load_divisions(self.data()).changed == 0
        assert broken_intervals() == []


@pytest.mark.usefixtures("planted")
class TestAliases:
    def test_it_is_recorded_and_ends(self):
        said = alias()
        assert Event.objects.get(verb="alias.added").data["region"] == TIANHE
        assert end_alias(said.pk, on=date(2027, 1, 1), by=None).ends_on == date(2027, 1, 1)
        with pytest.raises(errors.AlreadyRetired):
            end_alias(said.pk, on=date(2027, 2, 1), by=None)

    def test_refuses(self):
        alias()
        with pytest.raises(errors.AliasKnown):
            alias(starts_on=date(2027, 1, 1))
        with pytest.raises(errors.AliasKnown):
            alias(within_id=region(GUANGDONG).pk)
        with pytest.raises(errors.AliasOutside):
            alias(region_id=region(CHANGAN).pk)
        with pytest.raises(errors.NameMissing):
            alias(name=" ")
        with pytest.raises(errors.EndsBeforeItBegins):
            alias(name="另一个", ends_on=DAY)
        with pytest.raises(errors.EndsBeforeItBegins):
            end_alias(Alias.objects.get(name="万象新城").pk, on=DAY, by=None)


@pytest.mark.usefixtures("planted")
class TestGuards:
    @pytest.mark.parametrize(
        "statement",
        [
            f"DELETE FROM regions_region WHERE code = '{WUSHAN}'",
            "TRUNCATE regions_region CASCADE",
            f"UPDATE regions_region SET code = '000000' WHERE code = '{WUSHAN}'",
            f"UPDATE regions_region SET kind = 'city' WHERE code = '{WUSHAN}'",
            f"UPDATE regions_region SET valid_from = '2001-01-01' WHERE code = '{WUSHAN}'",
            f"UPDATE regions_region SET valid_to = valid_from WHERE code = '{WUSHAN}'",
            "UPDATE regions_alias SET ends_on = starts_on",
        ],
    )
    def test_the_database_refuses(self, statement):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert region(WUSHAN).name == "五山街道"


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def run(self, work, count):
        def alone(number):
            try:
                return work(number)
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(alone, range(count)))

    def test_eight_who_add_at_once_leave_one_sound_tree(self):
        plant_regions()
        parents = [region(code).pk for code in (DONGGUAN, TIANHE, GUANGZHOU, GUANGDONG)]

        def work(number):
            return add(code=f"9{number:05}", name=f"区{number}", parent_id=parents[number % 4]).pk

        before = Region.objects.count()
        assert len(set(self.run(work, 40))) == 40
        assert Region.objects.count() == before + 40
        assert broken_intervals() == []
        lefts = list(Region.objects.values_list("lft", flat=True))
        rights = list(Region.objects.values_list("rght", flat=True))
        assert sorted(lefts + rights) == list(range(1, 2 * Region.objects.count() + 1))

    def test_of_eight_who_add_the_same_one_wins(self):
        plant_regions()

        def work(_):
            try:
                return add().pk
            except errors.CodeInForce:
                return None

        assert len([pk for pk in self.run(work, 8) if pk]) == 1
        assert Region.objects.filter(code="441900401").count() == 1
