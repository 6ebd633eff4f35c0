from pathlib import Path

from franchise.core.management.file_command import FileCommand
from franchise.core.spreadsheets import Outcome, write_rejected
from inventory.actions.pickup_points import import_pickup_points, read_pickup_point_file


class Command(FileCommand):
    help = "Take in pickup points: code, name, region_code (CSV or XLSX)."

    def take_in(self, path: Path, *, dry_run: bool) -> Outcome:
        table = read_pickup_point_file(path)
        outcome = import_pickup_points(table, dry_run=dry_run, by=None)
        write_rejected(path, table, outcome.problems)
        return outcome
