from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _

from franchise.core.checks import services_are_real


class CoreConfig(AppConfig):
    name = "franchise.core"
    label = "core"
    verbose_name = _("Core")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(services_are_real, Tags.security, deploy=True)
