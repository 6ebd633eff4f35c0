"""Looking things up in the tree; nothing here writes."""

from collections.abc import Iterable
from datetime import date

from django.db.models import F, Q, QuerySet

from franchise.regions.models import Alias, Region

# One list of a place's divisions: provinces to towns are ordered by code, past ones after present.
ORDER = (F("valid_to").desc(nulls_first=True), "code")


def country() -> Region:
    """The root of the tree."""
    region: Region = Region.objects.get(parent=None)
    return region


def children(region_id: int, *, on: date | None = None) -> QuerySet[Region]:
    """What is directly in a region: on a day, or with all past ones."""
    found: QuerySet[Region] = Region.objects.filter(parent_id=region_id).order_by(*ORDER)
    return found if on is None else found.filter(in_force_on(on))


def in_force_on(day: date) -> Q:
    """Condition: in force on that day."""
    return Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day))


def ids_inside(region_id: int) -> list[int]:
    """The region itself and all that lies in it, past ones too."""
    region = Region.objects.get(pk=region_id)
    return list(region.get_descendants(include_self=True).values_list("pk", flat=True))


def ids_above(region_id: int) -> list[int]:
    """All that a region lies in, up to the country; not the region itself."""
    region = Region.objects.get(pk=region_id)
    return list(region.get_ancestors().values_list("pk", flat=True))


def region_in_force(code: str, *, on: date) -> Region | None:
    """The division that bears a code on a day."""
    region: Region | None = Region.objects.filter(in_force_on(on), code=code).first()
    return region


def regions_found(words: str, *, limit: int = 50) -> list[Region]:
    """Search by name, code, old name or alias; the shallowest and the present ones first."""
    words = words.strip()
    if not words:
        return []
    if words.isdigit():
        matches = Q(code__startswith=words) | Q(aliases__code=words)
    else:
        matches = Q(name__contains=words) | Q(aliases__name__contains=words)
    ids = Region.objects.filter(matches).exclude(parent=None).values("id")
    found = Region.objects.filter(id__in=ids).order_by(
        "level", F("valid_to").desc(nulls_first=True), "code"
    )
    return list(found[:limit])


def paths(region_ids: Iterable[int]) -> dict[int, list[Region]]:
    """Each region with all above it, province first, the country left out; in one query."""
    ids = sorted(set(region_ids))
    rows = Region.objects.raw(
        """
        SELECT above.*, region.id AS of_region
        FROM regions_region region
        JOIN regions_region above
            ON above.tree_id = region.tree_id
            AND above.lft <= region.lft AND above.rght >= region.rght
        WHERE region.id = ANY(%s) AND above.parent_id IS NOT NULL
        ORDER BY region.id, above.lft
        """,
        [ids],
    )
    found: dict[int, list[Region]] = {id_: [] for id_ in ids}
    for above in rows:
        found[above.of_region].append(above)
    return found


def region_with_path(region_id: int) -> list[Region]:
    """The region and all above it, province first; in one query."""
    return paths([region_id])[region_id]


def path_names(region_ids: Iterable[int]) -> dict[int, str]:
    """How the regions are written in full: 广东省 广州市 天河区."""
    return {
        id_: " ".join(region.name for region in path) for id_, path in paths(region_ids).items()
    }


def aliases_of(region_id: int) -> QuerySet[Alias]:
    """Names and codes that mean this region."""
    return Alias.objects.filter(region_id=region_id).select_related("within").order_by("name")
