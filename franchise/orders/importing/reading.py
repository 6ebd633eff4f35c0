"""From a file to rows of text, a chunk at a time, whatever the encoding or the spreadsheet."""

import codecs
import csv
import datetime
import re
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Protocol
from xml.etree import ElementTree as ET

import python_calamine

from franchise.orders.errors import (
    BrokenQuotes,
    BrokenSpreadsheet,
    FileHasOnlyAHeader,
    FileIsEmpty,
    FileTooLarge,
    NotATextFile,
    OldSpreadsheet,
    TooManyColumns,
    TooManyRows,
    UnknownEncoding,
    ZipBomb,
)

MEGABYTE = 1024 * 1024
MOST_BYTES = 1024 * MEGABYTE
MOST_UNZIPPED = 512 * MEGABYTE
MOST_SHEET_ROWS = 200_000
MOST_COLUMNS = 100
CHUNK = 10_000

Row = list[str]


class Table(Protocol):
    """A header and the rows below it. `first_row` is the number of the first one in the file."""

    header: Row
    first_row: int

    def chunks(self) -> Iterator[list[Row]]:
        """The rows from the first on, blank ones too, so that their numbers can be counted."""


def open_table(path: Path) -> Table:
    """Read a CSV or XLSX file, told apart by their content. Refuses with a FileRefused."""
    size = path.stat().st_size
    if size == 0:
        raise FileIsEmpty
    if size > MOST_BYTES:
        raise FileTooLarge(most=_in_megabytes(MOST_BYTES))
    with path.open("rb") as file:
        magic = file.read(8)
    if magic.startswith(b"PK\x03\x04"):
        table: Table = SpreadsheetTable(path)
    elif magic.startswith(b"\xd0\xcf\x11\xe0"):
        raise OldSpreadsheet
    else:
        table = CsvTable(path)
    if len(table.header) > MOST_COLUMNS:
        raise TooManyColumns(columns=len(table.header), most=MOST_COLUMNS)
    return table


def _in_megabytes(size: int) -> str:
    return f"{size // MEGABYTE} MB"


class CsvTable:
    """Comma, semicolon or tab; UTF-8 with or without a BOM, or GB18030."""

    first_row = 2

    def __init__(self, path: Path) -> None:
        self.path = path
        self.encoding = find_encoding(path)
        with path.open(encoding=self.encoding, newline="") as file:
            self.delimiter = _find_delimiter(file.read(64 * 1024))
        rows = self._rows()
        self.header = next(rows, [])
        if not any(cell.strip() for cell in self.header):
            raise FileIsEmpty
        if not any(any(cell.strip() for cell in row) for row in rows):
            raise FileHasOnlyAHeader

    def chunks(self) -> Iterator[list[Row]]:
        rows = self._rows()
        next(rows)
        while chunk := list(islice(rows, CHUNK)):
            yield chunk

    def _rows(self) -> Iterator[Row]:
        with self.path.open(encoding=self.encoding, newline="") as file:
            reader = csv.reader(file, delimiter=self.delimiter, strict=True)
            try:
                yield from reader
            except csv.Error as error:
                raise BrokenQuotes(row=reader.line_num) from error


def find_encoding(path: Path) -> str:
    """UTF-8 where the whole file is, else GB18030 where the whole file is."""
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        with path.open("rb") as file:
            try:
                while part := file.read(MEGABYTE):
                    if b"\0" in part:
                        raise NotATextFile
                    decoder.decode(part)
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                continue
        return encoding
    raise UnknownEncoding


def _find_delimiter(sample: str) -> str:
    header = re.sub(r'"[^"]*"', "", sample.lstrip().split("\n", 1)[0])
    return max(",;\t", key=header.count)


class SpreadsheetTable:
    """The first visible sheet of an XLSX file. Numbers come with the 15 digits Excel keeps.

    A cell that holds a formula begins with "=", so that its row is found bad: what it would show
    depends on who opened it last.
    """

    def __init__(self, path: Path) -> None:
        sheet_name, self._formulas = _look_into(path)
        try:
            with python_calamine.load_workbook(path) as workbook:
                sheet = workbook.get_sheet_by_name(sheet_name)
        except (python_calamine.CalamineError, OSError) as error:
            raise BrokenSpreadsheet from error
        if sheet.start is None:
            raise FileIsEmpty
        if sheet.height > MOST_SHEET_ROWS + 1:
            raise TooManyRows(most=f"{MOST_SHEET_ROWS:,}")
        if sheet.width > MOST_COLUMNS:
            raise TooManyColumns(columns=sheet.width, most=MOST_COLUMNS)
        if sheet.height == 1:
            raise FileHasOnlyAHeader
        self._sheet = sheet
        self._top, self._left = sheet.start
        self.header = list(map(_as_text, next(self._rows())))
        self.first_row = self._top + 2

    def chunks(self) -> Iterator[list[Row]]:
        rows = self._rows()
        next(rows)
        number = self.first_row
        while chunk := [list(map(_as_text, row)) for row in islice(rows, CHUNK)]:
            if self._formulas:
                self._mark_formulas(chunk, number)
            yield chunk
            number += len(chunk)

    def _rows(self) -> Iterator[list[Any]]:
        """From the header on; empty rows above it are given by calamine, empty columns are not."""
        return islice(self._sheet.iter_rows(), self._top, None)

    def _mark_formulas(self, chunk: list[Row], number: int) -> None:
        for at, row in enumerate(chunk, start=number):
            for column in self._formulas.get(at, ()):
                if self._left <= column < self._left + len(row):
                    row[column - self._left] = f"={row[column - self._left]}"


def _as_text(cell: Any) -> str:
    match cell:
        case str():
            return cell.replace("\0", "")  # PostgreSQL has no such character
        case bool():
            return str(cell)
        case int() | float():
            return f"{cell:.15g}"
        case datetime.datetime():
            return cell.isoformat(sep=" ")
        case _:
            return str(cell)


FORMULA = re.compile(rb'<(?:\w+:)?c [^>]*?\br="([A-Z]{1,3})(\d+)"[^>]*>\s*<(?:\w+:)?f[\s/>]')
TAIL = 1024


def _look_into(path: Path) -> tuple[str, dict[int, list[int]]]:
    """Check the archive before anything is unpacked; the first visible sheet and its formulas."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
            if size > MOST_UNZIPPED:
                raise ZipBomb(size=_in_megabytes(size), most=_in_megabytes(MOST_UNZIPPED))
            # Unpacked once within that limit: a size that was lied about fails its checksum.
            if archive.testzip():
                raise BrokenSpreadsheet
            name, member = _first_sheet(archive)
            return name, _find_formulas(archive, member)
    except (zipfile.BadZipFile, KeyError, ET.ParseError, EOFError, NotImplementedError) as error:
        raise BrokenSpreadsheet from error
    except RuntimeError as error:  # zipfile's word for a password
        raise BrokenSpreadsheet from error


def _first_sheet(archive: zipfile.ZipFile) -> tuple[str, str]:
    workbook = _parse(archive, "xl/workbook.xml")
    targets = {
        relation.get("Id"): relation.get("Target", "")
        for relation in _parse(archive, "xl/_rels/workbook.xml.rels")
    }
    for sheet in workbook.iterfind("{*}sheets/{*}sheet"):
        if sheet.get("state", "visible") == "visible":
            link = next(value for key, value in sheet.attrib.items() if key.endswith("}id"))
            target = targets[link]
            member = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            return sheet.get("name", ""), member
    raise BrokenSpreadsheet


def _parse(archive: zipfile.ZipFile, member: str) -> ET.Element:
    content = archive.read(member)
    if b"<!DOCTYPE" in content:  # entities could unfold without end
        raise BrokenSpreadsheet
    return ET.fromstring(content)  # noqa: S314


def _find_formulas(archive: zipfile.ZipFile, member: str) -> dict[int, list[int]]:
    """Which columns (from 0) of which rows (from 1) hold a formula."""
    found: dict[int, set[int]] = {}
    tail = b""
    with archive.open(member) as file:
        while part := file.read(4 * MEGABYTE):
            part = tail + part
            for column, row in FORMULA.findall(part):
                found.setdefault(int(row), set()).add(_column_number(column.decode()))
            tail = part[-TAIL:]
    return {row: sorted(columns) for row, columns in found.items()}


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
