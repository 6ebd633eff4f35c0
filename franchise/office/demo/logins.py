"""Who can sign in to the demo. What stands here is for all to read: never use it elsewhere."""

import time

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value

from agents.models import Member
from franchise.office.demo import market
from franchise.users.models import User

PASSWORD = "hejian-demo-2026"  # noqa: S105
SECRET = "HEJIANDEMOHEJIANDEMOHEJIANDEMO23"  # noqa: S105


def add_staff() -> None:
    """The people of head office, each with the demo's password and second factor."""
    for phone, name, role in market.STAFF:
        user = User.objects.filter(phone=phone).first()
        if user is None:
            user = User.objects.create_user(phone, PASSWORD, name=name, role=role)
        if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
            TOTP.activate(user, SECRET)


def staff(role: str) -> User:
    """The person of head office who has this role."""
    return User.objects.get(phone=next(phone for phone, _, of in market.STAFF if of == role))


def code_now() -> str:
    """What an authenticator shows for the demo's secret at this moment."""
    counter = int(time.time()) // app_settings.TOTP_PERIOD
    return str(format_hotp_value(hotp_value(SECRET, counter)))


def members_shown() -> list[Member]:
    """People of a few agents: each tier, a town under a city, a district, a province's county."""
    found = Member.objects.filter(
        agent__territories__region__code__in=market.SHOWN, left_at=None
    ).select_related("user", "agent")
    return sorted(set(found), key=lambda member: member.user.phone)
