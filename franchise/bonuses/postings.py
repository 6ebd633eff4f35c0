"""What the bonus writes into the ledger; docs/ledger.md lists the same for accountants.

| event | debit | credit |
|---|---|---|
| award, paid anew | override bonuses (expense) | override accrued, agent |
| claw-back, taken back: not yet earned | override accrued, agent | override bonuses |
| claw-back, taken back: earned already | override payable, agent | override bonuses |
| earned | override accrued, agent | override payable, agent |

Head office's part is not posted. One transaction for a batch and account, summed per agent; the
lines are the sub-ledger and carry the batch's id, and `prove` compares both.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from agents.models import Agent
from franchise.ledger.actions import move_batch, parties_for, post_batch
from franchise.ledger.models import Party, Purpose


def post_bonus(
    batch_id: int, *, on: date, accrued: Mapping[int, Decimal], payable: Mapping[int, Decimal]
) -> None:
    """Post what a batch gave its agents (agent id to yuan), or took back where negative."""
    for against, by_agent in (
        (Purpose.OVERRIDE_ACCRUED, accrued),
        (Purpose.OVERRIDE_PAYABLE, payable),
    ):
        post_batch(
            key=f"bonus:batch:{batch_id}:{against.name.lower()}",
            on=on,
            memo=f"Override bonuses, batch {batch_id}",
            source=("bonuses.batch", batch_id),
            expense=Purpose.OVERRIDE_EXPENSE,
            against=against,
            by_party=_by_party(by_agent),
        )


def post_earned(batch_id: int, *, on: date, earned: Mapping[int, Decimal]) -> None:
    """Post that accrued bonuses (agent id to yuan) became payable."""
    move_batch(
        key=f"bonus:batch:{batch_id}:earned",
        on=on,
        memo=f"Override bonuses earned, batch {batch_id}",
        source=("bonuses.batch", batch_id),
        from_purpose=Purpose.OVERRIDE_ACCRUED,
        to_purpose=Purpose.OVERRIDE_PAYABLE,
        by_party=_by_party(earned),
    )


def _by_party(by_agent: Mapping[int, Decimal]) -> dict[int, Decimal]:
    agents = Agent.objects.in_bulk(list(by_agent))
    parties = parties_for(Party.Kind.AGENT, {a.code: a.name for a in agents.values()})
    return {parties[agents[agent_id].code]: amount for agent_id, amount in by_agent.items()}
