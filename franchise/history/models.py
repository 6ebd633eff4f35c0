from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """Who did what, when, to which thing. Appended, never changed: the database refuses."""

    at = models.DateTimeField(_("at"), auto_now_add=True, db_index=True)
    verb = models.CharField(_("what"), max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id", "at"], name="event_subject")]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type}:{self.subject_id}"
