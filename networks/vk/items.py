"""VK objects to items. All that comes in is taken as possibly malformed.

A parser raises :class:`Malformed` for an object it cannot understand; the caller
sets that one aside and goes on. What is missing but not needed is left empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timezone

from ..base import Attachment, Item
from . import ids

#: how the text of a repost or a forwarded message is set off from the author's own
QUOTE = "↪ "
_MAX_DEPTH = 5

_ON = {
    "photo_comment": ("photo", "photo_id", "photo_owner_id"),
    "video_comment": ("video", "video_id", "video_owner_id"),
    "board_comment": ("topic", "topic_id", "topic_owner_id"),
    "comment": ("wall", "post_id", "post_owner_id"),
}


class Malformed(ValueError):
    """An object without what makes it usable."""


def mapping(value: object, what: str) -> Mapping:
    if not isinstance(value, Mapping):
        raise Malformed(f"{what} is not an object")
    return value


def mappings(value: object) -> list[Mapping]:
    """The objects in ``value`` if it is a list; anything else counts as none."""
    found = value if isinstance(value, list) else []
    return [entry for entry in found if isinstance(entry, Mapping)]


def integer(raw: Mapping, name: str, default: int | None = None) -> int:
    """The whole number under ``name``; Malformed if there is none, nor a default."""
    value = raw.get(name)
    if isinstance(value, str) and value.lstrip("-").isdecimal():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if default is None:
        raise Malformed(f"{name} is missing or not a number")
    return default


def string(raw: Mapping, name: str) -> str:
    value = raw.get(name)
    return value if isinstance(value, str) else ""


def instant(raw: Mapping, name: str) -> datetime:
    seconds = integer(raw, name)
    try:
        return datetime.fromtimestamp(seconds, timezone.utc)
    except (OverflowError, OSError, ValueError):
        raise Malformed(f"{name} is not a time") from None


def optional_instant(raw: Mapping, name: str) -> datetime | None:
    return instant(raw, name) if integer(raw, name, 0) > 0 else None


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
        place = ids.Place("wall", owner, integer(raw, "id"))
        deleted = bool(raw.get("is_deleted"))
        author = integer(raw, "from_id", 0 if deleted else None)
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
        if isinstance(above, list) and above and isinstance(above[0], int):
            top = above[0]
        top = top or number
        answered = integer(raw, "reply_to_comment", 0) or (top if top != number else 0)
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
        return Item(
            external_id=place.external_id,
            item_type=item_type,
            kind="feed",
            root_id=place.root_id,
            thread_id="",
            parent_id=None,
            author_id="",
            text="",
            posted_at=self.now(),
            deleted=True,
            permalink=place.link(),
            raw=raw,
            change="delete",
        )

    def message(self, raw: object) -> Item:
        raw = mapping(raw, "message")
        peer = integer(raw, "peer_id")
        position = integer(raw, "conversation_message_id", 0)
        number = integer(raw, "id", 0)
        if not position and not number:
            raise Malformed("a message without id")
        author = integer(raw, "from_id")
        answered = raw.get("reply_message")
        parent = None
        if isinstance(answered, Mapping):
            told = integer(answered, "id", 0)
            there = integer(answered, "conversation_message_id", 0)
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
        number = integer(raw, "id")
        if on is not None:
            return ids.Place(on.kind, on.owner, on.object, number)
        kind, object_name, owner_name = _ON[item_type]
        owner = integer(raw, owner_name, integer(raw, "owner_id", -self.group))
        return ids.Place(kind, owner, integer(raw, object_name), number)

    def _posted_at(self, raw: Mapping, deleted: bool) -> datetime:
        if deleted and not integer(raw, "date", 0):
            return self.now()
        return instant(raw, "date")


def _with_reposts(raw: Mapping) -> str:
    parts = [string(raw, "text")]
    for original in mappings(raw.get("copy_history"))[:_MAX_DEPTH]:
        link = f"https://vk.com/wall{original.get('owner_id')}_{original.get('id')}"
        parts.append(f"{QUOTE}{link}\n{string(original, 'text')}".rstrip())
    return "\n\n".join(filter(None, parts))


def _with_forwarded(raw: Mapping, depth: int = 0) -> str:
    parts = [string(raw, "text")]
    if depth < _MAX_DEPTH:
        for forwarded in mappings(raw.get("fwd_messages")):
            text = _with_forwarded(forwarded, depth + 1)
            parts.append(f"{QUOTE}{text}" if text else "")
    return "\n\n".join(filter(None, parts))


def attachments(raw: Mapping, depth: int = 0) -> tuple[Attachment, ...]:
    """The attachments of an object and of what it reposts or forwards."""
    found = []
    for entry in mappings(raw.get("attachments")):
        kind = string(entry, "type")
        body = entry.get(kind)
        if kind:
            found.append(_attachment(kind, body if isinstance(body, Mapping) else {}))
    place = raw.get("geo")
    if isinstance(place, Mapping):
        found.append(Attachment(kind="place", name=_coordinates(place)))
    if depth < _MAX_DEPTH:
        for name in ("copy_history", "fwd_messages"):
            for inner in mappings(raw.get(name)):
                found.extend(attachments(inner, depth + 1))
    return tuple(found)


def _coordinates(place: Mapping) -> str:
    """Wall posts write "latitude longitude", messages an object of two numbers."""
    given = place.get("coordinates")
    if isinstance(given, Mapping):
        return f"{given.get('latitude')} {given.get('longitude')}"
    return given if isinstance(given, str) else ""


def _attachment(kind: str, body: Mapping) -> Attachment:
    reader = _READERS.get(kind)
    if reader:
        return reader(body)
    return Attachment(
        kind=kind,
        url=string(body, "url"),
        external_id=_media_id(kind, body),
        name=string(body, "title") or string(body, "text"),
    )


def _media_id(kind: str, body: Mapping) -> str:
    owner, number = integer(body, "owner_id", 0), integer(body, "id", 0)
    return f"{kind}{owner}_{number}" if owner and number else ""


def _largest(images: Iterable[Mapping]) -> str:
    """Address of the largest picture; sizes may come as 0, then the last one wins."""
    best, best_area = "", -1
    for image in images:
        address = string(image, "url") or string(image, "src")
        area = integer(image, "width", 0) * integer(image, "height", 0)
        if address and area >= best_area:
            best, best_area = address, area
    return best


def _photo(body: Mapping) -> Attachment:
    sizes = mappings(body.get("sizes"))
    original = body.get("orig_photo")
    if isinstance(original, Mapping):
        sizes.append(original)
    return Attachment(
        kind="photo",
        url=_largest(sizes),
        external_id=_media_id("photo", body),
        name=string(body, "text"),
    )


def _video(body: Mapping) -> Attachment:
    number = _media_id("video", body)
    return Attachment(
        kind="video",
        # The file itself is not given out, so this is the page that plays it.
        url=f"https://vk.com/{number}" if number else "",
        external_id=number,
        name=string(body, "title"),
    )


def _doc(body: Mapping) -> Attachment:
    return Attachment(
        kind="doc",
        url=string(body, "url"),
        external_id=_media_id("doc", body),
        name=string(body, "title"),
        size=integer(body, "size", 0) or None,
    )


def _audio(body: Mapping) -> Attachment:
    names = (string(body, "artist"), string(body, "title"))
    return Attachment(
        kind="audio",
        url=string(body, "url"),
        external_id=_media_id("audio", body),
        name=" - ".join(filter(None, names)),
    )


def _voice(body: Mapping) -> Attachment:
    return Attachment(
        kind="voice",
        url=string(body, "link_mp3") or string(body, "link_ogg"),
        external_id=_media_id("audio_message", body),
        name=string(body, "transcript"),
    )


def _sticker(body: Mapping) -> Attachment:
    number = integer(body, "sticker_id", 0)
    return Attachment(
        kind="sticker",
        url=_largest(mappings(body.get("images"))),
        external_id=f"sticker{number}" if number else "",
    )


_READERS = {
    "photo": _photo,
    "video": _video,
    "clip": _video,
    "doc": _doc,
    "audio": _audio,
    "audio_message": _voice,
    "sticker": _sticker,
}
