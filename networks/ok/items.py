"""Objects of Odnoklassniki to items. All that comes in is taken as possibly malformed.

A parser raises :class:`Malformed` for an object it cannot understand; the caller
sets that one aside and goes on. What is missing but not needed is left empty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from ..values import Attachment, Item
from . import ids

#: the zone of times that come as text
_LEGACY_ZONE = ZoneInfo("Europe/Moscow")

_KINDS = {
    "IMAGE": "photo",
    "PHOTO": "photo",
    "PHOTO_UPLOAD": "photo",
    "VIDEO": "video",
    "MOVIE": "video",
    "AUDIO": "audio",
    "MUSIC": "audio",
    "FILE": "doc",
    "SHARE": "link",
    "LINK": "link",
    "STICKER": "sticker",
    "LOCATION": "place",
}
_PICTURES = ("pic_max", "pic1024x768", "pic1024max", "pic640x480", "picture", "image")


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


def string(raw: Mapping, name: str) -> str:
    """Text under ``name``; numbers count, since ids come both ways."""
    value = raw.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""


def needed(raw: Mapping, name: str) -> str:
    value = string(raw, name)
    if not value:
        raise Malformed(f"{name} is missing")
    return value


def number(raw: Mapping, name: str, default: int = 0) -> int:
    value = raw.get(name)
    if isinstance(value, str) and value.lstrip("-").isdecimal():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return default


def milliseconds(raw: Mapping, *names: str) -> int:
    """A time by the first of ``names`` that is given, 0 where none is.

    Each is looked for in milliseconds (``date_ms``) and, where the network gives
    only that, as text of whole seconds in Moscow's zone (``date``).
    """
    for name in names:
        value = number(raw, f"{name}_ms")
        if value > 0:
            return value
        text = string(raw, name)
        if text.isdecimal():
            return int(text)
        try:
            local = datetime.strptime(text, "%Y-%m-%d %H:%M:%S")
        except ValueError:
            continue
        return int(local.replace(tzinfo=_LEGACY_ZONE).timestamp()) * 1000
    return 0


def instant(stamp: int) -> datetime:
    """UTC of a time in milliseconds, exact to the second as everywhere."""
    try:
        return datetime.fromtimestamp(stamp // 1000, timezone.utc)
    except (OverflowError, OSError, ValueError):
        raise Malformed("not a time") from None


def _needed_instant(stamp: int) -> datetime:
    if stamp <= 0:
        raise Malformed("no time")
    return instant(stamp)


class Parser:
    """Makes items for one group.

    :param group: the group's number.
    :param now: gives a time to deletions.
    """

    def __init__(self, group: str, now: Callable[[], datetime]):
        self.group = group
        self.now = now

    @property
    def own_id(self) -> str:
        return f"group:{self.group}"

    def author_id(self, raw: Mapping) -> str:
        """``501`` for a person, ``group:55`` for a community, empty if not told."""
        reference, kind = string(raw, "author_ref"), string(raw, "author_type")
        author = string(raw, "author_id") or string(raw, "owner_uid")
        if reference and not author:
            author = reference.partition(":")[2] or reference
        if not author:
            return ""
        community = kind == "GROUP" or reference.startswith("group:")
        if community or author == self.group:
            return f"group:{author}"
        return author

    def place(self, raw: object) -> ids.Place:
        """The discussion an entry of the list is about."""
        raw = mapping(raw, "discussion")
        place = ids.parse_place(
            f"{string(raw, 'object_type')}:{string(raw, 'object_id')}"
        )
        if place is None or place.comment:
            raise Malformed("a discussion without type or number")
        return place

    def belongs(self, raw: Mapping) -> bool:
        """Whether a discussion is the group's: a token may see others as well."""
        owners = [
            string(one, "id")
            for one in mappings(raw.get("ref_objects"))
            if string(one, "type") == "GROUP"
        ]
        return not owners or self.group in owners

    def discussion(self, raw: object) -> Item:
        """What is discussed, as a post."""
        raw = mapping(raw, "discussion")
        place = self.place(raw)
        # Where nobody is named as the author it is the group itself.
        author = self.author_id(raw) or self.own_id
        return Item(
            external_id=place.external_id,
            item_type="post",
            kind="feed",
            root_id=place.root_id,
            thread_id=place.root_id,
            parent_id=None,
            author_id=author,
            text=string(raw, "title") or string(raw, "message"),
            posted_at=_needed_instant(milliseconds(raw, "creation_date", "created")),
            own=author == self.own_id,
            permalink=place.link(self.group),
            raw=raw,
        )

    def comment(self, raw: object, place: ids.Place, top: str | None) -> Item:
        """A comment of a discussion; ``top``: the comment its thread began with."""
        raw = mapping(raw, "comment")
        name = needed(raw, "id")
        here = ids.Place(place.kind, place.object, name)
        answered = string(raw, "reply_to_comment_id")
        author = self.author_id(raw)
        deleted = removed(raw)
        if not author and not deleted:
            raise Malformed("a comment without author")
        return Item(
            external_id=here.external_id,
            item_type="comment",
            kind="feed",
            root_id=place.root_id,
            thread_id=place.under(top or answered or name),
            parent_id=place.under(answered) if answered else place.root_id,
            author_id=author,
            text="" if deleted else string(raw, "text"),
            posted_at=_needed_instant(milliseconds(raw, "date", "created")),
            edited_at=_optional(milliseconds(raw, "edit_date", "last_edit")),
            deleted=deleted,
            own=author == self.own_id,
            permalink=here.link(self.group),
            attachments=() if deleted else attachments(raw),
            raw=raw,
            change="delete" if deleted else "new",
        )

    def message(self, raw: object) -> Item | None:
        """A private message, None for what a chat tells about itself."""
        raw = mapping(raw, "message")
        body = mapping(raw.get("message"), "message")
        mid = string(body, "mid")
        chat = string(mapping(raw.get("recipient"), "recipient"), "chat_id")
        if not mid:
            return None
        if ids.parse_chat(chat) != chat:
            raise Malformed("a message without chat")
        sender = mapping(raw.get("sender"), "sender")
        author = string(sender, "user_id") or string(sender, "group_id")
        if not author:
            raise Malformed("a message without sender")
        author = author.removeprefix("user:")
        answered = string(body, "reply_to")
        return Item(
            external_id=ids.message_id(chat, mid),
            item_type="message",
            kind="private",
            root_id=chat,
            thread_id=chat,
            parent_id=ids.message_id(chat, answered) if answered else None,
            author_id=author,
            text=string(body, "text"),
            posted_at=_needed_instant(number(raw, "timestamp")),
            own=author == self.own_id,
            permalink=ids.message_link(self.group, chat, mid),
            attachments=attachments(body),
            raw=raw,
        )

    def gone(self, external_id: str) -> Item:
        """The deletion of an item that was there before and is not any more."""
        place = ids.parse_place(external_id)
        chat = ids.parse_chat(external_id)
        item_type = "message"
        if place:
            item_type = "comment" if place.comment else "post"
            root, link = place.root_id, place.link(self.group)
        else:
            root = chat or ""
            link = ids.message_link(self.group, root, ids.parse_message(external_id))
        return Item(
            external_id=external_id,
            item_type=item_type,
            kind="feed" if place else "private",
            root_id=root,
            thread_id="",
            parent_id=None,
            author_id="",
            text="",
            posted_at=self.now(),
            deleted=True,
            permalink=link,
            change="delete",
        )


def removed(raw: Mapping) -> bool:
    """Whether a comment is shown as deleted."""
    return string(raw, "type").startswith(("REMOVED", "DELETED")) or bool(
        raw.get("removed") or raw.get("deleted")
    )


def _optional(stamp: int) -> datetime | None:
    return instant(stamp) if stamp > 0 else None


def attachments(raw: Mapping) -> tuple[Attachment, ...]:
    """The attachments of a comment or message."""
    given = mappings(raw.get("attachments"))
    single = raw.get("attachment")
    if isinstance(single, Mapping):
        given.append(single)
    return tuple(_attachment(one) for one in given if string(one, "type"))


def _attachment(raw: Mapping) -> Attachment:
    word = string(raw, "type").upper()
    kind = _KINDS.get(word, word.lower())
    # Messages wrap what belongs to a type as "payload", comments mostly do not.
    body = {**raw, **mapping_or_empty(raw.get("payload"))}
    name = string(body, "title") or string(body, "name") or string(body, "filename")
    if kind == "place":
        name = f"{body.get('latitude', '')} {body.get('longitude', '')}".strip()
    return Attachment(
        kind=kind,
        url=_address(body),
        external_id=string(body, "id") or string(body, "photo_id"),
        name=name,
        size=number(body, "size") or None,
    )


def _address(body: Mapping) -> str:
    for name in _PICTURES:
        address = string(body, name)
        if address.startswith("http"):
            return address
    return string(body, "url") or string(body, "link")
