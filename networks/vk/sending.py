"""Publishing replies on VK, and finding out afterwards whether they arrived."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import timedelta

from ..base import Consequence, Item, NetworkError, Outgoing, Sent, Upload
from . import ids
from .api import COMMUNITY, SERVICE, VKApi, joined, mapping_or_empty
from .items import Malformed, integer, mapping, mappings, string

#: seconds our clock and VK's may differ when looking for what we sent
CLOCK_TOLERANCE = timedelta(minutes=2)


class Sending(VKApi):
    """The writing half of the client, with its read-back."""

    def send(self, outgoing: Outgoing) -> Sent:
        self.refuse_oversize(outgoing)
        if outgoing.kind == "private":
            return self._send_message(outgoing)
        return self._send_comment(outgoing)

    def _send_comment(self, outgoing: Outgoing) -> Sent:
        place = self._target(outgoing)
        if place.kind != "wall":
            raise NetworkError(
                "VK lets a community token answer on the wall only",
                consequence=Consequence.PERMISSION,
                code="not_on_wall",
            )
        files = [self._upload_for_wall(file) for file in outgoing.attachments]
        answer = self.call(
            "wall.createComment",
            COMMUNITY,
            write=True,
            owner_id=place.owner,
            post_id=place.object,
            from_group=self.group,
            message=outgoing.text or None,
            reply_to_comment=place.comment,
            attachments=joined(files) or None,
            guid=outgoing.idempotency_key,
        )
        try:
            number = integer(mapping(answer, "response"), "comment_id")
        except Malformed as error:
            raise self._unclear("wall.createComment", error) from None
        sent = ids.Place("wall", place.owner, place.object, number)
        thread = ids.parse_place(outgoing.thread_id)
        top = (thread.comment if thread else None) or place.comment
        return Sent(sent.external_id, sent.link(top))

    def _send_message(self, outgoing: Outgoing) -> Sent:
        peer = self._peer(outgoing)
        files = [self._upload_for_peer(file, peer) for file in outgoing.attachments]
        answer = self.call(
            "messages.send",
            COMMUNITY,
            write=True,
            peer_id=peer,
            group_id=self.group,
            random_id=random_id(outgoing.idempotency_key),
            message=outgoing.text or None,
            attachment=joined(files) or None,
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
                raise self._error(answer["error"], "messages.send", COMMUNITY)
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
            raise _no_target(outgoing)
        return place

    def _peer(self, outgoing: Outgoing) -> int:
        peer = ids.parse_peer(outgoing.thread_id)
        if peer is None:
            raise _no_target(outgoing)
        return peer

    def _upload_for_wall(self, file: Upload) -> str:
        # A community token may not upload photos to a wall; a document with a
        # picture is shown in the comment as a picture.
        where = self.call("docs.getWallUploadServer", COMMUNITY, group_id=self.group)
        return self._upload_document(where, file)

    def _upload_for_peer(self, file: Upload, peer: int) -> str:
        if not file.content_type.startswith("image/"):
            where = self.call(
                "docs.getMessagesUploadServer", COMMUNITY, peer_id=peer, type="doc"
            )
            return self._upload_document(where, file)
        where = self.call("photos.getMessagesUploadServer", COMMUNITY, peer_id=peer)
        given = self._upload(where, "photo", file)
        saved = self.call(
            "photos.saveMessagesPhoto",
            COMMUNITY,
            photo=string(given, "photo"),
            server=given.get("server"),
            hash=string(given, "hash"),
        )
        return _attachable("photo", (mappings(saved) or [{}])[0])

    def _upload_document(self, where: object, file: Upload) -> str:
        given = self._upload(where, "file", file)
        saved = self.call(
            "docs.save", COMMUNITY, file=string(given, "file"), title=file.name
        )
        saved = saved.get("doc") if isinstance(saved, Mapping) else None
        return _attachable("doc", saved if isinstance(saved, Mapping) else {})

    def _upload(self, where: object, field: str, file: Upload) -> Mapping:
        url = string(where, "upload_url") if isinstance(where, Mapping) else ""
        given = self.transport.upload(
            url, field, file.name, file.content, file.content_type, method="upload"
        )
        if isinstance(given, Mapping) and given.get(field):
            return given
        raise NetworkError(
            f"VK did not take the file {file.name}",
            consequence=Consequence.CONTENT,
            code="upload_refused",
        )

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

    def _own_comments(self, outgoing: Outgoing, _earliest) -> Iterator[Item]:
        place = self._target(outgoing)
        thread = ids.parse_place(outgoing.thread_id)
        top = (thread.comment if thread else None) or place.comment
        offset = 0
        while True:
            answer = self.call(
                "wall.getComments",
                SERVICE,
                **self.comments_request(place, offset, top),
            )
            objects = mappings(mapping_or_empty(answer).get("items"))
            items, _broken = self.parse_all(
                objects, lambda raw: self.parser.comment(raw, on=place, top=top)
            )
            for item in items:
                # VK may leave out which comment of the thread was answered.
                unsaid = place.comment and not item.raw.get("reply_to_comment")
                if item.parent_id == place.external_id or unsaid:
                    yield item
            offset += len(objects)
            if not objects:
                return

    def _own_messages(self, outgoing: Outgoing, earliest) -> list[Item]:
        peer = self._peer(outgoing)
        ours = random_id(outgoing.idempotency_key)
        found: list[Item] = []
        offset = 0
        while True:
            answer = self.call(
                "messages.getHistory", COMMUNITY, **self.history_request(peer, offset)
            )
            objects = mappings(mapping_or_empty(answer).get("items"))
            items, _broken = self.parse_all(objects, self.parser.message)
            found += items
            offset += len(objects)
            oldest = min((item.posted_at for item in items), default=None)
            if not objects or (earliest and oldest and oldest < earliest):
                break
        # VK repeats the number we gave: the same one proves the message to be this
        # one, another one proves it to be another.
        numbers = {id(item): integer(item.raw, "random_id", 0) for item in found}
        same = [item for item in found if numbers[id(item)] == ours]
        return same or [item for item in reversed(found) if not numbers[id(item)]]


def random_id(idempotency_key: str) -> int:
    """VK's 32 bit number against repeated messages, the same for the same key."""
    digest = hashlib.sha256(idempotency_key.encode()).digest()
    return int.from_bytes(digest[:4], "big") % (2**31 - 1) + 1


def _no_target(outgoing: Outgoing) -> NetworkError:
    return NetworkError(
        f"Nothing on VK is called {outgoing.parent_id or outgoing.thread_id!r}",
        consequence=Consequence.GONE,
        code="no_target",
    )


def _attachable(kind: str, saved: Mapping) -> str:
    """How a saved file is named in ``attachments``."""
    try:
        name = f"{kind}{integer(saved, 'owner_id')}_{integer(saved, 'id')}"
    except Malformed:
        raise NetworkError(
            "VK did not save the file",
            consequence=Consequence.CONTENT,
            code="upload_refused",
        ) from None
    key = string(saved, "access_key")
    return f"{name}_{key}" if key else name
