"""The guards that must stand; see `franchise.ledger.catalog`."""

GUARDS: dict[str, str] = {
    "history_event.history_event_by_id_c78c1134_fk_users_user_id": "6176bca6db03",
    "history_event.history_event_pkey": "8c8464f42472",
    "history_event.stays": "d46eebecddf5",
    "history_event.stays_whole": "5bd1aa4759b0",
}
