"""The guards that must stand, each with a digest of its definition; see `ledger.catalog`."""

GUARDS: dict[str, str] = {
    "regions_alias.aliases_have_changed": "ebf216a9cbac",
    "regions_region.region_keeps_what_it_is": "0b98e3505f51",
    "regions_region.regions_have_changed": "0b27d76d2ac1",
    "regions_region.regions_stay": "aab4a0df9c09",
    "regions_region.regions_stay_all": "04cfd36bd56d",
    "regions_succession.successions_have_changed": "9739a3f6f401",
}
