"""Whether this machine can serve: for load balancers and for people who look."""

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from franchise.celery import app


@require_safe
@never_cache
def healthz(_request: HttpRequest) -> JsonResponse:
    """The state of database and broker; 503 when one of them does not answer."""
    states = {"database": _database_state(), "broker": _broker_state()}
    healthy = all(state == "ok" for state in states.values())
    return JsonResponse(states, status=200 if healthy else 503)


def _database_state() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return "unreachable"
    return "ok"


def _broker_state() -> str:
    try:
        with app.connection_for_write(connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
            if settings.CELERY_BROKER_URL.startswith("filesystem"):
                broker.SimpleQueue("celery").qsize()
    except Exception:  # noqa: BLE001  each broker's client has its own errors; all mean the same
        return "unreachable"
    return "ok"
