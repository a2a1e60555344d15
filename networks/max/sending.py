"""Publishing replies on MAX, changing them, and finding out what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from ..errors import Consequence, NetworkError
from ..values import Item, Outgoing, Published, Sent, Standing
from . import ids
from .api import part
from .comments import PASSED_OVER
from .items import (
    Malformed,
    integer,
    mapping,
    mapping_or_empty,
    mappings,
    mid_of,
    stamp,
    string,
)
from .uploads import Uploads

#: seconds our clock and MAX's may differ when looking for what we sent
CLOCK_TOLERANCE = timedelta(minutes=2)
PAGE = 100


class Sending(Uploads):
    """The writing half of the client, with its read-back.

    MAX has no keys against repeated messages: after an unclear outcome only reading
    back tells whether the reply stands.
    """

    def abilities(self, kind: str) -> frozenset[str]:
        public = {"fetch"} if kind == "feed" else set()
        return frozenset({"reply", "edit", "delete", "look", *public})

    def send(self, outgoing: Outgoing) -> Sent:
        self.refuse_oversize(outgoing)
        dialogue = ids.parse_dialogue(outgoing.thread_id)
        if dialogue:
            chat = dialogue[0]
            answered = ids.parse_dialogue(outgoing.parent_id)
            raw = self._post_message(outgoing, chat, answered and answered[1])
            return Sent(ids.message_id(chat, raw), "")
        place = self._place(outgoing)
        if place.comment:
            return self._send_comment(outgoing, place, place.comment)
        if self._in_channel(place.post):
            return self._send_comment(outgoing, place, None)
        mid = self._post_message(outgoing, self.page, place.post)
        sent = ids.Place(mid)
        return Sent(sent.external_id, ids.post_link(self.page, mid))

    def _send_comment(
        self, outgoing: Outgoing, place: ids.Place, answered: str | None
    ) -> Sent:
        self._refuse_files(outgoing)
        path = f"messages/{part(place.post)}/comments"
        link = {"type": "reply", "mid": answered} if answered else None
        answer = self.call(
            "POST", path, body={"text": outgoing.text, "link": link}, write=True
        )
        mid = self._sent_mid(answer, "POST comments")
        sent = ids.Place(place.post, mid)
        post = ids.post_link(self.page, place.post)
        return Sent(sent.external_id, ids.comment_link(post, mid))

    def _post_message(self, outgoing: Outgoing, chat: int, answered: str | None) -> str:
        """The mid of the message sent."""
        body = self._body(outgoing)
        body["link"] = {"type": "reply", "mid": answered} if answered else None
        try:
            answer = self.call("POST", "messages", {"chat_id": chat}, body, write=True)
        except NetworkError as error:
            if error.consequence is Consequence.CONTENT:
                self.forget(outgoing.attachments)
            raise
        return self._sent_mid(answer, "POST messages")

    def _body(self, outgoing: Outgoing) -> dict:
        files = [self.attachment(file) for file in outgoing.attachments]
        if len(files) > 1 and any(one["type"] == "file" for one in files):
            raise NetworkError(
                "MAX takes a file only alone; several images may go together",
                consequence=Consequence.CONTENT,
                code="file_not_alone",
            )
        return {"text": outgoing.text or None, "attachments": files}

    @staticmethod
    def _refuse_files(outgoing: Outgoing) -> None:
        if outgoing.attachments:
            raise NetworkError(
                "MAX takes no files in comments",
                consequence=Consequence.CONTENT,
                code="files_in_comment",
            )

    @staticmethod
    def _sent_mid(answer: Mapping, method: str) -> str:
        mid = mid_of(answer.get("message"))
        if mid:
            return mid
        raise NetworkError(
            "Accepted, but the answer is not understood",
            consequence=Consequence.UNKNOWN,
            code="malformed",
            method=method,
        )

    @staticmethod
    def _place(outgoing: Outgoing) -> ids.Place:
        target = outgoing.parent_id or outgoing.thread_id
        place = ids.parse_place(target)
        if place is None:
            raise _no_target(target)
        return place

    def _message(self, mid: str) -> Mapping:
        return self.call("GET", f"messages/{part(mid)}")

    def _in_channel(self, mid: str) -> bool:
        """Whether a message of the page is a channel's post and answered by comments,
        or a group's and answered by messages."""
        recipient = mapping_or_empty(self._message(mid).get("recipient"))
        return string(recipient, "chat_type") == "channel"

    # ---------------------------------------------------------- reading back

    def read_back(self, outgoing: Outgoing) -> list[Item]:
        self.know_bot()
        earliest = outgoing.since - CLOCK_TOLERANCE if outgoing.since else None
        dialogue = ids.parse_dialogue(outgoing.thread_id)
        if dialogue:
            found = self._own_messages(dialogue[0], earliest)
        else:
            place = self._place(outgoing)
            found = (
                self._own_comments(place.post, earliest)
                if place.comment or self._in_channel(place.post)
                else self._own_messages(self.page, earliest)
            )
        items = {
            item.external_id: item
            for item in found
            if item.own
            and item.parent_id == (outgoing.parent_id or item.parent_id)
            and (earliest is None or item.posted_at >= earliest)
        }
        return sorted(items.values(), key=lambda item: item.posted_at)

    def _own_comments(self, post: str, earliest: datetime | None) -> Iterator[Item]:
        """What the page wrote under a post; a page of comments may be any part of
        the period (see :mod:`.comments`), so both sides of a full one are read."""
        shown = {"mid": post, "url": ids.post_link(self.page, post)}
        windows = [[stamp(earliest) - 1 if earliest else None, None]]
        met: set[str] = set()
        while windows:
            after, before = windows.pop()
            answer = self.call(
                "GET",
                f"messages/{part(post)}/comments",
                {"after": after, "before": before, "count": PAGE},
            )
            objects = mappings(answer.get("messages"))
            items, _broken = self.parse_all(
                objects, lambda raw: self.parser.comment(raw, shown)
            )
            yield from items
            times = [integer(raw, "timestamp", 0) for raw in objects]
            new = set(map(mid_of, objects)) - met
            met |= new
            if len(objects) >= PAGE and new and all(times):
                windows += [[after, min(times) + 1], [max(times) - 1, before]]

    def _own_messages(self, chat: int, earliest: datetime | None) -> Iterator[Item]:
        border = None
        while True:
            answer = self.call(
                "GET", "messages", {"chat_id": chat, "from": border, "count": PAGE}
            )
            objects = mappings(answer.get("messages"))
            items, _broken = self.parse_all(objects, self.parser.message)
            yield from items
            times = [integer(raw, "timestamp", 0) for raw in objects]
            oldest = min((time for time in times if time), default=0)
            done = earliest is None or oldest < stamp(earliest)
            if len(objects) < PAGE or oldest == border or done:
                return
            border = oldest

    # ------------------------------------------------------ what stands there

    def edit(self, published: Published, outgoing: Outgoing) -> None:
        self.refuse_oversize(outgoing)
        place = ids.parse_place(published.external_id)
        if place and place.comment:
            self._refuse_files(outgoing)
            answer = self.call(
                "PUT",
                f"messages/{part(place.post)}/comments",
                {"comment_id": place.comment},
                # Without the link: a changed comment keeps what it answers.
                {"text": outgoing.text},
            )
        else:
            answer = self.call(
                "PUT",
                "messages",
                {"message_id": self._mid(published)},
                self._body(outgoing),
            )
        self.expect_success(answer, "PUT")

    def delete(self, published: Published) -> None:
        place = ids.parse_place(published.external_id)
        try:
            if place and place.comment:
                path = f"messages/{part(place.post)}/comments"
                answer = self.call("DELETE", path, {"comment_id": place.comment})
            else:
                answer = self.call(
                    "DELETE", "messages", {"message_id": self._mid(published)}
                )
            self.expect_success(answer, "DELETE")
        except NetworkError as error:
            # MAX may refuse to delete what is not there, in whatever words.
            if error.consequence is Consequence.GONE:
                return
            if error.consequence is not Consequence.PERMISSION:
                raise
            if self._standing(published).state != "gone":
                raise

    def look(self, published: Iterable[Published]) -> list[Standing]:
        return [self._standing(one) for one in published]

    def _standing(self, published: Published) -> Standing:
        name = published.external_id
        place = ids.parse_place(name)
        try:
            if place and place.comment:
                raw = self.call(
                    "GET",
                    f"messages/{part(place.post)}/comments/{part(place.comment)}",
                )
            else:
                raw = self._message(self._mid(published))
            body = mapping(raw.get("body"), "body")
        except Malformed:
            return Standing(name, "unknown")
        except NetworkError as error:
            if error.consequence not in PASSED_OVER:
                raise
            gone = error.consequence is Consequence.GONE
            return Standing(name, "gone" if gone else "unknown")
        return Standing(name, "there", string(body, "text"))

    @staticmethod
    def _mid(published: Published) -> str:
        dialogue = ids.parse_dialogue(published.external_id)
        place = ids.parse_place(published.external_id)
        mid = dialogue[1] if dialogue else place and place.post
        if mid:
            return mid
        raise _no_target(published.external_id)


def _no_target(external_id: str) -> NetworkError:
    return NetworkError(
        f"Nothing on MAX is called {external_id!r}",
        consequence=Consequence.GONE,
        code="no_target",
    )
