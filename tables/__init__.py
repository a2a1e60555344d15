"""Tables that other systems export and read: XLSX and CSV, plain Python, no Odoo.

Whatever is read is hostile: sizes are bounded before anything is unpacked, no formula
is computed, no entity is resolved. Whatever is written is safe to be opened: no cell
is taken for a formula.
"""

from .cells import FIRST_YEAR, day_first, instant, plain
from .columns import FIELDS, guess, header_key
from .reading import Limits, Table, TableError, read_table
from .writing import safe_cell, write_xlsx

__all__ = [
    "FIELDS",
    "FIRST_YEAR",
    "Limits",
    "Table",
    "TableError",
    "day_first",
    "guess",
    "header_key",
    "instant",
    "plain",
    "read_table",
    "safe_cell",
    "write_xlsx",
]
