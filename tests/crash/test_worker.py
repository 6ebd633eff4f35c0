"""The worker killed in the middle of what its sweeps found: the next one takes it up again.

Wake-ups come from beat over the broker in files, as in `make run`; both live through all kills.
"""

import pytest

from tests.crash.killing import Moment, before, kill, settle, writing
from tests.crash.outcome import Outcome, counts, outcome_of
from tests.crash.sites import Site, until
from tests.crash.world import BAD_ROWS, ORDERS, REFUNDS

pytestmark = [pytest.mark.crash, pytest.mark.both_databases]

RECEIVE = """
import json, sys; from pathlib import Path; import django; django.setup()
from django.core.files import File
from franchise.orders.actions.uploads import receive_file
from franchise.orders.models import Shop
path, kind = Path(sys.argv[1]), sys.argv[2]
with path.open("rb") as content:
    shop = Shop.objects.get(code="mall")
    file = receive_file(File(content, path.name), kind=kind, shop_id=shop.pk, by=None)
print(json.dumps({"id": file.pk}))
"""
START = """
import sys; import django; django.setup()
from franchise.orders.actions.uploads import start_import
start_import(int(sys.argv[1]), by=None); print("{}")
"""


def test_workers_killed_again_and_again(site: Site, undisturbed: Outcome) -> None:
    site.start_beat()

    orders = receive(site, "orders")
    kill_a_worker(site, before("orders_order"))
    assert (state(site, orders), counts(site)["orders"]) == ("checking", 0)
    check_and_start(site, orders)
    kill_a_worker(site, before("orders_address"))
    assert (state(site, orders), counts(site)["orders"]) == ("running", 0)
    kill_a_worker(site, writing("orders_order"))
    kill_a_worker(site, before("history_event"))
    assert (state(site, orders), counts(site)["orders"]) == ("running", 0)

    kill_a_worker(site, before("ledger_entry"))  # the import done, it went on to the award
    assert (state(site, orders), counts(site)["orders"]) == ("done", ORDERS)
    kill_a_worker(site, writing("bonus_line"))
    assert counts(site)["awarded"] == 0
    kill_a_worker(site, before("bonus_day_sum"))
    assert counts(site)["awarded"] == ORDERS

    refunds = receive(site, "refunds")
    check_and_start(site, refunds)
    kill_a_worker(site, before("orders_waitingrefund"))
    assert (state(site, refunds), counts(site)["refunds"]) == ("running", 0)
    kill_a_worker(site, before("ledger_entry"))
    assert (counts(site)["refunds"], counts(site)["clawed_back"]) == (REFUNDS, 0)

    site.start_worker()
    until(lambda: counts(site)["clawed_back"] == REFUNDS and counts(site)["waiting"] == 0)
    site.end_all()
    assert outcome_of(site) == undisturbed
    assert site.query("select state, count(*) from orders_importfile group by state") == [
        ("done", 2)
    ]
    assert site.number("select count(*) from orders_rejectedrow") == BAD_ROWS


def receive(site: Site, kind: str) -> int:
    received = site.start("-c", RECEIVE, str(site.path(f"{kind}.csv")), kind)
    return int(received.result()["id"])


def check_and_start(site: Site, file_id: int) -> None:
    """Have a file checked and give it the go; nobody is there to take it in yet."""
    worker = site.start_worker()
    until(lambda: state(site, file_id) == "previewed")
    worker.kill()
    site.start("-c", START, str(file_id)).result()


def kill_a_worker(site: Site, moment: Moment) -> None:
    worker = site.start_worker()
    kill(worker, moment)
    settle(worker)


def state(site: Site, file_id: int) -> str:
    return str(site.number("select state from orders_importfile where id = %s", file_id))
