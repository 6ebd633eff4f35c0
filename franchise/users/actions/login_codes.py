import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from franchise.core import clock, locks
from franchise.users import rules, sms
from franchise.users.errors import CodeAskedTooOften, CodeSpent, WrongCode
from franchise.users.models import LoginCode, User

KEEP = timedelta(days=7)


@transaction.atomic
def send_login_code(phone: str, *, address: str) -> LoginCode:
    """Make a code for a phone and, if somebody may sign in with it, send it as a text message.

    A stranger's number goes the same way but for the message, so that nobody can ask who is an
    agent. `address` is where the request came from. Refuses with CodeAskedTooOften.
    """
    locks.hold_for(locks.Lock.LOGIN_CODE, phone)
    locks.hold_for(locks.Lock.LOGIN_CODE, address)
    now = clock.now()
    wait = max(
        rules.seconds_to_wait(_asked_at(now, phone=phone), rules.PER_PHONE, now),
        rules.seconds_to_wait(_asked_at(now, address=address), rules.PER_ADDRESS, now),
    )
    if wait > 0:
        raise CodeAskedTooOften(seconds=wait)
    code = f"{secrets.randbelow(1_000_000):06}"
    login_code = LoginCode.objects.create(
        phone=phone,
        address=address,
        code_hash=_hash(phone, code),
        created_at=now,
        expires_at=now + rules.CODE_LIFETIME,
    )
    if _who_signs_in_with(phone):
        transaction.on_commit(lambda: sms.send_code_soon(phone, code))
    return login_code


def check_login_code(phone: str, code: str) -> User:
    """Spend the newest code of a phone and return whose it is.

    Refuses with WrongCode (counted) and CodeSpent (expired, used, or wrong too often). Of two
    who bring the same code at once, one wins.
    """
    with transaction.atomic():
        user = _spend(phone, code)
    # Outside of the transaction, or the counted attempt would be rolled back.
    if user is None:
        raise WrongCode
    return user


def forget_login_codes() -> int:
    """Delete the codes that no limit counts any more; they name phones and addresses."""
    forgotten, _ = LoginCode.objects.filter(created_at__lt=clock.now() - KEEP).delete()
    return forgotten


def _spend(phone: str, code: str) -> User | None:
    newest = LoginCode.objects.select_for_update().filter(phone=phone).order_by("-pk").first()
    now = clock.now()
    if (
        newest is None
        or newest.used_at is not None
        or newest.expires_at <= now
        or newest.attempts >= rules.MOST_ATTEMPTS
    ):
        raise CodeSpent
    newest.attempts += 1
    user = None
    if constant_time_compare(newest.code_hash, _hash(phone, code)):
        user = _who_signs_in_with(phone)
        newest.used_at = now if user else None
    newest.save(update_fields=["attempts", "used_at"])
    return user


def _who_signs_in_with(phone: str) -> User | None:
    """Head office signs in with password and second factor, never by text message alone."""
    return User.objects.filter(
        phone=phone, is_active=True, role=User.Role.NONE, is_superuser=False
    ).first()


def _asked_at(now: datetime, **of: str) -> list[datetime]:
    """When a phone or an address last asked for codes, the newest first."""
    since = now - rules.LONGEST_WINDOW
    asked = LoginCode.objects.filter(created_at__gt=since, **of).order_by("-created_at")
    return list(asked.values_list("created_at", flat=True))


def _hash(phone: str, code: str) -> str:
    return salted_hmac("users.login_code", f"{phone}:{code}", algorithm="sha256").hexdigest()
