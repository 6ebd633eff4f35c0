import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from franchise.history.models import Event
from inventory import queries
from inventory.actions.pickup_points import add_pickup_point
from inventory.checks import who_follows_pickup_points_is_there
from inventory.errors import PointExists, PointNeedsCode, PointRegionNotInForce
from inventory.models import PickupPoint
from tests import regions_cast as places
from tests.at_once import at_once
from tests.regions_cast import plant_regions, region

followed = []


@pytest.fixture(autouse=True)
def country(db, settings):
    plant_regions()
    followed.clear()
    settings.PICKUP_POINT_FOLLOWERS = [f"{__name__}.note"]


def add(code="GZ-01", place=places.TIANHE):
    return add_pickup_point(code=code, name="天河体育西店", region_id=region(place).pk, by=None)


def note(code):
    followed.append(code)


def test_a_point_is_entered_once_and_followers_are_told():
    point = add()
    assert (point.code, point.region) == ("GZ-01", region(places.TIANHE))
    assert followed == ["GZ-01"]
    assert Event.objects.get(verb="pickup_point.added").subject_id == point.pk
    with pytest.raises(PointExists) as refused:
        add(place=places.YUEXIU)
    assert "天河区" in str(refused.value)
    assert followed == ["GZ-01"]


def test_a_point_needs_a_code_and_a_region_in_force():
    for code in ["", " ", "x" * 41]:
        with pytest.raises(PointNeedsCode):
            add(code)
    with pytest.raises(PointRegionNotInForce):
        add(place=places.FORMER_JIANGGAN)
    assert PickupPoint.objects.count() == 0


def test_points_from_a_file(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text(
        "提货点编号,提货点,区域代码\nGZ-01,天河店,440106\nDG-01,长安店,441900119\n"
        "XX-01,x,330104\n,x,440106\n",
        encoding="utf-8",
    )

    def run(*more):
        out = StringIO()
        call_command("import_pickup_points", str(path), "--json", *more, stdout=out)
        return json.loads(out.getvalue())

    assert run("--dry-run")["new"] == 2
    assert PickupPoint.objects.count() == 0
    report = run()
    assert [report[key] for key in ("rows", "new", "unchanged", "rejected")] == [4, 2, 0, 2]
    assert [(one["row"], one["column"]) for one in report["problems"]] == [
        (4, "区域代码"),
        (5, "提货点编号"),
    ]
    report = run()
    assert [report[key] for key in ("rows", "new", "unchanged", "rejected")] == [4, 0, 2, 2]
    assert [point.code for point in queries.pickup_points(search="长安")] == ["DG-01"]
    assert PickupPoint.objects.get(code="DG-01").region.name == "长安镇"


def test_the_database_keeps_a_code_to_one_point():
    point = add()
    with pytest.raises(IntegrityError), transaction.atomic():
        PickupPoint.objects.create(code="GZ-01", region=point.region)


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_of_four_who_enter_one_code_at_once_one_does():
    outcomes = at_once([lambda: add().code] * 4)
    assert sorted(map(str, outcomes)) == sorted(["GZ-01", *[str(PointExists)] * 3])
    assert PickupPoint.objects.count() == 1


def test_a_follower_that_is_not_there_is_found_at_start_up(settings):
    assert who_follows_pickup_points_is_there() == []
    settings.PICKUP_POINT_FOLLOWERS = ["inventory.nowhere"]
    assert [error.id for error in who_follows_pickup_points_is_there()] == ["inventory.E001"]
