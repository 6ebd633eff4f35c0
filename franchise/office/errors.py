from django.utils.translation import gettext_lazy as _

from franchise.core.errors import BusinessError


class PhoneMalformed(BusinessError):
    message = _("%(phone)s is no mainland mobile number: those have 11 digits and begin with 1.")


class PhoneIsTaken(BusinessError):
    message = _(
        "%(phone)s already has an account, at head office or as an agent's. Please use another."
    )


class PasswordTooWeak(BusinessError):
    message = _("Please choose a stronger password. %(why)s")


class NotYourself(BusinessError):
    message = _("You cannot do this to yourself. Please ask another administrator.")


class LastAdministrator(BusinessError):
    message = _("This is the last administrator. Make another one first.")
