"""Territories taken in from a file.

A map of some thousand rows is checked in memory against what is held, by the same rules as a
single grant, and written at once; the database's guards stand behind it all the same.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date

from django.db import transaction

from agents import rules
from agents.actions.territories import (
    as_held,
    ask_guards,
    days_freed,
    refuse_taken,
    refuse_unfit,
    tell_followers,
)
from agents.drafts import TerritoryDraft, Wanted
from agents.errors import AlreadyEnds, PeriodEmpty, TierDoesNotFit
from agents.models import Agent, Territory
from franchise.core.errors import BusinessError
from franchise.core.locks import Lock, hold
from franchise.core.spreadsheets import Outcome, Problem, Table
from franchise.history.actions import record, record_each
from franchise.regions.models import Region
from franchise.users.models import User

Consent = Territory.Consent
Key = tuple[int, int, int, date]
AT_FAULT: dict[type[BusinessError], str] = {
    TierDoesNotFit: "tier",
    PeriodEmpty: "ends_on",
    AlreadyEnds: "ends_on",
}


@transaction.atomic
def import_territories(table: Table, *, dry_run: bool = False, by: User | None) -> Outcome:
    """Take in the good rows and list the bad ones; the same file twice changes nothing.

    A row that stands already is unchanged; one that gives an open territory its end, ends it; any
    other is a new territory. Agents not known are added under what the file calls them. A town
    inside a held county is taken as agreed, the consent to be attached.
    """
    hold(Lock.MAP)
    intake = Intake(table, by)
    intake.take_in()
    if dry_run:
        transaction.set_rollback(True)
    return Outcome(
        rows=len(table.rows),
        new=len(intake.new),
        changed=len(intake.freed),
        unchanged=intake.unchanged,
        problems=sorted(intake.problems, key=lambda problem: problem.row),
    )


class Intake:
    """One run: what stands, what the rows change about it, and what is refused."""

    def __init__(self, table: Table, by: User | None) -> None:
        self.table = table
        self.by = by
        self.draft = TerritoryDraft(table)
        self.problems = self.draft.problems
        self.standing = {_key(as_held(one)): one for one in Territory.objects.all()}
        self.map = HeldMap(as_held(one) for one in self.standing.values())
        self.unchanged = 0
        self.freed: list[rules.Held] = []
        self.new: dict[rules.Held, Consent] = {}
        self.agreed_towns: set[int] = set()

    def take_in(self) -> None:
        rows = self.draft.wanted
        # Ends first: wherever in the file they stand, they make room for who comes after.
        for row in rows:
            if _key(row.held) in self.standing:
                self._try(self._keep_or_end, row)
        for row in rows:
            if _key(row.held) not in self.standing:
                self._try(self._grant, row)
        self._write()

    def _try(self, step: Callable[[Wanted], None], row: Wanted) -> None:
        try:
            step(row)
        except BusinessError as refusal:
            column = self.table.header_of(AT_FAULT.get(type(refusal), "region_code"))
            self.problems.append(Problem(row.row, column, str(refusal)))

    def _keep_or_end(self, row: Wanted) -> None:
        territory = self.standing[_key(row.held)]
        ends_on = row.held.ends_on
        if ends_on == territory.ends_on:
            self.unchanged += 1
            return
        if ends_on is None or territory.ends_on is not None:
            raise AlreadyEnds(ends_on=territory.ends_on)
        freed = days_freed(territory, ends_on)
        ask_guards(freed)
        self.map.remove(as_held(territory))
        territory.ends_on = ends_on
        territory.save(update_fields=["ends_on"])
        self.map.add(as_held(territory))
        self.freed.append(freed)
        record("territory.ended", on=territory, by=self.by, ends_on=ends_on.isoformat())

    def _grant(self, row: Wanted) -> None:
        held = row.held
        if held in self.new:
            self.unchanged += 1
            return
        refuse_unfit(row.region, held)
        refuse_taken(row.region, held, self.map.at(held.region_id), self.draft.agents.name_of)
        ask_guards(held)
        path = self.map.path(held.region_id)
        is_carved = rules.carved_from(held, path, self.map.at(*path))
        for town in rules.carved_out(held, self.map.below(held.region_id)):
            self._take_as_agreed(town)
        self.map.add(held)
        self.new[held] = Consent.TO_BE_ATTACHED if is_carved else Consent.NOT_NEEDED

    def _take_as_agreed(self, town: rules.Held) -> None:
        if town.territory_id is None:
            self.new[town] = Consent.TO_BE_ATTACHED
        else:
            self.agreed_towns.add(town.territory_id)

    def _write(self) -> None:
        agent_ids = self._add_agents()
        granted = [
            Territory(
                region_id=held.region_id,
                tier=held.tier,
                agent_id=agent_ids.get(held.agent_id, held.agent_id),
                starts_on=held.starts_on,
                ends_on=held.ends_on,
                consent=consent,
            )
            for held, consent in self.new.items()
        ]
        Territory.objects.bulk_create(granted)
        record_each(
            "territory.granted",
            ((one, {"agent": one.agent_id, **_told(one)}) for one in granted),
            by=self.by,
        )
        Territory.objects.filter(pk__in=self.agreed_towns, consent=Consent.NOT_NEEDED).update(
            consent=Consent.TO_BE_ATTACHED
        )
        for change in [*self.freed, *self.new]:
            tell_followers(change)

    def _add_agents(self) -> dict[int, int]:
        """Add the agents of accepted rows that were not known; their ids by the draft's ones."""
        unknown = list(dict.fromkeys(held.agent_id for held in self.new if held.agent_id < 0))
        texts = [self.draft.agents.name_of(agent_id) for agent_id in unknown]
        added = Agent.objects.bulk_create([Agent(code=text, name=text) for text in texts])
        record_each(
            "agent.added",
            ((one, {"code": one.code, "name": one.name}) for one in added),
            by=self.by,
        )
        return dict(zip(unknown, (one.pk for one in added), strict=True))


class HeldMap:
    """What is held, found by region, above a region and below it."""

    def __init__(self, held: Iterable[rules.Held]) -> None:
        self._parents = dict(Region.objects.values_list("pk", "parent_id"))
        self._at: dict[int, list[rules.Held]] = defaultdict(list)
        self._below: dict[int, list[rules.Held]] = defaultdict(list)
        for one in held:
            self.add(one)

    def path(self, region_id: int) -> list[int]:
        """The regions above, from the parent up."""
        path: list[int] = []
        above = self._parents[region_id]
        while above is not None:
            path.append(above)
            above = self._parents[above]
        return path

    def at(self, *region_ids: int) -> list[rules.Held]:
        return [one for region_id in region_ids for one in self._at[region_id]]

    def below(self, region_id: int) -> list[rules.Held]:
        return self._below[region_id]

    def add(self, held: rules.Held) -> None:
        self._at[held.region_id].append(held)
        for above in self.path(held.region_id):
            self._below[above].append(held)

    def remove(self, held: rules.Held) -> None:
        self._at[held.region_id].remove(held)
        for above in self.path(held.region_id):
            self._below[above].remove(held)


def _key(held: rules.Held) -> Key:
    return (held.region_id, held.tier, held.agent_id, held.starts_on)


def _told(territory: Territory) -> dict[str, str | None]:
    return {
        "starts_on": territory.starts_on.isoformat(),
        "ends_on": territory.ends_on.isoformat() if territory.ends_on else None,
        "consent": territory.consent,
    }
