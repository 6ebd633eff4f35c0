"""Read posted lines the way people write them: by cause and tier, in yuan."""

import csv
import io

from franchise.bonuses.queries.line_files import write_lines
from franchise.ledger.proof import prove


def lines_of(order_no: str) -> dict[str, dict[str, str]]:
    """{cause: {tier: amount}} of one order, as the lines file has it; head office is ''."""
    found: dict[str, dict[str, str]] = {}
    for line in line_rows():
        if line["order_no"] == order_no:
            found.setdefault(line["cause"], {})
            # A correction takes back and pays anew: both are told.
            before = found[line["cause"]].get(line["tier"])
            told = line["amount"] if before is None else f"{before} {line['amount']}"
            found[line["cause"]][line["tier"]] = told
    return found


def line_rows() -> list[dict[str, str]]:
    file = io.BytesIO()
    write_lines(file)
    return list(csv.DictReader(io.StringIO(file.getvalue().decode())))


def assert_proven() -> None:
    proof = prove()
    assert {check.name: check.problems for check in proof.checks if not check.ok} == {}
