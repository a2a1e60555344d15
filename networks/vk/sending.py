"""Publishing replies on VK, and finding out afterwards whether they arrived.

What VK lets which token do:

===================== ==================================== ===========
answer                method                               token
===================== ==================================== ===========
on our wall           ``wall.createComment``               community
on another wall       ``wall.createComment``               user
in a topic            ``board.createComment``              user
on a photo            ``photos.createComment``             user
on a video            ``video.createComment``              user
private message       ``messages.send``                    community
===================== ==================================== ===========

All go out in the name of the community; where VK does not let it speak on another
wall, it says so, and nothing is published in the name of the person whose token it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta

from ..errors import Consequence, NetworkError
from ..values import Item, Outgoing, Sent
from . import ids
from .api import COMMUNITY, USER
from .comments import MAX_PAGES, THREADED, Comments, fingerprint, thread_top
from .raw import Malformed, integer, mapping, mapping_or_empty, rows
from .uploading import Uploading

#: seconds our clock and VK's may differ when looking for what we sent
CLOCK_TOLERANCE = timedelta(minutes=2)


class Sending(Uploading, Comments):
    """The writing half of the client, with its read-back."""

    def send(self, outgoing: Outgoing) -> Sent:
        self.refuse_oversize(outgoing)
        if outgoing.kind == "private":
            return self._send_message(outgoing)
        return self._send_comment(outgoing)

    def _send_comment(self, outgoing: Outgoing) -> Sent:
        place = self._target(outgoing)
        method, token, where = self._comment_call(place)
        # Asked before anything is uploaded.
        self.need(token, method)
        answer = self.call(
            method,
            token,
            write=True,
            **where,
            message=outgoing.text or None,
            attachments=self.upload_for_comment(outgoing.attachments, token) or None,
            guid=outgoing.idempotency_key,
        )
        try:
            if place.kind == "wall":
                number = integer(mapping(answer, "response"), "comment_id")
            else:
                number = integer({"response": answer}, "response")
        except Malformed as error:
            raise self._unclear(method, error) from None
        sent = ids.Place(place.kind, place.owner, place.object, number)
        top = thread_top(outgoing.thread_id) or place.comment
        if place.kind not in THREADED:
            top = None
        return Sent(sent.external_id, sent.link(top))

    def _comment_call(self, place: ids.Place) -> tuple[str, str, dict]:
        """Method, token and the parameters that say where and as whom."""
        if place.kind == "topic":
            return (
                "board.createComment",
                USER,
                {
                    "group_id": abs(place.owner),
                    "topic_id": place.object,
                    "from_group": 1,
                },
            )
        where = {"owner_id": place.owner, "reply_to_comment": place.comment}
        if place.kind == "wall":
            token = COMMUNITY if place.owner == self.owner else USER
            where |= {"post_id": place.object, "from_group": self.group}
            return "wall.createComment", token, where
        where["from_group"] = 1
        if place.kind == "photo":
            return "photos.createComment", USER, {**where, "photo_id": place.object}
        return "video.createComment", USER, {**where, "video_id": place.object}

    def _send_message(self, outgoing: Outgoing) -> Sent:
        peer = self._peer(outgoing)
        answer = self.call(
            "messages.send",
            COMMUNITY,
            write=True,
            peer_id=peer,
            group_id=self.group,
            random_id=random_id(outgoing.idempotency_key),
            message=outgoing.text or None,
            attachment=self.upload_for_peer(outgoing.attachments, peer) or None,
        )
        try:
            number, position = self._sent_message(answer)
        except Malformed as error:
            raise self._unclear("messages.send", error) from None
        return Sent(
            ids.message_id(peer, number, position),
            ids.message_link(self.group, peer, position),
        )

    def _sent_message(self, answer: object) -> tuple[int, int]:
        """(message id, conversation number) out of both forms of the answer."""
        if isinstance(answer, list):
            answer = mapping(answer[0] if answer else None, "response")
            if answer.get("error"):
                raise self._error(answer["error"], "messages.send", COMMUNITY, True)
            position = integer(answer, "conversation_message_id", 0)
            return integer(answer, "message_id"), position
        return integer({"message_id": answer}, "message_id"), 0

    @staticmethod
    def _unclear(method: str, error: Malformed) -> NetworkError:
        return NetworkError(
            f"Accepted, but the answer is not understood: {error}",
            consequence=Consequence.UNKNOWN,
            code="malformed",
            method=method,
        )

    def _target(self, outgoing: Outgoing) -> ids.Place:
        place = ids.parse_place(outgoing.parent_id or outgoing.thread_id)
        if place is None:
            raise no_target(outgoing.parent_id or outgoing.thread_id)
        return place

    def _peer(self, outgoing: Outgoing) -> int:
        peer = ids.parse_peer(outgoing.thread_id)
        if peer is None:
            raise no_target(outgoing.parent_id or outgoing.thread_id)
        return peer

    # ---------------------------------------------------------- reading back

    def read_back(self, outgoing: Outgoing) -> list[Item]:
        private = outgoing.kind == "private"
        found = self._own_messages if private else self._own_comments
        earliest = outgoing.since - CLOCK_TOLERANCE if outgoing.since else None
        items = {
            item.external_id: item
            for item in found(outgoing, earliest)
            if item.own
            and not item.deleted
            and (earliest is None or item.posted_at >= earliest)
        }
        return sorted(items.values(), key=lambda item: item.posted_at)

    def _own_comments(
        self, outgoing: Outgoing, earliest: datetime | None
    ) -> Iterator[Item]:
        place = self._target(outgoing)
        top = thread_top(outgoing.thread_id) or place.comment
        for objects in self.comment_pages(place, top, newest_first=True):
            items, _broken = self.parse_all(
                objects, lambda raw: self.parse_comment(raw, place, top)
            )
            yield from (item for item in items if _may_answer(item, place))
            if earliest and is_descending(items) and items[0].posted_at < earliest:
                return

    def _own_messages(
        self, outgoing: Outgoing, earliest: datetime | None
    ) -> list[Item]:
        peer = self._peer(outgoing)
        ours = random_id(outgoing.idempotency_key)
        found: list[Item] = []
        offset, before = 0, None
        for _page in range(MAX_PAGES):
            answer = self.call(
                "messages.getHistory", COMMUNITY, **self.history_request(peer, offset)
            )
            objects = rows(mapping_or_empty(answer))
            mark = fingerprint(objects)
            if not objects or mark == before:
                break
            items, _broken = self.parse_all(objects, self.parser.message)
            found += items
            offset, before = offset + len(objects), mark
            oldest = min((item.posted_at for item in items), default=None)
            if earliest and oldest and oldest < earliest:
                break
        # VK repeats the number we gave: the same one proves the message to be this
        # one, another one proves it to be another.
        numbers = {id(item): integer(item.raw, "random_id", 0) for item in found}
        same = [item for item in found if numbers[id(item)] == ours]
        return same or [item for item in reversed(found) if not numbers[id(item)]]


def _may_answer(item: Item, place: ids.Place) -> bool:
    """Whether a comment may be an answer to what stands at ``place``."""
    if item.parent_id == place.external_id or place.kind == "topic":
        return True
    # VK may leave out which comment of the thread was answered.
    return bool(place.comment) and not item.raw.get("reply_to_comment")


def is_descending(items: list[Item]) -> bool:
    """Whether a list came newest first, as it was asked for."""
    times = [item.posted_at for item in items]
    return len(times) > 1 and times == sorted(times, reverse=True) != sorted(times)


def random_id(idempotency_key: str) -> int:
    """VK's 32 bit number against repeated messages, the same for the same key."""
    digest = hashlib.sha256(idempotency_key.encode()).digest()
    return int.from_bytes(digest[:4], "big") % (2**31 - 1) + 1


def no_target(external_id: str | None) -> NetworkError:
    return NetworkError(
        f"Nothing on VK is called {external_id!r}",
        consequence=Consequence.GONE,
        code="no_target",
    )
