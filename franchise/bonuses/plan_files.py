"""A plan as a JSON file, as scripts and head office keep it."""

import json
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from franchise.bonuses.errors import UnreadablePlan
from franchise.bonuses.models import Plan


def read_plan(path: Path) -> Plan:
    """An unsaved plan. Rates are fractions as strings; refuses UnreadablePlan and says why."""
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
        return _plan(found)
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise UnreadablePlan(why=str(error)) from error
    except KeyError as error:
        raise UnreadablePlan(why=f"{error} is missing") from error
    except (InvalidOperation, ValueError, TypeError, AttributeError) as error:
        raise UnreadablePlan(why=str(error) or type(error).__name__) from error


def _plan(found: dict[str, Any]) -> Plan:
    rates = found["rates"]
    if unknown := set(rates) - {"province", "city", "county"}:
        raise UnreadablePlan(why=f"unknown tiers {', '.join(sorted(unknown))}")
    if found["mode"] not in Plan.Mode.values:
        raise UnreadablePlan(why=f"unknown mode {found['mode']}")
    cap = found.get("cap")
    return Plan(
        name=found.get("name", ""),
        mode=found["mode"],
        county_rate=_rate(rates.get("county", "0")),
        city_rate=_rate(rates.get("city", "0")),
        province_rate=_rate(rates.get("province", "0")),
        cap=None if cap is None else _rate(cap),
        starts_on=date.fromisoformat(found["starts_on"]),
        pickup_counts_at_point=bool(found.get("pickup_counts_at_point", True)),
    )


def _rate(text: str | float) -> Decimal:
    rate = Decimal(str(text))
    if not rate.is_finite() or rate != rate.quantize(Decimal("0.000001")):
        raise UnreadablePlan(why=f"{text} is no rate of at most six places")
    return rate
