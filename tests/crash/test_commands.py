"""Commands killed in the middle, seventeen times: run again, all is there, once."""

import pytest

from tests.crash.killing import after_kills, before, writing
from tests.crash.outcome import (
    Outcome,
    are_all_rejected_beside,
    counts,
    nothing_imported,
    outcome_of,
)
from tests.crash.sites import Site
from tests.crash.world import BAD_ROWS, ORDERS, REFUNDS

pytestmark = [pytest.mark.crash, pytest.mark.both_databases]


def test_imports_and_awards_killed_again_and_again(site: Site, undisturbed: Outcome) -> None:
    for _ in after_kills(
        lambda: site.start_command(*site.import_orders()),
        writing("orders_importfile"),
        before("orders_address"),
        before("orders_order"),
        writing("orders_order"),
        before("orders_rejectedrow"),
        before("history_event"),
    ):
        assert nothing_imported(site)
    report = site.command(*site.import_orders())
    assert (report["new"], report["rejected"]) == (ORDERS, BAD_ROWS)
    assert are_all_rejected_beside(site)

    for _ in after_kills(
        lambda: site.start_command("award"),
        writing("bonus_line"),
        writing("bonus_batch"),
        before("ledger_transaction"),
        before("ledger_entry"),
    ):
        assert counts(site)["awarded"] == 0
    for _ in after_kills(lambda: site.start_command("award"), before("bonus_day_sum")):
        assert counts(site)["awarded"] == ORDERS
    assert site.command("award")["orders"] == 0

    for _ in after_kills(
        lambda: site.start_command(*site.import_refunds()),
        writing("orders_refund"),
        before("orders_waitingrefund"),
        before("history_event"),
    ):
        assert counts(site)["refunds"] == 0
    assert site.command(*site.import_refunds())["new"] == REFUNDS

    for _ in after_kills(
        lambda: site.start_command("award"),
        writing("bonus_turn"),
        before("ledger_transaction"),
        before("ledger_entry"),
    ):
        assert counts(site)["clawed_back"] == 0
    assert site.command("award")["refunds"] == REFUNDS

    assert outcome_of(site) == undisturbed
    assert site.number("select count(*) from orders_importfile where state = 'done'") == 2
