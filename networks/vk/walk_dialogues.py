"""Comparing private messages."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..errors import Consequence, NetworkError
from ..values import Batch, Item, Verdict
from . import ids
from .api import COMMUNITY
from .raw import integer, mapping, rows
from .walk_discussions import PASSED_OVER, total

CONVERSATIONS_PAGE = 200
#: VK lets a private message be edited, and deleted for all, for a day
EDITABLE = timedelta(days=2)


class Dialogues:
    """The phase ``messages`` of a walk."""

    def messages(self) -> Batch:
        try:
            if self.at["queue"]:
                return self._history()
            return self._conversations()
        except NetworkError as error:
            if error.consequence is not Consequence.PERMISSION:
                raise
            # A page may keep its private messages to itself; its wall still counts.
            denied = Verdict(
                False, "private_messages", "messages_denied", error.message
            )
            self.leave()
            return self.batch(problems=[denied])

    def _conversations(self) -> Batch:
        answer = self.client.read(
            "messages.getConversations",
            COMMUNITY,
            group_id=self.client.group,
            count=CONVERSATIONS_PAGE,
            offset=self.at["offset"],
        )
        objects = rows(answer)
        self.at["offset"] += len(objects)
        items: list[Item] = []
        broken: list[tuple[object, str]] = []
        recent = False
        for entry in objects:
            found, wrong = self.client.parse_all([entry], self._conversation)
            broken += wrong
            items += found
            # None where it is nobody's message: such a dialogue counts as recent.
            recent = recent or not found or self.in_window(found[0])
        # Sorted by the last message: a page without a recent one is the last.
        offset = self.at["offset"]
        ended = not recent or offset >= total(answer, offset)
        self.at["listed"] = self.repeats(objects) or ended
        if self.at["listed"] and not self.at["queue"]:
            self.finish()
        return self.batch(items, broken)

    def _conversation(self, entry: object) -> Item | None:
        """The last message of a dialogue; notes the dialogue if there is more."""
        entry = mapping(entry, "conversation")
        conversation = mapping(entry.get("conversation"), "conversation")
        peer = integer(mapping(conversation.get("peer"), "peer"), "id")
        message = mapping(entry.get("last_message"), "last_message")
        last = integer(
            conversation,
            "last_conversation_message_id",
            integer(message, "conversation_message_id", 0),
        )
        item = self.client.parser.message(message)
        if item.posted_at < self.since:
            return item
        compared = (self.state.get("chats") or {}).get(str(peer), 0)
        name = str(peer)
        floor = self._again_since(peer)
        look = compared and floor is not None and item.posted_at >= floor
        if last <= compared + 1 and last and not look:
            self.at["counts"][name] = last
        elif name not in self.at["counts"] and [name, last] not in self.at["queue"]:
            self.at["queue"].append([name, last])
        return None if message.get("action") else item

    def _again_since(self, peer: int) -> datetime | None:
        """Down to where the messages are read though they were compared before; None
        where that is not needed."""
        if self.is_suspected(ids.dialogue_id(peer)):
            return max(self.since, self.client.now() - EDITABLE)
        return self.thorough_since(EDITABLE)

    def _history(self) -> Batch:
        peer, last = self.at["queue"][0]
        compared = (self.state.get("chats") or {}).get(peer, 0)
        try:
            answer = self.client.read(
                "messages.getHistory",
                COMMUNITY,
                **self.client.history_request(int(peer), self.at["inside"]),
            )
        except NetworkError as error:
            if error.consequence not in PASSED_OVER:
                raise
            self._leave_dialogue(peer, last)
            return self.batch()
        objects = rows(answer)
        self.at["inside"] += len(objects)
        items, broken = self.client.parse_all(
            [one for one in objects if not is_service_message(one)],
            self.client.parser.message,
        )
        again = self._again_since(int(peer))
        reached = any(
            0 < integer(item.raw, "conversation_message_id", 0) <= compared
            and (again is None or item.posted_at < again)
            or item.posted_at < self.since
            for item in items
        )
        offset = self.at["inside"]
        ended = reached or not objects or offset >= total(answer, offset)
        repeats = self.repeats(objects)
        if again is not None:
            self.note_found(item.external_id for item in items)
            if broken or repeats:
                self.at["whole"] = False
        gone = []
        if repeats or ended:
            if again is not None:
                root = ids.dialogue_id(int(peer))
                gone = self.absences(root, "message", again, root)
            self._leave_dialogue(peer, last)
        return self.batch([*reversed(items), *gone], broken)

    def _leave_dialogue(self, peer: str, last: int) -> None:
        self.at["queue"].pop(0)
        self.at["counts"][peer] = last
        self.at.update(inside=0, page="", found=[], whole=True)
        if self.at["listed"] and not self.at["queue"]:
            self.finish()


def is_service_message(raw: object) -> bool:
    """Somebody joined, a title changed: nothing anybody wrote."""
    return isinstance(raw, dict) and bool(raw.get("action"))
