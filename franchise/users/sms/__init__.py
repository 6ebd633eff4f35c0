"""Text messages with a login code, through whichever provider SMS_BACKEND names.

Sent from a thread of their own, so that a known number is answered no later than a stranger's;
the code itself never leaves the process except in the message.
"""

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)

BACKENDS = {
    "console": "franchise.users.sms.console.Console",
    "tencent": "franchise.users.sms.tencent.Tencent",
}


class SmsNotSent(Exception):
    """The provider refused, or gave no answer; its own reason is the text."""


class Sms(Protocol):
    def send_code(self, phone: str, code: str) -> None:
        """Send the code to a mainland number of 11 digits, or raise SmsNotSent."""


def backend() -> Sms:
    """The provider chosen by SMS_BACKEND: one of BACKENDS, or the dotted path of another."""
    chosen: Sms = import_string(BACKENDS.get(settings.SMS_BACKEND, settings.SMS_BACKEND))()
    return chosen


_senders = ThreadPoolExecutor(max_workers=4, thread_name_prefix="sms")


def send_code_soon(phone: str, code: str) -> None:
    _senders.submit(_send_code, phone, code)


def _send_code(phone: str, code: str) -> None:
    try:
        backend().send_code(phone, code)
    except Exception:  # the thread's last frame: whatever went wrong must reach the log
        logger.exception("No login code sent to the number ending in %s", phone[-4:])
