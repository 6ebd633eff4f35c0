from django.db.models import Q, QuerySet

from inventory.models import PickupPoint


def pickup_points(*, search: str = "") -> QuerySet[PickupPoint]:
    """The points with their regions, for the list; `search` looks at codes, names and regions."""
    found = PickupPoint.objects.select_related("region__parent__parent").order_by("code")
    if search:
        found = found.filter(
            Q(code__icontains=search)
            | Q(name__icontains=search)
            | Q(region__name__icontains=search)
            | Q(region__code__startswith=search)
        )
    return found
