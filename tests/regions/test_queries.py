import json
from datetime import date
from io import BytesIO, StringIO, TextIOWrapper

import pytest
from django.core.management import CommandError, call_command

from franchise.regions import queries
from franchise.regions.gazetteer import current_gazetteer
from tests.regions_cast import (
    CHANGAN,
    FORMER_HENG,
    GUANGZHOU,
    HENGZHOU,
    JIYUAN,
    NANNING,
    TIANHE,
    WUSHAN,
    plant_regions,
    region,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _planted():
    plant_regions()


def codes(regions):
    return [r.code for r in regions]


def test_children_of_a_day_and_of_all_time():
    nanning = region(NANNING).pk
    assert HENGZHOU in codes(queries.children(nanning, on=date(2026, 11, 24)))
    assert FORMER_HENG not in codes(queries.children(nanning, on=date(2026, 11, 24)))
    assert FORMER_HENG in codes(queries.children(nanning, on=date(2019, 1, 1)))
    assert {HENGZHOU, FORMER_HENG} <= set(codes(queries.children(nanning)))


def test_paths_begin_with_the_province_and_need_one_query(django_assert_num_queries):
    ids = [region(code).pk for code in (WUSHAN, JIYUAN, CHANGAN)]
    with django_assert_num_queries(1):
        paths = queries.paths(ids)
    names = [[r.name for r in paths[id_]] for id_ in ids]
    assert names == [
        ["广东省", "广州市", "天河区", "五山街道"],
        ["河南省", "济源市"],
        ["广东省", "东莞市", "长安镇"],
    ]
    assert queries.path_names(ids[1:2]) == {ids[1]: "河南省 济源市"}
    with django_assert_num_queries(1):
        assert codes(queries.region_with_path(ids[0])) == ["440000", "440100", TIANHE, WUSHAN]


def test_search_finds_names_codes_old_names_and_aliases():
    assert codes(queries.regions_found("天河"))[:1] == [TIANHE]
    assert codes(queries.regions_found("440106"))[:1] == [TIANHE]
    assert {r.name for r in queries.regions_found("横县")} == {"横县"}
    assert FORMER_HENG in codes(queries.regions_found("横县"))
    assert "441900" in codes(queries.regions_found("松山湖"))
    assert queries.regions_found("  ") == []
    assert queries.regions_found("不存在的地方") == []


def test_the_bearer_of_a_code_on_a_day():
    assert queries.region_in_force(FORMER_HENG, on=date(2026, 1, 1)) is None
    assert queries.region_in_force(FORMER_HENG, on=date(2019, 1, 1)).name == "横县"


class TestResolveCommand:
    def answers(self, monkeypatch, given, *options):
        stdin = TextIOWrapper(BytesIO(given if isinstance(given, bytes) else given.encode()))
        monkeypatch.setattr("sys.stdin", stdin)
        out = StringIO()
        call_command("resolve", "-", *options, stdout=out)
        return [json.loads(line) for line in out.getvalue().splitlines()]

    def test_one_address_a_line(self, monkeypatch):
        [answer, unknown] = self.answers(monkeypatch, "广东省广州市天河区五山街道1号\n\n某地\n")
        assert answer["input"] == "广东省广州市天河区五山街道1号"
        assert answer["code"] == WUSHAN
        assert answer["path"] == ["广东省", "广州市", "天河区", "五山街道"]
        assert answer["certain"] is True
        assert answer["candidates"] == []
        assert answer["evidence"][0]["source"] == "text"
        assert (unknown["code"], unknown["path"], unknown["certain"]) == ("", [], False)

    def test_columns_by_their_header(self, monkeypatch):
        given = (
            "order_no,region_code,city,district,address\n"
            '1,,广州市,天河区,"体育西路1号,2层"\n2,450127,,,\n3,,,,\n'
        )
        first, second = self.answers(monkeypatch, given)
        assert first["code"] == TIANHE
        assert first["input"]["address"] == "体育西路1号,2层"
        assert second["code"] == HENGZHOU
        [before] = self.answers(monkeypatch, "region_code\n450127\n", "--on", "2019-05-01")
        assert before["code"] == FORMER_HENG

    def test_tab_separated_with_other_columns(self, monkeypatch):
        [answer] = self.answers(monkeypatch, "address\texpected_code\n广州市天河区\t440106\n")
        assert (answer["input"], answer["code"]) == ("广州市天河区", TIANHE)

    def test_gb18030_and_a_byte_order_mark(self, monkeypatch):
        for raw in ("广州市天河区\n".encode("gb18030"), "\ufeff广州市天河区\n".encode()):
            [answer] = self.answers(monkeypatch, raw)
            assert (answer["input"], answer["code"]) == ("广州市天河区", TIANHE)

    def test_a_missing_file_is_said(self):
        with pytest.raises(CommandError):
            call_command("resolve", "/nowhere/addresses.txt")


def test_the_gazetteer_is_read_again_only_after_a_change(django_assert_num_queries):
    first = current_gazetteer()
    with django_assert_num_queries(1):
        assert current_gazetteer() is first
    region(GUANGZHOU).save(update_fields=["note"])
    second = current_gazetteer()
    assert second is not first
    assert current_gazetteer() is second


def test_what_lies_in_a_region_is_itself_and_all_below(django_assert_num_queries):
    guangzhou = region(GUANGZHOU).pk
    with django_assert_num_queries(2):
        inside = queries.ids_inside(guangzhou)
    assert {region(TIANHE).pk, region(WUSHAN).pk, guangzhou} <= set(inside)
    assert region(CHANGAN).pk not in inside
    jiyuan = queries.ids_inside(region(JIYUAN).pk)
    assert region(JIYUAN).pk in jiyuan
    assert guangzhou not in jiyuan
