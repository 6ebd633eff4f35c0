"""What every source file keeps to."""

import ast
import warnings

import pytest
from django.conf import settings

LONGEST, LONG = 500, 400
FOLDERS = ("agents", "franchise", "inventory", "tests")
CODE = sorted(
    path
    for folder in FOLDERS
    for path in (settings.BASE_DIR / folder).rglob("*.py")
    if "migrations" not in path.parts
)
MONEY = [
    path
    for path in CODE
    if path.stem in {"rules", "postings", "money", "drafts"} and "tests" not in path.parts
]
ACTIONS = [
    path
    for path in CODE
    if ("actions" in path.parts or path.stem == "actions") and "tests" not in path.parts
]


def name(path):
    return str(path.relative_to(settings.BASE_DIR))


def test_a_file_fits_a_head():
    lengths = {name(path): len(path.read_text().splitlines()) for path in CODE}
    for path, lines in lengths.items():
        if LONG < lines <= LONGEST:
            warnings.warn(f"{path} has {lines} lines: time to split it", stacklevel=1)

    assert {path: lines for path, lines in lengths.items() if lines > LONGEST} == {}


@pytest.mark.parametrize("path", MONEY, ids=name)
def test_no_float_comes_near_money(path):
    floats = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
    ]

    assert floats == []


@pytest.mark.parametrize("path", ACTIONS, ids=name)
def test_what_an_action_writes_it_writes_whole(path):
    """A public action that writes more than once does so in one transaction."""
    torn = [
        function.name
        for function in ast.parse(path.read_text()).body
        if isinstance(function, ast.FunctionDef) and not function.name.startswith("_")
        if writes(function) > 1 and not is_atomic(function)
    ]

    assert torn == []


def writes(node, times=1):
    """How often rows are written here by the ORM, the ledger or the history; in a loop, twice."""
    written = 0
    for inner in ast.iter_child_nodes(node):
        again = 2 if isinstance(inner, ast.For | ast.While) else times
        if isinstance(inner, ast.Call) and called(inner.func) in WRITERS:
            written += times
        written += writes(inner, again)
    return written


def called(function):
    return getattr(function, "attr", None) or getattr(function, "id", None)


WRITERS = {"save", "delete", "create", "get_or_create", "update_or_create", "bulk_create"} | {
    *("bulk_update", "execute", "record", "record_each", "post", "reverse"),
}


def is_atomic(function):
    return any(
        isinstance(node, ast.Attribute) and node.attr == "atomic" for node in ast.walk(function)
    )


@pytest.mark.parametrize("path", ACTIONS, ids=name)
def test_actions_do_not_know_tasks(path):
    assert ".tasks" not in path.read_text()


def test_nothing_is_named_for_being_everything():
    vague = {"utils", "helpers", "common", "manager", "handler", "misc"}

    assert [name(path) for path in CODE if vague & {*path.parts, path.stem}] == []
