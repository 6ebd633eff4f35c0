"""Business dates are Asia/Shanghai, whatever the server's clock is set to."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """This moment, aware."""
    return timezone.now()


def today() -> date:
    """The business day it is in Shanghai."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """The business day a moment falls on; midnight belongs to the day that begins."""
    return moment.astimezone(SHANGHAI).date()
