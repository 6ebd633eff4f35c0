import time

import pytest
from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from franchise.users.models import User
from tests.office.world import world  # noqa: F401

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASSWORD = "leaves-of-tea"


@pytest.fixture
def staff(db):
    """A member of staff of the given role who has set up an authenticator."""

    def make(role, phone="13900000001"):
        user = User.objects.create_user(phone, PASSWORD, name="季明禾", role=role)
        TOTP.activate(user, SECRET)
        return user

    return make


@pytest.fixture
def signed_in():
    """A client whose user gave password and code, as the sign-in pages leave the session."""

    def sign(user, methods=("password", "mfa")):
        client = Client()
        client.force_login(user)
        session = client.session
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [
            {"method": method, "at": time.time()} for method in methods
        ]
        session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
        session.save()
        return client

    return sign


@pytest.fixture
def clerk(staff, signed_in):
    """A client signed in as operations."""
    return signed_in(staff(User.Role.OPERATIONS))


@pytest.fixture
def administrator(staff, signed_in):
    return signed_in(staff(User.Role.ADMINISTRATOR, "13900000009"))
