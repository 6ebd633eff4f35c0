"""How each kind of cell is cast and checked, as SQL over the staged text.

A column gives one expression that casts (null where it cannot) and the checks that name what is
wrong. In both, `raw_x` is the cell as staged and `x` the value cast from it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# What is surely an amount or a moment is cast at once; all else goes through import_amount() and
# import_moment() (0003_import), which know the other forms and never fail.
PLAIN_AMOUNT = r"^[0-9]{1,9}(?:\.[0-9]{1,2})?$"
PLAIN_MOMENT = (
    r"^20[0-9]{2}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)"
    r"|(?:0[13578]|1[02])-31)(?:[ T](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9]"
    r"(?:\.[0-9]{1,6})?)?(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])?)?$"
)
MOST_YUAN = 10_000_000
FUTURE = "now() + interval '5 minutes'"
# What exports write where there is nothing.
NOTHING = "('', '-', '--', '/', 'null', 'NULL', 'None', '无', '0000-00-00 00:00:00')"


@dataclass(frozen=True)
class Check:
    """`when` says that the row is bad, `facts` (SQL, jsonb) fill in the sentence of `code`."""

    column: str
    code: str
    when: str
    facts: str = "'{}'::jsonb"


@dataclass(frozen=True)
class Column:
    name: str
    cast: str
    checks: tuple[Check, ...] = ()


def text(name: str, *, most: int) -> Column:
    return Column(name, _text(name), (_too_long(name, most), _formula(name)))


def number(name: str) -> Column:
    """An order's or a refund's number: needed, and text even where it looks like a number."""
    return Column(
        name,
        _text(name),
        (
            Check(name, "missing", f"{name} is null"),
            Check(
                name,
                "stored_as_number",
                f"raw_{name} ~* '^[0-9](\\.[0-9]+)?e\\+[0-9]+$'",
                _value(name),
            ),
            Check(name, "formula", f"ascii({name}) in (43, 45, 61, 64)", _value(name)),
            _too_long(name, 80),
        ),
    )


def amount(name: str, *, needed: bool) -> Column:
    raw = f"raw_{name}"
    checks = [
        Check(
            name,
            "not_a_number",
            f"{name} is null and {_is_something(raw)} and ascii({raw}) <> 61",
            _value(name),
        ),
        Check(name, "formula", f"{name} is null and ascii({raw}) = 61", _value(name)),
        Check(name, "negative", f"{name} < 0", _value(name)),
        Check(name, "absurd", f"{name} > {MOST_YUAN}", _value(name)),
        Check(name, "too_many_decimals", f"{name} <> round({name}, 2)", _value(name)),
    ]
    if needed:
        checks.append(Check(name, "missing", f"{name} is null and {_is_nothing(raw)}"))
    cast = (
        f"case when {raw} is null then null when {raw} ~ '{PLAIN_AMOUNT}' then {raw}::numeric "
        f"else import_amount({raw}) end"
    )
    return Column(name, cast, tuple(checks))


def moment(name: str, *, needed: bool) -> Column:
    raw = f"raw_{name}"
    checks = [
        Check(
            name,
            "not_a_date",
            f"{name} is null and {_is_something(raw)} and ascii({raw}) <> 61",
            _value(name),
        ),
        Check(name, "formula", f"{name} is null and ascii({raw}) = 61", _value(name)),
        Check(name, "in_the_future", f"{name} > {FUTURE}", _value(name)),
        Check(name, "too_long_ago", f"{name} < '2000-01-01 00:00:00+08'", _value(name)),
    ]
    if needed:
        checks.append(Check(name, "missing", f"{name} is null and {_is_nothing(raw)}"))
    cast = (
        f"case when {raw} is null then null when {raw} ~ '{PLAIN_MOMENT}' then {raw}::timestamptz "
        f"else import_moment({raw}) end"
    )
    return Column(name, cast, tuple(checks))


def word(name: str, words: Mapping[str, str], *, default: str) -> Column:
    """One of our own words, or one of the shops' for it; `default` where the cell is empty."""
    raw = f"raw_{name}"
    known = json.dumps(dict(words), ensure_ascii=False).replace("'", "''")
    ours = "、".join(dict.fromkeys(words.values()))
    found = f"'{known}'::jsonb ->> lower(replace(btrim({raw}), '，', ','))"
    return Column(
        name,
        f"case when {raw} is null or btrim({raw}) in {NOTHING} then '{default}' else {found} end",
        (
            Check(
                name,
                "unknown_word",
                f"{name} is null",
                f"jsonb_build_object('value', left({raw}, 60), 'known', '{ours}')",
            ),
        ),
    )


def cast_rows(
    columns: Sequence[Column], present: Sequence[str], staged: str, *, where: str = "true"
) -> str:
    """A query of the staged rows with their cells as `raw_x` and cast as `x`.

    OFFSET 0 keeps PostgreSQL from casting anew wherever a value is used.
    """
    raws = ", ".join(
        f"{column.name} as raw_{column.name}"
        if column.name in present
        else f"null::text as raw_{column.name}"
        for column in columns
    )
    casts = ", ".join(f"{column.cast} as {column.name}" for column in columns)
    return (
        f"select *, {casts} from (select row, {raws} from {staged} where {where}) staged_cells "
        "offset 0"
    )


def is_bad(checks: Sequence[Check]) -> str:
    """SQL that says whether any check finds something, never null."""
    return "coalesce(" + " or ".join(f"({check.when})" for check in checks) + ", false)"


def found_problems(checks: Sequence[Check]) -> str:
    """SQL rows (place, name, code, facts) of all checks, for a lateral join; no facts: all well."""
    return ", ".join(
        f"({place}, '{check.column}', '{check.code}', "
        f"case when {check.when} then {check.facts} end)"
        for place, check in enumerate(checks)
    )


def _text(name: str) -> str:
    raw = f"raw_{name}"
    return (
        f"nullif(case when ascii({raw}) in (39, 61) then import_text({raw}) "
        f"else btrim({raw}, E' \\t\\r\\n\\u00a0\\u3000') end, '')"
    )


def _too_long(name: str, most: int) -> Check:
    return Check(
        name,
        "too_long",
        f"octet_length({name}) > {most} and char_length({name}) > {most}",
        f"jsonb_build_object('most', {most})",
    )


def _formula(name: str) -> Check:
    """An equals sign always is one; a plus, minus or at only before a call or a reference.

    A phone may begin with +86, a nickname with @.
    """
    return Check(
        name,
        "formula",
        f"ascii({name}) in (43, 45, 61, 64) and {name} ~ '^(=|[-+@].*[(|!])'",
        _value(name),
    )


def _value(name: str) -> str:
    return f"jsonb_build_object('value', left(raw_{name}, 60))"


def _is_something(raw: str) -> str:
    return f"{raw} is not null and btrim({raw}) not in {NOTHING}"


def _is_nothing(raw: str) -> str:
    return f"({raw} is null or btrim({raw}) in {NOTHING})"
