"""Who works at head office; each sets up a one-time code at the first sign-in."""

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from franchise.history.actions import record
from franchise.office.errors import (
    LastAdministrator,
    NotYourself,
    PasswordTooWeak,
    PhoneIsTaken,
    PhoneMalformed,
)
from franchise.users.models import User

Role = User.Role


@transaction.atomic
def add_staff(*, phone: str, name: str, role: str, password: str, by: User) -> User:
    """Let a person sign in to head office. Refuses a number malformed or already an account.

    An agent's people cannot be staff: who decides about agents is not one of them.
    """
    person = User(phone=phone.strip(), name=name.strip(), role=role)
    try:
        person.clean_fields(exclude=["password"])
    except ValidationError as error:
        raise PhoneMalformed(phone=phone) from error
    if User.objects.filter(phone=person.phone).exists():
        raise PhoneIsTaken(phone=person.phone)
    _refuse_weak(password, person)
    person.set_password(password)
    person.save()
    record("staff.added", on=person, by=by, role=role)
    return person


@transaction.atomic
def change_role(user_id: int, role: str, *, by: User) -> User:
    """Give a member of staff another role. Refuses one's own, and the last administrator's."""
    person = _locked(user_id)
    if person.pk == by.pk:
        raise NotYourself
    if role == person.role:
        return person
    _refuse_last_administrator(person)
    former, person.role = person.role, role
    person.save(update_fields=["role"])
    record("staff.role_changed", on=person, by=by, former=former, role=role)
    return person


@transaction.atomic
def shut_out(user_id: int, *, by: User) -> User:
    """Let a person sign in no longer, at once. What they did stays recorded."""
    person = _locked(user_id)
    if person.pk == by.pk:
        raise NotYourself
    _refuse_last_administrator(person)
    person.is_active = False
    person.save(update_fields=["is_active"])
    record("staff.shut_out", on=person, by=by)
    return person


@transaction.atomic
def let_in_again(user_id: int, *, by: User) -> User:
    person = _locked(user_id)
    person.is_active = True
    person.save(update_fields=["is_active"])
    record("staff.let_in_again", on=person, by=by)
    return person


@transaction.atomic
def give_password(user_id: int, password: str, *, by: User) -> User:
    """A new password for who forgot theirs; their sessions end. Refuses a weak one."""
    person = _locked(user_id)
    _refuse_weak(password, person)
    person.set_password(password)
    person.save(update_fields=["password"])
    record("staff.password_given", on=person, by=by)
    return person


@transaction.atomic
def forget_authenticator(user_id: int, *, by: User) -> User:
    """For who lost phone and recovery codes: the next sign-in sets up a new authenticator."""
    person = _locked(user_id)
    Authenticator.objects.filter(user=person).delete()
    record("staff.authenticator_forgotten", on=person, by=by)
    return person


def _locked(user_id: int) -> User:
    return User.objects.select_for_update().exclude(role=Role.NONE).get(pk=user_id)


def _refuse_weak(password: str, person: User) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise PasswordTooWeak(why=" ".join(error.messages)) from error


def _refuse_last_administrator(person: User) -> None:
    """Somebody must be able to manage the others. All administrators are locked while counting."""
    if person.role != Role.ADMINISTRATOR:
        return
    administrators = User.objects.select_for_update().filter(
        role=Role.ADMINISTRATOR, is_active=True
    )
    if [other for other in administrators.order_by("pk") if other.pk != person.pk] == []:
        raise LastAdministrator
