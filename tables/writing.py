"""Writing a table that is safe to be opened."""

import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from xlsxwriter import Workbook

#: What a spreadsheet takes for the beginning of a formula.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: Characters that XML cannot hold.
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: Longest text of a cell.
CELL = 32_767


def safe_cell(value: object) -> object:
    """``value`` as it may stand in a cell that anybody opens.

    A text that a spreadsheet might compute gets an apostrophe before it, which also
    holds where the file is saved as CSV and opened anew.
    """
    if value is None or value is False:
        return None
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, (int, float)):
        return value
    text = ILLEGAL.sub("", str(value))
    if text.lstrip(" \xa0").startswith(DANGEROUS) or text.startswith(DANGEROUS):
        text = "'" + text
    return text[:CELL]


def write_xlsx(
    title: str,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    widths: Sequence[int] = (),
) -> bytes:
    """The bytes of a workbook with one sheet; every cell is safe and none computed.

    The header stays in sight and has a filter; instants stand as they are, without
    their zone.
    """
    stream = io.BytesIO()
    # Each row is put away when the next one begins.
    book = Workbook(stream, {"constant_memory": True})
    sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", title)[:31].strip() or "1")
    words = book.add_format({"text_wrap": True, "valign": "top"})
    moment = book.add_format({"num_format": "dd.mm.yyyy hh:mm", "valign": "top"})
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    heading = book.add_format({"text_wrap": True, "valign": "top", "bold": True})
    _write(sheet, 0, header, heading, moment)
    last = 0
    for row in rows:
        last += 1
        _write(sheet, last, row, words, moment)
    sheet.autofilter(0, 0, last, len(header) - 1)
    book.close()
    return stream.getvalue()


def _write(sheet, number: int, row: Sequence[object], words, moment):
    for column, value in enumerate(row):
        value = safe_cell(value)
        if isinstance(value, datetime):
            sheet.write_datetime(number, column, value, moment)
        elif isinstance(value, (int, float)):
            sheet.write_number(number, column, value)
        elif value is not None:
            # Said outright, it is no formula and no link whatever it begins with.
            sheet.write_string(number, column, value, words)
