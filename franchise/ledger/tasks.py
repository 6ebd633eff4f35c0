import logging

from celery import shared_task

from franchise.ledger.actions import keep_proof, roll_up
from franchise.ledger.proof import prove

log = logging.getLogger(__name__)


@shared_task
def prove_nightly() -> bool:
    """Prove the books and keep the outcome for the page; a red proof is an error in the log."""
    run = keep_proof(prove())
    if not run.ok:
        log.error("proof is red", extra={"proof_run": run.pk})
    return run.ok


@shared_task
def roll_up_balances() -> int:
    """Add the deltas of recording accounts to their balances."""
    return roll_up()
