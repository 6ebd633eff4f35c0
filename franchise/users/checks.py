from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error


def sms_provider_is_configured(**_kwargs: Any) -> list[CheckMessage]:
    """Whoever chose Tencent learns at start-up, not at the first login, that a key is missing."""
    if settings.SMS_BACKEND != "tencent":
        return []
    missing = [name for name, value in settings.TENCENT_SMS.items() if not value]
    names = ", ".join(f"TENCENT_SMS_{name.upper()}" for name in missing)
    message = f"SMS_BACKEND=tencent needs {names} in the environment."
    return [Error(message, id="users.E001")] if missing else []
