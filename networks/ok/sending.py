"""Publishing on Odnoklassniki, and finding out afterwards whether it arrived."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from ..errors import Consequence, NetworkError
from ..values import Item, Outgoing, Published, Sent, Upload
from . import ids
from .api import OKApi
from .items import Malformed, mapping_or_empty, mappings, string

#: our clock and the network's may differ that much when looking for what we sent
CLOCK_TOLERANCE = timedelta(minutes=2)
#: how far up a chain of answers a thread's beginning is looked for
MAX_CHAIN = 5


class Sending(OKApi):
    """The writing half of the client, with its read-back.

    Odnoklassniki has no key against doing a thing twice: whatever is unclear after a
    call has to be read back.
    """

    def send(self, outgoing: Outgoing) -> Sent:
        self.refuse_oversize(outgoing)
        if outgoing.kind == "private":
            return self._send_message(outgoing)
        return self._send_comment(outgoing)

    def _send_comment(self, outgoing: Outgoing) -> Sent:
        place = self._target(outgoing)
        answer = self.call(
            "discussions.addDiscussionComment",
            write=True,
            entityId=place.object,
            entityType=place.kind,
            comment=outgoing.text,
            reply_to_comment_id=place.comment,
            as_admin="true",
        )
        name = _comment_name(answer)
        if not name:
            raise _unclear("discussions.addDiscussionComment")
        sent = ids.Place(place.kind, place.object, name)
        return Sent(sent.external_id, sent.link(self.group))

    def _send_message(self, outgoing: Outgoing) -> Sent:
        chat = self._chat(outgoing)
        message: dict = {"text": outgoing.text} if outgoing.text else {}
        files = [self._upload(file) for file in outgoing.attachments]
        if files:
            message["attachments"] = files
        path = f"me/messages/{chat}"
        payload = {"recipient": {"chat_id": chat}, "message": message}
        answer = self.graph_post(path, payload, write=True)
        if answer.get("success") is False:
            raise NetworkError(
                "Odnoklassniki did not send the message",
                consequence=Consequence.PERMISSION,
                code="not_sent",
                method=path,
            )
        told = mapping_or_empty(answer.get("message"))
        mid = string(answer, "message_id") or string(answer, "mid")
        mid = mid or string(told, "mid")
        if not mid:
            raise _unclear(path)
        return Sent(ids.message_id(chat, mid), ids.message_link(self.group, chat, mid))

    def _upload(self, file: Upload) -> dict:
        """The attachment that a picture becomes."""
        where = self.graph("me/fileUploadUrl", type="IMAGE")
        given = self.transport.upload(
            string(where, "url"),
            "file",
            file.name,
            file.content,
            file.content_type,
            method="upload",
        )
        photos = mapping_or_empty(mapping_or_empty(given).get("photos"))
        token = next(
            (string(one, "token") for one in photos.values() if _is_mapping(one)), ""
        )
        if not token:
            raise NetworkError(
                f"Odnoklassniki did not take the file {file.name}",
                consequence=Consequence.CONTENT,
                code="upload_refused",
            )
        return {"type": "IMAGE", "payload": {"token": token}}

    def _target(self, outgoing: Outgoing) -> ids.Place:
        place = ids.parse_place(outgoing.parent_id or outgoing.thread_id)
        if place is None:
            raise _no_target(outgoing.parent_id or outgoing.thread_id)
        return place

    def _chat(self, outgoing: Outgoing) -> str:
        chat = ids.parse_chat(outgoing.thread_id) or ids.parse_chat(outgoing.parent_id)
        if chat is None:
            raise _no_target(outgoing.thread_id)
        return chat

    # --------------------------------------------------- changing, withdrawing

    def edit(self, published: Published, outgoing: Outgoing) -> None:
        self.refuse_oversize(outgoing)
        self.call(
            "discussions.editDiscussionComment",
            **self._own_comment(published, "edit"),
            comment=outgoing.text,
        )

    def delete(self, published: Published) -> None:
        try:
            self.call(
                "discussions.deleteDiscussionComment",
                **self._own_comment(published, "delete"),
            )
        except NetworkError as error:
            if error.consequence is not Consequence.GONE:
                raise

    def _own_comment(self, published: Published, ability: str) -> dict:
        if published.kind == "private":
            raise self._not_offered(ability)
        place = ids.parse_place(published.external_id)
        if place is None or not place.comment:
            raise _no_target(published.external_id)
        return {
            "discussionId": place.object,
            "discussionType": place.kind,
            "comment_id": place.comment,
        }

    # ------------------------------------------------------------ reading back

    def read_back(self, outgoing: Outgoing) -> list[Item]:
        earliest = outgoing.since - CLOCK_TOLERANCE if outgoing.since else None
        if outgoing.kind == "private":
            found = self.chat_items(self._chat(outgoing), earliest)
        else:
            found = self._own_comments(outgoing, earliest)
        items = {
            item.external_id: item
            for item in found
            if item.own
            and not item.deleted
            and (earliest is None or item.posted_at >= earliest)
        }
        return sorted(items.values(), key=lambda item: item.posted_at)

    def _own_comments(
        self, outgoing: Outgoing, earliest: datetime | None
    ) -> Iterator[Item]:
        place = self._target(outgoing)
        thread = ids.parse_place(outgoing.thread_id)
        top = (thread.comment if thread else None) or place.comment
        anchor = None
        while True:
            answer = mapping_or_empty(
                self.call(
                    "discussions.getComments",
                    **self.comments_page(place.kind, place.object, anchor),
                )
            )
            objects = mappings(answer.get("comments"))
            items, _broken = self.parse_all(
                objects, lambda raw: self.parser.comment(raw, place, top)
            )
            yield from (one for one in items if one.parent_id == place.external_id)
            oldest = min((item.posted_at for item in items), default=None)
            anchor = next_anchor(answer, anchor)
            if not (objects and anchor) or _before(oldest, earliest):
                return

    def chat_items(self, chat: str, earliest: datetime | None = None) -> list[Item]:
        """The latest messages of a chat, oldest first: one page, or as many as it
        takes to reach ``earliest``."""
        found: dict[str, Item] = {}
        before: int | None = None
        while True:
            answer = self.graph(f"me/messages/{chat}", **history_page(before))
            items, _broken = self.parse_all(
                mappings(answer.get("messages")), self.parser.message
            )
            fresh = [item for item in items if item.external_id not in found]
            found.update((item.external_id, item) for item in fresh)
            oldest = min((item.posted_at for item in fresh), default=None)
            if oldest is None or earliest is None or _before(oldest, earliest):
                return sorted(found.values(), key=lambda item: item.posted_at)
            before = oldest_stamp(answer)

    # ------------------------------------------------- one comment, its thread

    def comment_item(self, raw: Mapping, place: ids.Place) -> Item | None:
        """A single comment, its thread asked for where it answers another one."""
        top = self.top_of(place, string(raw, "reply_to_comment_id"), {})
        return self.parsed(lambda: self.parser.comment(raw, place, top))

    @staticmethod
    def parsed(parse: Callable[[], Item | None]) -> Item | None:
        try:
            return parse()
        except Malformed as error:
            raise NetworkError(
                f"The answer is not understood: {error}",
                consequence=Consequence.RETRY,
                code="malformed",
            ) from None

    def top_of(
        self, place: ids.Place, answered: str, parents: dict[str, str], read=None
    ) -> str | None:
        """The comment that the thread of ``answered`` began with.

        :param parents: what is known: comment -> the one it answers, or empty;
            added to. What is not known is asked for, comment by comment.
        :param read: how to ask, :meth:`call` by default.
        """
        top = answered
        for _step in range(MAX_CHAIN):
            if not top:
                return None
            if top not in parents:
                parents[top] = self._answered_by(place, top, read or self.call)
            if not parents[top]:
                return top
            top = parents[top]
        return top

    def _answered_by(self, place: ids.Place, comment: str, read) -> str:
        try:
            answer = read(
                "discussions.getComment",
                discussionId=place.object,
                discussionType=place.kind,
                comment_id=comment,
            )
        except NetworkError as error:
            # The thread begins where the network shows nothing above.
            if error.consequence not in (Consequence.GONE, Consequence.PERMISSION):
                raise
            return ""
        answer = mapping_or_empty(answer)
        raw = mapping_or_empty(answer.get("comment")) or answer
        return string(raw, "reply_to_comment_id")


def history_page(before: int | None) -> dict:
    """Parameters for a page of messages, newest first, up to a time in ms."""
    page = {"count": 100}
    return page if before is None else {**page, "from": before}


def oldest_stamp(answer: Mapping) -> int | None:
    """Time of the oldest message of a page, in ms."""
    stamps = [one.get("timestamp") for one in mappings(answer.get("messages"))]
    return min((one for one in stamps if isinstance(one, int)), default=None)


def next_anchor(answer: Mapping, present: str | None) -> str | None:
    """Where the next page begins; None where there is none."""
    anchor = string(answer, "anchor")
    if not anchor or anchor == present or answer.get("has_more") is False:
        return None
    return anchor


def _before(oldest: datetime | None, earliest: datetime | None) -> bool:
    return oldest is not None and earliest is not None and oldest < earliest


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping)


def _comment_name(answer: object) -> str:
    """The id of a new comment, which comes alone or within the comment."""
    if isinstance(answer, str):
        return answer
    answer = mapping_or_empty(answer)
    inner = mapping_or_empty(answer.get("comment"))
    return string(inner, "id") or string(answer, "comment_id") or string(answer, "id")


def _unclear(method: str) -> NetworkError:
    return NetworkError(
        "Accepted, but the answer names no message",
        consequence=Consequence.UNKNOWN,
        code="malformed",
        method=method,
    )


def _no_target(name: str | None) -> NetworkError:
    return NetworkError(
        f"Nothing on Odnoklassniki is called {name!r}",
        consequence=Consequence.GONE,
        code="no_target",
    )
