from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _

from agents.checks import who_guards_and_follows_territories_is_there


class AgentsConfig(AppConfig):
    name = "agents"
    label = "agents"
    verbose_name = _("Agents")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(who_guards_and_follows_territories_is_there)
