import zipfile
from datetime import date

import pytest

from franchise.core import spreadsheets
from franchise.core.spreadsheets import (
    FileTooLarge,
    Problem,
    as_day,
    read_table,
    write_rejected,
)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31",
        "2026/1/31",
        "2026.01.31",
        "2026年1月31日",
        "20260131",
        " 2026-01-31 00:00:00 ",
        "2026-01-31T00:00",
    ],
)
def test_a_day_as_people_write_it(text):
    assert as_day(text) == date(2026, 1, 31)


@pytest.mark.parametrize(
    "text", ["", "31-01-2026", "2026-13-01", "2026-02-30", "2026-01-31 08:00", "45000", "soon"]
)
def test_anything_else_is_no_day(text):
    with pytest.raises(ValueError, match=r"^"):
        as_day(text)


def test_rows_keep_the_number_a_spreadsheet_shows(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text('a,b\n1,"two\nlines"\n\n , \n3,4,5\n6\n', encoding="utf-8")
    table = read_table(path, required=["a"])
    assert [(row.number, dict(row.cells)) for row in table.rows] == [
        (2, {"a": "1", "b": "two\nlines"}),
        (5, {"a": "3", "b": "4"}),
        (6, {"a": "6"}),
    ]


def test_what_is_written_beside_the_file_runs_no_formula(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("编号,b\n=1+1,x\nok,y\n", encoding="utf-8")
    table = read_table(path, required=["code"], other_names={"编号": "code"})
    problems = [Problem(2, "编号", "no such"), Problem(2, "b", "nor this")]
    beside = write_rejected(path, table, problems)
    assert beside.read_text(encoding="utf-8-sig").splitlines() == [
        "编号,b,problem",
        "'=1+1,x,编号: no such; b: nor this",
    ]
    assert write_rejected(path, table, []) is None
    assert not beside.exists()


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (spreadsheets.MOST_UNPACKED_BYTES + 1))
    assert path.stat().st_size < spreadsheets.MOST_BYTES
    with pytest.raises(FileTooLarge):
        read_table(path, required=["a"])


def test_a_file_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(spreadsheets, "MOST_BYTES", 10)
    path = tmp_path / "list.csv"
    path.write_text("a,b\n" * 10, encoding="utf-8")
    with pytest.raises(FileTooLarge):
        read_table(path, required=["a"])
