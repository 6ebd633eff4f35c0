"""An SMS provider that keeps what it was given, for tests to read."""

import queue

_sent: queue.Queue[tuple[str, str]] = queue.Queue()


class Outbox:
    def send_code(self, phone, code):
        _sent.put((phone, code))


def empty():
    while not _sent.empty():
        _sent.get_nowait()


def next_code(phone, *, within=5):
    """The code of the next message; it must be for this phone."""
    to, code = _sent.get(timeout=within)
    assert to == phone
    return code


def is_empty():
    return _sent.empty()
