"""/healthz tells a load balancer whether this machine can serve."""

import pytest
from django.db import OperationalError, connection

from franchise.celery import app


@pytest.mark.django_db
def test_database_and_broker_answer(client):
    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "broker": "ok"}


@pytest.mark.django_db
def test_a_dead_database_is_told(client, monkeypatch):
    def refuse():
        raise OperationalError("no server")

    monkeypatch.setattr(connection, "cursor", refuse)

    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json() == {"database": "unreachable", "broker": "ok"}


@pytest.mark.django_db
def test_a_dead_broker_is_told(client, monkeypatch):
    # Nothing listens on port 9 of this machine.
    monkeypatch.setattr(app.conf, "broker_write_url", "amqp://guest:guest@127.0.0.1:9//")

    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json() == {"database": "ok", "broker": "unreachable"}
