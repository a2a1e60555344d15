"""MAX objects to items. All that comes in is taken as possibly malformed.

A parser raises :class:`Malformed` for an object it cannot understand; the caller
sets that one aside and goes on. What is missing but not needed is left empty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from ..values import Attachment, Author, Item
from . import ids

#: how the text of a forwarded message is set off from the author's own
QUOTE = "↪ "
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
#: parts of a message that are not content
_NO_CONTENT = frozenset({"inline_keyboard", "reply_keyboard", "data"})


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


def instant(milliseconds: int) -> datetime:
    try:
        return _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        raise Malformed("not a time") from None


def stamp(moment: datetime) -> int:
    """Milliseconds, as MAX counts them."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def mid_of(raw: object) -> str:
    """The mid of a message or comment, empty where there is none."""
    return string(mapping_or_empty(mapping_or_empty(raw).get("body")), "mid")


def answered_mid(raw: Mapping) -> str | None:
    """The mid of the message this one answers, None for one that answers none."""
    link = mapping_or_empty(raw.get("link"))
    if string(link, "type") != "reply":
        return None
    return string(mapping_or_empty(link.get("message")), "mid") or None


def itself(_post: str, mid: str) -> str:
    """The thread of a message where nothing more is known: the one it answers."""
    return mid


class Parser:
    """Makes items of one page; remembers the authors it has seen.

    :param page: number of the channel or group chat.
    :param now: gives a time to items that come without one (deletions).
    """

    def __init__(self, page: int, now: Callable[[], datetime]):
        self.page = page
        self.now = now
        #: the bot's number, 0 while unknown
        self.bot = 0
        #: the page is known to be a channel
        self.channel = False
        #: external id -> author, of everybody met so far
        self.seen: dict[str, Author] = {}

    def message(
        self, raw: object, top: Callable[[str, str], str] = itself
    ) -> Item | None:
        """A post, a message of the page's group, a comment or a private message.

        None for a message of another chat. ``top``: the mid a thread begins with,
        for the post (empty in a group) and the mid that was answered.
        """
        raw = mapping(raw, "message")
        recipient = mapping(raw.get("recipient"), "recipient")
        chat = integer(recipient, "chat_id")
        kind = string(recipient, "chat_type")
        if kind == "dialog":
            return self._private(raw, chat)
        if chat != self.page:
            return None
        under = string(recipient, "post_id")
        if under:
            shown = {"mid": under, "url": ids.post_link(self.page, under)}
            return self.comment(raw, shown, top)
        mid = self._mid(raw)
        place = ids.Place(mid)
        answered = answered_mid(raw)
        thread = ids.Place(top("", answered) if answered else mid)
        return Item(
            external_id=place.external_id,
            item_type="comment" if answered else "post",
            kind="feed",
            root_id=thread.root_id,
            thread_id=thread.root_id,
            parent_id=ids.Place(answered).root_id if answered else None,
            **self._common(raw),
            # Nobody but the page writes posts in a channel.
            own=kind == "channel" or self._own(raw),
            permalink=self.post_link(raw),
        )

    def comment(
        self,
        raw: object,
        post: Mapping,
        top: Callable[[str, str], str] = itself,
    ) -> Item:
        """A comment of ``post`` (a message, or ``{"mid", "url"}``)."""
        raw = mapping(raw, "comment")
        mid = self._mid(raw)
        place = ids.Place(string(post, "mid") or mid_of(post), mid)
        answered = answered_mid(raw)
        return Item(
            external_id=place.external_id,
            item_type="comment",
            kind="feed",
            root_id=place.root_id,
            thread_id=place.under(top(place.post, answered) if answered else mid),
            parent_id=place.under(answered) if answered else place.root_id,
            **self._common(raw),
            own=self._own(raw),
            permalink=ids.comment_link(string(post, "url"), mid)
            if string(post, "url")
            else "",
        )

    def event(
        self, raw: object, top: Callable[[str, str], str] = itself
    ) -> Item | None:
        """The item of an update, None for updates about something else."""
        raw = mapping(raw, "update")
        kind = string(raw, "update_type")
        if kind in ("message_created", "message_edited"):
            item = self.message(raw.get("message"), top)
            if item is None or kind == "message_created":
                return item
            moment = instant(integer(raw, "timestamp"))
            return replace(item, change="edit", edited_at=moment)
        if kind == "message_removed":
            return self._removed(raw)
        return None

    def gone(self, external_id: str, root_id: str) -> Item:
        """Something that is not there any more, where the network told nobody."""
        private = ids.parse_dialogue(root_id) is not None
        public_type = "post" if external_id == root_id else "comment"
        return Item(
            external_id=external_id,
            item_type="message" if private else public_type,
            kind="private" if private else "feed",
            root_id=root_id,
            thread_id="",
            parent_id=None,
            author_id="",
            text="",
            posted_at=self.now(),
            deleted=True,
            raw={"external_id": external_id},
            change="delete",
        )

    def post_link(self, raw: Mapping) -> str:
        """Address of a post, as the network gives it or as it makes them."""
        given = string(raw, "url")
        if given.startswith("https://"):
            return given
        return ids.post_link(self.page, self._mid(raw))

    def _private(self, raw: Mapping, chat: int) -> Item:
        mid = self._mid(raw)
        answered = answered_mid(raw)
        return Item(
            external_id=ids.message_id(chat, mid),
            item_type="message",
            kind="private",
            root_id=ids.dialogue_id(chat),
            thread_id=ids.dialogue_id(chat),
            parent_id=ids.message_id(chat, answered) if answered else None,
            **self._common(raw),
            # The only bot in a dialogue of a bot is that bot.
            own=self._own(raw)
            or bool(mapping_or_empty(raw.get("sender")).get("is_bot")),
        )

    def _removed(self, raw: Mapping) -> Item | None:
        mid = string(raw, "message_id")
        chat = integer(raw, "chat_id")
        if not mid:
            raise Malformed("a removal without message_id")
        # Chats of several people have negative numbers, dialogues positive ones.
        if chat < 0 and chat != self.page:
            return None
        under = string(raw, "post_id")
        if chat == self.page and under:
            place = ids.Place(under, mid)
            return self.gone(place.external_id, place.root_id)
        # What goes in a channel is a post of the page's own.
        if chat == self.page and self.channel:
            return None
        if chat == self.page:
            name = root = ids.Place(mid).root_id
        else:
            name, root = ids.message_id(chat, mid), ids.dialogue_id(chat)
        moment = instant(integer(raw, "timestamp", stamp(self.now())))
        return replace(self.gone(name, root), posted_at=moment, raw=raw)

    def _common(self, raw: Mapping) -> dict:
        sender = raw.get("sender")
        author = self._author(sender) if isinstance(sender, Mapping) else None
        text, attachments = _content(raw)
        return {
            # Written on behalf of the page itself where nobody is named.
            "author_id": author.external_id if author else str(self.page),
            "text": text,
            "posted_at": instant(integer(raw, "timestamp")),
            "attachments": attachments,
            "raw": raw,
        }

    def _own(self, raw: Mapping) -> bool:
        sender = raw.get("sender")
        if not isinstance(sender, Mapping):
            return True
        if not self.bot:
            return bool(sender.get("is_bot"))
        return integer(sender, "user_id", 0) == self.bot

    def _author(self, raw: Mapping) -> Author:
        author = author_of(raw)
        self.seen[author.external_id] = author
        return author

    @staticmethod
    def _mid(raw: Mapping) -> str:
        mid = mid_of(raw)
        if not mid or "/" in mid:
            raise Malformed("a message without mid")
        return mid


def author_of(raw: Mapping) -> Author:
    """A user as MAX shows them; ``name`` is the older form of both names."""
    number = integer(raw, "user_id")
    names = (string(raw, "first_name"), string(raw, "last_name"))
    username = string(raw, "username")
    return Author(
        external_id=str(number),
        name=" ".join(filter(None, names)) or string(raw, "name") or f"id{number}",
        url=f"https://max.ru/{username}" if username else "",
        avatar_url=string(raw, "avatar_url"),
    )


def _content(raw: Mapping) -> tuple[str, tuple[Attachment, ...]]:
    """Text and attachments of a message and of what it forwards."""
    body = mapping_or_empty(raw.get("body"))
    parts = [string(body, "text")]
    found = attachments(body)
    link = mapping_or_empty(raw.get("link"))
    if string(link, "type") == "forward":
        forwarded = mapping_or_empty(link.get("message"))
        text = string(forwarded, "text")
        parts.append(f"{QUOTE}{text}" if text else "")
        found += attachments(forwarded)
    return "\n\n".join(filter(None, parts)), found


def attachments(body: Mapping) -> tuple[Attachment, ...]:
    found = []
    for entry in mappings(body.get("attachments")):
        kind = string(entry, "type")
        if kind and kind not in _NO_CONTENT:
            found.append(_attachment(kind, entry))
    return tuple(found)


def _attachment(kind: str, entry: Mapping) -> Attachment:
    payload = mapping_or_empty(entry.get("payload"))
    url = string(payload, "url")
    if kind == "image":
        number = integer(payload, "photo_id", 0)
        return Attachment("photo", url, f"photo{number}" if number else "")
    if kind == "file":
        size = integer(entry, "size", 0)
        return Attachment("doc", url, name=string(entry, "filename"), size=size or None)
    if kind == "share":
        return Attachment("link", url, name=string(entry, "title"))
    if kind == "sticker":
        return Attachment("sticker", url, string(payload, "code"))
    if kind == "location":
        place = f"{entry.get('latitude')} {entry.get('longitude')}"
        return Attachment("place", name=place)
    if kind == "contact":
        person = mapping_or_empty(payload.get("max_info") or payload.get("tam_info"))
        names = (string(person, "first_name"), string(person, "last_name"))
        return Attachment("contact", name=" ".join(filter(None, names)))
    if kind == "audio":
        words = string(entry, "transcription")
        return Attachment("voice", url, name=words)
    return Attachment(kind, url)
