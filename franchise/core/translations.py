"""The Chinese beside the English: compiled for gettext, and checked to be complete.

Babel reads and writes the catalogues, so a fresh machine needs no gettext installed.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.apps import apps
from django.conf import settings
from django.utils.translation.template import templatize

LANGUAGE = "zh_Hans"
CATALOGUE = Path("locale") / LANGUAGE / "LC_MESSAGES" / "django.po"
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}

# A message's context and its English text: what a catalogue looks up.
Key = tuple[str | None, str]


@dataclass(frozen=True)
class Message:
    """A text in the source that users read."""

    context: str | None
    text: str | tuple[str, ...]
    place: str

    @property
    def key(self) -> Key:
        return (self.context, self.text if isinstance(self.text, str) else self.text[0])


def app_folders() -> list[Path]:
    """The folders of our own apps."""
    return [
        Path(config.path)
        for config in apps.get_app_configs()
        if Path(config.path).is_relative_to(settings.BASE_DIR)
        and ".venv" not in Path(config.path).parts
    ]


def compile_catalogues() -> int:
    """Write the .mo beside each .po that is newer; how many were written."""
    written = 0
    for folder in app_folders():
        source = folder / CATALOGUE
        target = source.with_suffix(".mo")
        if not source.exists():
            continue
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        compiled = io.BytesIO()
        write_mo(compiled, _read(source))
        target.write_bytes(compiled.getvalue())
        written += 1
    return written


def problems() -> list[str]:
    """What is untranslated, unsure or does not fit its placeholders; empty when complete."""
    translated: set[Key] = set()
    found = []
    for folder in app_folders():
        source = folder / CATALOGUE
        if not source.exists():
            continue
        catalogue = _read(source)
        for entry in catalogue:
            if not entry.id:
                continue
            where = f"{_relative(source)}:{entry.lineno or 0}: {entry.id!r}"
            texts = entry.string if isinstance(entry.string, tuple | list) else (entry.string,)
            if entry.fuzzy:
                found.append(f"{where} is marked fuzzy")
            elif all(texts):
                text = entry.id if isinstance(entry.id, str) else entry.id[0]
                translated.add((entry.context, text))
        for entry, errors in catalogue.check():
            where = f"{_relative(source)}:{entry.lineno or 0}: {entry.id!r}"
            found += [f"{where}: {error}" for error in errors]
    for folder in app_folders():
        found += [
            f"{message.place}: {message.text!r} has no Chinese"
            for message in messages_of(folder)
            if message.key not in translated
        ]
    return found


def update_catalogues() -> None:
    """Add what the sources say and a catalogue lacks; drop what no source says any more."""
    for folder in app_folders():
        template = Catalog()
        for message in messages_of(folder):
            template.add(message.text, context=message.context)
        source = folder / CATALOGUE
        if not len(template):
            continue
        catalogue = _read(source) if source.exists() else Catalog(locale=LANGUAGE, fuzzy=False)
        catalogue.update(template, no_fuzzy_matching=True)
        source.parent.mkdir(parents=True, exist_ok=True)
        written = io.BytesIO()
        write_po(written, catalogue, width=100, no_location=True, ignore_obsolete=True)
        source.write_bytes(written.getvalue())


def messages_of(folder: Path) -> Iterator[Message]:
    """Every text that an app's code and templates mark for translation."""
    for path in sorted(folder.rglob("*.py")):
        yield from _extracted(path, path.read_bytes())
    for path in sorted((folder / "templates").rglob("*")):
        if path.is_file():
            # Indentation means nothing in a template, and everything to a reader of Python.
            lines = templatize(path.read_text(encoding="utf-8"), origin=str(path)).splitlines()
            code = "\n".join(line.strip() for line in lines)
            yield from _extracted(path, code.encode())


def _extracted(path: Path, code: bytes) -> Iterator[Message]:
    found = extract("python", io.BytesIO(code), keywords=KEYWORDS, options={"encoding": "utf-8"})
    for line, text, _comments, context in found:
        yield Message(context, text, f"{_relative(path)}:{line}")


def _read(source: Path) -> Catalog:
    with source.open("rb") as file:
        return read_po(file, locale=LANGUAGE)


def _relative(path: Path) -> Path:
    return path.relative_to(settings.BASE_DIR)
