import pytest

from franchise.ledger.actions import party_for
from franchise.ledger.models import Party


@pytest.fixture
def tianhe(db):
    return party_for(Party.Kind.AGENT, "tianhe", "天河代理")


@pytest.fixture
def guangzhou(db):
    return party_for(Party.Kind.AGENT, "guangzhou", "广州代理")
