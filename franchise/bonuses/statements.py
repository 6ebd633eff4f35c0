"""The set-based half of the bonus: the SQL under sql/, put together once."""

from pathlib import Path
from typing import Final

_FOLDER = Path(__file__).parent / "sql"


def _read(name: str) -> str:
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8")


_PIECES = {
    name: _read(name).rstrip().removesuffix(",")
    for name in ("ladders", "counted", "standing", "posted")
}

COUNTED: Final = _PIECES["counted"]
AWARD: Final = _read("award").format_map(_PIECES)
AWARD_BOOKS: Final = _read("award_books")
CORRECT: Final = _read("correct").format_map(_PIECES)
CLAW_BACK: Final = _read("claw_back").format_map(_PIECES)
EARN: Final = _read("earn").format_map(_PIECES)

UNRESOLVED: Final = _read("unresolved").format_map(_PIECES)
SUM_DAYS: Final = _read("sum_days")
