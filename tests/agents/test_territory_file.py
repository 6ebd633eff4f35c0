import json
from datetime import date
from io import StringIO

import pytest
import xlsxwriter
from django.core.management import CommandError, call_command

from agents.models import Agent, Territory
from franchise.history.models import Event
from franchise.regions.models import Region
from tests.at_once import at_once
from tests.regions_cast import plant_regions

HEADER = "region_code,tier,agent,starts_on,ends_on\n"
GOOD = (
    "440106,county,天河商贸,2026-01-01,\n"
    "440100,city,广州贸易,2026-01-01,2027-01-01\n"
    "440000,province,广东实业,2026-01-01,\n"
)

followed = []


def note(*change):
    followed.append(change)


@pytest.fixture(autouse=True)
def country(db):
    plant_regions()


@pytest.fixture
def take_in(tmp_path):
    def take_in(rows, *more, name="territories.csv", header=HEADER):
        path = tmp_path / name
        path.write_text(header + rows, encoding="utf-8")
        return run(path, *more)

    return take_in


def run(path, *more):
    out = StringIO()
    call_command("import_territories", str(path), "--json", *more, stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def counts(report):
    return tuple(report[key] for key in ("rows", "new", "changed", "unchanged", "rejected"))


def standing():
    return sorted(
        (one.region.code, one.tier, one.agent.code, str(one.starts_on), str(one.ends_on))
        for one in Territory.objects.select_related("region", "agent")
    )


def test_good_rows_become_territories_and_their_agents(take_in):
    report = take_in(GOOD)
    assert counts(report) == (3, 3, 0, 0, 0)
    assert report["problems"] == []
    assert standing() == [
        ("440000", 2, "广东实业", "2026-01-01", "None"),
        ("440100", 1, "广州贸易", "2026-01-01", "2027-01-01"),
        ("440106", 0, "天河商贸", "2026-01-01", "None"),
    ]
    assert Agent.objects.get(code="天河商贸").name == "天河商贸"
    assert Event.objects.filter(verb="territory.granted").count() == 3
    assert Event.objects.filter(verb="agent.added").count() == 3


def test_the_same_file_twice_changes_nothing(take_in):
    take_in(GOOD)
    before, events = standing(), Event.objects.count()
    assert counts(take_in(GOOD)) == (3, 0, 0, 3, 0)
    assert counts(take_in(GOOD + GOOD)) == (6, 0, 0, 6, 0)
    assert standing() == before
    assert Event.objects.count() == events


def test_a_dry_run_says_the_same_and_changes_nothing(take_in):
    assert counts(take_in(GOOD, "--dry-run")) == (3, 3, 0, 0, 0)
    assert standing() == []
    assert Agent.objects.count() == 0


def test_bad_rows_are_listed_and_the_good_ones_go_in(take_in, tmp_path):
    report = take_in(
        GOOD + "999999,county,甲,2026-01-01,\n"
        "440104,town,甲,2026-01-01,\n"
        "440104,county,,2026-01-01,\n"
        "440104,county,甲,soon,\n"
        "440104,county,甲,2026-01-01,2026-02-30\n"
        "440104,county,甲,2026-01-01,2026-01-01\n"
        "440104,city,甲,2026-01-01,\n"
        "330104,county,甲,2026-01-01,\n"
        "440106,county,甲,2026-06-01,\n"
        "110105,county,朝阳商贸,2026-01-01,\n"
    )
    assert counts(report) == (13, 4, 0, 0, 9)
    assert [(one["row"], one["column"]) for one in report["problems"]] == [
        (5, "region_code"),
        (6, "tier"),
        (7, "agent"),
        (8, "starts_on"),
        (9, "ends_on"),
        (10, "ends_on"),
        (11, "tier"),
        (12, "region_code"),
        (13, "region_code"),
    ]
    assert "天河商贸" in report["problems"][-1]["problem"]
    assert not Agent.objects.filter(code="甲").exists()
    rejected = (tmp_path / "territories.csv.rejected.csv").read_text(encoding="utf-8-sig")
    assert rejected.splitlines()[0] == HEADER.strip() + ",problem"
    assert len(rejected.splitlines()) == 10
    assert counts(take_in(GOOD)) == (3, 0, 0, 3, 0)
    assert not (tmp_path / "territories.csv.rejected.csv").exists()


def test_a_row_that_only_sets_the_end_ends_the_open_territory(take_in, settings):
    take_in(GOOD)
    followed.clear()
    settings.TERRITORY_CHANGE_FOLLOWERS = [f"{__name__}.note"]
    ending = "440106,county,天河商贸,2026-01-01,2026-07-01\n"
    assert counts(take_in(ending)) == (1, 0, 1, 0, 0)
    assert Territory.objects.get(region__code="440106").ends_on == date(2026, 7, 1)
    assert [change[1:] for change in followed] == [(0, date(2026, 7, 1), None)]
    assert counts(take_in(ending)) == (1, 0, 0, 1, 0)
    for other_end in ["", "2026-08-01", "2026-06-01"]:
        report = take_in(f"440106,county,天河商贸,2026-01-01,{other_end}\n")
        assert counts(report) == (1, 0, 0, 0, 1)
        assert report["problems"][0]["column"] == "ends_on"


def test_who_takes_over_may_stand_before_the_end_that_makes_room(take_in):
    take_in(GOOD)
    report = take_in(
        "440106,county,后来商贸,2026-07-01,\n440106,county,天河商贸,2026-01-01,2026-07-01\n"
    )
    assert counts(report) == (2, 1, 1, 0, 0)


@pytest.mark.parametrize("town_first", [True, False])
def test_a_town_inside_a_held_county_is_taken_as_agreed(take_in, town_first):
    rows = ["440106001,county,五山商行,2026-01-01,\n", "440106,county,天河商贸,2026-01-01,\n"]
    report = take_in("".join(rows if town_first else reversed(rows)))
    assert counts(report) == (2, 2, 0, 0, 0)
    assert dict(Territory.objects.values_list("region__code", "consent")) == {
        "440106": "not_needed",
        "440106001": "to_be_attached",
    }


def test_a_county_around_a_town_that_stands_is_taken_as_agreed(take_in):
    take_in("440106001,county,五山商行,2026-01-01,\n")
    take_in("440106,county,天河商贸,2026-01-01,\n")
    assert Territory.objects.get(region__code="440106001").consent == "to_be_attached"


def test_chinese_headers_tiers_and_encodings(take_in, tmp_path):
    text = (
        "区域代码,级别,代理商,开始日期,结束日期\n440106,区县镇级,天河商贸,2026/1/1,2026年7月1日\n"
    )
    (tmp_path / "gb.csv").write_bytes(text.encode("gb18030"))
    assert counts(run(tmp_path / "gb.csv")) == (1, 1, 0, 0, 0)
    (tmp_path / "bom.csv").write_bytes(text.encode("utf-8-sig"))
    assert counts(run(tmp_path / "bom.csv")) == (1, 0, 0, 1, 0)
    assert standing() == [("440106", 0, "天河商贸", "2026-01-01", "2026-07-01")]
    report = take_in(
        "440104,区,天河商贸,2026-01-01,\n", header="区域代码,级别,代理商,开始日期,结束日期\n"
    )
    assert report["problems"][0]["column"] == "级别"


def test_xlsx_with_real_dates_and_numbers(tmp_path):
    path = tmp_path / "territories.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["region_code", "tier", "agent", "starts_on"])
    sheet.write_number(1, 0, 440106)
    sheet.write_row(1, 1, ["county", "天河商贸"])
    sheet.write_datetime(1, 3, date(2026, 1, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
    book.close()
    assert counts(run(path)) == (1, 1, 0, 0, 0)
    assert standing() == [("440106", 0, "天河商贸", "2026-01-01", "None")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("binary.csv", b"\x00\x01\x02,\xff\xfe"),
        ("quotes.csv", HEADER.encode() + b'440106,"county,A,2026-01-01,\n'),
        ("columns.csv", b"region_code,tier\n440106,county\n"),
        ("no.xlsx", b"not a workbook"),
        ("wide.csv", (HEADER.strip() + ",x" * 200).encode()),
    ],
)
def test_an_unreadable_file_is_refused_whole(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CommandError, match=name):
        run(tmp_path / name)
    assert standing() == []


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(CommandError, match="nowhere"):
        run(tmp_path / "nowhere.csv")


def test_an_agent_that_looks_like_a_formula_is_a_bad_row(take_in):
    report = take_in('440106,county,"=HYPERLINK(1)",2026-01-01,\n440104,county,-甲-,2026-01-01,\n')
    assert [(one["row"], one["column"]) for one in report["problems"]] == [(2, "agent")]
    assert [agent for _, _, agent, *_ in standing()] == ["-甲-"]


def test_an_agent_is_found_by_code_or_by_a_name_only_one_has(take_in):
    Agent.objects.create(code="A1", name="天河商贸")
    Agent.objects.create(code="A2", name="同名")
    Agent.objects.create(code="A3", name="同名")
    take_in(
        "440106,county,天河商贸,2026-01-01,\n"
        "440104,county,A2,2026-01-01,\n"
        "440305,county,同名,2026-01-01,\n"
    )
    assert [(code, agent) for code, _, agent, *_ in standing()] == [
        ("440104", "A2"),
        ("440106", "A1"),
        ("440305", "同名"),
    ]
    assert Agent.objects.count() == 4


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_the_same_file_twice_at_once_goes_in_once(tmp_path):
    path = tmp_path / "territories.csv"
    path.write_text(HEADER + GOOD, encoding="utf-8")
    outcomes = [counts(report) for report in at_once([lambda: run(path)] * 2)]
    assert sorted(outcomes) == [(3, 0, 0, 3, 0), (3, 3, 0, 0, 0)]
    assert len(standing()) == 3


def test_thousands_of_rows_take_few_queries(
    take_in, django_assert_max_num_queries, whole_country, settings
):
    settings.TERRITORY_CHANGE_GUARDS = settings.TERRITORY_CHANGE_FOLLOWERS = []
    counties = Region.objects.filter(kind="county", valid_to=None, valid_from__lt=date(2026, 1, 1))
    codes = counties.values_list("code", flat=True)[:2000]
    rows = "".join(f"{code},county,商 {code},2026-01-01,\n" for code in codes)
    with django_assert_max_num_queries(30):
        report = take_in(rows)
    assert counts(report) == (2000, 2000, 0, 0, 0)
