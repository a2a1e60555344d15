"""Items as data that can be stored, and back: for what is to be tried again later."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime

from .values import Attachment, Item

#: Levels and characters of a network's object beyond which only its beginning is kept.
LONGEST = 1_000_000
_INSTANTS = ("posted_at", "edited_at")


def storable(value: object) -> object:
    """``value`` as JSON that a database takes: no NUL, no halves of characters.

    A number that is none becomes None.  What is no JSON, is nested too deeply or is
    too long becomes ``{"value": …}`` with the beginning of its text.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
        if len(text) <= LONGEST:
            found = json.loads(text, parse_constant=lambda _word: None)
            if "\\u0000" not in text and clean(text) == text:
                return found
            return _cleaned(found)
    except (ValueError, TypeError, RecursionError):
        pass
    return {"value": clean(_beginning(value))}


def _cleaned(value):
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_cleaned(part) for part in value]
    if isinstance(value, dict):
        return {clean(name): _cleaned(part) for name, part in value.items()}
    return value


def clean(text: str) -> str:
    """``text`` without what no database stores.

    >>> clean("Яма\\x00 \\ud83d")
    'Яма ?'
    """
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _beginning(value: object) -> str:
    try:
        return repr(value)[:2000]
    except RecursionError:
        return f"{type(value).__name__}, nested too deeply"


def item_data(item: Item) -> dict:
    """``item`` as JSON; :func:`item_from` gives it again."""
    data = {field.name: getattr(item, field.name) for field in fields(item)}
    for name in _INSTANTS:
        if isinstance(data[name], datetime):
            data[name] = data[name].isoformat()
    data["attachments"] = [vars(attachment) for attachment in item.attachments]
    data["raw"] = storable(dict(item.raw))
    return storable(data)


def item_from(data: Mapping) -> Item:
    """The item that ``data`` was made of.

    An instant that is none stays what it is: whoever stores the item says so again.
    Raises ValueError for what no item was made into.
    """
    if not isinstance(data, Mapping):
        raise ValueError("not kept as an object")
    known = {field.name for field in fields(Item)}
    values = {name: value for name, value in data.items() if name in known}
    for name in _INSTANTS:
        try:
            values[name] = datetime.fromisoformat(values[name])
        except (KeyError, TypeError, ValueError):
            values.setdefault(name, None)
    # Kept for a while, it is not the present state any more.
    values["present"] = False
    try:
        values["attachments"] = tuple(
            Attachment(**attachment) for attachment in values.get("attachments", ())
        )
        return Item(**values)
    except TypeError as error:
        raise ValueError(f"kept in another form: {error}") from error
