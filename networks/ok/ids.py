"""External ids and links of Odnoklassniki.

==================  ===============================  ================================
what                external id                      link
==================  ===============================  ================================
topic, photo, ...   ``GROUP_TOPIC:62190``            ``ok.ru/group/55/topic/62190``
comment             ``GROUP_TOPIC:62190:MTM5…``      the same, ``?commentId=MTM5…``
dialogue            ``chat:C3ec``                    ``ok.ru/group/55/messages/C3ec``
private message     ``chat:C3ec/mid:C3ec.15ce``      the same, ``?mid=C3ec.15ce``
==================  ===============================  ================================

Odnoklassniki calls whatever has comments a discussion and names it by the type and
the number of the object. A comment can be neither read nor answered without both,
so they are part of its id. The key of a link leaves the group out, which a browser
may show by its number or by its short name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote

from ..links import split_link

TOPIC = "GROUP_TOPIC"

_DISCUSSION = re.compile(r"^([A-Z][A-Z0-9_]*):([\w-]+)(?::(.+))?$")
_CHAT = re.compile(r"^(chat:[\w.-]+)(?:/(.+))?$")

#: what follows the type in a path, most telling first
_PATHS = (
    (re.compile(r"(?:^|/)topic/(\d+)$"), TOPIC),
    (re.compile(r"^group/\d+/album/\d+/(\d+)$"), "GROUP_PHOTO"),
    (re.compile(r"^group/\d+/photo/(\d+)$"), "GROUP_PHOTO"),
    (re.compile(r"^video/(\d+)$"), "GROUP_MOVIE"),
)
_CONVERSATION = re.compile(r"^group/\d+/messages/([\w.-]+)$")

#: parameters under which pages name a comment
_COMMENT_PARAMETERS = ("commentid", "cmntid", "st.cmntid", "st.commentid")
_OBJECT_PARAMETERS = ("st.discid", "st.themeid", "st.topicid")


@dataclass(frozen=True)
class Place:
    """A discussion, and the comment in it if ``comment`` is set."""

    kind: str
    object: str
    comment: str | None = None

    @property
    def root_id(self) -> str:
        return f"{self.kind}:{self.object}"

    @property
    def external_id(self) -> str:
        return self.under(self.comment) if self.comment else self.root_id

    def under(self, comment: str) -> str:
        """External id of a comment in the same discussion."""
        return f"{self.root_id}:{comment}"

    def link(self, group: str) -> str:
        """Address in a browser."""
        base = f"https://ok.ru/group/{group}"
        if self.kind == TOPIC:
            address = f"{base}/topic/{self.object}"
        elif self.kind == "GROUP_PHOTO":
            address = f"{base}/photo/{self.object}"
        elif self.kind in ("GROUP_MOVIE", "MOVIE"):
            address = f"https://ok.ru/video/{self.object}"
        else:
            address = f"{base}?st.discId={self.object}&st.discType={self.kind}"
        if not self.comment:
            return address
        mark = "&" if "?" in address else "?"
        return f"{address}{mark}commentId={quote(self.comment, safe='')}"


def parse_place(external_id: str | None) -> Place | None:
    """The discussion or comment an external id names, or None."""
    match = _DISCUSSION.match(external_id or "")
    return Place(*match.groups()) if match else None


def parse_chat(external_id: str | None) -> str | None:
    """The dialogue of an external id of a dialogue or private message, or None."""
    match = _CHAT.match(external_id or "")
    return match[1] if match else None


def parse_message(external_id: str | None) -> str | None:
    """The network's own id of a private message, or None."""
    match = _CHAT.match(external_id or "")
    return match[2] if match else None


def message_id(chat: str, mid: str) -> str:
    return f"{chat}/{mid}"


def message_link(group: str, chat: str, mid: str | None = None) -> str:
    address = f"https://ok.ru/group/{group}/messages/{chat.removeprefix('chat:')}"
    return (
        f"{address}?mid={quote(mid.removeprefix('mid:'), safe='')}" if mid else address
    )


def link_key(url: str) -> str | None:
    """``ok:<external id>`` for every spelling of a link to a known kind of object."""
    parts = split_link(url)
    if not parts:
        return None
    # The mobile site puts everything into parameters; some pages put the comment
    # behind the "#".
    given = [
        *parse_qsl(parts.query),
        *parse_qsl(unquote(parts.fragment).replace("#", "&")),
    ]
    query = {name.lower(): value for name, value in reversed(given)}
    path = unquote(parts.path).strip("/")
    conversation = _CONVERSATION.match(path)
    if conversation:
        chat = f"chat:{conversation[1]}"
        mid = query.get("mid")
        return f"ok:{message_id(chat, f'mid:{mid}')}" if mid else f"ok:{chat}"
    found = _object(path, query)
    if not found:
        return None
    comment = next(
        (query[name] for name in _COMMENT_PARAMETERS if query.get(name)), None
    )
    return f"ok:{Place(*found, comment).external_id}"


def _object(path: str, query: dict) -> tuple[str, str] | None:
    """Type and number of the discussion that a page shows, or None."""
    for pattern, kind in _PATHS:
        match = pattern.search(path)
        if match:
            return kind, match[1]
    number = next((query[name] for name in _OBJECT_PARAMETERS if query.get(name)), "")
    if not re.fullmatch(r"[\w-]+", number):
        return None
    kind = query.get("st.disctype") or TOPIC
    return (kind, number) if re.fullmatch(r"[A-Z][A-Z0-9_]*", kind) else None
