import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from franchise.bonuses.actions.plans import take_over_plan
from franchise.bonuses.plan_files import read_plan
from franchise.core.errors import BusinessError


class Command(BaseCommand):
    help = "Puts a plan file in force from its starts_on; the plan before it ends there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, file: Path, **options: Any) -> None:
        try:
            plan = take_over_plan(read_plan(file))
        except BusinessError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps({"id": plan.pk, "starts_on": str(plan.starts_on)}))
            return
        self.stdout.write(
            _("Plan “%(plan)s” is in force from %(day)s.") % {"plan": plan, "day": plan.starts_on}
        )
