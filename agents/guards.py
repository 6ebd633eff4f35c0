"""The guards that must stand, each with a digest of its definition; see `ledger.catalog`."""

GUARDS: dict[str, str] = {
    "agents_territory.one_holder_of_region_and_tier_on_any_day": "e0554b4540d3",
    "agents_territory.territories_are_never_truncated": "f6ffc466fd3d",
    "agents_territory.territory_keeps_what_it_is": "efb2055e88bb",
    "agents_territory.territory_with_lines_stays": "50eb90333cea",
}
