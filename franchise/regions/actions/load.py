"""Bring the division data into the tree, or bring the tree up to newer data."""

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

from franchise.core import locks
from franchise.core.locks import Lock
from franchise.regions.divisions import ALIASES_FROM, Division, DivisionData
from franchise.regions.models import Alias, Region, Succession

BATCH = 4000
UPDATED = ["parent", "valid_to", "change_kind", "note"]
INTERVAL = ["lft", "rght", "tree_id", "level"]

Key = tuple[str, str, date]


@dataclass(slots=True)
class Loaded:
    """What a load has changed."""

    added: int = 0
    changed: int = 0
    kept: int = 0
    successions: int = 0
    aliases: int = 0

    def as_dict(self) -> dict[str, int]:
        """The counts by name."""
        return asdict(self)


@transaction.atomic
def load_divisions(data: DivisionData) -> Loaded:
    """Add what is missing and bring up to date what differs; twice changes nothing.

    What head office added or retired by hand stays as it is. Nothing is removed: a division that
    newer data no longer names stays in force until someone retires it.
    """
    locks.hold(Lock.REGION_TREE)
    loaded = Loaded()
    regions = _load_regions(data, loaded)
    _load_successions(data, regions, loaded)
    _load_aliases(data, loaded)
    if loaded.added:
        # Until the server looks for itself, it would plan for an empty table.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE regions_region, regions_succession, regions_alias")
    return loaded


def _load_regions(data: DivisionData, loaded: Loaded) -> dict[Key, Region]:
    known = {(r.code, r.name, r.valid_from): r for r in Region.objects.all()}
    by_hand = {r.code: r for r in known.values() if r.kept_by_hand and r.valid_to is None}
    found: dict[Key, Region] = {}
    added: list[Region] = []
    changed: list[Region] = []
    ids = _fresh_ids(sum(1 for division in data.divisions if division.key not in known))
    for division in data.divisions:
        parent = found[division.parent.key] if division.parent else None
        region = known.get(division.key)
        if division.valid_to is None:
            region = by_hand.get(division.code, region)
        if region is None:
            region = Region(
                id=next(ids), code=division.code, name=division.name, kind=division.kind,
                valid_from=division.valid_from,
            )  # fmt: skip
            _take_over(region, division, parent)
            added.append(region)
        elif region.kept_by_hand:
            loaded.kept += 1
        elif _take_over(region, division, parent):
            changed.append(region)
        found[division.key] = region
    loaded.added, loaded.changed = len(added), len(changed)
    if added or changed:
        _write(list(known.values()), added, changed)
    return found


def _fresh_ids(count: int) -> Any:
    """Ids from the table's own sequence, so that those who add by hand meet none of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('regions_region', 'id')) "
            "FROM generate_series(1, %s)",
            [count],
        )
        return iter([row[0] for row in cursor.fetchall()])


def _take_over(region: Region, division: Division, parent: Region | None) -> bool:
    """Set what the data says of a region; whether anything differed."""
    new = {
        "parent_id": parent.pk if parent else None,
        "valid_to": division.valid_to,
        "change_kind": division.change_kind,
        "note": division.note,
    }
    if all(getattr(region, name) == value for name, value in new.items()):
        return False
    for name, value in new.items():
        setattr(region, name, value)
    return True


def _write(known: list[Region], added: list[Region], changed: list[Region]) -> None:
    """Write rows and the intervals of the tree they now make.

    The library counts the intervals of a whole tree at once; put in one by one, a thousand new
    towns would move forty thousand rows a thousand times.
    """
    intervals = _intervals([*known, *added])
    touched = {region.pk for region in changed}
    moved = []
    for region in [*known, *added]:
        if tuple(getattr(region, name) for name in INTERVAL) != intervals[region.pk]:
            for name, value in zip(INTERVAL, intervals[region.pk], strict=True):
                setattr(region, name, value)
            touched.add(region.pk)
    moved = [region for region in known if region.pk in touched]
    if moved:
        # Those that end free their code for those that begin.
        moved.sort(key=lambda region: region.valid_to is None)
        Region.objects.bulk_create(
            moved,
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=[*UPDATED, *INTERVAL],
        )
    Region.objects.bulk_create(added, batch_size=BATCH)


def _intervals(regions: list[Region]) -> dict[int, tuple[int, ...]]:
    children: dict[int | None, list[Region]] = defaultdict(list)
    for region in sorted(regions, key=lambda r: (r.code, r.valid_from, r.pk)):
        children[region.parent_id].append(region)

    def branch(region: Region) -> dict[str, Any]:
        below = [branch(child) for child in children[region.pk]]
        return {"id": region.pk, "parent_id": region.parent_id, "children": below}

    [root] = children[None]
    nodes = Region.objects.build_tree_nodes(branch(root))
    tree_id = root.tree_id or nodes[0].tree_id
    return {node.pk: (node.lft, node.rght, tree_id, node.level) for node in nodes}


def _load_successions(data: DivisionData, regions: dict[Key, Region], loaded: Loaded) -> None:
    in_force = {d.code: regions[d.key] for d in data.divisions if d.valid_to is None}
    known = {(s.region_id, s.successor_id): s for s in Succession.objects.all()}
    missing, moved = [], []
    for division in data.divisions:
        region = regions[division.key]
        if region.kept_by_hand:
            continue
        for position, code in enumerate(division.successors):
            succession = known.get((region.pk, in_force[code].pk))
            if succession is None:
                missing.append(
                    Succession(region=region, successor=in_force[code], position=position)
                )
            elif succession.position != position:
                succession.position = position
                moved.append(succession)
    Succession.objects.bulk_create(missing, batch_size=BATCH)
    if moved:
        Succession.objects.bulk_update(moved, ["position"])
    loaded.successions = len(missing) + len(moved)


def _load_aliases(data: DivisionData, loaded: Loaded) -> None:
    """Aliases once loaded are head office's: an alias it ended or moved does not come back."""
    in_force = dict(Region.objects.filter(valid_to=None).values_list("code", "id"))
    known = set(Alias.objects.filter(starts_on=ALIASES_FROM).values_list("code", "name", "region"))
    missing = [
        Alias(
            code=row.code,
            name=row.name,
            kind=row.kind,
            region_id=in_force[row.region],
            within_id=in_force[row.within] if row.within else None,
            starts_on=ALIASES_FROM,
            source=row.source,
        )
        for row in data.aliases
        if row.region in in_force
        and (not row.within or row.within in in_force)
        and (row.code, row.name, in_force[row.region]) not in known
    ]
    Alias.objects.bulk_create(missing, batch_size=BATCH)
    loaded.aliases = len(missing)
