"""The states an order's bonus can be in, as the lists of head office name them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(models.TextChoices):
    COUNTS = "counts", _("all that earn")
    AWARDED = "awarded", pgettext_lazy("bonus", "awarded")
    PENDING = "pending", pgettext_lazy("bonus", "pending")
    EARNED = "earned", pgettext_lazy("bonus", "earned")
    TAKEN_BACK = "taken_back", _("clawed back")
    UNRESOLVED = "unresolved", pgettext_lazy("bonus", "region not certain")
    NO_PLAN = "no_plan", _("without plan")
    OWN = "own", _("agent’s own order")
    CANCELLED = "cancelled", pgettext_lazy("bonus", "cancelled")
    WAITING = "waiting", _("bonus follows")


PILLS = {
    State.PENDING: ("info", "clock"),
    State.EARNED: ("good", "circle-check"),
    State.UNRESOLVED: ("warn", "map-pin-question"),
    State.NO_PLAN: ("warn", "percentage"),
    State.OWN: ("", "user"),
    State.CANCELLED: ("", "ban"),
    State.WAITING: ("info", "hourglass"),
}
