"""Empty books for one transaction: the real tables stand behind temporary ones of the same names.

PostgreSQL looks for a name among the temporary tables first, so every statement and every query of
the program works on the empty ones, the SQL of the award to the letter. At the end all is rolled
back. Only the divisions and the users are the real ones.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection, transaction

SHADOWED_APPS = ("history", "ledger", "agents", "inventory", "orders", "bonuses")


@contextmanager
def empty_books() -> Iterator[None]:
    """Work on empty books inside; nothing of it is left outside."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            for table in _tables():
                cursor.execute(
                    f"create temporary table {table} (like public.{table} including all)"
                    " on commit drop"
                )
        yield
        transaction.set_rollback(True)


def analyze_shadows() -> None:
    """Tell the planner how full the temporary tables are: nothing else does."""
    with connection.cursor() as cursor:
        cursor.execute("analyze agents_territory, orders_order, orders_refund")


def _tables() -> list[str]:
    return [
        connection.ops.quote_name(model._meta.db_table)  # noqa: SLF001  (Django documents _meta)
        for label in SHADOWED_APPS
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
    ]
