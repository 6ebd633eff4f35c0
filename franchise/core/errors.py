"""What a user may be told. Anything that is not a BusinessError is a bug and is logged."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext


class BusinessError(Exception):
    """Refused for a reason of the business.

    A subclass sets `message`, a translatable sentence with named %-placeholders: what happened,
    why, and what to do. The placeholders are the keyword arguments it is raised with.
    """

    message: str | Promise = ""

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(str(self))

    def __str__(self) -> str:
        template = gettext(self.message) if isinstance(self.message, str) else str(self.message)
        return template % self.facts if self.facts else template
