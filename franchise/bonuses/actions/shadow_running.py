"""Pay what files say in books of their own, so that old lines can be laid beside ours."""

from dataclasses import dataclass, field
from pathlib import Path

from agents.actions.territory_file import import_territories
from agents.drafts import read_territory_file
from franchise.bonuses.actions.awarding import Outcome, award_orders, claw_back_refunds
from franchise.bonuses.actions.plans import take_over_plan
from franchise.bonuses.plan_files import read_plan
from franchise.bonuses.queries.line_files import write_lines
from franchise.bonuses.shadow import analyze_shadows, empty_books
from franchise.core import clock
from franchise.orders.importing.reading import open_table
from franchise.orders.importing.report import Report, told_report
from franchise.orders.importing.taking import take_in
from franchise.orders.models import ImportFile, Shop


@dataclass
class ShadowRun:
    """What came of each file; `problems` of it by row, column and what is wrong."""

    outcome: Outcome
    lines: int
    unresolved: int
    rejected: dict[str, int]
    problems: list[dict[str, object]] = field(default_factory=list)


def run_in_shadow(
    *, territories: Path, plan: Path, orders: Path, refunds: Path | None, out: Path
) -> ShadowRun:
    """Import the files into empty books, award, write the lines to `out`, and roll all back.

    Refuses as the importers do; bad rows are left out and told.
    """
    with empty_books():
        held = import_territories(read_territory_file(territories), by=None)
        take_over_plan(read_plan(plan))
        shop = Shop.objects.create(code="shadow", name="shadow")
        taken = _take(ImportFile.Kind.ORDERS, shop, orders)
        refunded = _take(ImportFile.Kind.REFUNDS, shop, refunds) if refunds else Report()
        analyze_shadows()
        outcome = Outcome()
        for step in (award_orders, claw_back_refunds):
            while step(outcome):
                pass
        half_written = out.with_name(f".{out.name}.part")
        with half_written.open("wb") as file:
            lines = write_lines(file)
        half_written.replace(out)
    problems: list[dict[str, object]] = [
        {"file": "territories", **vars(problem)} for problem in held.problems
    ]
    for name, report in (("orders", taken), ("refunds", refunded)):
        problems += [
            {"file": name, **problem} for problem in told_report(report.stored())["problems"]
        ]
    return ShadowRun(
        outcome=outcome,
        lines=lines,
        unresolved=taken.unresolved,
        rejected={
            "territories": held.rejected,
            "orders": taken.rejected,
            "refunds": refunded.rejected,
        },
        problems=problems,
    )


def _take(kind: str, shop: Shop, path: Path) -> Report:
    file = ImportFile.objects.create(
        kind=kind,
        shop=shop,
        state=ImportFile.State.RUNNING,
        file_name=path.name,
        started_at=clock.now(),
    )
    return take_in(open_table(path), file, lambda _doing, _done: None)
