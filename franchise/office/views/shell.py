"""What belongs to no area: the way in, the signed-in user's own pages, errors."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.totp.views import ActivateTOTPView
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django_htmx.middleware import HtmxDetails

from franchise.office.navigation import first_page
from franchise.users.access import Right, is_head_office, may
from franchise.users.models import User

View = Callable[..., HttpResponseBase]


class StaffRequest(HttpRequest):
    """A request that HeadOfficeOnly has let through; only the types say more than HttpRequest."""

    user: User
    htmx: HtmxDetails


def needs(right: Right) -> Callable[[View], View]:
    """Refuse a view (403) to a role without this right."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not may(request.user, right):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def front_door(request: HttpRequest) -> HttpResponse:
    """Agents' people go to their own pages, everybody else to head office's."""
    if request.user.is_authenticated and not is_head_office(request.user):
        return redirect(settings.PORTAL_HOME)
    return redirect("office:home")


def home(request: HttpRequest) -> HttpResponse:
    return redirect(first_page())


class SetUpCode(ActivateTOTPView):
    """Setting up the authenticator proves a code, so the session need not be asked again."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        record_authentication(self.request, self.request.user, method="mfa", type="totp")
        return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def too_often(request: HttpRequest) -> HttpResponse:
    return render(request, "429.html", status=429)
