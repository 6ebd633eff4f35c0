from django.utils.translation import gettext_lazy as _

from franchise.core.errors import BusinessError


class RatesFall(BusinessError):
    message = _(
        "In a level-difference plan rates never fall from deep to high: county %(county)s, city "
        "%(city)s, province %(province)s. Raise the higher tier, or lower the deeper one."
    )


class RatesAreNoShares(BusinessError):
    message = _(
        "Rates are shares between 0 and 100%%, one of them above 0 and together no more than "
        "100%%. Check what was typed."
    )


class CapIsNoShare(BusinessError):
    message = _("The cap is a share above 0 and up to 100%%; leave it empty for no cap.")


class PlansOverlap(BusinessError):
    message = _(
        "On some of these days plan “%(plan)s” (%(starts_on)s to %(ends_on)s) is in force. Two "
        "plans can't pay the same order: end that one first, or choose other days."
    )


class PastIsAwarded(BusinessError):
    message = _(
        "Order %(order_no)s paid on %(paid_on)s has its bonus already, so nothing may change for "
        "that day. The first day that is free is %(free_from)s."
    )


class PlanIsDecided(BusinessError):
    message = _("This plan was approved or withdrawn before; propose a new one.")


class SamePerson(BusinessError):
    message = _("It takes two people: who proposed a plan can't approve it.")


class UnreadablePlan(BusinessError):
    message = _("This is no plan file: %(why)s")


class UnreadableLines(BusinessError):
    message = _("%(file)s is no file of lines: %(why)s")
