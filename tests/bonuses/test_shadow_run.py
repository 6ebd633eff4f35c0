"""Head office lays its old spreadsheet beside ours; the database is left as it was."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests.regions_cast import plant_regions

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

TERRITORIES = """region_code,tier,agent,starts_on,ends_on
440106,county,Ann,2026-01-01,2026-11-18
440106,county,Bob,2026-11-18,
440100,city,Cid,2026-01-01,
440000,province,Dan,2026-01-01,
"""
ORDERS = """order_no,paid_at,goods_amount,province,city,district,address
1,2026-11-17T23:59:59,1000.00,广东省,广州市,天河区,
2,2026-11-18T00:00:00,1000.00,广东省,广州市,天河区,
3,2026-11-18T00:00:00,33.33,广东省,广州市,越秀区,
4,2026-11-18T00:00:00,10.00,广东省,广州市,,
"""
REFUNDS = """refund_no,order_no,amount,refunded_at
R1,2,300.00,2026-11-20T00:00:00
"""
COLUMNS = ["order_no", "cause", "tier", "region_code", "agent", "rate", "base", "amount"]
PLAN = {
    "mode": "level_difference",
    "rates": {"province": "0.06", "city": "0.05", "county": "0.03"},
    "cap": None,
    "starts_on": "2026-01-01",
}


@pytest.fixture
def files(db: None, tmp_path: Path) -> Path:
    plant_regions()
    (tmp_path / "t.csv").write_text(TERRITORIES)
    (tmp_path / "o.csv").write_text(ORDERS)
    (tmp_path / "r.csv").write_text(REFUNDS)
    (tmp_path / "p.json").write_text(json.dumps(PLAN))
    return tmp_path


def run(files: Path, *more: str) -> dict[str, Any]:
    out = StringIO()
    told = ["--territories", f"{files}/t.csv", "--plan", f"{files}/p.json"]
    told += ["--orders", f"{files}/o.csv", "--refunds", f"{files}/r.csv", "--out", f"{files}/l.csv"]
    call_command("shadow_run", *told, "--json", *more, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def lines(files: Path) -> list[list[str]]:
    with (files / "l.csv").open() as file:
        return [list(row.values()) for row in csv.DictReader(file)]


def test_it_pays_what_the_files_say(files: Path):
    report = run(files)
    assert lines(files) == [
        ["1", "order", "county", "440106", "Ann", "0.03", "1000.00", "30.00"],
        ["1", "order", "city", "440100", "Cid", "0.02", "1000.00", "20.00"],
        ["1", "order", "province", "440000", "Dan", "0.01", "1000.00", "10.00"],
        ["2", "order", "county", "440106", "Bob", "0.03", "1000.00", "30.00"],
        ["2", "order", "city", "440100", "Cid", "0.02", "1000.00", "20.00"],
        ["2", "order", "province", "440000", "Dan", "0.01", "1000.00", "10.00"],
        ["2", "refund:R1", "county", "440106", "Bob", "0.03", "-300.00", "-9.00"],
        ["2", "refund:R1", "city", "440100", "Cid", "0.02", "-300.00", "-6.00"],
        ["2", "refund:R1", "province", "440000", "Dan", "0.01", "-300.00", "-3.00"],
        ["3", "order", "city", "440100", "Cid", "0.05", "33.33", "1.67"],
        ["3", "order", "province", "440000", "Dan", "0.01", "33.33", "0.33"],
    ]
    assert (report["orders"], report["refunds"], report["lines"]) == (3, 1, 11)


def test_the_database_is_left_as_it_was(files: Path):
    tables = "agents_agent", "agents_territory", "orders_order", "bonus_line", "ledger_transaction"
    run(files)
    with connection.cursor() as cursor:
        for table in (*tables, "history_event", "orders_importfile", "bonus_batch"):
            cursor.execute(f"select count(*) from {table}")
            assert cursor.fetchone() == (0,), table
        cursor.execute("select count(*) from pg_class where relname = 'bonus_line'")
        assert cursor.fetchone() == (1,)
    assert {path.name for path in files.iterdir()} == {"t.csv", "o.csv", "r.csv", "p.json", "l.csv"}


def test_no_difference_from_itself(files: Path):
    run(files)
    (files / "l.csv").rename(files / "old.csv")
    assert run(files, "--expect", f"{files}/old.csv")["differences"] == 0


def test_an_old_file_may_be_in_gb18030(files: Path):
    rows = (files / "t.csv").read_text().replace("Cid", "广州粤盛")
    (files / "t.csv").write_text(rows)
    run(files)
    (files / "old.csv").write_bytes((files / "l.csv").read_text().encode("gb18030"))
    assert run(files, "--expect", f"{files}/old.csv")["differences"] == 0


def test_differences_are_typed_and_the_exit_code_is_1(files: Path):
    run(files)
    rows = lines(files)
    rows[0][4] = "Bob"
    rows[1][7] = "20.01"
    del rows[2]
    rows.append(["9", "order", "city", "440100", "Cid", "0.05", "1.00", "0.05"])
    with (files / "old.csv").open("w") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["order_no", "cause", "tier", "region_code", "agent", "rate", "base", "amount"]
        )
        writer.writerows(rows)
    with pytest.raises(SystemExit) as stopped:
        run(files, "--expect", f"{files}/old.csv")
    assert stopped.value.code == 1
    with (files / "l.csv.differences.csv").open(encoding="utf-8-sig") as file:
        found = [(row["type"], row["order_no"], row["tier"]) for row in csv.DictReader(file)]
    assert found == [
        ("other amount", "1", "city"),
        ("other agent", "1", "county"),
        ("extra", "1", "province"),
        ("missing", "9", "city"),
    ]


def test_a_file_that_is_missing_or_no_plan_is_refused(files: Path):
    (files / "p.json").write_text("{}")
    with pytest.raises(CommandError):
        run(files)
    (files / "p.json").unlink()
    with pytest.raises(CommandError):
        run(files)
    assert not (files / "l.csv").exists()


def test_the_lines_to_compare_with_are_not_overwritten(files: Path):
    run(files)
    before = (files / "l.csv").read_bytes()
    with pytest.raises(CommandError):
        run(files, "--expect", f"{files}/l.csv")
    assert (files / "l.csv").read_bytes() == before


def test_differences_of_an_earlier_run_are_taken_away(files: Path):
    run(files)
    (files / "l.csv").rename(files / "old.csv")
    (files / "l.csv.differences.csv").write_text("of an earlier run")
    run(files, "--expect", f"{files}/old.csv")
    assert not (files / "l.csv.differences.csv").exists()
