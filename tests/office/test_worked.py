"""The page's worked table is that of the business rules, section 5."""

from decimal import Decimal

import pytest

from franchise.office.worked import plan_of, worked


def yuan(text):
    return None if text == "–" else Decimal(text)


CASES = {
    "additive": (
        ("additive", "0.03", "0.02", "0.01", None),
        [
            "30 20 10 0",
            "– 20 10 30",
            "30 – 10 20",
            "– – 10 50",
            "30 – 10 20",
            "30 20 10 0",
            "30 – 10 20",
        ],
    ),
    "level difference": (
        ("level_difference", "0.03", "0.05", "0.06", None),
        [
            "30 20 10 0",
            "– 50 10 0",
            "30 – 30 0",
            "– – 60 0",
            "30 – 30 0",
            "30 20 10 0",
            "30 – 30 0",
        ],
    ),
    "cap 5": (
        ("level_difference", "0.03", "0.05", "0.06", "0.05"),
        ["30 20 0 0", "– 50 0 0", "30 – 20 0", "– – 50 0", "30 – 20 0", "30 20 0 0", "30 – 20 0"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_worked_table(name):
    (mode, county, city, province, cap), expected = CASES[name]

    shown = worked(plan_of(mode, (yuan(county), yuan(city), yuan(province)), cap and yuan(cap)))

    got = [(row.county, row.city, row.province, row.head_office) for row in shown.rows]
    assert got == [tuple(yuan(cell) for cell in line.split()) for line in expected]
    assert {row.total for row in shown.rows} == {1000 * shown.full_rate}


def test_small_amounts_add_up():
    shown = worked(plan_of("level_difference", (yuan("0.03"), yuan("0.05"), yuan("0.06")), None))

    got = {
        str(line.base): (str(line.county), str(line.city), str(line.province), str(line.total))
        for line in shown.roundings
    }

    assert got["33.33"] == ("1.00", "0.67", "0.33", "2.00")
    assert got["10.10"] == ("0.30", "0.21", "0.10", "0.61")
    assert got["99.99"] == ("3.00", "2.00", "1.00", "6.00")
