"""Head office's people: added, given roles and passwords, shut out; by administrators alone."""

import pytest
from allauth.mfa.models import Authenticator

from franchise.history.models import Event
from franchise.office.actions.staff import (
    add_staff,
    change_role,
    forget_authenticator,
    give_password,
    let_in_again,
    shut_out,
)
from franchise.office.errors import (
    LastAdministrator,
    NotYourself,
    PasswordTooWeak,
    PhoneIsTaken,
    PhoneMalformed,
)
from franchise.users.models import User

NEW = {"name": "沈以宁", "role": "finance", "password": "two-leaves-and-a-bud"}


@pytest.fixture
def boss(staff):
    return staff(User.Role.ADMINISTRATOR, "13900000009")


@pytest.fixture
def clerk_user(staff):
    return staff(User.Role.OPERATIONS, "13900000001")


def test_added_staff_can_sign_in_with_the_password(boss):
    person = add_staff(phone=" 13900000002 ", **NEW, by=boss)

    assert (person.phone, person.role) == ("13900000002", "finance")
    assert person.check_password("two-leaves-and-a-bud")
    assert Event.objects.get(verb="staff.added").by == boss


@pytest.mark.parametrize(
    ("phone", "changes", "refusal"),
    [
        ("12345", {}, PhoneMalformed),
        ("13900000009", {}, PhoneIsTaken),
        ("13900000002", {"password": "12345678901"}, PasswordTooWeak),
        ("13900000002", {"password": "short"}, PasswordTooWeak),
    ],
)
def test_who_is_not_added(boss, phone, changes, refusal):
    with pytest.raises(refusal):
        add_staff(phone=phone, **{**NEW, **changes}, by=boss)
    assert User.objects.count() == 1


def test_an_agents_person_is_not_made_staff(boss, db):
    User.objects.create_user("13900000005", name="代理")

    with pytest.raises(PhoneIsTaken):
        add_staff(phone="13900000005", **NEW, by=boss)


def test_a_role_is_changed_once(boss, clerk_user):
    change_role(clerk_user.pk, "approver", by=boss)
    change_role(clerk_user.pk, "approver", by=boss)

    clerk_user.refresh_from_db()
    assert clerk_user.role == "approver"
    assert Event.objects.filter(verb="staff.role_changed").count() == 1


def test_nobody_changes_or_shuts_out_themselves(boss):
    with pytest.raises(NotYourself):
        change_role(boss.pk, "finance", by=boss)
    with pytest.raises(NotYourself):
        shut_out(boss.pk, by=boss)


def test_the_last_administrator_stays(boss, clerk_user):
    with pytest.raises(LastAdministrator):
        shut_out(boss.pk, by=clerk_user)
    with pytest.raises(LastAdministrator):
        change_role(boss.pk, "finance", by=clerk_user)


def test_who_is_shut_out_is_out_at_once(boss, clerk_user, signed_in):
    client = signed_in(clerk_user)
    assert client.get("/office/agents/").status_code == 200

    shut_out(clerk_user.pk, by=boss)
    assert client.get("/office/agents/").status_code == 302

    let_in_again(clerk_user.pk, by=boss)
    assert User.objects.get(pk=clerk_user.pk).is_active


def test_a_new_password_ends_the_sessions(boss, clerk_user, signed_in):
    client = signed_in(clerk_user)

    give_password(clerk_user.pk, "a-new-one-for-you", by=boss)

    assert client.get("/office/agents/").status_code == 302
    assert User.objects.get(pk=clerk_user.pk).check_password("a-new-one-for-you")


def test_a_forgotten_authenticator_is_set_up_anew(boss, clerk_user, signed_in):
    client = signed_in(clerk_user)

    forget_authenticator(clerk_user.pk, by=boss)

    assert not Authenticator.objects.filter(user=clerk_user).exists()
    assert client.get("/office/agents/").url == "/office/me/code/"


def test_pages(administrator, clerk, db):
    assert clerk.get("/office/users/").status_code == 403
    assert "/office/users/" not in clerk.get("/office/agents/").content.decode()

    answer = administrator.post("/office/users/new/", {"phone": "13900000002", **NEW})
    person = User.objects.get(phone="13900000002")
    assert answer.url == f"/office/users/{person.pk}/"
    administrator.post(f"/office/users/{person.pk}/role/", {"role-role": "approver"})
    administrator.post(f"/office/users/{person.pk}/out/")
    person.refresh_from_db()
    assert (person.role, person.is_active) == ("approver", False)
    html = administrator.get(f"/office/users/{person.pk}/").content.decode()
    assert "沈以宁" in html
    assert "139****0002" in html
