"""External ids and links of VKontakte.

==================  ==========================  ======================================
what                external id                 link
==================  ==========================  ======================================
wall post           ``wall-1_10``               ``vk.com/wall-1_10``
wall comment        ``wall-1_10_r12``           ``vk.com/wall-1_10?reply=12&thread=11``
board comment       ``topic-1_30_r5``           ``vk.com/topic-1_30?post=5``
photo comment       ``photo-1_20_r5``           ``vk.com/photo-1_20?reply=5``
video comment       ``video-1_40_r5``           ``vk.com/video-1_40?reply=5``
dialogue            ``im7``                     ``vk.com/gim1/convo/7``
private message     ``im7_42``                  ``vk.com/gim1/convo/7?cmid=3``
==================  ==========================  ======================================

The first number is the owner (negative: a community), the second the post, topic,
photo or video. Comment ids are unique under their owner; the post is part of the id
because nothing can be answered without it.

A private message is known by the id that ``messages.send`` returns and every reading
repeats. In a chat of several people VK gives communities no such id (it is 0); there
the number within the conversation takes its place: ``im2000000001_c3``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from ..links import split_link

#: web parameter that names a comment, by the kind of what it hangs on
_COMMENT_PARAMETER = {"wall": "reply", "topic": "post"}

#: a number as VK has them; a longer row of digits names nothing
_N = "([0-9]{1,18})(?![0-9])"
_EXTERNAL = re.compile(rf"(wall|topic|photo|video)(-?{_N})_{_N}(?:_r{_N})?")
_DIALOGUE = re.compile(rf"im(-?{_N})(?:_(c?{_N}))?")
_OBJECT = re.compile(rf"(wall|topic|photo|video|clip)(-?{_N})_{_N}(?:_r{_N})?")
_THREAD = re.compile(rf"[?&]thread={_N}")
_CONVERSATION = re.compile(rf"gim{_N}(?:/convo/(-?{_N}))?")


@dataclass(frozen=True)
class Place:
    """An object on VK, and the comment under it if ``comment`` is set."""

    kind: str
    owner: int
    object: int
    comment: int | None = None

    @property
    def root_id(self) -> str:
        return f"{self.kind}{self.owner}_{self.object}"

    @property
    def external_id(self) -> str:
        return self.under(self.comment) if self.comment else self.root_id

    def under(self, comment: int) -> str:
        """External id of a comment under the same object."""
        return f"{self.root_id}_r{comment}"

    def link(self, thread: int | None = None) -> str:
        """Address in a browser; ``thread``: the top-level comment, if another."""
        address = f"https://vk.com/{self.root_id}"
        if not self.comment:
            return address
        address += f"?{_COMMENT_PARAMETER.get(self.kind, 'reply')}={self.comment}"
        if thread and thread != self.comment and self.kind != "topic":
            address += f"&thread={thread}"
        return address


def parse_place(external_id: str | None) -> Place | None:
    """The place an external id of a public item names, or None."""
    match = _EXTERNAL.fullmatch(external_id or "")
    if not match:
        return None
    kind, owner, _digits, number, comment = match.groups()
    return Place(kind, int(owner), int(number), int(comment) if comment else None)


def parse_peer(external_id: str | None) -> int | None:
    """The peer of a dialogue or private message, or None."""
    match = _DIALOGUE.fullmatch(external_id or "")
    return int(match[1]) if match else None


def parse_message(external_id: str | None) -> tuple[int, int, int] | None:
    """(peer, id, 0) or (peer, 0, number within the conversation), or None."""
    match = _DIALOGUE.fullmatch(external_id or "")
    if not match or not match[3]:
        return None
    peer, number = int(match[1]), match[3]
    if number.startswith("c"):
        return peer, 0, int(number[1:])
    return peer, int(number), 0


def dialogue_id(peer: int) -> str:
    return f"im{peer}"


def message_id(peer: int, number: int, conversation_number: int) -> str:
    return f"im{peer}_{number}" if number else f"im{peer}_c{conversation_number}"


def message_link(group: int, peer: int, conversation_number: int | None) -> str:
    address = f"https://vk.com/gim{group}/convo/{peer}"
    return f"{address}?cmid={conversation_number}" if conversation_number else address


def link_key(url: str) -> str | None:
    """``vk:<external id>`` for every spelling of a link to a known kind of object.

    A key of a private message carries the community and the number within the
    conversation (``vk:gim1_7_c3``), since that is what the browser shows.
    """
    parts = split_link(url)
    if not parts:
        return None
    query = {
        name.lower(): value for name, value in parse_qsl(unquote(parts.query.lower()))
    }
    path = unquote(parts.path).lower().strip("/")
    conversation = _CONVERSATION.fullmatch(path)
    if conversation:
        return _conversation_key(conversation, query)
    # An overlay (``vk.com/feed?w=wall-1_2_r3``, ``?z=photo-1_2/wall-1_5``) shows
    # something else than the page below it, so it goes first.
    shown = query.get("w") or query.get("z") or path
    match = _OBJECT.match(shown)
    if not match:
        return None
    kind, owner, _digits, number, comment = match.groups()
    kind = "video" if kind == "clip" else kind
    # ``?w=wall-1_2_r3`` may carry the comment inside the value, after a second "?".
    inner = dict(parse_qsl(shown.partition("?")[2]))
    for source in (inner, query):
        given = source.get(_COMMENT_PARAMETER.get(kind, "reply"), "")
        comment = comment or (given if _is_number(given) else None)
    place = Place(kind, int(owner), int(number), int(comment) if comment else None)
    return f"vk:{place.external_id}"


def thread_of_link(url: str) -> int | None:
    """The top-level comment that a link to an answer within a thread names."""
    match = _THREAD.search(unquote(url))
    return int(match[1]) if match else None


def _conversation_key(match: re.Match, query: dict) -> str | None:
    group, peer, _digits = match.groups()
    peer = peer or query.get("sel", "")
    if not _is_number(peer.removeprefix("-")):
        return None
    key = f"vk:gim{group}_{peer}"
    if _is_number(query.get("cmid", "")):
        return f"{key}_c{query['cmid']}"
    if _is_number(query.get("msgid", "")):
        return f"{key}_{query['msgid']}"
    return key


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(_N, text))
