"""The PostgreSQL that comes with Regent, for trying it out and for its tests.

`server` runs it, `base` is the Django database engine that starts it at the first connection.
docs/adr/0001-embedded-postgresql.md says why it is built this way.
"""
