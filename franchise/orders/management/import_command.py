"""What the commands that take in a shop's file have in common."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from tqdm import tqdm

from franchise.core.errors import BusinessError
from franchise.core.spreadsheets import FileMissing
from franchise.orders.importing.report import Report
from franchise.orders.importing.taking import Tell
from franchise.orders.models import Shop

PROBLEMS_SHOWN = 20


class ImportCommand(BaseCommand):
    """Takes in one file of a shop; says what came of it in words, or as JSON with --json."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a .csv or .xlsx file")
        parser.add_argument(
            "--shop", required=True, metavar="CODE", help="the shop's code; entered if new"
        )
        parser.add_argument("--dry-run", action="store_true", help="check only, change nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def take_in(self, path: Path, *, shop: str, tell: Tell) -> Report:
        raise NotImplementedError

    def preview(self, path: Path, *, shop: str, tell: Tell) -> Report:
        raise NotImplementedError

    def handle(self, **options: Any) -> None:
        take = self.preview if options["dry_run"] else self.take_in
        path, shop = options["file"], options["shop"]
        is_new = not Shop.objects.filter(code=shop).exists()
        try:
            if not path.is_file():
                raise FileMissing(file=path.name)
            with _Progress() as tell:
                report = take(path, shop=shop, tell=tell).told()
        except BusinessError as refusal:
            raise CommandError(str(refusal)) from refusal
        if is_new and not options["dry_run"]:
            self.stderr.write(_("There was no shop “%s” yet: it was entered.") % shop)
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            self._say(report)

    def _say(self, report: dict[str, Any]) -> None:
        problems = report.pop("problems")
        unknown = report.pop("unknown_columns")
        self.stdout.write(", ".join(f"{name} {count}" for name, count in report.items()))
        if unknown:
            self.stdout.write(_("Columns not known and not stored: %s") % "、".join(unknown))
        for problem in problems[:PROBLEMS_SHOWN]:
            self.stderr.write(f"{problem['row']}, {problem['column']}: {problem['problem']}")
        if len(problems) > PROBLEMS_SHOWN:
            self.stderr.write(f"… {len(problems) - PROBLEMS_SHOWN} more")


class _Progress:
    """A bar on the terminal for each thing that is being done; silent where nobody looks."""

    def __init__(self) -> None:
        self.doing = ""
        self.bar: tqdm[Any] | None = None

    def __enter__(self) -> Tell:
        return self

    def __call__(self, doing: str, done: int) -> None:
        if self.bar is None or doing != self.doing:
            self._close()
            # None: only on a terminal.
            self.bar = tqdm(desc=doing, unit="", unit_scale=True, disable=None)
            self.doing = doing
        self.bar.update(done - self.bar.n)

    def __exit__(self, *_error: object) -> None:
        self._close()

    def _close(self) -> None:
        if self.bar is not None:
            self.bar.close()
