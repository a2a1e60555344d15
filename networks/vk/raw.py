"""Reading values out of objects that may hold anything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timezone

#: how deep reposts in reposts and forwarded messages in forwarded ones are followed
MAX_DEPTH = 5

_NUMBER = re.compile(r"-?[0-9]{1,19}")
#: VK's numbers are of 64 bits; a longer one names nothing
_LARGEST = 2**63 - 1


class Malformed(ValueError):
    """An object without what makes it usable."""


def mapping(value: object, what: str) -> Mapping:
    if not isinstance(value, Mapping):
        raise Malformed(f"{what} is not an object")
    return value


def mapping_or_empty(value: object) -> Mapping:
    return value if isinstance(value, Mapping) else {}


def mappings(value: object) -> list[Mapping]:
    """The objects in ``value`` if it is a list; anything else counts as none."""
    found = value if isinstance(value, list) else []
    return [entry for entry in found if isinstance(entry, Mapping)]


def rows(answer: Mapping) -> list:
    """The list in an answer, whatever is in it."""
    items = answer.get("items")
    return items if isinstance(items, list) else []


def whole(value: object) -> int | None:
    """The whole number in ``value``, which may be written as text."""
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) <= _LARGEST else None
    return None


def integer(raw: Mapping, name: str, default: int | None = None) -> int:
    """The whole number under ``name``; Malformed if there is none, nor a default."""
    value = whole(raw.get(name))
    if value is not None:
        return value
    if default is None:
        raise Malformed(f"{name} is missing or not a number")
    return default


def positive(raw: Mapping, name: str) -> int:
    """A number that can name an object; Malformed if there is none."""
    value = integer(raw, name)
    if value <= 0:
        raise Malformed(f"{name} is not positive")
    return value


def string(raw: Mapping, name: str) -> str:
    value = raw.get(name)
    return value if isinstance(value, str) else ""


def instant(raw: Mapping, name: str) -> datetime:
    seconds = integer(raw, name)
    try:
        if seconds >= 0:
            return datetime.fromtimestamp(seconds, timezone.utc)
    except (OverflowError, OSError, ValueError):
        pass
    raise Malformed(f"{name} is not a time")


def optional_instant(raw: Mapping, name: str) -> datetime | None:
    try:
        return instant(raw, name) if integer(raw, name, 0) else None
    except Malformed:
        return None
