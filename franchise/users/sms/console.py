import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class Console:
    """Prints the code where the server runs, for trying out. Never with DEBUG=false."""

    def __init__(self) -> None:
        if not settings.DEBUG:
            raise ImproperlyConfigured("SMS_BACKEND=console is only for DEBUG=true.")

    def send_code(self, phone: str, code: str) -> None:
        sys.stdout.write(f"\n  Login code for {phone}: {code}\n\n")
        sys.stdout.flush()
