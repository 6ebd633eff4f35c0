"""What the commands that take in a file have in common."""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from franchise.core.errors import BusinessError
from franchise.core.spreadsheets import Outcome

PROBLEMS_SHOWN = 20


class FileCommand(BaseCommand):
    """Takes in one file; says what came of it in words, or as one JSON object with --json."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="check only, change nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def take_in(self, path: Path, *, dry_run: bool) -> Outcome:
        raise NotImplementedError

    def handle(self, **options: Any) -> None:
        started = time.monotonic()
        try:
            outcome = self.take_in(options["file"], dry_run=options["dry_run"])
        except BusinessError as refusal:
            raise CommandError(str(refusal)) from refusal
        seconds = round(time.monotonic() - started, 2)
        if options["json"]:
            self.stdout.write(
                json.dumps({**outcome.as_json(), "seconds": seconds}, ensure_ascii=False)
            )
            return
        counts = {**outcome.as_json(), "seconds": seconds}
        counts.pop("problems")
        self.stdout.write(", ".join(f"{name} {count}" for name, count in counts.items()))
        for problem in outcome.problems[:PROBLEMS_SHOWN]:
            self.stderr.write(f"{problem.row}, {problem.column}: {problem.problem}")
        if len(outcome.problems) > PROBLEMS_SHOWN:
            self.stderr.write(f"… {len(outcome.problems) - PROBLEMS_SHOWN} more")
