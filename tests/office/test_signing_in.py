"""Password, then a one-time code, for every member of staff; others learn nothing."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.urls import reverse

from franchise.users.models import User
from tests.office.conftest import PASSWORD, SECRET

HOME = "/office/search/"


def code(secret=SECRET):
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


@pytest.fixture(autouse=True)
def no_former_attempts():
    cache.clear()


def sign_in(client, phone="13900000001", password=PASSWORD):
    return client.post(reverse("account_login"), {"login": phone, "password": password})


def test_password_and_code_open_head_office(client, staff):
    staff(User.Role.OPERATIONS)

    assert sign_in(client).url == "/office/login/code/"
    assert client.get(HOME).url == f"/office/login/?next={HOME}"
    assert client.post("/office/login/code/", {"code": code()}).url == "/office/"

    assert client.get(HOME).status_code == 200


def test_wrong_password_and_wrong_code_do_not(client, staff):
    staff(User.Role.OPERATIONS)

    assert sign_in(client, password="wrong-password").status_code == 200
    sign_in(client)
    assert client.post("/office/login/code/", {"code": "000000"}).status_code == 200

    assert client.get(HOME).status_code == 302


def test_a_code_works_once(client, staff):
    staff(User.Role.OPERATIONS)
    once = code()
    sign_in(client)
    client.post("/office/login/code/", {"code": once})
    client.post("/office/logout/")

    sign_in(client)

    assert client.post("/office/login/code/", {"code": once}).status_code == 200
    assert client.get(HOME).status_code == 302


def test_staff_without_an_authenticator_set_one_up_first(client, db):
    user = User.objects.create_user("13900000001", PASSWORD, role=User.Role.FINANCE)
    sign_in(client)
    assert client.get(HOME).url == "/office/me/code/"

    page = client.get("/office/me/code/")
    secret = page.context["form"].secret
    answer = client.post("/office/me/code/", {"code": code(secret)})

    assert answer.url == "/office/me/recovery/"
    assert len(client.get("/office/me/recovery/").context["unused_codes"]) == 10
    assert Authenticator.objects.filter(user=user, type="totp").count() == 1
    assert client.get(HOME).status_code == 200


def test_a_recovery_code_opens_once(client, staff):
    user = staff(User.Role.OPERATIONS)

    spare = RecoveryCodes.activate(user).get_unused_codes()[0]
    sign_in(client)
    assert client.post("/office/login/code/", {"code": spare}).url == "/office/"
    client.post("/office/logout/")

    sign_in(client)

    assert client.post("/office/login/code/", {"code": spare}).status_code == 200


def test_guessing_is_stopped(client, staff):
    staff(User.Role.OPERATIONS)
    for _ in range(5):
        sign_in(client, password="wrong-password")

    answer = sign_in(client)

    assert answer.status_code == 200
    assert client.get(HOME).status_code == 302


def test_someone_without_a_role_learns_nothing(signed_in, db):
    agent = User.objects.create_user("13900000005", PASSWORD)

    assert signed_in(agent).get(HOME).status_code == 404


def test_a_session_opened_in_another_way_is_closed(staff, signed_in):
    client = signed_in(staff(User.Role.OPERATIONS), methods=("sms",))

    assert client.get(HOME).url == f"/office/login/?next={HOME}"
    assert "_auth_user_id" not in client.session


def test_a_member_of_staff_who_left_is_out(staff, signed_in):
    user = staff(User.Role.OPERATIONS)
    client = signed_in(user)
    User.objects.filter(pk=user.pk).update(is_active=False)

    assert client.get(HOME).status_code == 302


def test_nobody_signs_up(client, db):
    assert client.get("/office/signup/").status_code == 404


def test_the_front_door_leads_everybody_to_their_own_pages(client, staff, signed_in):
    agent = User.objects.create_user("13900000005", PASSWORD)

    assert client.get("/").url == "/office/"
    assert signed_in(staff(User.Role.OPERATIONS)).get("/").url == "/office/"
    assert signed_in(agent).get("/").url == "/portal/"


def test_an_address_that_tries_too_often_is_told_so(client, db):
    for _ in range(20):
        sign_in(client, password="wrong-password")

    answer = sign_in(client)

    assert answer.status_code == 429
    assert "请等几分钟" in answer.content.decode()
