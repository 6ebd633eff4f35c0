import hashlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from franchise.core import translations


class Command(BaseCommand):
    help = (
        "Bring everything up to date: translations, tables, division data; in production the"
        " static files too. Quick when nothing changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--with-demo",
            action="store_true",
            help="fill an empty database with demo data and print the demo logins",
        )

    def handle(self, *_args: Any, with_demo: bool, **_options: Any) -> None:
        translations.compile_catalogues()
        self._migrate()
        self._load_regions()
        if not settings.DEBUG:
            call_command("collectstatic", interactive=False, verbosity=0)
        elif with_demo and "demo" in get_commands():
            call_command("demo", if_empty=True)
            call_command("demo", logins=True)

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Migrating the database …")
            call_command("migrate", interactive=False, verbosity=0)

    def _load_regions(self) -> None:
        """Load the division data unless this database has them from the same files."""
        if "load_regions" not in get_commands():
            return
        mark = settings.VAR_DIR / f"regions-in-{_database_digest()}"
        digest = _digest(Path(apps.get_app_config("regions").path) / "data")
        regions = apps.get_model("regions", "Region").objects
        if mark.exists() and mark.read_text() == digest and regions.exists():
            return
        self.stdout.write("Loading the division data …")
        call_command("load_regions")
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.write_text(digest)


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(folder)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _database_digest() -> str:
    named = "|".join(str(connection.settings_dict[part]) for part in ("HOST", "PORT", "NAME"))
    return hashlib.sha256(named.encode()).hexdigest()[:16]
