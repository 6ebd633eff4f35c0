"""What a reader chose for this phone: kept in cookies, so it holds before signing in too."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

A_YEAR = 365 * 24 * 3600
CHOICES = {
    "language": tuple(code for code, _name in settings.LANGUAGES),
    "theme": ("", "light", "dark"),
    "type": ("", "large"),
}
COOKIES = {"language": settings.LANGUAGE_COOKIE_NAME, "theme": "theme", "type": "type"}


@dataclass(frozen=True)
class Preferences:
    """`theme`: "" follows the phone; `type`: "" is the normal size."""

    theme: str
    type: str


def of(request: HttpRequest) -> Preferences:
    return Preferences(theme=_chosen(request, "theme"), type=_chosen(request, "type"))


def keep(response: HttpResponse, what: str, value: str) -> None:
    """Remember a choice for a year; what is no choice of ours changes nothing."""
    if value in CHOICES.get(what, ()):
        response.set_cookie(
            COOKIES[what],
            value,
            max_age=A_YEAR,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )


def _chosen(request: HttpRequest, what: str) -> str:
    value = request.COOKIES.get(COOKIES[what], "")
    return value if value in CHOICES[what] else ""
