"""VK objects to items. All that comes in is taken as possibly malformed.

A parser raises :class:`Malformed` for an object it cannot understand; the caller
sets that one aside and goes on. What is missing but not needed is left empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from ..values import Item
from . import ids
from .media import attachments
from .raw import (
    MAX_DEPTH,
    Malformed,
    instant,
    integer,
    mapping,
    mappings,
    optional_instant,
    positive,
    string,
    whole,
)

#: how the text of a repost or a forwarded message is set off from the author's own
QUOTE = "↪ "

#: item type -> kind of place; where its number and its owner stand
_ON = {
    "photo_comment": ("photo", ("photo_id", "pid"), "photo_owner_id"),
    "video_comment": ("video", ("video_id",), "video_owner_id"),
    "board_comment": ("topic", ("topic_id",), "topic_owner_id"),
    "comment": ("wall", ("post_id",), "post_owner_id"),
}
#: item type of a comment, by the kind of what it hangs on
COMMENT_TYPES = {on[0]: item_type for item_type, on in _ON.items()}
#: topics are flat; an answer begins with a link to the comment it answers
_ANSWERED_IN_TOPIC = re.compile(r"\s*\[(?:id|club)[0-9]+:bp-[0-9]+_([0-9]{1,18})\|")


class Parser:
    """Makes items for one community.

    :param group: the community's number, positive.
    :param now: gives a time to items that come without one (deletions).
    """

    def __init__(self, group: int, now: Callable[[], datetime]):
        self.group = group
        self.now = now

    def own(self, author: int) -> bool:
        return author == -self.group

    def post(self, raw: object, item_type: str = "post") -> Item:
        raw = mapping(raw, "post")
        owner = integer(raw, "owner_id", integer(raw, "to_id", -self.group))
        place = ids.Place("wall", owner or -self.group, positive(raw, "id"))
        deleted = bool(raw.get("is_deleted"))
        author = integer(raw, "from_id", 0 if deleted else None)
        if item_type == "post" and string(raw, "post_type") == "suggest":
            # On no list of the wall, so that it is not missing there.
            item_type = "suggested_post"
        return Item(
            external_id=place.external_id,
            item_type=item_type,
            kind="feed",
            root_id=place.root_id,
            thread_id=place.root_id,
            parent_id=None,
            author_id=str(author or ""),
            text=_with_reposts(raw),
            posted_at=self._posted_at(raw, deleted),
            edited_at=optional_instant(raw, "edited"),
            deleted=deleted,
            own=self.own(author),
            permalink=place.link(),
            attachments=attachments(raw),
            raw=raw,
            change="delete" if deleted else "new",
        )

    def mention(self, raw: object) -> Item:
        """A post, or a comment listed among posts, that names the community."""
        raw = mapping(raw, "mention")
        owner = integer(raw, "owner_id", integer(raw, "to_id", 0))
        if not owner:
            raise Malformed("a mention on nobody's wall")
        if string(raw, "post_type") == "reply":
            post = ids.Place("wall", owner, positive(raw, "post_id"))
            return self.comment(raw, "mention", on=post)
        return self.post(raw, "mention")

    def comment(
        self,
        raw: object,
        item_type: str = "comment",
        *,
        on: ids.Place | None = None,
        top: int | None = None,
    ) -> Item:
        """A comment; ``on`` and ``top``: the object and thread it was asked for."""
        raw = mapping(raw, "comment")
        place = self._place(raw, item_type, on)
        number = place.comment
        deleted = bool(raw.get("deleted"))
        author = integer(raw, "from_id", 0 if deleted else None)
        # The stack lists the comments above this one, the top-level one first.
        above = raw.get("parents_stack")
        if isinstance(above, list) and above:
            top = max(whole(above[0]) or 0, 0) or top
        if place.kind == "topic":
            top = _answered_in_topic(string(raw, "text"))
        top = top or number
        answered = max(integer(raw, "reply_to_comment", 0), 0)
        answered = answered or (top if top != number else 0)
        return Item(
            external_id=place.external_id,
            item_type=item_type,
            kind="feed",
            root_id=place.root_id,
            thread_id=place.under(top),
            parent_id=place.under(answered) if answered else place.root_id,
            author_id=str(author or ""),
            text=string(raw, "text"),
            posted_at=self._posted_at(raw, deleted),
            deleted=deleted,
            own=self.own(author),
            permalink=place.link(top),
            attachments=attachments(raw),
            raw=raw,
            change="delete" if deleted else "new",
        )

    def comment_deleted(self, raw: object, item_type: str) -> Item:
        """A deletion event: who and where, but neither thread, author nor text."""
        raw = mapping(raw, "deletion")
        place = self._place(raw, item_type, None)
        gone = self.gone(place.external_id, item_type)
        return replace(gone, permalink=place.link(), raw=raw)

    def gone(self, external_id: str, item_type: str) -> Item:
        """What is stored and stands no more: like a deletion event."""
        place = ids.parse_place(external_id)
        peer = ids.parse_peer(external_id)
        private = place is None and peer is not None
        return Item(
            external_id=external_id,
            item_type=item_type,
            kind="private" if private else "feed",
            root_id=ids.dialogue_id(peer) if private else place.root_id,
            thread_id="",
            parent_id=None,
            author_id="",
            text="",
            posted_at=self.now(),
            deleted=True,
            change="delete",
        )

    def message(self, raw: object) -> Item:
        raw = mapping(raw, "message")
        peer = integer(raw, "peer_id")
        position = max(integer(raw, "conversation_message_id", 0), 0)
        number = max(integer(raw, "id", 0), 0)
        if not peer or not (position or number):
            raise Malformed("a message without id")
        author = integer(raw, "from_id")
        answered = raw.get("reply_message")
        parent = None
        if isinstance(answered, Mapping):
            told = max(integer(answered, "id", 0), 0)
            there = max(integer(answered, "conversation_message_id", 0), 0)
            parent = ids.message_id(peer, told, there) if told or there else None
        deleted = bool(raw.get("deleted"))
        return Item(
            external_id=ids.message_id(peer, number, position),
            item_type="message",
            kind="private",
            root_id=ids.dialogue_id(peer),
            thread_id=ids.dialogue_id(peer),
            parent_id=parent,
            author_id=str(author),
            text=_with_forwarded(raw),
            posted_at=instant(raw, "date"),
            edited_at=optional_instant(raw, "update_time"),
            deleted=deleted,
            own=self.own(author) or integer(raw, "out", 0) == 1,
            permalink=ids.message_link(self.group, peer, position),
            attachments=attachments(raw),
            raw=raw,
            change="delete" if deleted else "new",
        )

    def event(self, raw: object) -> Item | None:
        """The item of a long poll event, None for events about something else."""
        raw = mapping(raw, "event")
        kind = string(raw, "type")
        subject = raw.get("object")
        if kind in ("wall_post_new", "wall_repost"):
            return self.post(subject, "post" if kind == "wall_post_new" else "repost")
        if kind in ("message_new", "message_reply", "message_edit"):
            # A new message comes wrapped together with what the client can do.
            subject = mapping(subject, "object")
            message = mapping(subject.get("message", subject), "message")
            if message.get("action"):
                return None
            item = self.message(message)
            return replace(item, change="edit") if kind == "message_edit" else item
        return self._comment_event(kind, subject)

    def _comment_event(self, kind: str, subject: object) -> Item | None:
        family, _, change = kind.rpartition("_")
        item_type = {
            "wall_reply": "comment",
            "board_post": "board_comment",
            "photo_comment": "photo_comment",
            "video_comment": "video_comment",
        }.get(family)
        if not item_type or change not in ("new", "edit", "delete", "restore"):
            return None
        if change == "delete":
            return self.comment_deleted(subject, item_type)
        item = self.comment(subject, item_type)
        return item if item.deleted else replace(item, change=change)

    def _place(self, raw: Mapping, item_type: str, on: ids.Place | None) -> ids.Place:
        number = positive(raw, "id")
        if on is not None:
            return ids.Place(on.kind, on.owner, on.object, number)
        kind, names, owner_name = _ON[item_type]
        owner = integer(raw, owner_name, integer(raw, "owner_id", -self.group))
        name = next((name for name in names if name in raw), names[0])
        # Events are about what is the community's own; the descriptions of some
        # have it without its minus.
        owner = -self.group if owner in (0, self.group) else owner
        return ids.Place(kind, owner, positive(raw, name), number)

    def _posted_at(self, raw: Mapping, deleted: bool) -> datetime:
        if deleted and not integer(raw, "date", 0):
            return self.now()
        return instant(raw, "date")


def _answered_in_topic(text: str) -> int:
    match = _ANSWERED_IN_TOPIC.match(text)
    return int(match[1]) if match else 0


def _with_reposts(raw: Mapping) -> str:
    parts = [string(raw, "text")]
    for original in mappings(raw.get("copy_history"))[:MAX_DEPTH]:
        owner, number = integer(original, "owner_id", 0), integer(original, "id", 0)
        link = f"https://vk.com/wall{owner}_{number}" if owner and number else ""
        parts.append(f"{QUOTE}{link}\n{string(original, 'text')}".rstrip())
    return "\n\n".join(filter(None, parts))


def _with_forwarded(raw: Mapping, depth: int = 0) -> str:
    parts = [string(raw, "text")]
    if depth < MAX_DEPTH:
        for forwarded in mappings(raw.get("fwd_messages")):
            text = _with_forwarded(forwarded, depth + 1)
            parts.append(f"{QUOTE}{text}" if text else "")
    return "\n\n".join(filter(None, parts))
