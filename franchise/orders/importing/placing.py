"""Find the region of each distinct address that is not known yet, and keep it in Address.

Leaves `import_placed(address_key, address_id, region_id, candidates)`. An address is resolved once
for each state of the divisions (the gazetteer's stamp) and span of days between their changes.
"""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from franchise.orders.importing.order_rows import ADDRESS_FIELDS, TOLD
from franchise.regions.gazetteer import AddressFields, Gazetteer

PLACED = "import_placed"
CHUNK = 5_000


def place_addresses(gazetteer: Gazetteer, tell: Callable[[int], None]) -> None:
    """Place the addresses of new and changed orders."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            drop table if exists import_addresses;
            create temporary table import_addresses on commit drop as
            select keys.address_key, md5(keys.address_key || %s)::uuid as fingerprint, keys.paid_on,
                {", ".join(f"told.{name}" for name in ADDRESS_FIELDS)}, held.id as held_id
            from (
                select address_key, min(row) as row, min(paid_on) as paid_on
                from {TOLD}
                where is_good and (held_id is null or held_content <> content)
                group by address_key
            ) keys
            join {TOLD} told using (row)
            left join orders_address held
                on held.fingerprint = md5(keys.address_key || %s)::uuid;
            drop table if exists import_resolved;
            create temporary table import_resolved
                (fingerprint uuid, region_id bigint, candidates bigint[], evidence jsonb)
                on commit drop
            """,
            [f"|{gazetteer.revision}"] * 2,
        )
    _resolve(gazetteer, tell)
    with connection.cursor() as cursor:
        # In the order of fingerprints, so that two imports never wait for each other in a ring.
        cursor.execute(
            f"""
            insert into orders_address (fingerprint, region_code, province, city, district, town,
                text, region_id, candidates, evidence)
            select fingerprint, {", ".join(ADDRESS_FIELDS)}, region_id, candidates, evidence
            from import_resolved join import_addresses using (fingerprint)
            order by fingerprint
            on conflict (fingerprint) do nothing;
            drop table if exists {PLACED};
            create temporary table {PLACED} on commit drop as
            select address_key, place.id as address_id, place.region_id, place.candidates
            from import_addresses join orders_address place using (fingerprint);
            analyze {PLACED}
            """
        )


def _resolve(gazetteer: Gazetteer, tell: Callable[[int], None]) -> None:
    done = 0
    asked = _unknown_addresses()
    while chunk := list(islice(asked, CHUNK)):
        resolved = gazetteer.resolve_many((fields, day) for _, fields, day in chunk)
        with connection.cursor() as cursor, cursor.copy("copy import_resolved from stdin") as copy:
            for (fingerprint, _, _), place in zip(chunk, resolved, strict=True):
                copy.write_row(
                    (
                        fingerprint,
                        place.region_id,
                        list(place.candidates) or None,
                        Jsonb(place.evidence),
                    )
                )
        done += len(chunk)
        tell(done)


def _unknown_addresses() -> Iterator[tuple[Any, AddressFields, date]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            """
            select fingerprint, paid_on, region_code, province, city, district, town, address
            from import_addresses where held_id is null
            """
        )
        while rows := cursor.fetchmany(CHUNK):
            for fingerprint, day, *fields in rows:
                yield fingerprint, AddressFields(*fields), day
