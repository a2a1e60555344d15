"""What is stored of dialogues, a group and older posts, asked for again by its ids.

A list shows what is there and says nothing of what is not: a message that its author
deleted, or edited long after, while the event was lost, stands behind newer ones that
arrived.  ``GET /messages?message_ids=…`` gives the messages it is asked for in their
present state, however old, and leaves out those that are not there; comments have
``comment_ids``.

Asked for is what citizens wrote in the last days: of a chat or post in one comparison
out of :data:`SELDOM`, of all of them after a known loss, and again where something was
missing.  Comments that were just read with the whole of their post are not.  What two
comparisons in a row missed was deleted, if the chat or post itself can be read: a
citizen who stopped the bot takes nothing back.

Chats are asked for one by one, since a single one that may not be read can refuse the
whole request.  MAX tells neither how many ids it takes at once nor what it answers
where one of them is gone: a refused request is asked again in smaller parts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property

from ..errors import Consequence, NetworkError
from ..values import Batch
from ..walk_absent import Suspicions
from . import ids
from .api import part
from .comments import PASSED_OVER
from .items import mappings, mid_of

#: how far back messages are asked for again, and comments of posts read whole
RECENT = timedelta(days=14)
#: a quiet post or dialogue is looked at in one of so many comparisons
SELDOM = 6
#: messages asked for at once: their ids make an address of 2,000 characters
IDS = 50
#: errors that speak of the chat, not of the messages asked for
CHAT_CODES = frozenset(
    {
        "access.denied",
        "chat.denied",
        "chat.not.found",
        "dialog.not.found",
        "dialog.suspended",
        "http_403",
    }
)


class StoredMessages(Suspicions):
    """The last phase of a walk: ``stored``."""

    def enter_stored(self) -> None:
        """Choose where to ask; ends the walk where there are none."""
        self.at["phase"] = "stored"
        # What the first comparison has just read needs no second look.
        first = self.state["rounds"] == 1
        for number, where in enumerate(sorted(self.live)):
            turn = (number + self.state["rounds"]) % SELDOM == 0
            wanted = turn or self.at["thorough"] or self.is_suspected(where)
            if wanted and not first:
                self.at["stored"].append(where)
        if not self.at["stored"]:
            self.finish()

    @cached_property
    def live(self) -> Mapping[str, list[str]]:
        """External ids of what is stored and not deleted, in their order, by chat
        (its number) or post (its external id)."""
        since = max(self.since, self.client.now() - RECENT)
        found: dict[str, list[str]] = {}
        for item_type in ("message", "post", "comment"):
            for name in self.stored.live(item_type, since):
                where = self._where(name)
                if where:
                    found.setdefault(where, []).append(name)
        return {where: sorted(names) for where, names in found.items()}

    def _where(self, name: str) -> str | None:
        """Where to ask for an item; None where that is not needed."""
        dialogue, place = ids.parse_dialogue(name), ids.parse_place(name)
        if dialogue:
            return str(dialogue[0]) if dialogue[1] else None
        if not place or not place.comment:
            # In a group an answer is a comment and a message like any other.
            return str(self.client.page) if place else None
        seen = self.state.get("seen", {}).get(place.post, {})
        compared = place.post in self.at["whole"] and place.comment in seen
        return None if compared else place.root_id

    def ask_stored(self) -> Batch:
        """One question, and what follows from its answer."""
        where = self.at["stored"][0]
        left = [one for one in self.live.get(where, ()) if one > self.at["after"]]
        asked = {_mid(name): name for name in left[: self.at["together"]]}
        if not asked:
            self._leave_where()
            return self.batch()
        try:
            objects = self._asked(where, asked)
        except NetworkError as error:
            if error.consequence not in PASSED_OVER:
                raise
            if error.code in CHAT_CODES or len(asked) == 1:
                self._leave_where()
            else:
                self.at["together"] = len(asked) // 2
            return self.batch()
        missing = _missing(asked, objects)
        gone = self.missed_again(where, missing)
        if gone and not self._readable(where):
            self._leave_where()
            return self.batch()
        # Whom they answer is stored already, so it is not asked for.
        parser, post = self.client.parser, _post(where)
        items, broken = self.client.parse_all(
            [raw for raw in objects or () if mid_of(raw) in asked],
            lambda raw: (
                parser.comment(raw, {"mid": post}) if post else parser.message(raw)
            ),
        )
        self.suspect(where, missing)
        deletions = [parser.gone(name, _root(name)) for name in gone]
        self.comments.drop(post, deletions)
        self.at["after"] = max(asked.values())
        self.at["together"] = min(IDS, 2 * self.at["together"])
        if len(asked) == len(left):
            self._leave_where()
        return self.batch([*items, *deletions], broken)

    def _asked(self, where: str, asked: Mapping[str, str]) -> list[Mapping] | None:
        """The messages as they are now; None where the answer is none."""
        post, names = _post(where), ",".join(asked)
        path = f"messages/{part(post)}/comments" if post else "messages"
        try:
            answer = self.client.read(
                path, {"comment_ids" if post else "message_ids": names}
            )
        except NetworkError as error:
            if error.consequence is not Consequence.GONE or len(asked) > 1:
                raise
            return []
        messages = answer.get("messages")
        return mappings(messages) if isinstance(messages, list) else None

    def _readable(self, where: str) -> bool:
        """Whether the bot may read there at all: if not, it finds nothing there."""
        post = _post(where)
        try:
            if post:
                self.client.read(f"messages/{part(post)}")
            else:
                self.client.read("messages", {"chat_id": where, "count": 1})
        except NetworkError as error:
            if error.consequence not in PASSED_OVER:
                raise
            return False
        return True

    def _leave_where(self) -> None:
        self.at["stored"].pop(0)
        self.at.update(after="", together=IDS)
        if not self.at["stored"]:
            self.finish()


def _missing(asked: Mapping[str, str], objects: list[Mapping] | None) -> list[str]:
    """External ids of the ``asked`` that the answer left out; none for an answer with
    anything else in it, which proves nothing."""
    found = {mid_of(raw) for raw in objects or ()}
    if objects is None or not found <= set(asked):
        return []
    return [name for mid, name in asked.items() if mid not in found]


def _mid(name: str) -> str:
    """The mid of a message by its external id."""
    return name.rpartition("/")[2]


def _post(where: str) -> str:
    """The mid of a post, empty for a chat."""
    place = ids.parse_place(where)
    return place.post if place else ""


def _root(name: str) -> str:
    """What an item hangs on: its dialogue or post, or itself in a group."""
    place = ids.parse_place(name)
    return place.root_id if place else name.rpartition("/")[0]
