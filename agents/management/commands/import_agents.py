from pathlib import Path

from agents.actions.agent_file import import_agents, read_agent_file
from franchise.core.management.file_command import FileCommand
from franchise.core.spreadsheets import Outcome, write_rejected


class Command(FileCommand):
    help = "Take in agents: code, name, kind (person or company), contact, phone (CSV or XLSX)."

    def take_in(self, path: Path, *, dry_run: bool) -> Outcome:
        table = read_agent_file(path)
        outcome = import_agents(table, dry_run=dry_run, by=None)
        write_rejected(path, table, outcome.problems)
        return outcome
