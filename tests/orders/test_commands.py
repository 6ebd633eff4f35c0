"""The commands as scripts use them: one JSON object on stdout, an exit code, files beside."""

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from franchise.history.models import Event
from franchise.orders.models import ImportFile, Order, Refund, Shop
from tests.orders.files import Mall, as_csv, good, refund

KEYS = {"rows", "new", "changed", "unchanged", "rejected", "unresolved", "problems", "seconds"}


def run(command: str, *arguments: Any) -> dict[str, Any]:
    out = io.StringIO()
    call_command(command, *arguments, "--json", stdout=out)
    report: dict[str, Any] = json.loads(out.getvalue())
    return report


def test_import_orders(mall: Mall) -> None:
    path = mall.write(as_csv([good("A1"), good("A2", goods_amount="-5", note="x")]))
    report = run("import_orders", path, "--shop", "mall")
    assert report.keys() >= KEYS
    assert (report["rows"], report["new"], report["rejected"]) == (2, 1, 1)
    [problem] = report["problems"]
    assert problem.keys() == {"row", "column", "problem"}
    assert (problem["row"], problem["column"]) == (3, "goods_amount")
    assert report["unknown_columns"] == ["note"]
    assert (mall.folder / "orders.csv.rejected.csv").exists()
    assert run("import_orders", path, "--shop", "mall")["unchanged"] == 1


def test_a_dry_run_changes_nothing(mall: Mall) -> None:
    path = mall.write(as_csv([good("A1"), good("A2", goods_amount="-5")]))
    report = run("import_orders", path, "--shop", "mall", "--dry-run")
    assert (report["new"], report["rejected"]) == (1, 1)
    assert not Order.objects.exists()
    assert [file.name for file in mall.folder.iterdir()] == ["orders.csv"]


def test_import_refunds(mall: Mall) -> None:
    path = mall.write(as_csv([refund()]), "refunds.csv")
    report = run("import_refunds", path, "--shop", "mall")
    assert report.keys() >= KEYS
    assert (report["new"], report["without_order"]) == (1, 1)
    assert Refund.objects.count() == 1


def test_in_words(mall: Mall, capsys: pytest.CaptureFixture[str]) -> None:
    path = mall.write(as_csv([good("A1"), good("A2", goods_amount="-5", note="x")]))
    call_command("import_orders", path, "--shop", "mall")
    said = capsys.readouterr()
    assert "rows 2, new 1" in said.out
    assert "note" in said.out
    assert said.err.startswith("3, goods_amount: ")


@pytest.mark.parametrize("command", ["import_orders", "import_refunds"])
def test_refusals_are_errors(mall: Mall, command: str) -> None:
    empty = mall.write("")
    with pytest.raises(CommandError):
        call_command(command, empty, "--shop", "mall")
    with pytest.raises(CommandError):
        call_command(command, mall.folder / "nothing.csv", "--shop", "mall")
    with pytest.raises(CommandError):
        call_command(command, mall.folder, "--shop", "mall")
    with pytest.raises(CommandError):
        call_command(command, mall.write(as_csv([good() | refund()])), "--shop", "x" * 41)


@pytest.mark.parametrize("command", ["import_orders", "import_refunds"])
def test_a_new_shop_is_entered_with_its_first_file(
    mall: Mall, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = mall.write(as_csv([good() | refund()]))
    call_command(command, path, "--shop", "other", "--dry-run")
    with pytest.raises(CommandError):
        call_command(command, mall.write("no,such\n1,2\n", "bad.csv"), "--shop", "other")
    assert [shop.code for shop in Shop.objects.all()] == ["mall"]
    call_command(command, path, "--shop", "other", "--json")
    assert "other" in capsys.readouterr().err
    assert [file.shop.code for file in ImportFile.objects.all() if file.shop] == ["other"]
    assert [event.data["code"] for event in Event.objects.filter(verb="shop.added")] == ["other"]
    call_command(command, path, "--shop", "other", "--json")
    assert capsys.readouterr().err == ""
