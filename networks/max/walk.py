"""The full comparison of a page with what is stored, in resumable steps.

1. ``posts``: the messages of the channel or group, newest first. In a group they are
   what citizens write, and are read back to where the last comparison ended; in a
   channel they are the page's own, and are listed for their comments.
2. ``comments``: of each post listed. The newer ones are read whole, which shows edits
   and deletions; of older ones only what came since the last time, and not in every
   comparison, as their number grows without end.
3. ``dialogues``: which private conversations there are. MAX does not promise to list
   them, so those that events told of are known from the cursor.
4. ``history``: of each dialogue with something new, the messages.
5. ``stored``: what is stored of dialogues, of a group and of older posts is asked for
   by its ids, for edits and deletions that no event told of (see :mod:`.walk_stored`).

The walk's state is part of the cursor, so a run may end after any batch::

    {"phase": ..., "from": ms,         upper border of the list being read
     "round": n,                       how many comparisons there were
     "queue": [[mid, url, ms], ...],   posts whose comments are still to be read
     "listed": [mid, ...],             all posts listed, newest first
     "before": [mid, ...],             posts remembered when it began
     "windows": [[after, before]],     what is still to be read of the first of them
     "found": [mid, ...],              its comments read so far
     "marker": m,                      where the list of chats goes on
     "dialogues": [chat, ...],         dialogues still to be read
     "newest": ms,                     the newest message of the list being read
     "whole": [mid, ...],              posts whose comments were read whole
     "thorough": bool,                 events were lost before it began
     "stored": [where, ...],           chats and posts where is to be asked for them
     "after": external id,             the last one asked for of the first of them
     "together": n}                    how many are asked for at once
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ..errors import NetworkError
from ..values import Batch, Stored, Verdict
from .comments import PASSED_OVER, Comments, Threads
from .items import Malformed, integer, mapping_or_empty, mappings, mid_of, stamp, string
from .walk_stored import IDS, RECENT, SELDOM, StoredMessages

if TYPE_CHECKING:
    from .client import MAXClient

PAGE = 100
#: a post keeps being commented; older ones than this before the date are not listed
BEFORE = timedelta(days=30)
#: how far behind the end of the last comparison messages are read again, for edits
OVERLAP = timedelta(days=1)
#: a dialogue without a message for so long is quiet
QUIET = timedelta(days=7)


class Walk(StoredMessages):
    """One comparison, begun or continued.

    :param state: the whole cursor, a copy that this object changes.
    :param stored: what is stored of the page.
    :param since: nothing older is looked for.
    """

    def __init__(
        self,
        client: MAXClient,
        state: dict,
        stored: Stored,
        since: datetime,
    ):
        self.client = client
        self.state = state
        self.stored = stored
        self.since = since
        self.threads = Threads(client)
        self.comments = Comments(client, state, self.threads)
        walk = state.get("walk")
        if not isinstance(walk, Mapping) or "stored" not in walk:
            thorough = bool(state.get("reconcile"))
            self.begin_absences()
            # Cleared at the beginning: events lost while the walk goes on set it
            # again, and then another walk follows this one.
            state["reconcile"] = False
            state["rounds"] = integer(state, "rounds", 0) + 1
            if stamp(since) < integer(state, "since", stamp(since)):
                # An earlier date was chosen: what was compared is to be read anew.
                state.update(posts={}, compared={}, rounds=1)
            state["since"] = stamp(since)
            state["walk"] = {
                "phase": "posts",
                "from": None,
                "queue": [],
                "listed": [],
                "before": sorted(self._remembered()),
                "windows": [],
                "found": [],
                "marker": None,
                "dialogues": [],
                "newest": 0,
                "whole": [],
                "thorough": thorough,
                "stored": [],
                "after": "",
                "together": IDS,
            }
        self.at = state["walk"]

    def run(self) -> Iterator[Batch]:
        phases = {
            "posts": self._posts,
            "comments": self._comments,
            "dialogues": self._dialogues,
            "history": self._history,
            "stored": self.ask_stored,
        }
        while self.state["walk"]:
            yield phases[self.at["phase"]]()

    def remaining(self) -> int:
        """About how many calls are left, 0 only at the end."""
        if not self.state["walk"]:
            return 0
        lists = ("queue", "windows", "dialogues", "stored")
        return 1 + sum(len(self.at[one]) for one in lists)

    def batch(self, items=(), broken=(), problems=()) -> Batch:
        items = [item for item in items if item.deleted or item.posted_at >= self.since]
        return self.client.batch(
            self.state,
            self.client.compared(items, self.stored),
            broken,
            problems=tuple(problems),
            remaining_hint=self.remaining(),
        )

    def _messages(self, chat: int) -> tuple[list[Mapping], int]:
        """A page of messages, newest first, and the time of its oldest (0: the end)."""
        answer = self.client.read(
            "messages", {"chat_id": chat, "from": self.at["from"], "count": PAGE}
        )
        objects = mappings(answer.get("messages"))
        times = [integer(raw, "timestamp", 0) for raw in objects]
        oldest = min((time for time in times if time), default=0)
        if len(objects) < PAGE or oldest == self.at["from"]:
            oldest = 0
        self.at["newest"] = max([self.at["newest"], *times])
        return objects, oldest

    # ------------------------------------------------------------------ posts

    def _posts(self) -> Batch:
        objects, oldest = self._messages(self.client.page)
        self.threads.note("", objects)
        parser = self.client.parser
        items, broken = self.client.parse_all(
            objects,
            lambda raw: parser.message(raw, self.threads.top),
        )
        channel = any(is_channel(raw) for raw in objects)
        floor = stamp(self.since - BEFORE) if channel else self._floor("page")
        for raw in objects:
            self._note_post(raw, floor)
        if oldest > floor:
            self.at["from"] = oldest
        else:
            self._end_list("page")
            self.at["phase"] = "comments" if self.at["queue"] else "dialogues"
        return self.batch(reversed(items), broken)

    def _note_post(self, raw: Mapping, floor: int) -> None:
        mid, time = mid_of(raw), integer(raw, "timestamp", 0)
        if not (is_channel(raw) and mid) or time < floor or mid in self.at["listed"]:
            return
        self.at["listed"].append(mid)
        known = self.state.get("posts") or {}
        recent = time >= stamp(self.client.now() - RECENT)
        turn = (len(self.at["listed"]) + self.state["rounds"]) % SELDOM == 0
        if recent or turn or mid not in known:
            try:
                link = self.client.parser.post_link(raw)
            except Malformed:
                return
            self.at["queue"].append([mid, link, time])

    def _floor(self, chat: str) -> int:
        """Down to where messages are read: the date, or the last comparison."""
        compared = integer(self.state.get("compared") or {}, chat, 0)
        overlap = OVERLAP // timedelta(milliseconds=1)
        return max(stamp(self.since), compared - overlap if compared else 0)

    def _end_list(self, chat: str) -> None:
        compared = self.state.setdefault("compared", {})
        compared[chat] = max(integer(compared, chat, 0), self.at["newest"])
        self.at.update({"from": None, "newest": 0})

    # --------------------------------------------------------------- comments

    def _comments(self) -> Batch:
        mid, url, time = self.at["queue"][0]
        posts = self.state.setdefault("posts", {})
        whole = time >= stamp(self.client.now() - RECENT) or mid not in posts
        windows = self.at["windows"] or [[self._after(mid, whole), None]]
        try:
            objects, further = self.comments.page(mid, windows[0], self.at["found"])
            left = [*windows[1:], *further]
            found = {*self.at["found"], *map(mid_of, objects)}
            # All calls go before the first change of what is remembered.
            gone = [] if left or not whole else self.comments.missing(mid, found)
            items, broken = self.comments.items({"mid": mid, "url": url}, objects)
            self.comments.drop(mid, gone)
            items += gone
        except NetworkError as error:
            if error.consequence not in PASSED_OVER:
                raise
            self._leave_post()
            return self.batch()
        self.at["windows"], self.at["found"] = left, sorted(found)
        at = self.comments.newest(objects, self.at["newest"])
        self.at["newest"] = at
        if not left:
            posts[mid] = max(at, integer(posts, mid, 0), 1)
            if whole:
                self.at["whole"].append(mid)
            self._leave_post()
        return self.batch(items, broken)

    def _after(self, mid: str, whole: bool) -> int | None:
        """Where reading the comments of a post begins."""
        since = stamp(self.since) - 1
        return since if whole else max(integer(self.state["posts"], mid, 0) - 1, since)

    def _leave_post(self) -> None:
        self.at["queue"].pop(0)
        self.at.update(windows=[], found=[], newest=0)
        if not self.at["queue"]:
            self.at["phase"] = "dialogues"

    # -------------------------------------------------------------- dialogues

    def _dialogues(self) -> Batch:
        """One page of the list of chats; then the quiet and the talkative ones."""
        known = self.state.setdefault("dialogues", {})
        answer = self.client.read("chats", {"count": PAGE, "marker": self.at["marker"]})
        for chat in mappings(answer.get("chats")):
            if string(chat, "type") == "dialog" and integer(chat, "chat_id", 0):
                name = str(chat["chat_id"])
                last = integer(chat, "last_event_time", 0)
                known[name] = max(last, integer(known, name, 0))
        marker = answer.get("marker")
        if isinstance(marker, int) and marker and marker != self.at["marker"]:
            self.at["marker"] = marker
            return self.batch()
        quiet = stamp(self.client.now() - QUIET)
        for number, (name, last) in enumerate(sorted(known.items())):
            turn = (number + self.state["rounds"]) % SELDOM == 0
            if last >= quiet or turn or self.state["rounds"] == 1:
                self.at["dialogues"].append(name)
        self.at["phase"] = "history"
        if not self.at["dialogues"]:
            self.enter_stored()
        return self.batch()

    def _history(self) -> Batch:
        name = self.at["dialogues"][0]
        floor = self._floor(name)
        compared = integer(self.state.get("compared") or {}, name, 0)
        try:
            objects, oldest = self._messages(int(name))
        except NetworkError as error:
            if error.consequence not in PASSED_OVER:
                raise
            self._leave_dialogue(name)
            denied = Verdict(
                False, "private_messages", "messages_denied", error.message
            )
            # A citizen may stop the bot: then nothing is wrong with the page.
            gone = error.code in ("dialog.suspended", "chat.denied", "http_404")
            return self.batch(problems=() if gone else [denied])
        if self.at["newest"] <= compared:
            self._leave_dialogue(name)
            return self.batch()
        items, broken = self.client.parse_all(objects, self.client.parser.message)
        if oldest > floor:
            self.at["from"] = oldest
        else:
            self._leave_dialogue(name)
        return self.batch(reversed(items), broken)

    def _leave_dialogue(self, name: str) -> None:
        self._end_list(name)
        self.at["dialogues"].pop(0)
        if not self.at["dialogues"]:
            self.enter_stored()

    def _remembered(self) -> set[str]:
        """Posts of whose comments something is known."""
        return {*(self.state.get("posts") or {}), *(self.state.get("seen") or {})}

    def finish(self) -> None:
        listed = self.at["listed"]
        # A post that appeared after the list was read is for the next comparison:
        # forgotten now, its comments that are deleted until then would not be missed.
        later = self._remembered() - {*listed, *self.at.get("before", ())}
        kept = [*sorted(later), *listed]
        posts = self.state.get("posts") or {}
        self.state["posts"] = {mid: posts[mid] for mid in kept if mid in posts}
        self.comments.forget(kept)
        self.state["walk"] = None


def is_channel(raw: object) -> bool:
    recipient = mapping_or_empty(mapping_or_empty(raw).get("recipient"))
    return string(recipient, "chat_type") == "channel"
