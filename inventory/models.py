from django.db import models
from django.utils.translation import gettext_lazy as _

from franchise.regions.models import Region


class PickupPoint(models.Model):
    """A place where goods are handed out; an order picked up there counts in its region.

    The code and the region stay: a point that moves gets a new code.
    """

    code = models.CharField(_("point's code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80, blank=True)
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="pickup_points", verbose_name=_("region")
    )
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("pickup point")

    def __str__(self) -> str:
        return self.name or self.code
