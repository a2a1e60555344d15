"""The values that networks, the store and the outbox exchange.

Conventions of the whole package: every instant is an aware ``datetime`` in UTC,
every duration is in seconds, every external id is a string that is unique within
an account and the same whichever way an item reached us (events, full comparison,
the answer to our own sending).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Attachment:
    """Something attached to an item; ``url`` is empty where the network gives none.

    ``kind``: photo, video, doc, audio, voice, link, sticker, graffiti, place (then
    ``name`` is "latitude longitude") or the network's own word. ``size`` in bytes.
    """

    kind: str
    url: str = ""
    external_id: str = ""
    name: str = ""
    size: int | None = None


@dataclass(frozen=True)
class Author:
    """A person or community as the network shows it."""

    external_id: str
    name: str
    url: str = ""
    avatar_url: str = ""
    is_community: bool = False


@dataclass(frozen=True)
class Item:
    """One message on the network, in its present state.

    :param item_type: post, suggested_post (not published yet), repost, comment,
        board_comment, photo_comment, video_comment, mention (a post or comment
        elsewhere that names the page) or message.
    :param kind: ``feed`` (public) or ``private``.
    :param root_id: what the conversation hangs on: the post, topic, photo or video;
        for a private message the dialogue.
    :param thread_id: the conversation a follow-up belongs to: for a comment its
        top-level comment, for a post the post itself, for a private message the
        dialogue. Empty where the network does not say (a deletion event); an item
        already stored keeps its own.
    :param parent_id: the item this one answers, None for a post.
    :param author_id: external id of the author, empty for a deleted item.
    :param own: written by the page itself.
    :param change: ``new``, ``edit`` (the present state of an item stored before;
        it may be unchanged), ``delete``, ``restore``.
    :param present: a ``new`` item that was read just now, so that this is its present
        state even where it is stored already. An event tells what was written first.
    :param raw: the network's own object, JSON-able.
    """

    external_id: str
    item_type: str
    kind: str
    root_id: str
    thread_id: str
    parent_id: str | None
    author_id: str
    text: str
    posted_at: datetime
    edited_at: datetime | None = None
    deleted: bool = False
    own: bool = False
    permalink: str = ""
    attachments: tuple[Attachment, ...] = ()
    raw: Mapping = field(default_factory=dict, compare=False)
    change: str = "new"
    present: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Verdict:
    """The outcome of checking one capability; ``code`` is a stable key.

    ``subject``: what was checked (community_token, rights, long_poll, service_key,
    user_token, callback, private_messages, or a part of the page). ``detail``:
    English or the network's words, no secrets.
    """

    ok: bool
    subject: str
    code: str
    detail: str = ""


@dataclass(frozen=True)
class Batch:
    """A piece of reading to be stored in one transaction with its cursor.

    ``cursor`` covers exactly this batch and those before it, so whoever stores both
    together loses nothing to a crash.

    :param author_ids: authors seen in the items, without the page itself.
    :param remaining_hint: about how many more calls the reading needs; 0 means it
        is complete. The last batch of a generator that stopped early says more
        than 0, and ``retry_after`` when to call again.
    :param broken: (raw object, what was wrong) of objects that could not be
        understood; they never stop the others.
    :param problems: parts that were left out (for example private messages without
        the right to read them), as verdicts with ``ok=False``.
    """

    items: tuple[Item, ...]
    author_ids: frozenset[str]
    cursor: dict
    remaining_hint: int = 0
    retry_after: float | None = None
    broken: tuple[tuple[object, str], ...] = ()
    problems: tuple[Verdict, ...] = ()


@dataclass(frozen=True)
class Upload:
    """A file to publish with a reply."""

    name: str
    content: bytes = field(repr=False)
    content_type: str = "application/octet-stream"


@dataclass(frozen=True)
class Outgoing:
    """A reply to publish.

    :param kind: ``feed`` or ``private``, as on the item answered.
    :param thread_id: ``thread_id`` of the item answered.
    :param parent_id: ``external_id`` of the item answered.
    :param idempotency_key: made once with the outbox row, reused on every try.
    :param since: UTC instant of the first try, for reading back.
    """

    kind: str
    thread_id: str
    parent_id: str | None
    text: str
    idempotency_key: str
    attachments: tuple[Upload, ...] = ()
    since: datetime | None = None


@dataclass(frozen=True)
class Sent:
    """What the network made of an :class:`Outgoing`."""

    external_id: str
    permalink: str


@dataclass(frozen=True)
class Published:
    """Something of ours that stands on the network, by what was stored of it.

    The names mean what they mean on :class:`Item`.
    """

    external_id: str
    kind: str
    root_id: str
    thread_id: str
    parent_id: str | None


@dataclass(frozen=True)
class Standing:
    """What became of something published: ``there`` with its present ``text``,
    ``gone`` (deleted or hidden from readers), or ``unknown`` where the network does
    not tell."""

    external_id: str
    state: str
    text: str = ""


@dataclass(frozen=True)
class Delivery:
    """A call of the network at our address, its sender proved, its envelope read.

    :param answer: what the network must be answered, to the letter.
    :param payload: what is kept and later given to :meth:`NetworkClient.events`,
        JSON-able; None where there is nothing to keep, as in a confirmation.
    :param key: the event's identity, the same when it is delivered again; empty
        where the network gives none, then an equal payload is the same event.
    """

    answer: str
    payload: object = None
    key: str = ""
    content_type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Limits:
    """``text_length`` in the characters that :meth:`NetworkClient.length` counts."""

    text_length: int
    attachments: int
    #: largest file in bytes
    attachment_bytes: int | None = None
    #: beginnings of the content types that are taken
    attachment_types: tuple[str, ...] | None = None

    def refused(self, size: int, content_type: str) -> str | None:
        """Why a file of ``size`` bytes is not taken: ``empty``, ``too_large``,
        ``type``; None for one that is."""
        if not size:
            return "empty"
        if self.attachment_bytes and size > self.attachment_bytes:
            return "too_large"
        types = self.attachment_types
        return None if types is None or content_type.startswith(types) else "type"


@dataclass(frozen=True)
class SecretName:
    """A secret of a network: its key, whether polling needs it, what it is for."""

    name: str
    required: bool
    purpose: str


class Stored(Protocol):
    """What is stored of a page, for whoever compares it with its network."""

    def known(self, external_ids: list[str]) -> Mapping[str, bool]:
        """Those of the ids that are stored, and whether they count as deleted."""

    def live(
        self, item_type: str, since: datetime, root_id: str | None = None
    ) -> Iterable[str]:
        """Ids of what citizens wrote since then and has not been deleted, of one
        type of items, and of one root if it is named."""

    def roots(self, item_type: str, since: datetime) -> Iterable[str]:
        """``root_id`` of what :meth:`live` tells, each once."""
