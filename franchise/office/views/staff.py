"""Head office's own people: roles, passwords, authenticators."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from franchise.core.errors import BusinessError
from franchise.history.queries import story_of
from franchise.office.actions import staff as actions
from franchise.office.views.shell import StaffRequest, needs
from franchise.users.access import RIGHTS, Right
from franchise.users.models import User

ROLES = [choice for choice in User.Role.choices if choice[0]]


class StaffForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Person’s name"), max_length=80)
    phone = forms.CharField(
        label=gettext_lazy("Phone number"),
        max_length=20,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=ROLES)
    password = forms.CharField(
        label=gettext_lazy("First password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least 10 characters. Hand it over in person."),
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=ROLES)


class PasswordForm(forms.Form):
    password = forms.CharField(
        label=gettext_lazy("New password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least 10 characters. Hand it over in person."),
    )


def page_of(person: User) -> str:
    return reverse("office:staff_member", args=[person.pk])


@needs(Right.STAFF)
def users(request: StaffRequest) -> HttpResponse:
    authenticator = Authenticator.objects.filter(user=OuterRef("pk"), type="totp")
    people = (
        User.objects.exclude(role=User.Role.NONE)
        .annotate(has_code=Exists(authenticator))
        .order_by("-is_active", "name", "phone")
    )
    return render(request, "office/staff/list.html", {"people": people})


@needs(Right.STAFF)
def add_staff(request: StaffRequest) -> HttpResponse:
    form = StaffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = actions.add_staff(**form.cleaned_data, by=request.user)
        except BusinessError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(person)s can sign in now.") % {"person": person})
            return redirect(page_of(person))
    return render(request, "office/staff/form.html", {"form": form})


@needs(Right.STAFF)
def staff_member(request: StaffRequest, pk: int) -> HttpResponse:
    return _page(request, _found(pk))


def _found(pk: int) -> User:
    return get_object_or_404(User.objects.exclude(role=User.Role.NONE), pk=pk)


def _page(request: StaffRequest, person: User, **forms_shown: Any) -> HttpResponse:
    context = {
        "person": person,
        "is_self": person.pk == request.user.pk,
        "rights": [right.label for right in Right if right in RIGHTS[person.role]],
        "authenticator": Authenticator.objects.filter(user=person, type="totp").first(),
        "story": story_of(person),
        "role_form": RoleForm(initial={"role": person.role}, prefix="role"),
        "password_form": PasswordForm(prefix="password"),
        **forms_shown,
    }
    return render(request, "office/staff/detail.html", context)


@needs(Right.STAFF)
@require_POST
def change_role(request: StaffRequest, pk: int) -> HttpResponse:
    form = RoleForm(request.POST, prefix="role")
    if not form.is_valid():
        return _page(request, _found(pk), role_form=form)
    role = form.cleaned_data["role"]
    return _done(request, pk, lambda: actions.change_role(pk, role, by=request.user))


@needs(Right.STAFF)
@require_POST
def give_password(request: StaffRequest, pk: int) -> HttpResponse:
    person = _found(pk)
    form = PasswordForm(request.POST, prefix="password")
    if form.is_valid():
        try:
            actions.give_password(pk, form.cleaned_data["password"], by=request.user)
        except BusinessError as refusal:
            form.add_error("password", str(refusal))
        else:
            messages.success(request, _("The new password is set."))
            return redirect(page_of(person))
    return _page(request, person, password_form=form, shown="password")


@needs(Right.STAFF)
@require_POST
def forget_authenticator(request: StaffRequest, pk: int) -> HttpResponse:
    return _done(request, pk, lambda: actions.forget_authenticator(pk, by=request.user))


@needs(Right.STAFF)
@require_POST
def shut_out(request: StaffRequest, pk: int) -> HttpResponse:
    return _done(request, pk, lambda: actions.shut_out(pk, by=request.user))


@needs(Right.STAFF)
@require_POST
def let_in_again(request: StaffRequest, pk: int) -> HttpResponse:
    return _done(request, pk, lambda: actions.let_in_again(pk, by=request.user))


def _done(request: StaffRequest, pk: int, act: Callable[[], User]) -> HttpResponse:
    """Carry out what cannot be wrong in a field, and say how it went."""
    person = _found(pk)
    try:
        act()
    except BusinessError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The changes are saved."))
    return redirect(page_of(person))
