import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from franchise.core import clock
from franchise.core.locks import Lock, held_throughout
from franchise.history.actions import record
from franchise.history.models import Event
from franchise.office.demo.loading import steps
from franchise.office.demo.logins import (
    PASSWORD,
    SECRET,
    add_staff,
    code_now,
    members_shown,
    staff,
)
from franchise.office.demo.market import STAFF
from franchise.office.demo.moving import LAST_DAY, write_moved
from franchise.orders.models import Order
from franchise.users.models import User

STARTED, LOADED = "demo.started", "demo.loaded"


class Command(BaseCommand):
    help = (
        "Fill an empty database with a made-up brand: agents, plans, three months of orders up to"
        " yesterday. Twice changes nothing. Only with DEBUG, never in production."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--logins", action="store_true", help="print who can sign in, and how")
        parser.add_argument(
            "--if-empty", action="store_true", help="leave a database alone that has orders already"
        )

    def handle(self, *_args: Any, logins: bool, if_empty: bool, **_options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(_("Demo data is only for trying out: DEBUG is off."))
        if logins:
            self._print_logins()
            return
        with held_throughout(Lock.DEMO):
            if not (if_empty and self._has_other_orders()):
                self._load()

    def _load(self) -> None:
        if Event.objects.filter(verb=LOADED).exists():
            return
        days = self._days_moved()
        self.stdout.write(_("Making the demo data; this happens once …"))
        files = settings.VAR_DIR / "demo"
        write_moved(files, days=days)
        for said, step in steps():
            began = time.monotonic()
            step(files)
            self.stdout.write(f"  {said}: {time.monotonic() - began:.1f} s")
        record(LOADED, on=staff("administrator"), by=None)

    def _has_other_orders(self) -> bool:
        return Order.objects.exists() and not Event.objects.filter(verb=STARTED).exists()

    def _days_moved(self) -> int:
        """How far the files' days move so that the last is yesterday; fixed by the first run."""
        if started := Event.objects.filter(verb=STARTED).first():
            return int(started.data["days"])
        if self._has_other_orders():
            raise CommandError(_("There are orders already; the demo needs an empty database."))
        add_staff()
        days = (clock.today() - LAST_DAY).days - 1
        record(STARTED, on=staff("administrator"), by=None, days=days)
        return days

    def _print_logins(self) -> None:
        if not Event.objects.filter(verb=LOADED).exists():
            return
        self.stdout.write(_("Head office signs in with password and code:"))
        self.stdout.write(
            _("  password %(password)s, authenticator secret %(secret)s (now: %(code)s)")
            % {"password": PASSWORD, "secret": SECRET, "code": code_now()}
        )
        for phone, name, role in STAFF:
            self.stdout.write(f"  {phone}  {name}  {User.Role(role).label}")
        self.stdout.write(_("Agents sign in with a code that the program prints when asked:"))
        for member in members_shown():
            role = member.get_role_display()
            self.stdout.write(f"  {member.user.phone}  {member.user}  {role}  {member.agent}")
