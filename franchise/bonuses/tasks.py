"""Find waiting work and call an action. A message is only a wake-up: the work waits in rows."""

from celery import shared_task

from franchise.bonuses.actions.awarding import Outcome, award_all, earn_bonuses, is_waiting
from franchise.bonuses.actions.summing import sum_dirty_days


@shared_task(ignore_result=True)
def award_waiting() -> None:
    if is_waiting():
        award_all()
    sum_dirty_days()


@shared_task(ignore_result=True)
def earn_due() -> None:
    while earn_bonuses(Outcome()):
        pass
    sum_dirty_days()
