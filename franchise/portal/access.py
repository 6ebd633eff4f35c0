"""The only door between the pages and the books: everything behind it is one agent's own."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypedDict

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest, TruncDate
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from agents.models import Agent, Territory
from franchise.bonuses.models import BonusLine
from franchise.core import clock
from franchise.orders.models import Buyer, Order
from franchise.regions.models import Region
from franchise.regions.queries import region_with_path
from franchise.users.models import User

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class Facts(TypedDict):
        own_turn: Any
        earned_on: Any  # a date, or None while it is pending
        turned_on: date
        day: Any

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
    own_turn = FilteredRelation(
        "order__bonus_turns", condition=Q(order__bonus_turns__turn=F("turn"))
    )
    return (
        BonusLine.objects.filter(territory__agent=agent)
        .exclude(amount=0)
        .annotate(own_turn=own_turn, earned_on=F("order__earning__earned_on"))
        .annotate(
            turned_on=TruncDate(
                Coalesce("own_turn__refund__refunded_at", "own_turn__posted_at"),
                tzinfo=clock.SHANGHAI,
            ),
        )
        .annotate(day=Greatest(Coalesce("earned_on", "paid_on"), Coalesce("turned_on", "paid_on")))
    )


def order(agent: Agent, order_id: int) -> Order:
    """An order that the agent has a line on; any other does not exist for them."""
    own = BonusLine.objects.filter(order_id=order_id, territory__agent=agent)
    found = Order.objects.filter(pk=order_id).first()
    if found is None or not own.exists():
        raise Http404
    return found


def orders_with_number(number: str) -> QuerySet[Order]:
    """Orders by their full number, of any region: only for who knows the number."""
    return Order.objects.filter(order_no=number).order_by("pk")


def buyer_of(order: Order) -> Buyer | None:
    """Whose order it is; the pages mask every part of it."""
    return Buyer.objects.filter(order=order).first()


def way_to(region_id: int) -> tuple[Region, ...]:
    """A region with all above it, the province first."""
    return tuple(region_with_path(region_id))
