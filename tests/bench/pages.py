"""How fast pages answer, through the whole of Django but the network."""

import statistics
import time

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client, override_settings

from franchise.users.models import User


def measure(paths: dict[str, str], rounds: int = 7) -> dict[str, float]:
    """{name: milliseconds}, medians, for pages of head office."""
    with override_settings(STORAGES=_STORAGES):
        client = _signed_in()
        return {name: _median_ms(client, path, rounds) for name, path in paths.items()}


# The files as they lie: collecting and hashing them is no part of answering.
_STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


def _median_ms(client: Client, path: str, rounds: int) -> float:
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        response = client.get(path, secure=True)
        taken.append((time.perf_counter() - began) * 1000)
        assert response.status_code == 200, (path, response.status_code)
    return round(statistics.median(taken[1:]), 1)


def _signed_in() -> Client:
    user, _ = User.objects.get_or_create(
        phone="19900009999", defaults={"name": "bench", "role": User.Role.ADMINISTRATOR}
    )
    Authenticator.objects.filter(user=user).delete()
    TOTP.activate(user, generate_totp_secret())
    client = Client()
    client.force_login(user)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "password", "at": time.time()},
        {"method": "mfa", "at": time.time(), "type": "totp"},
    ]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()
    return client
