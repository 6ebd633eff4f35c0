"""What every test stands on."""

from typing import Any

from django.db.backends.postgresql.operations import DatabaseOperations

from tests.needs import pytest_runtest_setup  # noqa: F401

_sql_flush = DatabaseOperations.sql_flush


def _flush_past_the_guards(self: DatabaseOperations, *args: Any, **kwargs: Any) -> list[str]:
    """Between tests with real transactions Django truncates, which the guards refuse."""
    if not (statements := _sql_flush(self, *args, **kwargs)):
        return statements
    return [
        "SET session_replication_role = replica",
        *statements,
        "SET session_replication_role = DEFAULT",
    ]


DatabaseOperations.sql_flush = _flush_past_the_guards  # type: ignore[method-assign]

pytest_plugins = ["tests.regions_cast", "tests.cast"]
