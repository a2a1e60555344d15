"""Reading the comments of a channel's posts.

MAX documents no event for a comment (one that names its post is understood all the
same): they are asked for, post by post. It documents
``after``, ``before`` (milliseconds) and ``count`` (the last so many of the period, at
most 100), and no order. So a full page says only that there is more on one of its
sides, and both sides are asked for; borders overlap, since it is not said whether
they are included.

What was read of the newer posts is remembered in the cursor as
``seen: {post: {comment: digest of its text}}``: unchanged comments are not given out
again, changed ones are edits, and one that is missing is asked for by its id before
it counts as deleted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from ..errors import Consequence, NetworkError
from ..values import Item
from . import ids
from .api import part
from .items import Malformed, answered_mid, integer, mappings, mid_of, string

if TYPE_CHECKING:
    from .client import MAXClient

PAGE = 100
#: what no answer may be asked for more than once, however deep a conversation is
_DEEPEST = 20
#: comments whose digests a cursor keeps, of all posts together
SEEN_MOST = 3000

#: a post, dialogue or comment that answers with one of these is passed over
PASSED_OVER = (Consequence.GONE, Consequence.PERMISSION)

Window = list  # [after, before]: milliseconds, None for no border


def digest(raw: Mapping) -> str:
    text = string(raw.get("body") or {}, "text")
    return hashlib.blake2s(text.encode("utf-8", "replace"), digest_size=4).hexdigest()


def note_comments(state: dict, items: Iterable[Item]) -> None:
    """Remember the comments that came as events, so that asking gives them no more.

    An event of a deletion does not name the post: a comment that is deleted before
    its post is read would never be missed.
    """
    for item in items:
        place = ids.parse_place(item.external_id)
        if place and place.comment and not item.deleted:
            seen = state.setdefault("seen", {}).setdefault(place.post, {})
            seen[place.comment] = digest(item.raw)


class Threads:
    """Which message a conversation began with.

    A reply names only what it answers; what that one answers is known from what was
    read in this run, or is asked for.
    """

    def __init__(self, client: MAXClient):
        self._client = client
        self._answered: dict[tuple[str, str], str | None] = {}

    def note(self, post: str, objects: Iterable[object]) -> None:
        """Remember what these messages answer; ``post`` is empty for a group's."""
        for raw in mappings(list(objects)):
            mid = mid_of(raw)
            if mid:
                self._answered[post, mid] = answered_mid(raw)

    def top(self, post: str, mid: str) -> str:
        """The first message of the conversation ``mid`` belongs to."""
        for _hop in range(_DEEPEST):
            above = self._above(post, mid)
            if not above:
                break
            mid = above
        return mid

    def _above(self, post: str, mid: str) -> str | None:
        key = (post, mid)
        if key not in self._answered:
            path = f"messages/{part(mid)}"
            if post:
                path = f"messages/{part(post)}/comments/{part(mid)}"
            try:
                self._answered[key] = answered_mid(self._client.read(path))
            except NetworkError as error:
                if error.consequence not in PASSED_OVER:
                    raise
                self._answered[key] = None
        return self._answered[key]


class Comments:
    """The comments of one page's posts; changes the cursor it is given."""

    def __init__(self, client: MAXClient, state: dict, threads: Threads):
        self.client = client
        self.state = state
        self.threads = threads

    def page(
        self, post: str, window: Window, met: Iterable[str]
    ) -> tuple[list[Mapping], list[Window]]:
        """A page of a window, and the windows that are still to be read for it.

        ``met``: comments read before, by which a page that brings nothing new is
        recognised.
        """
        after, before = window
        answer = self.client.read(
            f"messages/{part(post)}/comments",
            {"after": after, "before": before, "count": PAGE},
        )
        objects = mappings(answer.get("messages"))
        times = [integer(raw, "timestamp", 0) for raw in objects]
        times = [time for time in times if time]
        new = {mid_of(raw) for raw in objects} - set(met)
        if len(objects) < PAGE or not new or not times:
            return objects, []
        return objects, [[after, min(times) + 1], [max(times) - 1, before]]

    def items(
        self, post: Mapping, objects: list[Mapping]
    ) -> tuple[list[Item], list[tuple[object, str]]]:
        """Items of the comments that are new or changed; remembers them.

        ``post``: ``{"mid", "url"}``.
        """
        mid = post["mid"]
        seen = self.state.setdefault("seen", {}).get(mid, {})
        self.threads.note(mid, objects)
        changed = [raw for raw in objects if seen.get(mid_of(raw)) != digest(raw)]
        items, broken = self.client.parse_all(
            changed,
            lambda raw: self.client.parser.comment(raw, post, self.threads.top),
        )
        # Nothing above may have raised when the cursor changes.
        seen = self.state["seen"].setdefault(mid, {})
        done = []
        for item in items:
            comment = mid_of(item.raw)
            change = "edit" if comment in seen else item.change
            done.append(replace(item, change=change, present=True))
            seen[comment] = digest(item.raw)
        return done, broken

    def missing(self, post: str, found: Iterable[str]) -> list[Item]:
        """Deletions of the comments remembered of ``post`` and not ``found`` again.

        :meth:`drop` is called with them when they are given out.
        """
        seen = self.state.get("seen", {}).get(post, {})
        gone = []
        for comment in sorted(set(seen) - set(found)):
            if self._exists(post, comment):
                continue
            place = ids.Place(post, comment)
            gone.append(self.client.parser.gone(place.external_id, place.root_id))
        return gone

    def drop(self, post: str, gone: Iterable[Item]) -> None:
        seen = self.state.get("seen", {}).get(post, {})
        for item in gone:
            place = ids.parse_place(item.external_id)
            seen.pop(place.comment if place else "", None)

    def _exists(self, post: str, comment: str) -> bool:
        try:
            self.client.read(f"messages/{part(post)}/comments/{part(comment)}")
        except NetworkError as error:
            if error.consequence is Consequence.GONE:
                return False
            if error.consequence is not Consequence.PERMISSION:
                raise
        return True

    def forget(self, kept: Iterable[str]) -> None:
        """Keep the digests of these posts only (newest first), and not too many."""
        before, after, room = self.state.get("seen", {}), {}, SEEN_MOST
        for post in kept:
            room -= len(before.get(post, {}))
            if room < 0:
                break
            if post in before:
                after[post] = before[post]
        self.state["seen"] = after

    @staticmethod
    def newest(objects: Iterable[Mapping], at: int) -> int:
        """The latest time of the comments, not before ``at``."""
        times = [at]
        for raw in objects:
            try:
                times.append(integer(raw, "timestamp"))
            except Malformed:
                continue
        return max(times)
