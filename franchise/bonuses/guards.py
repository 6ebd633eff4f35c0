"""The guards that must stand, each with a digest of its definition; see `ledger.catalog`."""

GUARDS: dict[str, str] = {
    "bonus_batch.bonus_batches_stay": "a7890189600d",
    "bonus_batch.bonus_batches_stay_all": "2882d7f9c237",
    "bonus_earning.bonus_earnings_stay": "3b1f88ae0846",
    "bonus_earning.bonus_earnings_stay_all": "4ebeb82a2d80",
    "bonus_line.bonus_lines_are_of_consumers": "a0e9c71c1146",
    "bonus_line.bonus_lines_stay": "17d1ad942efa",
    "bonus_line.bonus_lines_stay_all": "c738e4407e2b",
    "bonus_turn.bonus_turns_stay": "5cfaf42182bd",
    "bonus_turn.bonus_turns_stay_all": "1f80d3e31790",
    "bonuses_plan.one_plan_on_any_day": "ff676799352e",
    "bonuses_plan.plan_keeps_what_it_is": "f470efda6941",
}
