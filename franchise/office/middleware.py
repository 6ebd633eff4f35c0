"""The one gate before all pages of head office: shut unless everything is in order."""

from collections.abc import Callable
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from franchise.users.access import is_head_office


class HeadOfficeOnly:
    """Lets into the `office` namespace only staff who gave their password and a one-time code.

    Others with an account learn nothing of these pages: 404. Staff without an authenticator are
    led to set one up first.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or "office" not in match.app_names:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), "account_login")
        if not is_head_office(request.user):
            raise Http404
        if not is_mfa_enabled(request.user, [Authenticator.Type.TOTP]):
            return redirect("mfa_activate_totp")
        given = {record["method"] for record in get_authentication_records(request, request.user)}
        if not {"password", "mfa"} <= given:
            logout(request)
            return redirect_to_login(request.get_full_path(), "account_login")
        return None
