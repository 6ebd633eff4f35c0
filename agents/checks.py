from typing import Any

from django.core.checks import CheckMessage

from franchise.core.dotted import paths_that_do_not_import


def who_guards_and_follows_territories_is_there(**_kwargs: Any) -> list[CheckMessage]:
    return [
        *paths_that_do_not_import("TERRITORY_CHANGE_GUARDS", id="agents.E001"),
        *paths_that_do_not_import("TERRITORY_CHANGE_FOLLOWERS", id="agents.E002"),
    ]
