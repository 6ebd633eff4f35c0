import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from franchise.regions.actions.load import load_divisions
from franchise.regions.divisions import division_data


class Command(BaseCommand):
    help = "Loads or updates the division data that comes with the program; twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        loaded = load_divisions(division_data())
        seconds = round(time.monotonic() - started, 2)
        if options["json"]:
            self.stdout.write(json.dumps({**loaded.as_dict(), "seconds": seconds}))
            return
        self.stdout.write(
            _(
                "%(added)d regions added, %(changed)d changed, %(kept)d kept by hand, "
                "%(successions)d successions, %(aliases)d aliases, in %(seconds)s s."
            )
            % {**loaded.as_dict(), "seconds": seconds}
        )
