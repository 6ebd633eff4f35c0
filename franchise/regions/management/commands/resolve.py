import csv
import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from franchise.core.clock import today
from franchise.regions.gazetteer import AddressFields, Gazetteer, Resolution, current_gazetteer

COLUMNS = {
    "region_code": "region_code",
    "province": "province",
    "city": "city",
    "district": "district",
    "town": "town",
    "address": "text",
}


class Command(BaseCommand):
    help = (
        "Says of each address which region it is in: the deepest that is certain, and why. "
        "One address a line, or a CSV or TSV with any of the columns "
        "region_code, province, city, district, town, address."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the file, or - for standard input")
        parser.add_argument("--on", type=date.fromisoformat, help="the day (default: today)")
        parser.add_argument("--json", action="store_true", help="accepted; the output is JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        gazetteer = current_gazetteer()
        on = options["on"] or today()
        for said, address in _addresses(_text_of(options["file"])):
            resolution = gazetteer.resolve(address, on)
            answer = {"input": said, **_answer(gazetteer, resolution)}
            self.stdout.write(json.dumps(answer, ensure_ascii=False))


def _text_of(file: str) -> str:
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise CommandError(_("%(file)s cannot be read.") % {"file": file}) from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CommandError(_("%(file)s is neither UTF-8 nor GB18030.") % {"file": file})


def _addresses(text: str) -> Iterator[tuple[Any, AddressFields]]:
    """Each address as it was given, with its fields."""
    lines = text.splitlines()
    header = lines[0] if lines else ""
    delimiter = "\t" if "\t" in header else ","
    names = [name.strip().strip('"').lower() for name in header.split(delimiter)]
    if not any(name in COLUMNS for name in names):
        for line in filter(str.strip, lines):
            yield line, AddressFields(text=line)
        return
    for cells in csv.reader(lines[1:], delimiter=delimiter):
        row = dict(zip(names, cells, strict=False))
        said = {name: value for name, value in row.items() if name in COLUMNS}
        if any(value.strip() for value in said.values()):
            fields = {COLUMNS[name]: value.strip() for name, value in said.items()}
            yield (said["address"] if set(said) == {"address"} else said), AddressFields(**fields)


def _answer(gazetteer: Gazetteer, resolution: Resolution) -> dict[str, Any]:
    return {
        "code": resolution.code,
        "path": list(resolution.path),
        "certain": resolution.is_certain,
        "evidence": resolution.evidence,
        "candidates": [gazetteer.places[id_].code for id_ in resolution.candidates],
    }
