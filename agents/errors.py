from django.utils.translation import gettext_lazy as _

from franchise.core.errors import BusinessError


class AgentCodeTaken(BusinessError):
    message = _(
        "The code %(code)s is already that of %(agent)s. Please choose another, or open that agent."
    )


class AgentNeedsName(BusinessError):
    message = _("Please give the agent a code and a name, each of at most 80 characters.")


class BadPhone(BusinessError):
    message = _("%(phone)s is no mainland mobile number: those have 11 digits and begin with 1.")


class AlreadyMember(BusinessError):
    message = _("%(person)s is already a member of %(agent)s.")


class HeadOfficeCannotBeMember(BusinessError):
    message = _(
        "%(person)s works at head office. Who decides about agents cannot be a member of one; "
        "please use another person's number."
    )


class MembershipEnded(BusinessError):
    message = _("%(person)s has already left %(agent)s.")


class TierDoesNotFit(BusinessError):
    message = _(
        "%(region)s (%(kind)s) is not sold at the tier “%(tier)s”: provinces are sold at the "
        "province tier, cities at the city tier, and counties, districts, development zones and "
        "towns at the county tier."
    )


class RegionNotInForce(BusinessError):
    message = _(
        "%(region)s is no division in force on %(day)s. It was in force from %(valid_from)s until "
        "before %(valid_to)s; please choose the one that took over."
    )


class PeriodEmpty(BusinessError):
    message = _(
        "A territory lasts at least a day: its end %(ends_on)s must come after its start "
        "%(starts_on)s."
    )


class TerritoryTaken(BusinessError):
    message = _(
        "%(region)s is already held at the tier “%(tier)s” by %(agent)s from %(starts_on)s, "
        "%(until)s. Please end or transfer that territory first, or choose other days."
    )


class ConsentNeeded(BusinessError):
    message = _(
        "%(town)s lies in %(county)s, which %(agent)s holds from %(starts_on)s, %(until)s. It can "
        "only be sold apart when that holder has agreed in writing; please attach the consent."
    )


class TownAlreadySold(BusinessError):
    message = _(
        "%(town)s in %(county)s is sold apart to %(agent)s from %(starts_on)s, %(until)s. The "
        "county can only be sold when its buyer agrees in writing to that; please attach the "
        "consent."
    )


class AlreadyEnds(BusinessError):
    message = _(
        "The territory already ends on %(ends_on)s. An end can be brought forward, never put off: "
        "sell the region anew from that day instead."
    )


class TransferToSelf(BusinessError):
    message = _("%(agent)s already holds this territory. Please choose another agent.")


class TransferOutsidePeriod(BusinessError):
    message = _(
        "The territory runs from %(starts_on)s, %(until)s. It can be transferred on a day after "
        "its first and before its end."
    )


class ReasonMissing(BusinessError):
    message = _("Please write down the reason: it is kept with the change.")


class ConsentNotAwaited(BusinessError):
    message = _("No consent is awaited for this territory: %(consent)s.")
