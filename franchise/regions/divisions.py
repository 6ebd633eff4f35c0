"""The division data that comes with the program: see data/NOTICE.md for where it is from.

Only reads the files. Rows refer to each other by index, because codes are reused and a past
division has a past parent.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"

COUNTRY_NAME = "中国"
COUNTRY_FROM = date(1949, 10, 1)
ALIASES_FROM = date(1980, 1, 1)

ALIAS_KINDS = {
    "virtual": "placeholder",
    "provisional_or_private_code": "placeholder",
    "town_as_county": "placeholder",
    "hk_mo_tw_sub": "name",
    "functional_zone_or_private": "zone",
    "other": "zone",
    "zone": "zone",
    "name": "name",
}


@dataclass(frozen=True, slots=True)
class Division:
    """A row of the data. `successors` are codes of present divisions, the primary one first."""

    code: str
    name: str
    kind: str
    parent: "Division | None"
    valid_from: date
    valid_to: date | None = None
    successors: tuple[str, ...] = ()
    change_kind: str = ""
    note: str = ""

    @property
    def key(self) -> tuple[str, str, date]:
        """What finds a division for ever: a code alone is used again."""
        return self.code, self.name, self.valid_from


@dataclass(frozen=True, slots=True)
class AliasRow:
    """A name or code that is no division. `within` limits it to addresses of that code's region."""

    code: str
    name: str
    kind: str
    region: str
    within: str
    source: str


@dataclass(slots=True)
class DivisionData:
    """Everything the files say; parents come before their children."""

    divisions: list[Division] = field(default_factory=list)
    aliases: list[AliasRow] = field(default_factory=list)

    def only(self, codes: Iterable[str]) -> "DivisionData":
        """The rows of these codes with all that is above them, and the aliases among them."""
        wanted: set[tuple[str, str, date]] = set()
        codes = set(codes)
        for division in self.divisions:
            row: Division | None = division
            while row and division.code in codes:
                wanted.add(row.key)
                row = row.parent
        divisions = [row for row in self.divisions if row.key in wanted]
        present = {row.code for row in divisions if row.valid_to is None}
        divisions = [
            replace(row, successors=tuple(code for code in row.successors if code in present))
            for row in divisions
        ]
        aliases = [row for row in self.aliases if row.region in present]
        return DivisionData(divisions, aliases)


@cache
def division_data() -> DivisionData:
    """Read the files, once."""
    country = Division("", COUNTRY_NAME, "country", None, COUNTRY_FROM)
    divisions = [country, *_divisions_above_towns(country)]
    divisions += _towns(divisions)
    return DivisionData(divisions, _aliases(divisions))


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _new_year(year: str) -> date | None:
    """The lists give years: a division of a year's list is in force from its 1 January."""
    return date(int(year), 1, 1) if year else None


def _divisions_above_towns(country: Division) -> list[Division]:
    ceded = {
        (row["code"], row["name"]): tuple(row["ceded_to"].split("|")) for row in _rows("ceded.csv")
    }
    built: dict[str, list[Division]] = defaultdict(list)
    rows = list(_rows("regions.csv"))
    for level in ("province", "city", "county"):
        for row in rows:
            if row["level"] != level:
                continue
            valid_from, valid_to = _new_year(row["valid_from"]), _new_year(row["valid_to"])
            parents = built[row["parent_code"]] if row["parent_code"] else [country]
            successors = tuple(code for code in row["successor"].split("|") if code)
            built[row["code"]].append(
                Division(
                    code=row["code"],
                    name=row["name"],
                    kind=level,
                    parent=_parent_of_that_time(parents, valid_to),
                    valid_from=valid_from or COUNTRY_FROM,
                    valid_to=valid_to,
                    successors=successors or ceded.get((row["code"], row["name"]), ()),
                    change_kind=row["change_kind"],
                    note=row["note"],
                )
            )
    by_level = {"province": 0, "city": 1, "county": 2}
    return sorted(
        (division for rows_of_code in built.values() for division in rows_of_code),
        key=lambda division: (by_level[division.kind], division.code, division.valid_from),
    )


def _parent_of_that_time(parents: list[Division], child_ends: date | None) -> Division:
    """Among those who bore the parent's code, the one in force when the child was last so."""
    lasting = [
        p for p in parents if p.valid_to is None or (child_ends and p.valid_to >= child_ends)
    ]
    return min(lasting or parents, key=lambda p: p.valid_to or date.max)


def _towns(divisions: list[Division]) -> list[Division]:
    """Towns are known as they are now; they are taken to be as old as what they are in."""
    present = {row.code: row for row in divisions if row.valid_to is None}
    return [
        Division(row["code"], row["name"], "town", parent, parent.valid_from)
        for row in _rows("towns.csv")
        for parent in [present[row["parent_code"]]]
    ]


def _aliases(divisions: list[Division]) -> list[AliasRow]:
    present = {row.code: row for row in divisions if row.valid_to is None}
    towns = {(row.parent.code, row.name) for row in divisions if row.kind == "town" and row.parent}
    aliases = []
    for row in [*_rows("region_aliases.csv"), *_rows("other_names.csv")]:
        kind, region = ALIAS_KINDS[row["kind"]], row["maps_to"]
        if row["kind"] == "town_as_county" and (region, row["name"]) not in towns:
            kind = "zone"
        bounded = kind != "placeholder" and not _names_itself(row, present[region])
        within = row.get("within") or (region if bounded else "")
        aliases.append(AliasRow(row["code"], row["name"], kind, region, within, row["seen_in"]))
    return aliases


def _names_itself(row: dict[str, str], region: Division) -> bool:
    """Whether a name says where it is: 苏州工业园区 does, 高新区 and 信义区 do not."""
    if row["kind"] == "hk_mo_tw_sub":
        return row["code"].endswith("00") and row["name"][-1] in "市县"
    above: Division | None = region
    while above and above.kind != "country":
        if len(row["name"]) > 3 and above.name[:2] in row["name"]:
            return True
        above = above.parent
    return False
