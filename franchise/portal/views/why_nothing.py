from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from agents.models import Agent
from franchise.core.errors import BusinessError
from franchise.orders.models import Order
from franchise.portal import access
from franchise.portal.forms import OrderNumberForm
from franchise.portal.missing import look_up


@access.for_agents
def why_nothing(request: HttpRequest, agent: Agent) -> HttpResponse:
    """Ask by the full order number why an order brought nothing."""
    form = OrderNumberForm(request.POST or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            found = look_up(agent, form.cleaned_data["number"].strip(), by=access.user_of(request))
        except BusinessError as error:
            refusal = error
        else:
            if isinstance(found, Order):
                return redirect("portal:order", found.pk)
            return render(request, "portal/missing.html", {"agent": agent, "missing": found})
    return render(request, "portal/why_nothing.html", {"form": form, "refusal": refusal})
