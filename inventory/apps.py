from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _

from inventory.checks import who_follows_pickup_points_is_there


class InventoryConfig(AppConfig):
    name = "inventory"
    label = "inventory"
    verbose_name = _("Inventory")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(who_follows_pickup_points_is_there)
