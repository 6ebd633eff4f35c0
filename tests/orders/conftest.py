from pathlib import Path

import pytest

from franchise.orders.models import Shop
from tests.orders.files import Mall
from tests.regions_cast import plant_regions


@pytest.fixture
def mall(db: None, tmp_path: Path) -> Mall:
    """A shop in a country of a few provinces."""
    plant_regions()
    return Mall(tmp_path, Shop.objects.create(code="mall", name="商城"))
