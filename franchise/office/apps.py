from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OfficeConfig(AppConfig):
    name = "franchise.office"
    label = "office"
    verbose_name = _("Head office")
    default_auto_field = "django.db.models.BigAutoField"
