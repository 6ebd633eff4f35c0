from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BonusesConfig(AppConfig):
    name = "franchise.bonuses"
    label = "bonuses"
    verbose_name = _("Bonuses")
    default_auto_field = "django.db.models.BigAutoField"
