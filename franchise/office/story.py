"""The verbs of the history in words; a verb without words shows as it is stored."""

from django.utils.translation import gettext_lazy as _

from franchise.history.models import Event

WORDS = {
    "agent.added": _("entered"),
    "agent.changed": _("details changed"),
    "member.joined": _("a person may act for it"),
    "member.left": _("a person no longer acts for it"),
    "territory.granted": _("granted"),
    "territory.ended": _("end brought forward"),
    "territory.transferred": _("transferred to another agent"),
    "territory.taken_over": _("taken over from another agent"),
    "territory.consent_attached": _("consent recorded"),
    "territory.imported": _("taken from a file"),
    "region.added": _("added by hand"),
    "region.retired": _("retired"),
    "alias.added": _("alias added"),
    "alias.ended": _("alias ended"),
    "plan.proposed": _("proposed"),
    "plan.approved": _("approved"),
    "plan.withdrawn": _("withdrawn"),
    "plan.imported": _("taken from a file"),
    "plan.ended": _("ended by its successor"),
    "pickup_point.added": _("entered"),
    "order.region_decided": _("region decided"),
    "order.correction_proposed": _("correction proposed"),
    "order.correction_approved": _("correction approved"),
    "order.correction_refused": _("correction put aside"),
    "order.counted_as_consumers": _("own order let earn"),
    "buyer.revealed": _("buyer’s name and phone looked at"),
    "import.received": _("received"),
    "import.headers_named": _("headers named"),
    "import.started": _("go given"),
    "import.discarded": _("put aside"),
    "import.refused": _("refused"),
    "import.finished": _("taken in"),
    "import.rows_mended": _("rows mended"),
    "shop.added": _("entered"),
    "shop.changed": _("details changed"),
    "staff.added": _("added"),
    "staff.role_changed": _("role changed"),
    "staff.shut_out": _("shut out"),
    "staff.let_in_again": _("let in again"),
    "staff.password_given": _("new password given"),
    "staff.authenticator_forgotten": _("authenticator forgotten"),
}


def words(event: Event) -> str:
    return str(WORDS.get(event.verb, event.verb))
