"""The only door between the pages and the books: everything behind it is one agent's own."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypedDict

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest, TruncDate
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from agents.models import Agent, Territory
from franchise.bonuses.models import BonusLine, BonusTurn, Earning, Plan
from franchise.core import clock
from franchise.orders.models import Buyer, Order
from franchise.regions.models import Region
from franchise.users.models import User

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class Facts(TypedDict):
        turned_on: date | None
        earned_on: date | None
        day: date

    OwnLine = WithAnnotations[BonusLine, Facts]

CHOSEN_AGENT = "portal_agent"
P = ParamSpec("P")


def user_of(request: HttpRequest) -> User:
    """Who is signed in; only behind `for_agents`."""
    assert isinstance(request.user, User)
    return request.user


def agents_of(user: User) -> QuerySet[Agent]:
    """The agents a person is a member of today, the first joined first."""
    return Agent.objects.filter(members__user=user, members__left_at=None).order_by("members__pk")


def agent_of(request: HttpRequest) -> Agent | None:
    """The agent whose figures are shown: the one chosen, if still a member, or else the first."""
    agents = list(agents_of(user_of(request)))
    chosen = request.session.get(CHOSEN_AGENT)
    return next((a for a in agents if a.pk == chosen), agents[0] if agents else None)


def choose_agent(request: HttpRequest, agent_id: int) -> Agent:
    """Show another of one's own agents from now on; somebody else's does not exist."""
    agent = agents_of(user_of(request)).filter(pk=agent_id).first()
    if agent is None:
        raise Http404
    request.session[CHOSEN_AGENT] = agent.pk
    return agent


def for_agents(
    view: Callable[Concatenate[HttpRequest, Agent, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Give the view the agent it is about; a person who is no agent's gets the page that says so.

    What is not the agent's own is answered exactly as what does not exist.
    """

    @wraps(view)
    def inside(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            back = urlencode({"next": request.get_full_path()})
            return redirect(f"{reverse('portal:login')}?{back}")
        agent = agent_of(request)
        if agent is None:
            return render(request, "portal/no_agent.html")
        try:
            response = view(request, agent, *args, **kwargs)
        except Http404:
            response = render(request, "portal/not_found.html", status=404)
        response["Cache-Control"] = "private, no-store"
        return response

    return inside


def territories(agent: Agent) -> QuerySet[Territory]:
    return Territory.objects.filter(agent=agent).select_related("region")


def lines(agent: Agent) -> "QuerySet[OwnLine]":
    """The agent's bonus lines, each with its state and the `day` it counts for.

    An earned line counts for the day it became the agent's, a claw-back for that of its refund if
    that was later; a pending line for the day of payment.
    """
    turn = BonusTurn.objects.filter(order_id=OuterRef("order_id"), turn=OuterRef("turn"))
    return (
        BonusLine.objects.filter(territory__agent=agent)
        .exclude(amount=0)
        .annotate(
            turned_on=Coalesce(
                TruncDate(Subquery(turn.values("refund__refunded_at")[:1]), tzinfo=clock.SHANGHAI),
                TruncDate(Subquery(turn.values("posted_at")[:1]), tzinfo=clock.SHANGHAI),
            ),
            earned_on=F("order__earning__earned_on"),
        )
        .annotate(day=Greatest(Coalesce("earned_on", "paid_on"), Coalesce("turned_on", "paid_on")))
    )


def order(agent: Agent, order_id: int) -> Order:
    """An order that the agent has a line on; any other does not exist for them."""
    own = BonusLine.objects.filter(order_id=order_id, territory__agent=agent)
    found = Order.objects.select_related("address", "shop", "region").filter(pk=order_id).first()
    if found is None or not own.exists():
        raise Http404
    return found


def lines_of_order(agent: Agent, order: Order) -> QuerySet[BonusLine]:
    """The agent's own lines of an order as they were posted, those of 0.00 among them."""
    return (
        BonusLine.objects.filter(order=order, territory__agent=agent)
        .select_related("territory__region", "plan", "region")
        .order_by("turn", "place")
    )


def orders_with_number(number: str) -> QuerySet[Order]:
    """Orders by their full number, of any region: only for who knows the number."""
    return Order.objects.filter(order_no=number).select_related("address", "region").order_by("pk")


def lines_of_anyone(order: Order) -> QuerySet[BonusLine]:
    """All lines of an order, to reason about; nothing of them but the region may be shown."""
    return BonusLine.objects.filter(order=order).select_related("region").order_by("turn", "place")


def turns_of_order(order: Order) -> QuerySet[BonusTurn]:
    return BonusTurn.objects.filter(order=order).select_related("refund")


def earned_on(order: Order) -> date | None:
    return Earning.objects.filter(order=order).values_list("earned_on", flat=True).first()


def buyer_of(order: Order) -> Buyer | None:
    """Whose order it is; the pages mask every part of it."""
    return Buyer.objects.filter(order=order).first()


def plan_on(day: date) -> Plan | None:
    """The plan that counts on a day: it is the same for everybody."""
    return (
        Plan.objects.exclude(approved_at=None)
        .filter(starts_on__lte=day)
        .filter(Q(ends_on=None) | Q(ends_on__gt=day))
        .first()
    )


def places(regions: Iterable[Region]) -> dict[int, tuple[Region, ...]]:
    """The way to each region from its province down, in one query for all of them."""
    wanted = Region.objects.filter(pk__in={region.pk for region in regions})
    above = Region.objects.get_queryset_ancestors(wanted, include_self=True)
    known = {region.pk: region for region in above}
    ways = {}
    for region in known.values():
        way, here = [], region
        while here is not None and here.kind != Region.Kind.COUNTRY:
            way.append(here)
            here = known.get(here.parent_id)
        ways[region.pk] = tuple(reversed(way))
    return ways
