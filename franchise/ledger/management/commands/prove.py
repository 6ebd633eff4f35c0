import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from franchise.ledger.actions import keep_proof
from franchise.ledger.proof import Check, prove


class Command(BaseCommand):
    help = (
        "Proves the books: every check of every app in one snapshot. "
        "Names the rows that are not as they must be, and exits with 1 if there are any."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        proof = prove() if options["json"] else prove(self.tell)
        keep_proof(proof)
        if options["json"]:
            self.stdout.write(json.dumps(proof.as_dict(), ensure_ascii=False))
        else:
            verdict = _("The books are proved.") if proof.ok else _("The books are NOT in order.")
            style = self.style.SUCCESS if proof.ok else self.style.ERROR
            self.stdout.write(style(verdict) + f" {proof.seconds:.2f} s")
        if not proof.ok:
            sys.exit(1)

    def tell(self, checks: list[Check]) -> None:
        for check in checks:
            mark = self.style.SUCCESS("✓") if check.ok else self.style.ERROR("✗")
            self.stdout.write(f"{mark} {_(check.title)}")
            for problem in check.problems:
                self.stdout.write(f"    {problem}")
            if (more := check.count - len(check.problems)) > 0:
                text = ngettext("and %(count)d more row", "and %(count)d more rows", more)
                self.stdout.write("    " + text % {"count": more})
