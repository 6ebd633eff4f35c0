"""Two processes at once over the same files and orders."""

import pytest

from tests.crash.outcome import Outcome, are_all_rejected_beside, outcome_of
from tests.crash.sites import Process, Site, until
from tests.crash.world import ORDERS, REFUNDS

pytestmark = [pytest.mark.crash, pytest.mark.both_databases]

SPLIT = """
with taken as (delete from orders_waitingorders returning orders)
insert into orders_waitingorders (orders)
select int8range(o, least(o + 200, upper(orders)))
from taken cross join lateral generate_series(lower(orders), upper(orders) - 1, 200) o
returning id
"""


def test_all_that_may_happen_at_once(site: Site, undisturbed: Outcome) -> None:
    with site.held_up("orders_importfile"):
        imports = [site.start_command(*site.import_orders()) for _ in range(2)]
        until_waiting(*imports)
    told = [process.result() for process in imports]
    assert sorted((report["new"], report["unchanged"]) for report in told) == [
        (0, ORDERS),
        (ORDERS, 0),
    ]
    assert are_all_rejected_beside(site)

    assert len(site.query(SPLIT)) >= ORDERS // 200  # as if they had come in many files
    with site.held_up("orders_waitingorders"):
        awards = [site.start_command("award") for _ in range(2)]
        until_waiting(*awards)
    awarded = [process.result()["orders"] for process in awards]
    assert sum(awarded) == ORDERS
    assert min(awarded) > 0

    site.command(*site.import_refunds())
    site.command("award")
    assert outcome_of(site) == undisturbed


def test_refunds_that_are_imported_while_their_orders_are_awarded(
    site: Site, undisturbed: Outcome
) -> None:
    site.command(*site.import_orders())
    with site.held_up("ledger_entry"):
        award = site.start_command("award")
        until_waiting(award)
        assert site.command(*site.import_refunds())["new"] == REFUNDS
    first = award.result()
    assert first["orders"] == ORDERS
    second = site.command("award")
    assert first["refunds"] + second["refunds"] == REFUNDS
    assert outcome_of(site) == undisturbed


def test_an_award_while_refunds_of_its_orders_are_imported(
    site: Site, undisturbed: Outcome
) -> None:
    site.command(*site.import_orders())
    with site.held_up("history_event"):
        refunds = site.start_command(*site.import_refunds())
        until_waiting(refunds)
        award = site.command("award")
        assert (award["orders"], award["refunds"]) == (ORDERS, 0)
    assert refunds.result()["new"] == REFUNDS
    assert site.command("award")["refunds"] == REFUNDS
    assert outcome_of(site) == undisturbed


def until_waiting(*processes: Process) -> None:
    """Until all of them are held up."""
    site = processes[0].site
    names = [process.name for process in processes]
    until(
        lambda: (
            len(names)
            == site.number(
                "select count(distinct application_name) from pg_stat_activity"
                " where application_name = any(%s) and wait_event_type = 'Lock'",
                names,
            )
        )
    )
