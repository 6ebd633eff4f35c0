from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _

from franchise.users.checks import sms_provider_is_configured


class UsersConfig(AppConfig):
    name = "franchise.users"
    label = "users"
    verbose_name = _("Users")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(sms_provider_is_configured)
