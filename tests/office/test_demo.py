import csv
import filecmp
from datetime import date, timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from agents.models import Agent, Territory
from franchise.bonuses.models import BonusLine, Refusal
from franchise.core import clock
from franchise.history.models import Event
from franchise.office.demo import loading, make, moving
from franchise.office.demo.logins import code_now
from franchise.orders.models import Address, Decision, Order, Refund, Shop
from franchise.regions.models import Region


def demo(**options):
    out = StringIO()
    call_command("demo", stdout=out, **options)
    return out.getvalue()


def test_the_files_are_what_the_script_writes(tmp_path):
    make.main(tmp_path)
    names = sorted(path.name for path in moving.FILES.iterdir())
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    assert filecmp.cmpfiles(moving.FILES, tmp_path, names, shallow=False) == (names, [], [])


@pytest.mark.parametrize(
    ("cell", "moved"),
    [
        ("2026-11-23", "2026-12-03"),
        ("2026-11-23 23:00:00", "2026-12-03 23:00:00"),
        ("建国路2026-11-23号", "建国路2026-11-23号"),
        ("XCX2026-11-23", "XCX2026-11-23"),
        ("昨天晚上", "昨天晚上"),
        ("", ""),
    ],
)
def test_only_days_and_moments_move(cell, moved):
    assert moving.moved_day(cell, 10) == moved


def test_moved_files_keep_all_else(tmp_path):
    moving.write_moved(tmp_path, days=7)
    name = "mini-orders-4.csv"

    def rows(folder):
        with (folder / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    before, after = rows(moving.FILES), rows(tmp_path)
    assert len(after) == len(before)
    assert after[0]["order_no"] == before[0]["order_no"]
    days = [date.fromisoformat(row[0]["paid_at"][:10]) for row in (before, after)]
    assert days[1] - days[0] == timedelta(days=7)


def test_without_debug_there_is_no_demo(db, settings):
    settings.DEBUG = False
    for options in [{}, {"logins": True}, {"if_empty": True}]:
        with pytest.raises(CommandError):
            demo(**options)
    assert Order.objects.count() == 0


class Killed(Exception):
    pass


def die(*_told, **_more):
    raise Killed


def test_the_demo_shows_every_case_and_its_numbers_agree(
    whole_country, settings, tmp_path, monkeypatch
):
    settings.DEBUG = True
    settings.VAR_DIR = tmp_path
    for step in ("take_in_orders", "correct_regions"):
        with monkeypatch.context() as patched:
            patched.setattr(loading, step, die)
            with pytest.raises(Killed):
                demo()
    assert demo(logins=True) == ""
    demo()

    assert Order.objects.count() == 20_271
    assert Order.objects.order_by("-paid_on").first().paid_on == clock.today() - timedelta(days=1)
    assert Agent.objects.count() == 65
    assert set(Refusal.objects.values_list("why", flat=True)) == {
        "unresolved",
        "no_plan",
        "unknown_point",
    }
    assert Territory.objects.filter(consent="to_be_attached").count() == 1
    assert Refund.objects.filter(order=None).count() == 2
    kinds = Decision.objects.values_list("kind", "needs_approval", "approved_by__role")
    assert sorted(kinds, key=str) == sorted(
        [
            *[("region", False, None)] * 6,
            ("region", True, "approver"),
            ("region", True, None),
            ("counts", False, None),
        ],
        key=str,
    )
    call_command("prove", stdout=StringIO())
    lines, events = BonusLine.objects.count(), Event.objects.count()

    demo()
    demo(if_empty=True)
    assert (BonusLine.objects.count(), Event.objects.count()) == (lines, events)

    said = demo(logins=True)
    for shown in ["19900000003", "19900000901", "陈桂芳", code_now()]:
        assert shown in said


def test_a_database_with_orders_of_its_own_is_left_alone(whole_country, settings):
    settings.DEBUG = True
    shop = Shop.objects.create(code="own", name="own")
    place = Address.objects.create(fingerprint=uuid4(), region=Region.objects.get(code="440106"))
    Order.objects.create(
        shop=shop,
        address=place,
        region=place.region,
        order_no="1",
        paid_at=clock.now(),
        paid_on=clock.today(),
        content=uuid4(),
        goods_amount=10,
    )
    with pytest.raises(CommandError):
        demo()
    assert demo(if_empty=True) == ""
    assert demo(logins=True) == ""
    assert Agent.objects.count() == 0
