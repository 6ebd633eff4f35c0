import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from franchise.bonuses.queries.line_files import write_lines
from franchise.orders.errors import UnknownShop
from franchise.orders.models import Shop


class Command(BaseCommand):
    help = "Writes the posted lines as CSV: one for each holder and one for head office."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--shop", help="only this shop's orders")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, out: Path, shop: str | None, **options: Any) -> None:
        if shop is not None and not Shop.objects.filter(code=shop).exists():
            raise CommandError(str(UnknownShop(code=shop)))
        half_written = out.with_name(f".{out.name}.part")
        with half_written.open("wb") as file:
            lines = write_lines(file, shop=shop)
        half_written.replace(out)
        if options["json"]:
            self.stdout.write(json.dumps({"lines": lines, "out": str(out)}))
            return
        self.stdout.write(_("%(lines)d lines written to %(out)s.") % {"lines": lines, "out": out})
