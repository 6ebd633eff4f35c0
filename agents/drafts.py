"""What a file of territories asks for, row by row, before anything is decided.

Columns: `region_code, tier, agent, starts_on, ends_on`; Chinese headers and tiers are understood.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _

from agents import rules
from agents.models import Agent, Tier
from franchise.core.spreadsheets import Problem, Row, Table, as_day, read_table
from franchise.regions.models import Region

REQUIRED = ("region_code", "tier", "agent", "starts_on")
OTHER_NAMES = {
    "区域代码": "region_code",
    "级别": "tier",
    "代理级别": "tier",
    "代理商": "agent",
    "开始日期": "starts_on",
    "结束日期": "ends_on",
}
TIERS = {
    "province": Tier.PROVINCE,
    "省级": Tier.PROVINCE,
    "city": Tier.CITY,
    "市级": Tier.CITY,
    "county": Tier.COUNTY,
    "区县镇级": Tier.COUNTY,
    "区县级": Tier.COUNTY,
}
LONGEST_AGENT = 80
A_FORMULA = re.compile(r"=|[-+@].*[(|!]")


@dataclass(frozen=True)
class Wanted:
    """One readable row. The id of an agent that is not known yet is below zero."""

    row: int
    region: Region
    held: rules.Held


class BadCell(ValueError):
    def __init__(self, column: str, problem: str) -> None:
        super().__init__(problem)
        self.column = column


def read_territory_file(path: Path) -> Table:
    """Refuses an unreadable file and one without the required columns."""
    return read_table(path, required=REQUIRED, other_names=OTHER_NAMES)


class TerritoryDraft:
    """The rows of a file understood: `wanted`, and the `problems` of those that were not."""

    def __init__(self, table: Table) -> None:
        self.agents = AgentNames()
        self.wanted: list[Wanted] = []
        self.problems: list[Problem] = []
        regions = _regions_coded(row.cells.get("region_code", "") for row in table.rows)
        for row in table.rows:
            try:
                self.wanted.append(self._understood(row, regions))
            except BadCell as bad:
                column = table.header_of(bad.column)
                self.problems.append(Problem(row.number, column, str(bad)))

    def _understood(self, row: Row, regions: Mapping[str, list[Region]]) -> Wanted:
        tier = TIERS.get(row.cells.get("tier", "").lower())
        if tier is None:
            raise BadCell("tier", _("is none of province, city, county"))
        starts_on = _day(row, "starts_on")
        ends_on = _day(row, "ends_on") if row.cells.get("ends_on") else None
        agent = row.cells.get("agent", "")
        if not 0 < len(agent) <= LONGEST_AGENT:
            raise BadCell("agent", _("must have 1 to 80 characters"))
        if A_FORMULA.match(agent):
            raise BadCell("agent", _("looks like a formula"))
        region = _region_on(regions, row.cells.get("region_code", ""), starts_on)
        held = rules.Held(region.pk, tier, self.agents.id_of(agent), starts_on, ends_on)
        return Wanted(row.number, region, held)


class AgentNames:
    """Agents by their code, or by a name only one of them has; and those not known yet."""

    def __init__(self) -> None:
        self.names: dict[int, str] = {}
        self._ids: dict[str, int] = {}
        by_name: dict[str, list[int]] = defaultdict(list)
        for pk, code, name in Agent.objects.values_list("pk", "code", "name"):
            self.names[pk] = name
            self._ids[code] = pk
            by_name[name].append(pk)
        for name, pks in by_name.items():
            if len(pks) == 1:
                self._ids.setdefault(name, pks[0])

    def id_of(self, text: str) -> int:
        if text not in self._ids:
            self._ids[text] = -1 - len(self._ids)
            self.names[self._ids[text]] = text
        return self._ids[text]

    def name_of(self, agent_id: int) -> str:
        return self.names[agent_id]


def _regions_coded(codes: Iterable[str]) -> dict[str, list[Region]]:
    found: dict[str, list[Region]] = defaultdict(list)
    for region in Region.objects.filter(code__in=set(codes)).order_by("valid_from"):
        found[region.code].append(region)
    return found


def _region_on(regions: Mapping[str, list[Region]], code: str, day: date) -> Region:
    """The division with that code on that day; if none was, the last one that ever had it."""
    coded = regions.get(code)
    if not coded:
        raise BadCell("region_code", _("no division has the code “%s”") % code)
    in_force = [one for one in coded if one.valid_from <= day and not _ended(one, day)]
    return (in_force or coded)[-1]


def _ended(region: Region, day: date) -> bool:
    return region.valid_to is not None and region.valid_to <= day


def _day(row: Row, column: str) -> date:
    try:
        return as_day(row.cells.get(column, ""))
    except ValueError as error:
        raise BadCell(column, _("is no date like 2026-01-31")) from error
