"""What can be wrong with a row. Kept as code and facts, told in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypedDict

from django.utils.translation import gettext, gettext_noop

MESSAGES = {
    "missing": gettext_noop("Missing."),
    "not_a_number": gettext_noop("“%(value)s” is not an amount."),
    "negative": gettext_noop("%(value)s is negative."),
    "not_positive": gettext_noop("The amount must be more than zero."),
    "absurd": gettext_noop("%(value)s is more than 10,000,000 yuan."),
    "too_many_decimals": gettext_noop("%(value)s has more than two decimals."),
    "not_a_date": gettext_noop("“%(value)s” is not a date and time."),
    "in_the_future": gettext_noop("%(value)s is in the future."),
    "too_long_ago": gettext_noop("%(value)s is before the year 2000."),
    "unknown_word": gettext_noop("“%(value)s” is not known here. Known are: %(known)s."),
    "too_long": gettext_noop("Longer than %(most)s characters."),
    "formula": gettext_noop("“%(value)s” is a formula. Please save the file with values only."),
    "stored_as_number": gettext_noop(
        "“%(value)s” was stored as a number and has lost digits. Please export the column as text."
    ),
    "completed_before_paid": gettext_noop("Completed before it was paid."),
    "no_way_to_region": gettext_noop(
        "Nothing says where the order goes: no region code, no names, no address, no pickup point."
    ),
    "other_content": gettext_noop("Row %(row)s has the same number with other content."),
    "items_disagree": gettext_noop("Row %(row)s is of the same order but says otherwise."),
    "item_is_bad": gettext_noop("Another row of the same order is bad."),
    "too_many_cells": gettext_noop("%(cells)s cells, but the header has %(columns)s."),
    "too_few_cells": gettext_noop("%(cells)s cells, but the header has %(columns)s."),
    "freight_over_amount": gettext_noop("More freight than the whole refund."),
    "other_order": gettext_noop("This refund belongs to order %(order_no)s."),
    "completed_stays": gettext_noop(
        "This refund was completed over %(amount)s yuan on %(day)s; that no longer changes. "
        "A further refund needs a number of its own."
    ),
}


class Told(TypedDict):
    """A problem as users and the commands' JSON see it."""

    row: int
    column: str
    problem: str


@dataclass(frozen=True)
class Problem:
    row: int
    column: str
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def stored(self) -> dict[str, Any]:
        """Without the row, as it is kept in RejectedRow.problems and ImportFile.report."""
        return {"column": self.column, "code": self.code, "facts": dict(self.facts)}

    def told(self) -> Told:
        return {"row": self.row, "column": self.column, "problem": sentence(self.stored())}


def sentence(stored: Mapping[str, Any]) -> str:
    """A stored problem in the reader's language."""
    message = MESSAGES[stored["code"]]
    template = gettext(message)
    return template % stored["facts"] if stored.get("facts") else template
