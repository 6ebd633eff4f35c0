"""Migrations go forward and back, and what they leave is what the models say."""

import subprocess
import sys

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

OURS = [
    config.label
    for config in apps.get_app_configs()
    if config.name.split(".")[0] in {"franchise", "agents", "inventory"}
    and (settings.BASE_DIR / config.name.replace(".", "/") / "migrations").exists()
]


def schema():
    """Every column, constraint, index, trigger and function of ours."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT 'column', table_name::text, column_name::text, data_type::text, is_nullable
              FROM information_schema.columns WHERE table_schema = 'public'
            UNION ALL
            SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), ''
              FROM pg_constraint WHERE connamespace = 'public'::regnamespace
            UNION ALL
            SELECT 'index', tablename, indexname, indexdef, ''
              FROM pg_indexes WHERE schemaname = 'public'
            UNION ALL
            SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), ''
              FROM pg_trigger WHERE NOT tgisinternal
            UNION ALL
            SELECT 'function', proname, '', prosrc, ''
              FROM pg_proc WHERE pronamespace = 'public'::regnamespace
            """
        )
        return sorted(cursor.fetchall())


def test_the_models_need_no_further_migration():
    done = subprocess.run(
        [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


@pytest.mark.django_db(transaction=True)
def test_migrations_go_back_to_nothing_and_forward_again():
    before = schema()
    tables = set(connection.introspection.table_names())
    try:
        for label in OURS:
            call_command("migrate", label, "zero", verbosity=0, interactive=False)
        left = {
            table for table in connection.introspection.table_names() if table.split("_")[0] in OURS
        }
    finally:
        call_command("migrate", verbosity=0, interactive=False)

    assert left == set()
    assert set(connection.introspection.table_names()) == tables
    assert schema() == before


def test_every_migration_has_a_name_that_says_what_it_does():
    loader = MigrationExecutor(None).loader
    automatic = [
        f"{label}.{name}"
        for label, name in loader.disk_migrations
        if label in OURS and "_auto_" in name
    ]

    assert automatic == []
