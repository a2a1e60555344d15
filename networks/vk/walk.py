"""The full comparison of a community with what is stored, in resumable steps.

Events can be lost (VK keeps them for a limited time, a long poll can be switched
off, a backup can be restored) and there is none for a mention, so now and then
everything since a date is compared, in phases:

1. ``wall``: the posts, newest first, down to a month before the date, since new
   comments stand under older posts, and of each post whose comment count is not the
   one of the last comparison, all comments page by page, and of threads longer than
   what a page shows, the whole thread;
2. ``topics``: the same of the topics, the last changed first;
3. ``photos``: the comments on all photos, which VK lists together, newest first;
4. ``videos``: as the wall;
5. ``mentions``: posts on other walls that name the community;
6. ``messages``: of each dialogue with something new, the messages back to where the
   last comparison ended.

Phases 3 to 5 are for a user token only. What cannot be compared is told once, not in
every comparison.

Nothing is cut short at the first known item: events lost in the middle lie behind
newer ones that arrived. What spares calls is that an unchanged count, or an
unchanged beginning of a list, or end of a dialogue, needs no look inside.

An edit changes none of these, nor does a deletion beside a new comment. After VK has
told that events were lost, and once a day in case it did not, a comparison is
therefore thorough: what is young enough to be worth it is read whatever its count.
What is missing where all was read: see :mod:`.walk_absent`. What is stored and was on
no list is asked for by its id: see :mod:`.walk_asking`, and for private messages, which
every comparison asks for, :mod:`.walk_dialogues`.

So what no event told of is noticed, a deletion by two comparisons in a row::

    posts                    edited and deleted: by every comparison
    private messages         edited and deleted: by every comparison
    comments anywhere        deleted: by every comparison where the count changed,
                             else by a thorough one; edited: by a thorough one
    comments below what is   by a thorough one; below a citizen's post with it
    gone, or is on no list
    mentions                 edited and deleted: by a thorough one, or when their
                             number or the newest of them changed
    reposts                  by a thorough one, if VK shows them as deleted
    suggested posts          not at all: they are shown to managers alone

The walk's state is part of the cursor, so a run may end after any batch::

    {"phase": one of the above,
     "offset": n,                    in the list the phase reads
     "page": hash of the last page,  a server that repeats itself is left
     "listed": bool,                 the list was read to its end
     "ask": [external id, ...],      what is still to be asked for by its id
     "counts": {object: count},      what the next comparison will compare with
     "mark": [count, first],         the same, of a list without counts
     "queue": [[object, count], ...] posts, topics, videos, dialogues to be read
     "inside": n,                    offset in the first of them
     "threads": [comment, ...],      its threads still to be read
     "thread_offset": n,             offset in the first of these
     "level_done": bool,             its top level was read to the end
     "found": [external id, ...],    what was read of it
     "whole": bool}                  nothing of it was left out
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ..values import Batch, Item, Stored, Verdict
from .api import USER
from .comments import fingerprint
from .raw import integer
from .walk_absent import Absences
from .walk_asking import ASKED_AT_ONCE, Asking
from .walk_dialogues import Dialogues
from .walk_discussions import Discussions
from .walk_lists import Lists
from .walk_mentions import Mentions

if TYPE_CHECKING:
    from .client import VKClient

PHASES = ("wall", "topics", "photos", "videos", "mentions", "messages")
#: phase -> where the counts it ended with are kept in the cursor
KEPT = {"wall": "posts", "topics": "topics", "videos": "videos", "messages": "chats"}
#: phases that no other token can do
_USER_PHASES = ("photos", "videos", "mentions")
#: phases of the token that reads what is public
_READER_PHASES = ("wall", "topics")

_STATE = {
    "phase": PHASES[0],
    "offset": 0,
    "page": "",
    "listed": False,
    "ask": [],
    "counts": {},
    "mark": [],
    "queue": [],
    "inside": 0,
    "threads": [],
    "thread_offset": 0,
    "level_done": False,
    "found": [],
    "whole": True,
}

THOROUGH_EVERY = timedelta(days=1)


class Walk(Absences, Asking, Discussions, Lists, Mentions, Dialogues):
    """One comparison, begun or continued.

    :param state: the whole cursor, a copy that this object changes.
    :param stored: what is stored of the page.
    :param since: nothing older is looked for.
    """

    def __init__(
        self,
        client: VKClient,
        state: dict,
        stored: Stored,
        since: datetime,
    ):
        self.client = client
        self.state = state
        self.stored = stored
        self.since = since
        self.pending: list[tuple[str, Verdict]] = []
        walk = state.get("walk")
        if not isinstance(walk, Mapping) or walk.keys() != _STATE.keys():
            day = THOROUGH_EVERY.total_seconds()
            now = int(client.now().timestamp())
            overdue = now - integer(state, "thorough_at", 0) >= day
            state["thorough"] = bool(state.get("reconcile")) or overdue
            if state["thorough"]:
                state["thorough_at"] = now
            # Cleared at the beginning: events lost while the walk goes on set it
            # again, and then another walk follows this one.
            state["reconcile"] = False
            self.begin_absences()
            self._forget_later_beginning()
            self.enter(PHASES[0])

    def _forget_later_beginning(self) -> None:
        """Where a comparison is to reach back further than those before, what they
        found unchanged proves nothing."""
        since = int(self.since.timestamp())
        if since < integer(self.state, "since", since):
            for name in (*KEPT.values(), "marks"):
                self.state.pop(name, None)
        self.state["since"] = since

    @property
    def at(self) -> dict:
        return self.state["walk"]

    def run(self) -> Iterator[Batch]:
        steps = {
            "wall": self.wall,
            "topics": self.topics,
            "photos": self.photos,
            "videos": self.videos,
            "mentions": self.mentions,
            "messages": self.messages,
        }
        # Each step is one call and one batch; a step that ends its phase has set
        # the next one.
        while self.state["walk"]:
            phase = self.at["phase"]
            missing = self._missing(phase)
            if missing is None:
                yield steps[phase]()
                continue
            self.leave()
            if phase == "wall":
                yield self.batch(problems=[missing])
            elif phase in _USER_PHASES:
                self.pending.append((USER, missing))

    def _missing(self, phase: str) -> Verdict | None:
        """What a phase cannot do without, as a problem; None if it is there."""
        secrets = self.client.secrets
        if phase in _USER_PHASES and not secrets.get(USER):
            parts = ", ".join(_USER_PHASES)
            return Verdict(False, "user_token", "user_token_missing", parts)
        if phase in _READER_PHASES and not secrets.get(self.client.reader):
            return Verdict(False, "service_key", "service_key_missing")
        return None

    def remaining(self) -> int:
        """About how many calls are left, 0 only at the end."""
        if not self.state["walk"]:
            return 0
        later = len(PHASES) - PHASES.index(self.at["phase"])
        asks = -(-len(self.at["ask"]) // ASKED_AT_ONCE)
        return later + asks + len(self.at["queue"]) + len(self.at["threads"])

    # ----------------------------------------------------------------- phases

    def enter(self, phase: str) -> None:
        self.state["walk"] = {**_STATE, "phase": phase} | {
            name: type(value)()
            for name, value in _STATE.items()
            if isinstance(value, (dict, list))
        }

    def finish(self) -> None:
        """End a phase that was compared in full: what it found counts from now on."""
        phase = self.at["phase"]
        if phase in KEPT:
            self.state[KEPT[phase]] = self.at["counts"]
        else:
            self.state.setdefault("marks", {})[phase] = self.at["mark"]
        told = self.state.get("told") or []
        self.state["told"] = [one for one in told if one != phase]
        if phase in _USER_PHASES:
            self.state["told"] = [one for one in self.state["told"] if one != USER]
        self.leave()

    def finish_if_done(self) -> None:
        """End a phase once its list, its questions and its queue have been read."""
        if self.at["listed"] and not self.at["ask"] and not self.at["queue"]:
            self.finish()

    def leave(self) -> None:
        """Go on to the next phase, or to the end."""
        number = PHASES.index(self.at["phase"]) + 1
        if number < len(PHASES):
            self.enter(PHASES[number])
        else:
            self.state["walk"] = None

    def give_up(self, problem: Verdict) -> Batch:
        """Leave a phase that VK refuses, and tell it, unless it was told before."""
        self.pending.append((self.at["phase"], problem))
        self.leave()
        return self.batch()

    # ---------------------------------------------------------------- batches

    def batch(self, items=(), broken=(), problems=()) -> Batch:
        items = [item for item in items if self.in_window(item)]
        return self.client.batch(
            self.state,
            self.client.compared(items, self.stored),
            broken,
            problems=(*problems, *self._to_tell()),
            remaining_hint=self.remaining(),
        )

    def _to_tell(self) -> list[Verdict]:
        told = list(self.state.get("told") or [])
        fresh = []
        for key, problem in self.pending:
            if key not in told:
                told.append(key)
                fresh.append(problem)
        self.pending.clear()
        self.state["told"] = told
        return fresh

    def thorough_since(self, age: timedelta) -> datetime | None:
        """Down to where unchanged counts prove nothing; None in most comparisons."""
        if not self.state.get("thorough"):
            return None
        return max(self.since, self.client.now() - age)

    def in_window(self, item: Item) -> bool:
        return item.deleted or item.posted_at >= self.since

    def repeats(self, objects: list) -> bool:
        """Whether a page is the one before again: the server ignores the offset."""
        mark = fingerprint(objects)
        again = bool(objects) and mark == self.at["page"]
        self.at["page"] = mark
        return again
