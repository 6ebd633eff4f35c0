from django.utils.translation import gettext_lazy as _

from franchise.core.errors import BusinessError


class LookedUpTooOften(BusinessError):
    message = _("That is enough for one hour: %(times)s orders. Please come back later.")


class NoSuchOrder(BusinessError):
    message = _(
        "There is no order %(number)s. Please compare it digit by digit with the number in the "
        "shop's “My orders”. A new order arrives a few minutes after payment."
    )
