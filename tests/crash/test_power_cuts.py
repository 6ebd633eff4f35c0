"""The embedded database killed with all its sessions while they write: it comes back whole."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from franchise.core.embedded.server import NAME, Server
from tests.crash.conftest import embedded_host
from tests.crash.killing import Moment, before, cut_power, writing
from tests.crash.outcome import (
    Outcome,
    are_all_rejected_beside,
    counts,
    nothing_imported,
    outcome_of,
)
from tests.crash.sites import Host, Process, Site, until
from tests.crash.world import ORDERS, REFUNDS

pytestmark = pytest.mark.crash


@pytest.fixture
def site(
    server: Server, ground: Path, files: Path, pristine_on: Callable[[Host], str]
) -> Iterator[Site]:
    """A site on the embedded server that its own processes start again."""
    host = embedded_host(server)
    host.make(NAME, like=pristine_on(host))
    site = Site(ground, url="", connect=lambda: host.connect(NAME), files=files)
    yield site
    site.end_all()


def test_commands_whose_database_dies(site: Site, server: Server, undisturbed: Outcome) -> None:
    for moment in (
        writing("orders_importfile"),
        before("orders_order"),
        writing("orders_order"),
        before("history_event"),
    ):
        cut_power_under(site.start_command(*site.import_orders()), moment, server)
        assert nothing_imported(site)
    assert site.command(*site.import_orders())["new"] == ORDERS
    assert are_all_rejected_beside(site)

    for moment in (writing("bonus_line"), before("ledger_entry")):
        cut_power_under(site.start_command("award"), moment, server)
        assert counts(site)["awarded"] == 0
    assert site.command("award")["orders"] == ORDERS

    assert site.command(*site.import_refunds())["new"] == REFUNDS
    cut_power_under(site.start_command("award"), before("ledger_entry"), server)
    assert counts(site)["clawed_back"] == 0
    assert site.command("award")["refunds"] == REFUNDS
    assert outcome_of(site) == undisturbed


def cut_power_under(victim: Process, moment: Moment, server: Server) -> None:
    cut_power(server, victim, moment)
    assert victim.wait() != 0
    server.start()


def test_a_worker_starts_its_database_again_and_goes_on(
    site: Site, server: Server, undisturbed: Outcome
) -> None:
    site.command(*site.import_orders())
    site.command(*site.import_refunds())
    site.start_beat()
    worker = site.start_worker()

    for moment in (writing("bonus_line"), before("ledger_entry"), before("bonus_day_sum")):
        cut_power(server, worker, moment)
        until(server.is_ready)  # it is the worker who starts it
    until(lambda: counts(site)["clawed_back"] == REFUNDS and counts(site)["waiting"] == 0)

    assert worker.is_running()
    site.end_all()
    assert outcome_of(site) == undisturbed
