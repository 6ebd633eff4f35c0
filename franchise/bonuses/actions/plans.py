"""A plan is proposed by one person and approved by another; then it pays and never changes."""

from datetime import date, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from franchise.bonuses.actions.requeuing import requeue
from franchise.bonuses.errors import (
    CapIsNoShare,
    PastIsAwarded,
    PlanIsDecided,
    PlansOverlap,
    RatesAreNoShares,
    RatesFall,
    SamePerson,
)
from franchise.bonuses.models import Plan, Refusal
from franchise.core.locks import Lock, hold
from franchise.history.actions import record
from franchise.users.models import User


@transaction.atomic
def propose_plan(  # noqa: PLR0913  (a plan is these facts)
    *,
    name: str,
    mode: str,
    county_rate: Decimal,
    city_rate: Decimal,
    province_rate: Decimal,
    cap: Decimal | None,
    starts_on: date,
    ends_on: date | None = None,
    pickup_counts_at_point: bool = True,
    by: User | None,
) -> Plan:
    """Save a plan that waits for another person's approval; it pays nothing until then.

    Refuses: RatesAreNoShares, CapIsNoShare, RatesFall, PastIsAwarded.
    """
    plan = Plan(
        name=name,
        mode=mode,
        county_rate=county_rate,
        city_rate=city_rate,
        province_rate=province_rate,
        cap=cap,
        starts_on=starts_on,
        ends_on=ends_on,
        pickup_counts_at_point=pickup_counts_at_point,
        proposed_by=by,
    )
    check_rates(plan)
    _refuse_awarded_past(starts_on, ends_on)
    plan.save()
    record("plan.proposed", on=plan, by=by)
    return plan


@transaction.atomic
def approve_plan(plan_id: int, *, by: User | None) -> Plan:
    """Let a proposed plan pay. The one in force before ends where it starts.

    Orders without plan that it covers are awarded. Refuses: PlanIsDecided, SamePerson,
    PlansOverlap, PastIsAwarded.
    """
    hold(Lock.MAP)
    plan = Plan.objects.select_for_update().get(pk=plan_id)
    if plan.approved_at or plan.withdrawn_at:
        raise PlanIsDecided
    if by is not None and plan.proposed_by_id == by.pk:
        raise SamePerson
    return _put_in_force(plan, by)


@transaction.atomic
def withdraw_plan(plan_id: int, *, by: User) -> Plan:
    """Drop a proposal. Refuses: PlanIsDecided."""
    plan = Plan.objects.select_for_update().get(pk=plan_id)
    if plan.approved_at or plan.withdrawn_at:
        raise PlanIsDecided
    plan.withdrawn_at = timezone.now()
    plan.save(update_fields=["withdrawn_at"])
    record("plan.withdrawn", on=plan, by=by)
    return plan


@transaction.atomic
def take_over_plan(plan: Plan) -> Plan:
    """An operator's act at the terminal: put a plan in force, recorded as such.

    The same plan twice changes nothing. Refuses as propose_plan and approve_plan do.
    """
    hold(Lock.MAP)
    check_rates(plan)
    same = Plan.objects.filter(
        approved_at__isnull=False,
        mode=plan.mode,
        county_rate=plan.county_rate,
        city_rate=plan.city_rate,
        province_rate=plan.province_rate,
        cap=plan.cap,
        starts_on=plan.starts_on,
        pickup_counts_at_point=plan.pickup_counts_at_point,
    ).first()
    if same is not None:
        return same
    plan.save()
    record("plan.imported", on=plan, by=None)
    return _put_in_force(plan, None)


def check_rates(plan: Plan) -> None:
    """Refuse what the database would refuse, in words."""
    rates = (plan.county_rate, plan.city_rate, plan.province_rate)
    together = sum(rates) if plan.mode == Plan.Mode.ADDITIVE else max(rates)
    if min(rates) < 0 or together > 1 or max(rates) <= 0:
        raise RatesAreNoShares
    if plan.cap is not None and not 0 < plan.cap <= 1:
        raise CapIsNoShare
    if plan.mode == Plan.Mode.LEVEL_DIFFERENCE and list(rates) != sorted(rates):
        county, city, province = (f"{rate:.2%}" for rate in rates)
        raise RatesFall(county=county, city=city, province=province)


def _put_in_force(plan: Plan, by: User | None) -> Plan:
    _refuse_awarded_past(plan.starts_on, plan.ends_on)
    approved = Plan.objects.filter(approved_at__isnull=False)
    former = approved.filter(starts_on__lt=plan.starts_on, ends_on=None).first()
    if former is not None:
        former.ends_on = plan.starts_on
        former.save(update_fields=["ends_on"])
        record("plan.ended", on=former, by=by, ends_on=str(plan.starts_on))
    in_the_way = approved.filter(Q(ends_on=None) | Q(ends_on__gt=plan.starts_on))
    if plan.ends_on is not None:
        in_the_way = in_the_way.filter(starts_on__lt=plan.ends_on)
    if (other := in_the_way.first()) is not None:
        raise PlansOverlap(plan=str(other), starts_on=other.starts_on, ends_on=other.ends_on or "…")
    plan.approved_at = timezone.now()
    plan.approved_by = by
    plan.save(update_fields=["approved_at", "approved_by"])
    record("plan.approved", on=plan, by=by)
    requeue(why=[Refusal.Why.NO_PLAN], starts_on=plan.starts_on, ends_on=plan.ends_on)
    return plan


def _refuse_awarded_past(starts_on: date, ends_on: date | None) -> None:
    """A plan may take effect from any day from which no order has lines yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "(select o.order_no, o.paid_on from orders_order o"
            " where o.paid_on >= %(starts)s and (%(ends)s::date is null or o.paid_on < %(ends)s)"
            " and exists (select from bonus_line l where l.order_id = o.id and l.turn = 0)"
            " order by o.paid_on desc, o.id desc limit 1)"
            " union all"  # what was taken back stays with the plan and the day it was paid by
            " (select o.order_no, l.paid_on from bonus_turn t"
            " join bonus_line l on l.order_id = t.order_id and l.turn = t.turn"
            " join orders_order o on o.id = t.order_id"
            " where t.cause = 'taken_back' and l.paid_on >= %(starts)s"
            " and (%(ends)s::date is null or l.paid_on < %(ends)s)"
            " order by l.paid_on desc limit 1)"
            " order by paid_on desc limit 1",
            {"starts": starts_on, "ends": ends_on},
        )
        row = cursor.fetchone()
    if row is not None:
        order_no, paid_on = row
        raise PastIsAwarded(
            order_no=order_no, paid_on=paid_on, free_from=paid_on + timedelta(days=1)
        )
