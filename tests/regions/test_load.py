from datetime import date

import pytest
from django.db.models import F

from franchise.regions.actions.load import load_divisions
from franchise.regions.divisions import division_data
from franchise.regions.models import Alias, Region, Succession
from tests.regions_cast import (
    CHANGAN,
    DONGGUAN,
    FORMER_HENG,
    FORMER_JIANGGAN,
    HENGZHOU,
    JIYUAN,
    QIANTANG,
    SHANGCHENG,
    WUSHAN,
    plant_regions,
    region,
)

pytestmark = pytest.mark.django_db


def broken_intervals() -> list[str]:
    """Codes of regions whose interval is not inside their parent's."""
    outside = Region.objects.exclude(parent=None).exclude(
        parent__lft__lt=F("lft"),
        parent__rght__gt=F("rght"),
        lft__lt=F("rght"),
        parent__level=F("level") - 1,
        parent__tree_id=F("tree_id"),
    )
    return list(outside.values_list("code", flat=True))


def in_force(kind: str) -> int:
    return Region.objects.filter(kind=kind, valid_to=None).count()


@pytest.mark.usefixtures("whole_country")
class TestWholeCountry:
    def test_all_divisions_are_there(self):
        assert in_force("country") == 1
        assert in_force("province") == 34
        assert in_force("city") == 333
        assert in_force("county") == 2847
        assert in_force("town") == 38723
        assert Region.objects.exclude(valid_to=None).count() == 781

    def test_it_is_one_sound_tree(self):
        assert Region.objects.filter(parent=None).get().name == "中国"
        assert Region.objects.values("tree_id").distinct().count() == 1
        assert broken_intervals() == []
        root = Region.objects.get(parent=None)
        assert root.get_descendant_count() == Region.objects.count() - 1

    def test_placeholder_nodes_are_no_regions_but_aliases(self):
        assert not Region.objects.filter(name__in=["市辖区", "省直辖县级行政区划"]).exists()
        assert not Region.objects.filter(code__in=["110100", "419000", "500200"]).exists()
        assert Alias.objects.get(code="419000").region.code == "410000"

    def test_every_past_division_has_a_successor(self):
        past = Region.objects.exclude(valid_to=None)
        assert not past.filter(successions=None).exists()
        assert Succession.objects.filter(successor__valid_to__isnull=False).count() == 0

    def test_loading_again_changes_nothing(self):
        before = list(Region.objects.order_by("id").values())
        loaded = load_divisions(division_data())
        assert loaded.as_dict() == {
            "added": 0, "changed": 0, "kept": 0, "successions": 0, "aliases": 0,
        }  # fmt: skip
        assert list(Region.objects.order_by("id").values()) == before


def test_the_planted_part_has_true_places():
    plant_regions()
    plant_regions()
    assert region(WUSHAN).name == "五山街道"
    assert [r.name for r in region(WUSHAN).get_ancestors()] == [
        "中国", "广东省", "广州市", "天河区",
    ]  # fmt: skip
    assert region(CHANGAN).parent.code == DONGGUAN
    assert region(JIYUAN).parent.kind == "province"
    assert region(FORMER_HENG).valid_to == date(2021, 1, 1)
    assert [r.code for r in region(FORMER_HENG).successors.all()] == [HENGZHOU]
    successors = region(FORMER_JIANGGAN).successions.order_by("position")
    assert [s.successor.code for s in successors] == [SHANGCHENG, QIANTANG]
    assert broken_intervals() == []
