"""Comparing private messages.

Of a deletion VK tells by no event, and of an edit perhaps by one that was lost; neither
shows in the list of dialogues, and one whose only message was deleted stands on it no
more.  So the young ones of the stored messages are asked for by their ids in every
comparison, a hundred in a call; for what is missing see :mod:`.walk_absent`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

from ..errors import Consequence, NetworkError
from ..values import Batch, Item, Verdict
from . import ids
from .api import COMMUNITY, joined
from .raw import integer, mapping, mappings, rows
from .walk_asking import ASKED_AT_ONCE
from .walk_discussions import total
from .walk_refused import PASSED_OVER

CONVERSATIONS_PAGE = 200
#: VK lets a private message be edited, and deleted for all, for a day. So what was
#: older than that at the last comparison has not changed since.
EDITABLE = timedelta(days=2)


class Dialogues:
    """The phase ``messages`` of a walk."""

    def messages(self) -> Batch:
        try:
            if self.at["queue"]:
                return self._history()
            if self.at["ask"]:
                return self._ask_messages()
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
        self._note_read(items)
        # Sorted by the last message: a page without a recent one is the last.
        offset = self.at["offset"]
        ended = not recent or offset >= total(answer, offset)
        self.at["listed"] = self.repeats(objects) or ended
        self._end_of_dialogues()
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
        if last <= compared + 1 and last:
            self.at["counts"][name] = last
        elif name not in self.at["counts"] and [name, last] not in self.at["queue"]:
            self.at["queue"].append([name, last])
        return None if message.get("action") else item

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
        self._note_read(items)
        reached = any(
            0 < integer(item.raw, "conversation_message_id", 0) <= compared
            or item.posted_at < self.since
            for item in items
        )
        offset = self.at["inside"]
        ended = reached or not objects or offset >= total(answer, offset)
        if self.repeats(objects) or ended:
            self._leave_dialogue(peer, last)
        return self.batch(reversed(items), broken)

    def _leave_dialogue(self, peer: str, last: int) -> None:
        self.at["queue"].pop(0)
        self.at["counts"][peer] = last
        self.at.update(inside=0, page="")
        self._end_of_dialogues()

    def _end_of_dialogues(self) -> None:
        """Once all that is new was read, note what is to be asked for."""
        if self.at["listed"] and not self.at["queue"]:
            live = self.stored.live("message", self._changeable_since())
            before = self.state["suspected"].get("messages", ())
            wanted = {*live, *before, *self._told_gone()}
            wanted.difference_update(self.at["found"])
            # By peer, so that those without an id of their own stand together.
            self.at["ask"] = sorted(wanted, key=ids.parse_message)
            self._finish_messages()

    def _note_read(self, items: list[Item]) -> None:
        """What was read just now needs no question."""
        floor = self._changeable_since()
        self.note_found(item.external_id for item in items if item.posted_at >= floor)

    def _changeable_since(self) -> datetime:
        """What was posted before cannot have changed since the last comparison."""
        now = self._seconds()
        asked = min(integer(self.state, "asked_at", now), now)
        floor = datetime.fromtimestamp(asked, timezone.utc) - EDITABLE
        return max(self.since, floor)

    def _told_gone(self) -> dict[str, int]:
        """Deleted by what a comparison found, and when, as long as it may come back."""
        floor = self._seconds() - int(EDITABLE.total_seconds())
        gone = self.state.get("gone") or {}
        self.state["gone"] = {name: at for name, at in gone.items() if at >= floor}
        return self.state["gone"]

    def _seconds(self) -> int:
        return int(self.client.now().timestamp())

    def _finish_messages(self) -> None:
        if not self.at["ask"]:
            self.state["asked_at"] = self._seconds()
            self.finish()

    def _ask_messages(self) -> Batch:
        part, request = self._next_messages()
        items, broken = [], []
        try:
            answer = self.client.read(
                "messages.getById", COMMUNITY, group_id=self.client.group, **request
            )
        except NetworkError as error:
            if error.consequence not in PASSED_OVER:
                raise
            # Nothing is known of these.
        else:
            name = "id" if "message_ids" in request else "conversation_message_id"
            shown = {integer(raw, name, 0): raw for raw in mappings(rows(answer))}
            items, broken = self._messages_there(part, shown)
        asked = self.at["ask"]
        self.at["ask"] = [name for name in asked if name not in part.values()]
        self._finish_messages()
        return self.batch(items, broken)

    def _next_messages(self) -> tuple[dict[int, str], dict]:
        """Those that one call can ask for, by their number, and its parameters."""
        parsed = [(*ids.parse_message(name), name) for name in self.at["ask"]]
        with_id = [(number, name) for _peer, number, _there, name in parsed if number]
        if with_id:
            part = dict(with_id[:ASKED_AT_ONCE])
            return part, {"message_ids": joined(part)}
        peer = parsed[0][0]
        there = [(place, name) for one, _number, place, name in parsed if one == peer]
        part = dict(there[:ASKED_AT_ONCE])
        return part, {"peer_id": peer, "cmids": joined(part)}

    def _messages_there(self, part: Mapping[int, str], shown: Mapping[int, Mapping]):
        """What is there in its present state, and the deletions of what is not."""
        told = self._told_gone()
        parser = self.client.parser
        standing, gone, missing = [], [], set()
        for number, name in part.items():
            raw = shown.get(number)
            if raw is not None and not raw.get("deleted"):
                standing.append(raw)
            elif name not in told and raw is None:
                missing.add(name)
            elif name not in told:
                gone.append(parser.gone(name, "message"))
        gone += self.judge("messages", "message", missing)
        told.update((item.external_id, self._seconds()) for item in gone)
        items, broken = self.client.parse_all(standing, parser.message)
        for item in items:
            told.pop(item.external_id, None)
        return [*items, *gone], broken


def is_service_message(raw: object) -> bool:
    """Somebody joined, a title changed: nothing anybody wrote."""
    return isinstance(raw, dict) and bool(raw.get("action"))
