import csv
import json
import time
from argparse import ArgumentParser
from dataclasses import fields
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from franchise.bonuses.actions.shadow_running import ShadowRun, run_in_shadow
from franchise.bonuses.differences import Difference, differences
from franchise.core.errors import BusinessError

SHOWN = 20
IN_JSON = 1_000


class Command(BaseCommand):
    help = (
        "Pays what the files say, against nothing but the files and the division data, and lays "
        "the result beside an old spreadsheet. The database is left as it was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name in ("territories", "plan", "orders"):
            parser.add_argument(f"--{name}", type=Path, required=True)
        parser.add_argument("--refunds", type=Path)
        parser.add_argument("--expect", type=Path, help="lines to compare with")
        parser.add_argument("--out", type=Path, required=True, help="where the lines go")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, out: Path, expect: Path | None, **options: Any) -> None:
        began = time.monotonic()
        names = ("territories", "plan", "orders", "refunds")
        files = {name: options[name] for name in names}
        try:
            for path in [*files.values(), expect]:
                if path is not None and not path.is_file():
                    raise CommandError(_("There is no file %(file)s.") % {"file": path})
            if expect is not None and out.exists() and out.samefile(expect):
                raise CommandError(_("--out would overwrite the lines to compare with."))
            run = run_in_shadow(**files, out=out)
            found = list(differences(expected=expect, ours=out)) if expect else []
        except BusinessError as error:
            raise CommandError(str(error)) from error
        beside = out.with_name(f"{out.name}.differences.csv")
        if found:
            _write(found, beside)
        else:
            beside.unlink(missing_ok=True)
        seconds = round(time.monotonic() - began, 3)
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(run, found, seconds), ensure_ascii=False))
        else:
            self._say(run, found, expect=expect is not None, seconds=seconds)
        if found:
            # The differences are told above; the exit code is for scripts.
            raise SystemExit(1)

    def _say(
        self, run: ShadowRun, found: list[Difference], *, expect: bool, seconds: float
    ) -> None:
        self.stdout.write(
            _(
                "%(orders)d orders, %(refunds)d refunds: %(lines)d lines, %(amount)s yuan to "
                "agents, %(retained)s yuan retained; %(unresolved)d unresolved; in %(seconds)s s."
            )
            % {
                **run.outcome.as_json(),
                "lines": run.lines,
                "unresolved": run.unresolved,
                "seconds": seconds,
            }
        )
        for problem in run.problems[:SHOWN]:
            self.stderr.write("{file} {row}, {column}: {problem}".format(**problem))
        if len(run.problems) > SHOWN:
            self.stderr.write(f"… {len(run.problems) - SHOWN}")
        if not expect:
            return
        if not found:
            self.stdout.write(_("No difference."))
        for one in found[:SHOWN]:
            self.stdout.write(
                f"{one.type}: {one.order_no} {one.cause} {one.tier}: "
                f"{one.expected_agent} {one.expected_amount} / {one.agent} {one.amount}"
            )
        if found:
            self.stdout.write(_("%(count)d differences.") % {"count": len(found)})


def _as_json(run: ShadowRun, found: list[Difference], seconds: float) -> dict[str, Any]:
    by_type: dict[str, int] = {}
    for one in found:
        by_type[one.type] = by_type.get(one.type, 0) + 1
    return {
        "orders": run.outcome.orders,
        "refunds": run.outcome.refunds,
        "lines": run.lines,
        "amount": str(run.outcome.amount),
        "retained": str(run.outcome.retained),
        "unresolved": run.unresolved,
        "rejected": run.rejected,
        "problems": run.problems,
        "differences": len(found),
        "differences_by_type": by_type,
        "first_differences": [one.as_dict() for one in found[:IN_JSON]],
        "seconds": seconds,
    }


def _write(found: list[Difference], path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([field.name for field in fields(Difference)])
        writer.writerows(list(one.as_dict().values()) for one in found)
