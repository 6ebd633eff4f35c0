"""Whose orders wait for a person depends on who holds what: the app above knows and is asked."""

from collections.abc import Sequence

from django.conf import settings
from django.utils.module_loading import import_string


def count_unresolved(ranges: Sequence[tuple[int, int]]) -> int:
    """How many of these orders (ranges of ids, ends exclusive) wait for a person, as the map is.

    Those are orders of consumers, not cancelled, whose region is in doubt where territory is sold,
    whose pickup point is not known, or whose territory still stands on a division that ended.
    """
    counter = import_string(settings.UNRESOLVED_COUNTER)
    return int(counter(ranges))
