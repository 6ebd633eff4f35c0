"""What the database itself says of its guards: none missing, changed, disabled or unchecked."""

from collections.abc import Mapping, Sequence
from importlib import import_module

from django.apps import apps
from django.db import connection, models
from django.utils.module_loading import module_has_submodule

# Triggers with the functions they call, and constraints, each with a digest of its definition.
_GUARDS = """
    SELECT c.relname || '.' || g.tgname,
           left(encode(sha256(convert_to(
               pg_get_triggerdef(g.oid) || p.prosrc || coalesce(p.proconfig::text, ''), 'UTF8'
           )), 'hex'), 12)
    FROM pg_trigger g
    JOIN pg_class c ON c.oid = g.tgrelid
    JOIN pg_proc p ON p.oid = g.tgfoid
    WHERE NOT g.tgisinternal AND c.relnamespace = current_schema()::regnamespace
        AND c.relname = ANY(%(tables)s)
    UNION ALL
    SELECT c.relname || '.' || k.conname,
           left(encode(sha256(convert_to(pg_get_constraintdef(k.oid), 'UTF8')), 'hex'), 12)
    FROM pg_constraint k
    JOIN pg_class c ON c.oid = k.conrelid
    WHERE k.contype IN ('c', 'f', 'p', 'u', 'x')
        AND c.relnamespace = current_schema()::regnamespace AND c.relname = ANY(%(tables)s)
    ORDER BY 1
"""

_DISABLED = """
    SELECT format('%s.%s', c.relname, g.tgname)
    FROM pg_trigger g
    JOIN pg_class c ON c.oid = g.tgrelid
    WHERE g.tgenabled <> 'O' AND c.relnamespace = current_schema()::regnamespace
    ORDER BY 1
"""

_UNCHECKED = """
    SELECT format('%s.%s', k.conrelid::regclass, k.conname)
    FROM pg_constraint k
    WHERE NOT k.convalidated AND k.connamespace = current_schema()::regnamespace
    UNION ALL
    SELECT format('%s.%s', i.indrelid::regclass, i.indexrelid::regclass)
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid
    WHERE NOT i.indisvalid AND c.relnamespace = current_schema()::regnamespace
    ORDER BY 1
"""

_NAMES = """
    SELECT k.conrelid::regclass::text, k.conname
    FROM pg_constraint k WHERE k.connamespace = current_schema()::regnamespace
    UNION
    SELECT i.indrelid::regclass::text, c.relname
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace = current_schema()::regnamespace AND i.indisunique
"""

_FOREIGN_KEYS = """
    SELECT k.conrelid::regclass::text, a.attname
    FROM pg_constraint k
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
    WHERE k.contype = 'f' AND array_length(k.conkey, 1) = 1
        AND k.connamespace = current_schema()::regnamespace
"""

_UNIQUE_COLUMNS = """
    SELECT i.indrelid::regclass::text, a.attname
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
    WHERE i.indisunique AND i.indnkeyatts = 1 AND i.indpred IS NULL
        AND c.relnamespace = current_schema()::regnamespace
"""


def standing_guards(tables: Sequence[str]) -> dict[str, str]:
    """The triggers and constraints of these tables as they stand, and a digest of each."""
    with connection.cursor() as cursor:
        cursor.execute(_GUARDS, {"tables": list(tables)})
        return dict(cursor.fetchall())


def guards_of_all_apps() -> dict[str, str]:
    """What the apps list in their `guards.py`: `table.guard` and the digest of its definition."""
    guards: dict[str, str] = {}
    for app in apps.get_app_configs():
        if app.module and module_has_submodule(app.module, "guards"):
            guards |= import_module(f"{app.name}.guards").GUARDS
    return guards


def missing_guards(expected: Mapping[str, str]) -> list[str]:
    """Of the guards expected, those that are gone or not what they were: `table.guard`."""
    standing = standing_guards(sorted({guard.split(".")[0] for guard in expected}))
    return [guard for guard, digest in expected.items() if standing.get(guard) != digest]


def disabled_triggers() -> list[str]:
    """Every trigger of the database that would not fire, those of foreign keys too."""
    return [name for (name,) in _rows(_DISABLED)]


def unchecked_constraints() -> list[str]:
    """Every constraint that was added without looking at the rows already there."""
    return [name for (name,) in _rows(_UNCHECKED)]


def missing_constraints() -> list[str]:
    """What the models of all apps promise and the database does not keep."""
    names = set(_rows(_NAMES))
    foreign_keys = set(_rows(_FOREIGN_KEYS))
    unique_columns = set(_rows(_UNIQUE_COLUMNS))
    missing = []
    for model in apps.get_models(include_auto_created=True):
        options = model._meta  # noqa: SLF001  (Django documents _meta)
        if not options.managed or options.proxy:
            continue
        table = options.db_table
        missing += [
            f"{table}.{constraint.name}"
            for constraint in options.constraints
            if (table, constraint.name) not in names
        ]
        for field in options.local_concrete_fields:
            column = (table, field.column)
            is_key = isinstance(field, models.ForeignKey) and getattr(field, "db_constraint", True)
            if is_key and column not in foreign_keys:
                missing.append(f"{table}.{field.column} →")
            if field.unique and field.column and column not in unique_columns:
                missing.append(f"{table}.{field.column} ≠")
    return missing


def _rows(sql: str) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        rows: list[tuple[str, ...]] = cursor.fetchall()
    return rows
