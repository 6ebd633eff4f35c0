"""Makes a database with the whole country, its agents and a plan, and the files a shop brings.

`make` runs in a process of its own: what is killed later stands on what the commands made in
earnest.
"""

import csv
import time
from pathlib import Path

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import call_command
from django.test import Client

from franchise.orders.actions.shops import add_shop
from franchise.regions.models import Region
from franchise.users.models import User
from tests.bench import files

ORDERS = 20_000
BAD_ROWS = 300
REFUNDS = ORDERS // 20
# The session of a member of staff who gave password and code, for those who ask the web.
SESSION = "session"


def make(folder: Path) -> None:
    call_command("migrate", verbosity=0)
    call_command("load_regions")
    files.write_plan(folder / "plan.json")
    files.write_territories(folder / "territories.csv")
    _write_more_territories(folder / "more.csv", folder / "territories.csv")
    files.write_orders(folder / "orders.csv", ORDERS)
    _add_bad_rows(folder / "orders.csv")
    files.write_refunds(folder / "refunds.csv", ORDERS)
    call_command("import_territories", folder / "territories.csv")
    call_command("import_plan", folder / "plan.json")
    add_shop(code="mall", name="商城", by=None)
    (folder / SESSION).write_text(_sign_in())


def _add_bad_rows(path: Path) -> None:
    with path.open("a", newline="") as file:
        writer = csv.writer(file)
        for n in range(BAD_ROWS):
            told = [f"bad{n}", "2026-11-01T08:00:00", "-1.00", "0.00", "u", "440106"]
            writer.writerow([*told, *[""] * 6])


def _write_more_territories(path: Path, held_path: Path) -> None:
    """The counties that nobody holds yet."""
    with held_path.open() as file:
        held = {row["region_code"] for row in csv.DictReader(file)}
    counties = Region.objects.filter(kind="county", valid_to=None).order_by("code")
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["region_code", "tier", "agent", "starts_on", "ends_on"])
        for n, code in enumerate(counties.values_list("code", flat=True)):
            if code not in held:
                writer.writerow([code, "county", f"more-{n:04}", "2026-01-01", ""])


def _sign_in() -> str:
    user = User.objects.create_user("13900000001", name="季明禾", role=User.Role.OPERATIONS)
    TOTP.activate(user, generate_totp_secret())
    client = Client()
    client.force_login(user)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": method, "at": time.time()} for method in ("password", "mfa")
    ]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()
    return str(session.session_key)
