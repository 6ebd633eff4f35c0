from collections.abc import Iterable
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from franchise.core import clock
from franchise.core.dotted import functions_in
from franchise.core.errors import BusinessError
from franchise.core.spreadsheets import Outcome, Problem, Row, Table, read_table
from franchise.history.actions import record
from franchise.regions.models import Region
from franchise.users.models import User
from inventory.errors import PointExists, PointNeedsCode, PointRegionNotInForce
from inventory.models import PickupPoint

LONGEST_CODE = 40
OTHER_NAMES = {
    "网点编号": "code",
    "服务点编号": "code",
    "提货点编号": "code",
    "网点名称": "name",
    "服务点": "name",
    "提货点": "name",
    "区域代码": "region_code",
}


@transaction.atomic
def add_pickup_point(*, code: str, name: str, region_id: int, by: User | None) -> PickupPoint:
    """Enter a place where goods are handed out; orders that named it before are looked at again.

    Refuses a code that is missing, too long or taken, and a region that is no more.
    """
    code = code.strip()
    if not 0 < len(code) <= LONGEST_CODE:
        raise PointNeedsCode
    region = Region.objects.get(pk=region_id)
    if region.valid_to is not None and region.valid_to <= clock.today():
        raise PointRegionNotInForce(region=region)
    point, is_new = PickupPoint.objects.get_or_create(
        code=code, defaults={"name": name.strip(), "region": region}
    )
    if not is_new:
        raise PointExists(code=code, region=point.region)
    record("pickup_point.added", on=point, by=by, code=code, region=region_id)
    for follower in functions_in("PICKUP_POINT_FOLLOWERS"):
        follower(code)
    return point


def read_pickup_point_file(path: Path) -> Table:
    """Refuses an unreadable file and one without the columns of codes and regions."""
    return read_table(path, required=["code", "region_code"], other_names=OTHER_NAMES)


@transaction.atomic
def import_pickup_points(table: Table, *, dry_run: bool = False, by: User | None) -> Outcome:
    """Enter the points not known yet; one known in the same region is unchanged."""
    outcome = Outcome(rows=len(table.rows))
    regions = _regions_in_force(row.cells.get("region_code", "") for row in table.rows)
    for row in table.rows:
        region = regions.get(row.cells.get("region_code", ""))
        if region is None:
            problem = _("no division in force has this code")
            outcome.problems.append(Problem(row.number, table.header_of("region_code"), problem))
            continue
        try:
            _take_in(row, region, outcome, by)
        except BusinessError as refusal:
            outcome.problems.append(Problem(row.number, table.header_of("code"), str(refusal)))
    if dry_run:
        transaction.set_rollback(True)
    return outcome


def _take_in(row: Row, region: Region, outcome: Outcome, by: User | None) -> None:
    code = row.cells.get("code", "")
    if PickupPoint.objects.filter(code=code, region=region).exists():
        outcome.unchanged += 1
        return
    add_pickup_point(code=code, name=row.cells.get("name", ""), region_id=region.pk, by=by)
    outcome.new += 1


def _regions_in_force(codes: Iterable[str]) -> dict[str, Region]:
    found = Region.objects.filter(code__in=set(codes), valid_to=None)
    return {region.code: region for region in found}
