"""Reading a table from the bytes of a file."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from .writing import DANGEROUS

DELIMITERS = ";,\t|"
#: Lines looked at to find the delimiter.
SAMPLE = 20
#: How a text in UTF-16 begins.
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class TableError(Exception):
    """A file that cannot be read; ``code`` is a stable key, ``detail`` a figure.

    Codes: empty, file_too_large, unpacked_too_large, too_many_rows,
    too_many_columns, unsafe, not_readable, old_format, no_header.
    """

    def __init__(self, code: str, detail: object = ""):
        super().__init__(f"{code} {detail}".strip())
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Limits:
    """What is read at most; sizes in bytes."""

    file: int = 10 * 1024 * 1024
    unpacked: int = 60 * 1024 * 1024
    parts: int = 500
    #: Half of what one request may take on a slow server by Odoo's usual limits
    rows: int = 5_000
    columns: int = 60


@dataclass(frozen=True)
class Table:
    """The header and the rows below it: (number of the row in the file, cells).

    Numbers are those that a spreadsheet shows, the header's own included. Every row
    has as many cells as the header; empty rows are left out.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[object, ...]], ...]


def read_table(content: bytes, limits: Limits | None = None) -> Table:
    """The first sheet of an XLSX file, or a CSV file, as a :class:`Table`.

    What the file is its content says, not its name. Raises :class:`TableError`.
    """
    limits = limits or Limits()
    if not content.strip():
        raise TableError("empty")
    if len(content) > limits.file:
        raise TableError("file_too_large", limits.file)
    if content.startswith(b"PK\x03\x04"):
        rows = _xlsx_rows(content, limits)
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        raise TableError("old_format")
    elif b"\x00" in content and not content.startswith(UTF_16):
        # A picture or a document: no program writes zeros into a text.
        raise TableError("not_readable")
    else:
        rows = _csv_rows(content)
    return _table(rows, limits)


def _table(rows: Iterable[tuple[object, ...]], limits: Limits) -> Table:
    header: tuple[str, ...] | None = None
    body = []
    for number, row in enumerate(rows, 1):
        cells = [_clean(cell) for cell in row]
        if all(cell in (None, "") for cell in cells):
            continue
        if header is None:
            while cells and cells[-1] in (None, ""):
                cells.pop()
            if len(cells) > limits.columns:
                raise TableError("too_many_columns", limits.columns)
            header = tuple("" if cell is None else str(cell) for cell in cells)
            continue
        if len(body) >= limits.rows:
            raise TableError("too_many_rows", limits.rows)
        cells = cells[: len(header)] + [None] * (len(header) - len(cells))
        if any(cell not in (None, "") for cell in cells):
            body.append((number, tuple(cells)))
    if header is None:
        raise TableError("empty")
    return Table(header, tuple(body))


def _clean(cell: object) -> object:
    """A cell without what no database keeps, and as it was before it was made safe."""
    if not isinstance(cell, str):
        return cell
    text = cell.replace("\x00", "").strip()
    return text[1:] if text[:1] == "'" and text[1:].startswith(DANGEROUS) else text


# ------------------------------------------------------------------------------ XLSX


def _xlsx_rows(content: bytes, limits: Limits) -> Iterator[tuple[object, ...]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_archive(archive, limits)
        # `data_only`: the values that the program which wrote the file has stored.
        book = load_workbook(
            io.BytesIO(content), read_only=True, data_only=True, keep_links=False
        )
        try:
            sheet = book.worksheets[0]
            # What the file says of its own size need not be true.
            sheet.reset_dimensions()
            # Blank rows may be any number of times as many as the others.
            yield from sheet.iter_rows(
                max_row=5 * limits.rows, max_col=limits.columns + 1, values_only=True
            )
        finally:
            book.close()
    except TableError:
        raise
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        ParseError,
        KeyError,
        IndexError,
        ValueError,
        TypeError,
        AttributeError,
        OSError,
        EOFError,
        NotImplementedError,
    ) as error:
        # What openpyxl raises for files that are no workbooks is not documented.
        raise TableError("not_readable") from error


def _check_archive(archive: zipfile.ZipFile, limits: Limits) -> None:
    """Refuse what unpacks to too much, and documents that define entities.

    ``zipfile`` reads no more of a part than its directory says, so the sum there is
    the most that will be unpacked.
    """
    parts = archive.infolist()
    if len(parts) > limits.parts:
        raise TableError("unpacked_too_large", limits.parts)
    if sum(part.file_size for part in parts) > limits.unpacked:
        raise TableError("unpacked_too_large", limits.unpacked)
    for part in parts:
        if part.flag_bits & 1:
            raise TableError("not_readable")
        if not part.filename.lower().endswith((".xml", ".rels")):
            continue
        with archive.open(part) as stream:
            tail = b""
            while chunk := stream.read(1 << 16):
                # Without the zeros a UTF-16 text reads like any other.
                text = tail + chunk.replace(b"\x00", b"")
                if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                    raise TableError("unsafe")
                tail = text[-16:]


# ------------------------------------------------------------------------------- CSV


def _csv_rows(content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    lines = text.splitlines(keepends=True)
    # strict: a quote that is never closed is an error, not a cell with half a file.
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=_delimiter(lines), strict=True
    )
    line = 0
    try:
        for row in reader:
            # A cell may hold line breaks: numbers are those of records.
            line += 1
            yield row
    except csv.Error as error:
        raise TableError("not_readable", line + 1) from error


def _decoded(content: bytes) -> str:
    if content.startswith(UTF_16):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What Russian office programs write.
        return content.decode("cp1251", errors="replace")


def _delimiter(lines: list[str]) -> str:
    """The character that cuts the first lines into the most, and equally many."""
    sample = "".join(lines[:SAMPLE])

    def score(delimiter: str) -> tuple[bool, int, int]:
        widths = [
            len(row)
            for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
            if row
        ]
        if not widths or widths[0] == 1:
            return (False, 0, 0)
        same = sum(width == widths[0] for width in widths)
        return (True, same, widths[0])

    best = max(DELIMITERS, key=score)
    return best if score(best)[0] else ";"
