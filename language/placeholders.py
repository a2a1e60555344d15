"""Templates of replies: places that are filled in, and places left open.

A place is a word or a few in curly brackets, for example «{телефон}». What the software
knows is filled in; what it does not know stays open for a person, and a reply with an
open place is not sent.
"""

import re

from .text import Span

#: What may be filled in by itself, with the names that people write.
NAMES = {
    "number": ("номер", "number"),
    "author": ("автор", "author"),
    "unit": ("подразделение", "unit"),
    "phone": ("телефон", "phone"),
    "email": ("почта", "email"),
    "address": ("адрес", "address"),
    "topic": ("тема", "topic"),
    "place": ("локация", "place"),
    "promised_date": ("обещанная дата", "promised date"),
}
_KEYS = {name: key for key, names in NAMES.items() for name in names}
#: Longer stretches in brackets are no places, but somebody's way of writing.
_PLACE = re.compile(r"\{([^{}\n]{0,60})\}")


def fill(template: str, values: dict[str, str]) -> str:
    """``template`` with the places filled that ``values`` has a text for.

    ``values`` has the keys of :data:`NAMES`.

    >>> fill("Звоните: {телефон}, {часы}", {"phone": "2-12-85-06"})
    'Звоните: 2-12-85-06, {часы}'
    """

    def known(found):
        key = _KEYS.get(" ".join(found.group(1).lower().split()))
        return values.get(key) or found.group()

    return _PLACE.sub(known, template)


def open_places(text: str) -> list[Span]:
    """The places of ``text`` that nobody has filled in.

    >>> [place.text for place in open_places("Звоните: {телефон}")]
    ['{телефон}']
    """
    return [Span(*found.span(), found.group()) for found in _PLACE.finditer(text)]
