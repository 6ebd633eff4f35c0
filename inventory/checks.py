from typing import Any

from django.core.checks import CheckMessage

from franchise.core.dotted import paths_that_do_not_import


def who_follows_pickup_points_is_there(**_kwargs: Any) -> list[CheckMessage]:
    return paths_that_do_not_import("PICKUP_POINT_FOLLOWERS", id="inventory.E001")
