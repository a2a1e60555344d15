"""What is stored of a group, for a comparison: what ought to be found, and where.

The memory in the cursor holds a limited number of items, and the lists show what has
been talked about of late: where everything new was deleted, a discussion falls back
behind older ones and a chat may not be listed at all.  So a comparison also expects
what is stored, and reads where something stored was not listed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone

from ..values import Item
from ..walk_absent import Suspicions
from . import ids
from .memory import whole

#: items expected of one discussion or chat, which the cursor holds meanwhile
EXPECTED = 2000


class StoredItems(Suspicions):
    """The part of a walk that looks for what is stored; nothing in a look for what is
    new, which knows only its memory."""

    def stored_roots(self) -> list[str]:
        """Discussions and chats that hold something stored and not too old."""
        roots = set()
        for item_type in ("post", "comment", "message"):
            for name in self._live(item_type):
                place = ids.parse_place(name)
                roots.add(place.root_id if place else ids.parse_chat(name))
        return sorted(roots - {None})

    def expect(self, root: str) -> list[str]:
        """Short names of what ought to be found in a place."""
        remembered = self.memory.of(root)
        others = sorted(self.live_names(root) - set(remembered))
        return [*remembered, *others][:EXPECTED]

    def live_names(self, root: str) -> set[str]:
        """Short names of what is stored of a place and not too old: a comparison
        reads that far."""
        item_type = "comment" if ids.parse_place(root) else "message"
        return {name[len(root) + 1 :] for name in self._live(item_type, root)}

    def nothing_found(self, root: str) -> list[Item]:
        """Deletions of all that is stored of a place whose answer was empty twice in a
        row, where its list does not say that there is something."""
        return self._missing(root, {whole(root, n) for n in self.live_names(root)})

    def topic_gone(self, root: str) -> list[Item]:
        """The deletion of a citizen's topic that was neither listed nor found, twice
        in a row."""
        return self._missing(root, set(self._live("post", root)))

    def _missing(self, root: str, missing: set[str]) -> list[Item]:
        again = self.missed_again(root, missing)
        self.suspect(root, missing)
        return [self.client.parser.gone(one) for one in again]

    def _live(self, item_type: str, root: str | None = None) -> Iterable[str]:
        if not self.stored:
            return ()
        # Whole seconds are stored: what seems to be that old may be a little older.
        since = datetime.fromtimestamp(self.window // 1000, timezone.utc)
        return self.stored.live(item_type, since + timedelta(seconds=1), root)
