"""Settings that name functions of upper apps by dotted path, for lower apps to call."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.utils.module_loading import import_string


def functions_in(setting: str) -> list[Callable[..., Any]]:
    """The functions a setting names, in its order."""
    return [import_string(path) for path in getattr(settings, setting)]


def paths_that_do_not_import(setting: str, *, id: str) -> list[CheckMessage]:  # noqa: A002
    """One system-check error for each path that names nothing callable: found at start-up."""
    return [
        Error(f"{setting}: {path!r} names no function.", id=id)
        for path in getattr(settings, setting)
        if not _is_callable(path)
    ]


def _is_callable(path: str) -> bool:
    try:
        return callable(import_string(path))
    except ImportError:
        return False
