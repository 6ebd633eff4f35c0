from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction

from franchise.users.actions.login_codes import (
    check_login_code,
    send_login_code,
)
from franchise.users.errors import CodeAskedTooOften, CodeSpent, WrongCode
from franchise.users.models import LoginCode, User
from franchise.users.tasks import forget_old_login_codes
from tests.users import outbox

CHEN = "13800002046"
STRANGER = "13900000000"
HOME = "203.0.113.7"


@pytest.fixture(autouse=True)
def sms_outbox(settings):
    settings.SMS_BACKEND = "tests.users.outbox.Outbox"
    outbox.empty()


@pytest.fixture
def chen(db):
    return User.objects.create_user(CHEN)


@pytest.fixture
def ask(django_capture_on_commit_callbacks):
    def ask(phone=CHEN, address=HOME):
        with django_capture_on_commit_callbacks(execute=True):
            return send_login_code(phone, address=address)

    return ask


def other_than(code):
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_the_code_that_was_sent_signs_in(chen, ask):
    ask()
    code = outbox.next_code(CHEN)
    assert len(code) == 6
    assert code.isdigit()
    assert check_login_code(CHEN, code) == chen
    assert LoginCode.objects.get().used_at is not None


def test_only_a_keyed_hash_is_kept(chen, ask, settings):
    login_code = ask()
    code = outbox.next_code(CHEN)
    assert code not in repr(vars(login_code))
    settings.SECRET_KEY = "another"
    with pytest.raises(WrongCode):
        check_login_code(CHEN, code)


def test_a_code_signs_in_once(chen, ask):
    ask()
    code = outbox.next_code(CHEN)
    check_login_code(CHEN, code)
    with pytest.raises(CodeSpent):
        check_login_code(CHEN, code)


def test_a_wrong_code_is_refused_and_counted(chen, ask):
    ask()
    code = outbox.next_code(CHEN)
    with pytest.raises(WrongCode):
        check_login_code(CHEN, other_than(code))
    assert LoginCode.objects.get().attempts == 1
    assert check_login_code(CHEN, code) == chen


def test_after_five_wrong_attempts_the_right_code_no_longer_works(chen, ask):
    ask()
    code = outbox.next_code(CHEN)
    for _ in range(5):
        with pytest.raises(WrongCode):
            check_login_code(CHEN, other_than(code))
    with pytest.raises(CodeSpent):
        check_login_code(CHEN, code)
    assert LoginCode.objects.get().attempts == 5


def test_a_code_lives_five_minutes(chen, ask, time_machine):
    time_machine.move_to(datetime(2026, 12, 24, 4, 0, tzinfo=UTC), tick=False)
    ask()
    code = outbox.next_code(CHEN)
    time_machine.shift(timedelta(minutes=5))
    with pytest.raises(CodeSpent):
        check_login_code(CHEN, code)
    time_machine.shift(timedelta(seconds=-1))
    assert check_login_code(CHEN, code) == chen


def test_a_newer_code_replaces_the_older(chen, ask, time_machine):
    time_machine.move_to(datetime(2026, 12, 24, 4, 0, tzinfo=UTC), tick=False)
    ask()
    older = outbox.next_code(CHEN)
    time_machine.shift(timedelta(minutes=1))
    ask()
    newer = outbox.next_code(CHEN)
    if older != newer:
        with pytest.raises(WrongCode):
            check_login_code(CHEN, older)
    assert check_login_code(CHEN, newer) == chen


def test_a_second_code_within_a_minute_is_refused(chen, ask, time_machine):
    time_machine.move_to(datetime(2026, 12, 24, 4, 0, tzinfo=UTC), tick=False)
    ask()
    time_machine.shift(timedelta(seconds=18))
    with pytest.raises(CodeAskedTooOften) as refused:
        ask()
    assert refused.value.facts == {"seconds": 42}
    assert LoginCode.objects.count() == 1


def test_one_address_cannot_ask_for_many_phones(db, ask):
    for number in range(30):
        ask(phone=f"139000000{number:02}")
    with pytest.raises(CodeAskedTooOften):
        ask(phone="13900000030")
    ask(phone="13900000030", address="203.0.113.8")


def test_a_stranger_gets_the_same_answers_and_no_message(db, ask):
    ask(phone=STRANGER)
    with pytest.raises(CodeAskedTooOften):
        ask(phone=STRANGER)
    for _ in range(5):
        with pytest.raises(WrongCode):
            check_login_code(STRANGER, "000000")
    with pytest.raises(CodeSpent):
        check_login_code(STRANGER, "000000")
    assert outbox.is_empty()


@pytest.mark.parametrize(
    "fields", [{"is_active": False}, {"role": User.Role.FINANCE}, {"is_superuser": True}]
)
def test_who_left_and_head_office_cannot_sign_in_by_code(db, ask, fields):
    User.objects.create_user(CHEN, **fields)
    ask()
    assert outbox.is_empty()
    with pytest.raises(WrongCode):
        check_login_code(CHEN, "000000")


def test_whoever_lost_the_right_between_sending_and_checking_stays_out(chen, ask):
    ask()
    code = outbox.next_code(CHEN)
    chen.is_active = False
    chen.save()
    with pytest.raises(WrongCode):
        check_login_code(CHEN, code)


def test_without_a_code_asked_for_there_is_none_to_check(chen):
    with pytest.raises(CodeSpent):
        check_login_code(CHEN, "123456")


def test_old_codes_are_forgotten(chen, ask, time_machine):
    time_machine.move_to(datetime(2026, 12, 1, 4, 0, tzinfo=UTC), tick=False)
    ask()
    time_machine.shift(timedelta(days=8))
    ask()
    assert forget_old_login_codes() == 1
    assert forget_old_login_codes() == 0
    assert LoginCode.objects.count() == 1


def test_the_database_refuses_a_sixth_attempt(chen, ask):
    ask()
    with pytest.raises(IntegrityError), transaction.atomic():
        LoginCode.objects.update(attempts=6)


def at_once(times, act):
    """Run the act on as many connections at the same moment; what each returned or raised."""
    barrier = Barrier(times)

    def run():
        try:
            barrier.wait()
            return act()
        except (WrongCode, CodeSpent, CodeAskedTooOften) as error:
            return type(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as threads:
        return [future.result() for future in [threads.submit(run) for _ in range(times)]]


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_of_two_checks_of_one_code_at_once_one_wins():
    chen = User.objects.create_user(CHEN)
    send_login_code(CHEN, address=HOME)
    code = outbox.next_code(CHEN)
    outcomes = at_once(4, lambda: check_login_code(CHEN, code))
    assert outcomes.count(chen) == 1
    assert outcomes.count(CodeSpent) == 3


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_of_two_who_ask_for_one_phone_at_once_one_gets_a_code():
    User.objects.create_user(CHEN)
    outcomes = at_once(4, lambda: send_login_code(CHEN, address=HOME).pk)
    assert outcomes.count(CodeAskedTooOften) == 3
    assert LoginCode.objects.count() == 1


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_wrong_attempts_at_once_are_all_counted():
    User.objects.create_user(CHEN)
    send_login_code(CHEN, address=HOME)
    code = outbox.next_code(CHEN)
    outcomes = at_once(8, lambda: check_login_code(CHEN, other_than(code)))
    assert outcomes.count(WrongCode) == 5
    assert outcomes.count(CodeSpent) == 3
