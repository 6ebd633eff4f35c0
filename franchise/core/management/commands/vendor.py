"""Fetches the third-party assets named in franchise/static/vendor/lock.json."""

import hashlib
import json
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

VENDOR = settings.BASE_DIR / "franchise" / "static" / "vendor"
LOCK = VENDOR / "lock.json"
SYMBOL = '<symbol id="i-{name}" viewBox="0 0 24 24">{shapes}</symbol>'


class Command(BaseCommand):
    help = (
        "Fetch the assets of franchise/static/vendor/lock.json with `npm pack` and write down "
        "their sha256; with --check only compare what is there."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="fetch nothing, compare")

    def handle(self, *args: Any, **options: Any) -> None:
        lock = json.loads(LOCK.read_text())
        if options["check"]:
            compare(lock)
            return
        for package in lock["packages"]:
            self.stdout.write(f"{package['name']} {package['version']}")
            with tempfile.TemporaryDirectory() as folder:
                fetch(package, Path(folder))
            package["sha256"] = {name: digest(VENDOR / name) for name in names_of(package)}
        LOCK.write_text(json.dumps(lock, indent=2) + "\n")


def compare(lock: dict[str, Any]) -> None:
    """Refuse files that are not the ones whose sha256 was written down."""
    changed = [
        name
        for package in lock["packages"]
        for name in names_of(package)
        if digest(VENDOR / name) != package["sha256"][name]
    ]
    if changed:
        raise CommandError("Not as locked: " + ", ".join(changed))


def fetch(package: dict[str, Any], folder: Path) -> None:
    """Unpack the package's tarball and keep only the files that the lock names."""
    subprocess.run(  # noqa: S603
        ["npm", "pack", "--silent", f"{package['name']}@{package['version']}"],  # noqa: S607
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (tarball,) = folder.glob("*.tgz")
    with tarfile.open(tarball) as archive:
        archive.extractall(folder, filter="data")
    unpacked = folder / "package"
    for source, name in package["files"].items():
        content = (unpacked / source).read_bytes()
        # The maps are not shipped, and a manifest storage would look for them.
        (VENDOR / name).write_bytes(
            re.sub(rb"\n?/[/*]# sourceMappingURL=\S+( \*/)?\s*$", b"\n", content)
        )
    if "sprite" in package:
        outlines = unpacked / "icons" / "outline"
        symbols = [
            symbol(name, (outlines / f"{name}.svg").read_text()) for name in package["icons"]
        ]
        sprite = '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"
        (VENDOR / package["sprite"]).write_text(sprite)


def symbol(name: str, svg: str) -> str:
    shapes = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)
    if shapes is None:
        message = f"No icon in {name}.svg"
        raise CommandError(message)
    drawn = re.sub(r'<path stroke="none"[^>]*/>', "", shapes[1])
    return SYMBOL.format(name=name, shapes=re.sub(r"\s*\n\s*", "", drawn))


def names_of(package: dict[str, Any]) -> list[str]:
    return [*package["files"].values(), *([package["sprite"]] if "sprite" in package else [])]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
