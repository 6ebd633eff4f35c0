"""What each role at head office may do. Everyone with a role may look at everything."""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from franchise.users.models import User

Role = User.Role


class Right(models.TextChoices):
    """One kind of work at head office; a role is a set of them."""

    SELL = "sell", _("enter agents and territories")
    REGIONS = "regions", _("change divisions and aliases")
    ORDERS = "orders", _("import orders and decide regions")
    PLANS = "plans", _("write bonus plans")
    PROVE = "prove", _("run the proof")
    APPROVE = "approve", _("approve what another has prepared")
    STAFF = "staff", _("manage head office's users")


RIGHTS: dict[str, frozenset[Right]] = {
    Role.NONE: frozenset(),
    Role.AUDITOR: frozenset({Right.PROVE}),
    Role.OPERATIONS: frozenset({Right.SELL, Right.REGIONS, Right.ORDERS}),
    Role.FINANCE: frozenset({Right.ORDERS, Right.PLANS, Right.PROVE}),
    Role.APPROVER: frozenset({Right.APPROVE, Right.PROVE}),
    Role.ADMINISTRATOR: frozenset(Right),
}


def is_head_office(user: User | AnonymousUser) -> bool:
    """Whether this user works at head office and may still sign in."""
    return isinstance(user, User) and user.is_active and user.is_staff


def may(user: User | AnonymousUser, right: str) -> bool:
    """Whether this user has a right; a stranger has none."""
    return isinstance(user, User) and is_head_office(user) and right in RIGHTS[user.role]
