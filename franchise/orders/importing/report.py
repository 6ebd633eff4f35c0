"""What came of a file: counts and problems, stored as codes and told in the reader's language."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from franchise.orders.importing.problems import sentence

# More than these are in the rejected rows and their file, not in the report.
MOST_PROBLEMS = 1_000


@dataclass
class Report:
    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    unresolved: int = 0
    old_versions: int = 0
    without_order: int = 0
    problems: list[dict[str, Any]] = field(default_factory=list)
    unknown_columns: list[str] = field(default_factory=list)
    header: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def stored(self) -> dict[str, Any]:
        """As ImportFile.report keeps it."""
        return asdict(self)

    def told(self) -> dict[str, Any]:
        """As the commands print it: the problems are sentences."""
        return told_report(self.stored())


def told_report(stored: Mapping[str, Any]) -> dict[str, Any]:
    """A stored report in the reader's language."""
    told = {name: value for name, value in stored.items() if name != "header"}
    told["problems"] = [
        {"row": problem["row"], "column": problem["column"], "problem": sentence(problem)}
        for problem in stored.get("problems", ())
    ]
    return told
