"""Agents taken in from a file: `code, name, kind, contact, phone`; only the code is required."""

from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from agents.actions.agents import add_agent, change_agent
from agents.models import Agent
from franchise.core.errors import BusinessError
from franchise.core.spreadsheets import Outcome, Problem, Row, Table, read_table
from franchise.users.models import User

OTHER_NAMES = {
    "代理商编号": "code",
    "代理商": "name",
    "名称": "name",
    "类型": "kind",
    "联系人": "contact",
    "手机号": "phone",
}
KINDS = {
    "": Agent.Kind.COMPANY,
    "company": Agent.Kind.COMPANY,
    "公司": Agent.Kind.COMPANY,
    "person": Agent.Kind.PERSON,
    "个人": Agent.Kind.PERSON,
}


def read_agent_file(path: Path) -> Table:
    """Refuses an unreadable file and one without a column of codes."""
    return read_table(path, required=["code"], other_names=OTHER_NAMES)


@transaction.atomic
def import_agents(table: Table, *, dry_run: bool = False, by: User | None) -> Outcome:
    """Add the agents not known by their code, and bring the known ones up to the file."""
    outcome = Outcome(rows=len(table.rows))
    for row in table.rows:
        try:
            _take_in(row, outcome, by)
        except BusinessError as refusal:
            outcome.problems.append(Problem(row.number, table.header_of("code"), str(refusal)))
        except KeyError:
            problem = _("is neither person nor company")
            outcome.problems.append(Problem(row.number, table.header_of("kind"), problem))
    if dry_run:
        transaction.set_rollback(True)
    return outcome


def _take_in(row: Row, outcome: Outcome, by: User | None) -> None:
    code = row.cells.get("code", "")
    told = {
        "name": row.cells.get("name") or code,
        "kind": KINDS[row.cells.get("kind", "").lower()],
        "contact": row.cells.get("contact", ""),
        "phone": row.cells.get("phone", ""),
    }
    known = Agent.objects.filter(code=code).first()
    if known is None:
        add_agent(code=code, **told, by=by)
        outcome.new += 1
    elif all(getattr(known, field) == value for field, value in told.items()):
        outcome.unchanged += 1
    else:
        change_agent(known.pk, **told, by=by)
        outcome.changed += 1
