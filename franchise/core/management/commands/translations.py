from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from franchise.core import translations


class Command(BaseCommand):
    help = "Compile the Chinese translations, check that they are complete, or add what they lack."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("verb", choices=["compile", "check", "update"])

    def handle(self, *_args: Any, verb: str, **_options: Any) -> None:
        if verb == "compile":
            translations.compile_catalogues()
        elif verb == "update":
            translations.update_catalogues()
        elif found := translations.problems():
            raise CommandError("\n".join(found))
