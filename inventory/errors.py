from django.utils.translation import gettext_lazy as _

from franchise.core.errors import BusinessError


class PointNeedsCode(BusinessError):
    message = _("Please give the pickup point a code of at most 40 characters.")


class PointExists(BusinessError):
    message = _(
        "The point %(code)s is already entered, in %(region)s. A point that moves gets a new code."
    )


class PointRegionNotInForce(BusinessError):
    message = _("%(region)s is no division in force today. Please choose the one that took over.")
