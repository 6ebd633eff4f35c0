from django.db import models
from django.db.models import QuerySet

from franchise.history.models import Event


def story_of(subject: models.Model) -> QuerySet[Event]:
    """What happened to a thing and by whom, the newest first."""
    return (
        Event.objects.filter(
            subject_type=subject._meta.label_lower,  # noqa: SLF001 (Django documents _meta)
            subject_id=subject.pk,
        )
        .select_related("by")
        .order_by("-at", "-pk")
    )
