"""What django-allauth asks us about: the phone number is the account, and who must show a code."""

import time
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.translation import gettext_lazy as _

from franchise.users.access import is_head_office
from franchise.users.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by head office, never by signing up; they have no mail address."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def phone_form_field(self, **kwargs: Any) -> forms.Field:
        widget = forms.TextInput(
            attrs={"type": "tel", "inputmode": "numeric", "autocomplete": "username"}
        )
        kwargs.setdefault("label", _("Phone number"))
        return forms.CharField(max_length=20, widget=widget, **kwargs)

    def get_phone(self, user: User) -> tuple[str, bool]:
        return user.phone, True

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        user.phone = phone
        user.save(update_fields=["phone"])

    def set_phone_verified(self, user: User, phone: str) -> None:
        """A number is an account only once head office has written it down: nothing to mark."""

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(phone=phone).first()

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return resolve_url("office:home" if is_head_office(request.user) else settings.PORTAL_HOME)

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """That one is in or out, one sees; a note would only be in the way."""
        template = str(kwargs.get("message_template", args[0] if args else ""))
        if "logged_" not in template:
            super().add_message(request, level, *args, **kwargs)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whether the password or a code must be given again: not shortly after either was."""
        records = get_authentication_records(context.request, context.request.user)
        given_at = max((record["at"] for record in records), default=0)
        return bool(time.time() - given_at > REAUTHENTICATION_TIMEOUT)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """There is no mail address to write to."""


class MFAAdapter(DefaultMFAAdapter):
    def get_totp_label(self, user: User) -> str:
        return user.phone

    def build_totp_svg(self, url: str) -> str:
        return str(segno.make(url).svg_inline(scale=4, border=2, dark="#17212b", light="#ffffff"))
