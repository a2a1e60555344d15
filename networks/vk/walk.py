"""The full comparison of a community with what is stored, in resumable steps.

Events can be lost (VK keeps them for a limited time, a long poll can be switched
off, a backup can be restored), so now and then everything since a date is compared:

1. ``wall``: the posts, newest first, down to the date;
2. ``comments``: of each post whose comment count is not the one of the last
   comparison, all comments page by page, and of threads longer than what a page
   shows, the whole thread;
3. ``messages``: of each dialogue with something new, the messages back to where the
   last comparison ended.

Nothing is cut short at the first known item: events lost in the middle lie behind
newer ones that arrived. What spares calls is that an unchanged count, or an
unchanged end of a dialogue, needs no look inside.

The walk's state is part of the cursor, so a run may end after any batch::

    {"phase": "wall" | "comments" | "messages", "offset": n,
     "counts": {post: count},       what becomes ``posts`` of the cursor at the end
     "queue": [[post, count], ...]  posts whose comments are still to be read,
     "inside": n,                   offset at the top level of the first of them
     "threads": [comment, ...],     its threads still to be read
     "thread_offset": n,            offset in the first of these
     "level_done": bool,            its top level was read to the end
     "chats": {peer: number},       what becomes ``chats`` of the cursor at the end
     "dialogues": [[peer, last]],   dialogues still to be read
     "history": n,                  offset in the first of them
     "listed": bool}                all dialogues are known
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from ..base import Batch, Consequence, Item, NetworkError, Verdict
from . import ids
from .api import COMMUNITY, SERVICE
from .items import integer, mapping, mappings

if TYPE_CHECKING:
    from .client import VKClient

POSTS_PAGE = 100
COMMENTS_PAGE = 100
CONVERSATIONS_PAGE = 200

#: a post or dialogue that answers with one of these is passed over
_PASSED_OVER = (Consequence.GONE, Consequence.PERMISSION)


class Walk:
    """One comparison, begun or continued.

    :param state: the whole cursor, a copy that this object changes.
    :param known: external ids -> those stored already.
    :param since: nothing older is looked for.
    """

    def __init__(
        self,
        client: VKClient,
        state: dict,
        known: Callable[[list[str]], Iterable[str]],
        since: datetime,
    ):
        self.client = client
        self.state = state
        self.known = known
        self.since = since
        if not isinstance(state.get("walk"), Mapping):
            # Cleared at the beginning: events lost while the walk goes on set it
            # again, and then another walk follows this one.
            state["reconcile"] = False
            state["walk"] = {
                "phase": "wall",
                "offset": 0,
                "counts": {},
                "queue": [],
                "inside": 0,
                "threads": [],
                "thread_offset": 0,
                "level_done": False,
                "chats": {},
                "dialogues": [],
                "history": 0,
                "listed": False,
            }
        self.at = state["walk"]

    def run(self) -> Iterator[Batch]:
        phases = {
            "wall": self._wall,
            "comments": self._comments,
            "messages": self._messages,
        }
        # Each step is one call and one batch; a step that ends its phase has set
        # the next one.
        while self.state["walk"]:
            yield phases[self.at["phase"]]()

    def remaining(self) -> int:
        """About how many calls are left, 0 only at the end."""
        if not self.state["walk"]:
            return 0
        lists = ("queue", "threads", "dialogues")
        return 1 + sum(len(self.at[name]) for name in lists)

    def _batch(self, items=(), broken=(), problems=()) -> Batch:
        items = [item for item in items if self._in_window(item)]
        stored = set(self.known([item.external_id for item in items])) if items else ()
        items = [
            replace(item, change="edit")
            if item.change == "new" and item.external_id in stored
            else item
            for item in items
        ]
        return self.client.batch(
            self.state,
            items,
            broken,
            problems=tuple(problems),
            remaining_hint=self.remaining(),
        )

    def _in_window(self, item: Item) -> bool:
        return item.deleted or item.posted_at >= self.since

    # ------------------------------------------------------------------ wall

    def _wall(self) -> Batch:
        if not self.client.secrets.get(SERVICE):
            self._begin_messages()
            missing = Verdict(False, "service_key", "service_key_missing")
            return self._batch(problems=[missing])
        answer = self.client.read(
            "wall.get",
            SERVICE,
            owner_id=self.client.owner,
            count=POSTS_PAGE,
            offset=self.at["offset"],
        )
        objects = rows(answer)
        items, broken = self.client.parse_all(objects, self.client.parser.post)
        reached = False
        for item in items:
            # A pinned post stands first whatever its age.
            if item.posted_at >= self.since or item.raw.get("is_pinned"):
                self._note_comments(item)
            else:
                reached = True
        self.at["offset"] += len(objects)
        offset = self.at["offset"]
        if reached or not objects or offset >= total(answer, offset):
            self.at["phase"] = "comments"
            if not self.at["queue"]:
                self._begin_messages()
        return self._batch(items, broken)

    def _note_comments(self, item: Item) -> None:
        comments = item.raw.get("comments")
        count = integer(comments, "count", 0) if isinstance(comments, Mapping) else 0
        post = str(integer(item.raw, "id"))
        queued = any(entry[0] == post for entry in self.at["queue"])
        if count == (self.state.get("posts") or {}).get(post, 0):
            self.at["counts"][post] = count
        elif not queued:
            self.at["queue"].append([post, count])

    # -------------------------------------------------------------- comments

    def _comments(self) -> Batch:
        post, _count = self.at["queue"][0]
        place = ids.Place("wall", self.client.owner, int(post))
        thread = self.at["threads"][0] if self.at["threads"] else None
        level = "thread_offset" if thread else "inside"
        try:
            answer = self.client.read(
                "wall.getComments",
                SERVICE,
                **self.client.comments_request(place, self.at[level], thread),
            )
        except NetworkError as error:
            if error.consequence not in _PASSED_OVER:
                raise
            self._leave(thread)
            return self._batch()
        objects = rows(answer)
        self.at[level] += len(objects)
        items, broken = self._parse(objects, place, thread)
        if not thread:
            for comment in mappings(objects):
                shown, broken_below = self._thread_of(comment, place)
                items += shown
                broken += broken_below
        if self._is_last(answer, len(objects), self.at[level]):
            self._leave(thread)
        return self._batch(items, broken)

    @staticmethod
    def _is_last(answer: Mapping, received: int, offset: int) -> bool:
        """Whether the level was read to its end.

        ``count`` counts the answers within threads too, so at the top level it is
        only an upper bound, and a short page alone proves nothing: VK leaves out
        what it hides.
        """
        level = integer(answer, "current_level_count", 0)
        if not received or offset >= total(answer, offset):
            return True
        return received < COMMENTS_PAGE and 0 < level <= offset

    def _parse(self, objects: list, place: ids.Place, top: int | None):
        parser = self.client.parser
        return self.client.parse_all(
            objects, lambda raw: parser.comment(raw, on=place, top=top)
        )

    def _thread_of(self, comment: Mapping, place: ids.Place):
        """The answers shown with a top-level comment; notes a thread with more."""
        thread = comment.get("thread")
        top = integer(comment, "id", 0)
        if not isinstance(thread, Mapping) or not top:
            return [], []
        shown = mappings(thread.get("items"))
        if integer(thread, "count", 0) > len(shown):
            self.at["threads"].append(top)
        return self._parse(shown, place, top)

    def _leave(self, thread: int | None) -> None:
        """Go on after the end of a thread, or of the top level of a post."""
        if thread:
            self.at["threads"].pop(0)
            self.at["thread_offset"] = 0
        else:
            self.at["level_done"] = True
        if self.at["threads"] or not self.at["level_done"]:
            return
        # The count noted is the one from before the comments were read, so whatever
        # happened meanwhile shows as a change the next time.
        post, count = self.at["queue"].pop(0)
        self.at["counts"][post] = count
        self.at.update(inside=0, level_done=False)
        if not self.at["queue"]:
            self._begin_messages()

    # -------------------------------------------------------------- messages

    def _begin_messages(self) -> None:
        self.at.update(phase="messages", offset=0)

    def _messages(self) -> Batch:
        try:
            if self.at["dialogues"]:
                return self._history()
            return self._conversations()
        except NetworkError as error:
            if error.consequence is not Consequence.PERMISSION:
                raise
            # A page may keep its private messages to itself; its wall still counts.
            self._finish()
            denied = Verdict(
                False, "private_messages", "messages_denied", error.message
            )
            return self._batch(problems=[denied])

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
            recent = recent or not found or self._in_window(found[0])
        # Sorted by the last message: a page without a recent one is the last.
        offset = self.at["offset"]
        self.at["listed"] = not recent or offset >= total(answer, offset)
        if self.at["listed"] and not self.at["dialogues"]:
            self._finish()
        return self._batch(items, broken)

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
        if last > compared + 1 or not last:
            self.at["dialogues"].append([str(peer), last])
        else:
            self.at["chats"][str(peer)] = last
        return None if message.get("action") else item

    def _history(self) -> Batch:
        peer, last = self.at["dialogues"][0]
        compared = (self.state.get("chats") or {}).get(peer, 0)
        try:
            answer = self.client.read(
                "messages.getHistory",
                COMMUNITY,
                **self.client.history_request(int(peer), self.at["history"]),
            )
        except NetworkError as error:
            if error.consequence not in _PASSED_OVER:
                raise
            self._leave_dialogue(peer, last)
            return self._batch()
        objects = rows(answer)
        self.at["history"] += len(objects)
        items, broken = self.client.parse_all(
            [one for one in objects if not is_service_message(one)],
            self.client.parser.message,
        )
        reached = any(
            0 < integer(item.raw, "conversation_message_id", 0) <= compared
            or item.posted_at < self.since
            for item in items
        )
        offset = self.at["history"]
        if reached or not objects or offset >= total(answer, offset):
            self._leave_dialogue(peer, last)
        return self._batch(reversed(items), broken)

    def _leave_dialogue(self, peer: str, last: int) -> None:
        self.at["dialogues"].pop(0)
        self.at["chats"][peer] = last
        self.at["history"] = 0
        if self.at["listed"] and not self.at["dialogues"]:
            self._finish()

    def _finish(self) -> None:
        if self.client.secrets.get(SERVICE):
            self.state["posts"] = self.at["counts"]
        self.state["chats"] = self.at["chats"]
        self.state["walk"] = None


def rows(answer: Mapping) -> list:
    items = answer.get("items")
    return items if isinstance(items, list) else []


def total(answer: Mapping, offset: int) -> int:
    """``count`` of an answer; one more than was read, where VK does not say."""
    return integer(answer, "count", offset + 1)


def is_service_message(raw: object) -> bool:
    """Somebody joined, a title changed: nothing anybody wrote."""
    return isinstance(raw, Mapping) and bool(raw.get("action"))
