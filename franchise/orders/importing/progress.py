"""How far an import is, for those who watch: told on a connection of its own, which commits."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from franchise.orders.importing.taking import Tell

SECONDS = 1.0


@contextmanager
def shown_on(file_id: int) -> Iterator[Tell]:
    """Keep ImportFile.progress up to date while the import's own transaction is still open."""
    beside = connection.copy()
    told_at = 0.0

    def tell(doing: str, done: int) -> None:
        nonlocal told_at
        if doing == "read" and time.monotonic() - told_at >= SECONDS:
            told_at = time.monotonic()
            with beside.cursor() as cursor:
                cursor.execute(
                    "update orders_importfile set progress = %s where id = %s", [done, file_id]
                )

    try:
        yield tell
    finally:
        beside.close()
