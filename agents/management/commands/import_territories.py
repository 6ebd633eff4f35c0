from pathlib import Path

from agents.actions.territory_file import import_territories
from agents.drafts import read_territory_file
from franchise.core.management.file_command import FileCommand
from franchise.core.spreadsheets import Outcome, write_rejected


class Command(FileCommand):
    help = "Take in territories: region_code, tier, agent, starts_on, ends_on (CSV or XLSX)."

    def take_in(self, path: Path, *, dry_run: bool) -> Outcome:
        table = read_territory_file(path)
        outcome = import_territories(table, dry_run=dry_run, by=None)
        write_rejected(path, table, outcome.problems)
        return outcome
