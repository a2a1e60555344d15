"""What of a group was there at the last look, to notice what has been deleted.

Kept in the cursor as ``{root: {id: [ms, id of the comment answered]}}``, for items
within a window and a limited number of them, since the whole cursor is stored with
each piece of reading.
"""

from __future__ import annotations

from collections.abc import Collection

from ..values import Item
from .items import milliseconds, number, string

#: items remembered: of one discussion, and altogether
OF_ONE = 200
ALTOGETHER = 2000


def stamp(item: Item) -> int:
    """Time of an item as the network gave it, in ms."""
    told = number(item.raw, "timestamp") or milliseconds(item.raw, "date", "created")
    return told or int(item.posted_at.timestamp() * 1000)


def short(item: Item) -> str:
    """The part of an external id that its root leaves open; empty for a root."""
    return item.external_id[len(item.root_id) + 1 :]


def whole(root: str, name: str) -> str:
    """The external id of which ``name`` is the short form."""
    return f"{root}{'/' if root.startswith('chat:') else ':'}{name}"


class Memory:
    """
    :param shelves: what the cursor keeps; changed in place.
    :param window: time in ms; what is older is forgotten.
    """

    def __init__(self, shelves: dict, window: int):
        self.shelves = shelves
        self.window = window

    def of(self, root: str) -> dict[str, list]:
        return self.shelves.get(root, {})

    def holds(self, item: Item) -> bool:
        return short(item) in self.of(item.root_id)

    def parents(self, root: str) -> dict[str, str]:
        """Whom the items of a discussion answer."""
        return {name: answered for name, (_stamp, answered) in self.of(root).items()}

    def note(self, item: Item) -> None:
        name, told = short(item), stamp(item)
        if item.deleted:
            self.of(item.root_id).pop(name, None)
        elif name and told >= self.window:
            answered = string(item.raw, "reply_to_comment_id")
            self.shelves.setdefault(item.root_id, {})[name] = [told, answered]

    def missing(
        self, root: str, expected: list[str], floor: int, live: Collection[str] = ()
    ) -> list[str]:
        """External ids of the ``expected`` that are not older than ``floor``; they
        are forgotten. ``live``: others that are known not to be older."""
        shelf = self.of(root)
        gone = [
            name
            for name in expected
            if name in live or (name in shelf and shelf[name][0] >= floor)
        ]
        for name in gone:
            shelf.pop(name, None)
        return [whole(root, name) for name in gone]

    def trim(self) -> dict:
        """Forget what is too old or too much; what is left."""
        kept = []
        for root, shelf in self.shelves.items():
            entries = [
                (told, root, name, answered)
                for name, (told, answered) in shelf.items()
                if told >= self.window
            ]
            kept += sorted(entries, reverse=True)[:OF_ONE]
        kept.sort(reverse=True)
        self.shelves = {}
        for told, root, name, answered in kept[:ALTOGETHER]:
            self.shelves.setdefault(root, {})[name] = [told, answered]
        return self.shelves
