"""Real places that every test may stand on: a small part of the tree, or all of it.

`plant_regions()` is quick and may be called anywhere; where the whole country is already there it
changes nothing. A test that needs the whole country asks for the fixture `whole_country`.
"""

from functools import cache

import pytest
from pytest_django import DjangoDbBlocker

from franchise.regions.actions.load import load_divisions
from franchise.regions.divisions import DivisionData, division_data
from franchise.regions.models import Region

GUANGDONG, GUANGZHOU, TIANHE, YUEXIU = "440000", "440100", "440106", "440104"
WUSHAN = "440106001"
SHENZHEN, NANSHAN = "440300", "440305"
DONGGUAN, CHANGAN, DALANG, HUMEN = "441900", "441900119", "441900113", "441900121"
BEIJING, CHAOYANG, HAIDIAN = "110000", "110105", "110108"
HENAN, JIYUAN = "410000", "419001"
GUANGXI, NANNING, HENGZHOU, FORMER_HENG = "450000", "450100", "450181", "450127"
ZHEJIANG, HANGZHOU, SHANGCHENG, QIANTANG = "330000", "330100", "330102", "330114"
FORMER_JIANGGAN = "330104"
XIASHA = "330114001"

PLANTED = [
    GUANGDONG, GUANGZHOU, TIANHE, YUEXIU, WUSHAN, SHENZHEN, NANSHAN, DONGGUAN, CHANGAN, DALANG,
    HUMEN, BEIJING, CHAOYANG, HAIDIAN, HENAN, JIYUAN, GUANGXI, NANNING, HENGZHOU, FORMER_HENG,
    ZHEJIANG, HANGZHOU, SHANGCHENG, QIANTANG, FORMER_JIANGGAN, XIASHA,
]  # fmt: skip


@cache
def _small_country() -> DivisionData:
    return division_data().only(PLANTED)


def plant_regions() -> None:
    """The country with a few real provinces, cities, counties and towns, as `load_regions` does."""
    if not Region.objects.filter(code=XIASHA, valid_to=None).exists():
        load_divisions(_small_country())


def region(code: str) -> Region:
    """The division that bears a code now, or last bore it."""
    return Region.objects.filter(code=code).order_by("-valid_from").first() or _unknown(code)


def _unknown(code: str) -> Region:
    message = f"{code} is not planted: see tests/regions_cast.py"
    raise LookupError(message)


@pytest.fixture(scope="session")
def _country_loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock():
        load_divisions(division_data())


@pytest.fixture
def whole_country(_country_loaded: None, db: None) -> None:
    """All 42,719 regions: loaded once, and again after a test with real transactions."""
    if Region.objects.count() < len(division_data().divisions):
        load_divisions(division_data())
