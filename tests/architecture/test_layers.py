"""Who may know whom: imports, foreign keys, and who looks at the domain."""

import subprocess
import sys
import tomllib

from django.apps import apps
from django.conf import settings

CONFIG = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())
CONTRACTS = CONFIG["tool"]["importlinter"]["contracts"]
DOMAIN = CONTRACTS[1]["containers"]


def height_of():
    """Each app's place in the layers, the lowest first."""
    return {
        package.strip(): height
        for height, line in enumerate(reversed(CONTRACTS[0]["layers"]))
        for package in line.split("|")
    }


def test_imports_keep_to_the_layers():
    lint = "from importlinter.cli import lint_imports_command; lint_imports_command()"

    done = subprocess.run(
        [sys.executable, "-c", lint],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


def test_every_app_of_ours_has_its_layer():
    ours = {config.name for config in apps.get_app_configs() if config.name.split(".")[0] in ROOTS}

    assert ours == set(height_of())


ROOTS = CONFIG["tool"]["importlinter"]["root_packages"]


def test_foreign_keys_point_down():
    """import-linter cannot see a key that is written as text, 'orders.Order'."""
    height = height_of()
    upward = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if (here := height.get(model._meta.app_config.name)) is not None
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and field.related_model
        if height.get(field.related_model._meta.app_config.name, -1) > here
    ]

    assert upward == []


def test_domain_apps_have_no_views():
    views = [
        str(path.relative_to(settings.BASE_DIR))
        for app in DOMAIN
        for name in ("views*", "urls.py", "forms*")
        for path in (settings.BASE_DIR / app.replace(".", "/")).rglob(name)
    ]

    assert views == []
