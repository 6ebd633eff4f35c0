from collections.abc import Iterable
from typing import Any

from django.db import models

from franchise.history.models import Event
from franchise.users.models import User


def record(verb: str, *, on: models.Model, by: User | None, **data: Any) -> Event:
    """Append what happened to the history. `by` is None for the program itself and for commands.

    `data` must be JSON; amounts go in as strings.
    """
    subject_type = on._meta.label_lower  # noqa: SLF001  (Django documents _meta)
    return Event.objects.create(
        verb=verb, subject_type=subject_type, subject_id=on.pk, by=by, data=data
    )


def record_each(
    verb: str, happened: Iterable[tuple[models.Model, dict[str, Any]]], *, by: User | None
) -> None:
    """Append one event for each of many things, with its own data."""
    Event.objects.bulk_create(
        Event(
            verb=verb,
            subject_type=on._meta.label_lower,  # noqa: SLF001
            subject_id=on.pk,
            by=by,
            data=data,
        )
        for on, data in happened
    )
