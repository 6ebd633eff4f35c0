from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string


@register()
def proofs_can_be_called(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Every path in settings.PROOFS names a function; a typing error must not hide a proof."""
    problems: list[CheckMessage] = []
    for path in settings.PROOFS:
        try:
            proof = import_string(path)
        except ImportError as missing:
            problems.append(Error(f"settings.PROOFS: {path}: {missing}", id="ledger.E001"))
            continue
        if not callable(proof):
            problems.append(Error(f"settings.PROOFS: {path} is no function.", id="ledger.E001"))
    return problems
