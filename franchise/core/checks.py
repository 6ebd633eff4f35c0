from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage

EMBEDDED = checks.Warning(
    "Production runs on the embedded database, which is for trying out.",
    hint="Set DATABASE_URL to a PostgreSQL server that is backed up.",
    id="core.W001",
)
FILES_AS_BROKER = checks.Warning(
    "Production wakes its workers through files, which one machine alone can see.",
    hint="Set CELERY_BROKER_URL to a RabbitMQ.",
    id="core.W002",
)


def services_are_real(**_kwargs: Any) -> list[CheckMessage]:
    """`check --deploy` names what serves, but should not serve for real money."""
    found: list[CheckMessage] = []
    if not settings.DATABASE_URL:
        found.append(EMBEDDED)
    if settings.CELERY_BROKER_URL.startswith("filesystem"):
        found.append(FILES_AS_BROKER)
    return found
