from django.utils.translation import gettext_lazy as _

from franchise.core.errors import BusinessError


class CodeAskedTooOften(BusinessError):
    message = _(
        "Please wait %(seconds)s seconds before asking for another code. "
        "If none came, look whether your phone has blocked it."
    )


class WrongCode(BusinessError):
    message = _("The code is not right. Please look at the newest text message and try again.")


class CodeSpent(BusinessError):
    """Expired, used, or guessed at too often: a new code is needed."""

    message = _("This code no longer works. Please ask for a new one.")
