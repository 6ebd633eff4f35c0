"""Two files of lines laid side by side: ours, and what a spreadsheet says."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from itertools import zip_longest
from pathlib import Path

from franchise.bonuses.errors import UnreadableLines
from franchise.orders.errors import FileRefused
from franchise.orders.importing.reading import find_encoding

MISSING, EXTRA, OTHER_AMOUNT, OTHER_AGENT = "missing", "extra", "other amount", "other agent"
NEEDED = ("order_no", "agent", "amount")

Key = tuple[str, str, str]
Part = tuple[str, Decimal]


@dataclass(frozen=True)
class Difference:
    """`type` is seen from the spreadsheet: missing there is in theirs and not in ours, and so on.

    missing: expected, not ours. extra: ours, not expected.
    """

    type: str
    order_no: str
    cause: str
    tier: str
    expected_agent: str
    expected_amount: str
    agent: str
    amount: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def differences(*, expected: Path, ours: Path) -> Iterator[Difference]:
    """Where two files of lines differ, by order, cause and tier. Refuses UnreadableLines."""
    theirs, mine = _read(expected), _read(ours)
    for key in sorted(theirs.keys() | mine.keys()):
        # What both have is laid aside first, so that one odd line does not make its twins odd.
        left, right = list(theirs.get(key, [])), list(mine.get(key, []))
        for part in list(left):
            if part in right:
                left.remove(part)
                right.remove(part)
        for their, my in zip_longest(sorted(left), sorted(right)):
            yield _difference(key, their, my)


def _difference(key: Key, their: Part | None, my: Part | None) -> Difference:
    if my is None:
        kind = MISSING
    elif their is None:
        kind = EXTRA
    else:
        kind = OTHER_AGENT if their[0] != my[0] else OTHER_AMOUNT
    expected_agent, expected_amount = (their[0], str(their[1])) if their else ("", "")
    agent, amount = (my[0], str(my[1])) if my else ("", "")
    return Difference(kind, *key, expected_agent, expected_amount, agent, amount)


def _read(path: Path) -> dict[Key, list[Part]]:
    found: dict[Key, list[Part]] = defaultdict(list)
    try:
        with path.open(encoding=find_encoding(path), newline="") as file:
            rows = csv.DictReader(file)
            if missing := [name for name in NEEDED if name not in (rows.fieldnames or ())]:
                raise UnreadableLines(file=path.name, why=f"no column {', '.join(missing)}")
            for row in rows:
                amount = Decimal(row["amount"]).quantize(Decimal("0.01"))
                if amount:
                    key = (row["order_no"], row.get("cause") or "order", row.get("tier") or "")
                    found[key].append((row["agent"], amount))
    except FileRefused as error:
        raise UnreadableLines(file=path.name, why=str(error)) from error
    except (OSError, csv.Error) as error:
        raise UnreadableLines(file=path.name, why=str(error)) from error
    except (InvalidOperation, TypeError) as error:
        why = f"row {rows.line_num} has no amount"
        raise UnreadableLines(file=path.name, why=why) from error
    return found
