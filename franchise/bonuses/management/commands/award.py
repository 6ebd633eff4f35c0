import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from tqdm import tqdm

from franchise.bonuses.actions.awarding import Outcome, award_all
from franchise.bonuses.actions.summing import sum_dirty_days
from franchise.bonuses.queries.waiting import count_waiting


class Command(BaseCommand):
    help = "Awards every order and refund that waits for its bonus, and what changed or was earned."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        with tqdm(total=count_waiting(), unit=_("orders"), disable=None) as bar:

            def show(outcome: Outcome) -> None:
                bar.update(outcome.orders + outcome.refunds + outcome.corrections - bar.n)

            outcome = award_all(show)
        sum_dirty_days()
        if options["json"]:
            self.stdout.write(json.dumps(outcome.as_json()))
            return
        self.stdout.write(
            _(
                "%(orders)d orders awarded, %(refunds)d refunds clawed back, %(corrections)d orders"
                " corrected, %(earned)d earned: %(lines)d lines, %(amount)s yuan to agents,"
                " %(retained)s yuan retained, in %(seconds)s s."
            )
            % outcome.as_json()
        )
