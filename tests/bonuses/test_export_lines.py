"""The lines file as scripts ask for it."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from franchise.bonuses.actions.awarding import award_all
from tests.bonuses.test_awarding import LEVEL, put_in_force
from tests.cast import Cast
from tests.deliveries import SHOP, deliver_orders

pytestmark = pytest.mark.django_db


def test_one_shops_lines_and_no_unknown_shops(cast: Cast, tmp_path: Path):
    put_in_force(LEVEL)
    deliver_orders({"order_no": "A", "region_code": "440104"})
    deliver_orders({"order_no": "A", "region_code": "110108"}, shop="other")
    award_all()
    out = tmp_path / "lines.csv"
    call_command("export_lines", "--out", str(out), "--shop", SHOP)
    assert out.read_text().splitlines() == [
        "order_no,cause,tier,region_code,agent,rate,base,amount",
        "A,order,city,440100,guangzhou,0.05,1000.00,50.00",
        "A,order,province,440000,guangdong,0.01,1000.00,10.00",
    ]
    with pytest.raises(CommandError, match="nope"):
        call_command("export_lines", "--out", str(tmp_path / "x.csv"), "--shop", "nope")
    assert not (tmp_path / "x.csv").exists()
