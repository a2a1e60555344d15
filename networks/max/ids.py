"""External ids and links of MAX.

=====================  ==============================  ================================
what                   external id                     link
=====================  ==============================  ================================
post, group message    ``post/mid.ffff…``              ``max.ru/c/-70…/AZ2H-TzaAOc``
comment of a post      ``post/mid.ffff…/mid.ffff…``    ``max.ru/c/-70…/AZ2H…?comment=…``
dialogue               ``im/182403740``                none: a bot has no screen
private message        ``im/182403740/mid.0000…``      none
=====================  ==============================  ================================

A ``mid`` is unique on the network, but a comment can be reached only through its post
and a message can be answered only in its chat, so each id carries what it needs.

A mid is ``mid.`` with sixteen hexadecimal digits of the chat's number and sixteen of
the message's sequence number; the last part of a link is the latter in base64. That
is what MAX does and not what it documents, so a mid of another form gets a link with
the mid itself, and a link of another form leads nowhere.

MAX gives comments no address. Theirs is the post's with a parameter of our own, which
the browser ignores: the reader comes to the post, and two comments differ.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from ..links import split_link

_MID = r"[A-Za-z0-9_.\-]+"
_POST = re.compile(rf"^post/({_MID})(?:/({_MID}))?$")
_DIALOGUE = re.compile(rf"^im/(-?\d+)(?:/({_MID}))?$")
_PARTS = re.compile(r"^mid\.([0-9a-f]{16})([0-9a-f]{16})$")
_TAIL = re.compile(r"^[A-Za-z0-9_\-.]{2,80}$")
#: addresses at max.ru that are no channels
_NOT_PLACES = frozenset({"join", "u", "c", "start", "docs", "business", "support"})


@dataclass(frozen=True)
class Place:
    """A post of the page (or a message of its group), and a comment under it."""

    post: str
    comment: str | None = None

    @property
    def root_id(self) -> str:
        return f"post/{self.post}"

    @property
    def external_id(self) -> str:
        return self.under(self.comment) if self.comment else self.root_id

    def under(self, comment: str) -> str:
        """External id of a comment under the same post."""
        return f"{self.root_id}/{comment}"


def parse_place(external_id: str | None) -> Place | None:
    """The place an external id of a public item names, or None."""
    match = _POST.match(external_id or "")
    return Place(*match.groups()) if match else None


def parse_dialogue(external_id: str | None) -> tuple[int, str | None] | None:
    """(chat, mid or None) of a dialogue or private message, or None."""
    match = _DIALOGUE.match(external_id or "")
    return (int(match[1]), match[2]) if match else None


def dialogue_id(chat: int) -> str:
    return f"im/{chat}"


def message_id(chat: int, mid: str) -> str:
    return f"im/{chat}/{mid}"


def tail_of(mid: str) -> str:
    """The last part of a message's link."""
    match = _PARTS.match(mid)
    if not match:
        return mid
    return base64.urlsafe_b64encode(bytes.fromhex(match[2])).decode().rstrip("=")


def mid_of(chat: int, tail: str) -> str | None:
    """The mid of the message in ``chat`` whose link ends so, or None."""
    if tail.startswith("mid."):
        return tail if re.match(rf"^{_MID}$", tail) else None
    try:
        sequence = base64.urlsafe_b64decode(tail + "=" * (-len(tail) % 4))
    except (binascii.Error, ValueError):
        return None
    if len(sequence) != 8:
        return None
    return f"mid.{chat % 2**64:016x}{sequence.hex()}"


def post_link(chat: int, mid: str) -> str:
    """Address of a message where the network gives none: for members of the chat."""
    return f"https://max.ru/c/{chat}/{tail_of(mid)}"


def comment_link(post: str, comment: str) -> str:
    """Address of a comment, out of the address of its post."""
    return f"{post}?comment={tail_of(comment)}"


@dataclass(frozen=True)
class Link:
    """What a link shows: ``place`` is a channel's name or its number as text."""

    place: str
    tail: str
    comment: str | None = None

    @property
    def key(self) -> str:
        key = f"max:{self.place}/{self.tail}"
        return f"{key}#{self.comment}" if self.comment else key


def parse_link(url: str) -> Link | None:
    """The message a link leads to, or None."""
    parts = split_link(url)
    if not parts:
        return None
    path = [unquote(part) for part in parts.path.split("/") if part]
    if len(path) == 3 and path[0].lower() == "c" and re.match(r"^-?\d+$", path[1]):
        place, tail = path[1], path[2]
    elif len(path) == 2 and path[0].lower() not in _NOT_PLACES:
        # A name is the same in any case, the tail is not.
        place, tail = path[0].lower().lstrip("@"), path[1]
    else:
        return None
    if not _TAIL.match(tail) or not place:
        return None
    comment = dict(parse_qsl(parts.query)).get("comment", "")
    return Link(place, tail, comment if _TAIL.match(comment) else None)
