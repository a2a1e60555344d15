"""Reading of a group in resumable steps: what is new, and the full comparison.

Odnoklassniki reports neither new comments nor edits nor deletions, so each poll looks:

1. the discussions, and the chats, with the latest activity are listed;
2. of each one that changed (or, in a comparison, had activity of late) the comments
   or messages are read, newest first.

How far back one is read: a new one to ``since``; a known one to a little before the
newest item known; where the number of comments did not grow, or in a comparison, to
:data:`WINDOW` ago. All that was read is given out again, so an edit shows as the
present state of a known item. What stood within the part read and does not stand
there now has been deleted. A comparison also looks for what is stored and was not
listed (see :mod:`.walk_stored`).

The cursor::

    {"since": ms,                 nothing older is looked for
     "reconcile": bool,           a comparison is needed (at the first connection)
     "places": {root: [activity, count, newest]}   as of the last reading, times in ms
     "denied": [root, ...]        what may not be read just now, for comparisons
     "seen": see :mod:`.memory`
     "absent", "suspected": see :mod:`..walk_absent`
     "round": state,              an unfinished look for what is new
     "walk": state}               an unfinished comparison

and the state of either::

    {"lists": ["discussions", "chats"],   still to be listed, the first one now
     "marker": text,                      where the list goes on
     "queue": [[root, activity, count, until], ...]   still to be read, the first now
     "anchor": text or number,            where the first of them goes on
     "newest": ms,                        the newest item read of it
     "expected": [id, ...],               items known before and not met in it so far
     "unread": [root, ...]}               what holds something stored and was not listed
                                          so far; None once that is being read
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ..errors import Consequence, NetworkError
from ..values import Batch, Item, Stored, Verdict
from . import ids
from .api import USER_TOKEN
from .items import Malformed, mapping, mappings, milliseconds, number, string
from .memory import Memory, short, stamp
from .sending import history_page, next_anchor, oldest_stamp
from .walk_stored import StoredItems

if TYPE_CHECKING:
    from .client import OKClient

#: how far back edits and deletions are looked for
WINDOW = timedelta(days=7)
#: a reading begins that much before the newest item known
OVERLAP_MS = 10 * 60 * 1000
DISCUSSIONS_PAGE = 100
CHATS_PAGE = 100
#: comments asked for one by one, for a page of answers to them
LOOKUPS_OF_PAGE = 20

#: a discussion or chat that answers with one of these is passed over
_PASSED_OVER = (Consequence.GONE, Consequence.PERMISSION)


class Walk(StoredItems):
    """One look or comparison, begun or continued.

    :param state: the whole cursor, a copy that this object changes.
    :param name: where its own state is kept: ``round`` or ``walk``.
    :param stored: what is stored of the page; only in a comparison.
    :param since: nothing older is looked for; only in a comparison.
    """

    def __init__(
        self,
        client: OKClient,
        state: dict,
        name: str,
        stored: Stored | None = None,
        since: datetime | None = None,
    ):
        self.client = client
        self.state = state
        self.name = name
        self.stored = stored
        self.full = name == "walk"
        for shelf in ("places", "seen"):
            if not isinstance(state.get(shelf), dict):
                state[shelf] = {}
        if not isinstance(state.get("denied"), list):
            state["denied"] = []
        if since is not None:
            wanted = int(since.timestamp() * 1000)
            if wanted < state.get("since", wanted):
                # More history is asked for: nothing counts as read.
                state["places"] = {}
            state["since"] = wanted
        self.since = state["since"]
        self.window = max(self.since, int((client.now() - WINDOW).timestamp() * 1000))
        self.memory = Memory(state["seen"], self.window)
        if not isinstance(state.get(name), dict) or "unread" not in state[name]:
            if self.full:
                state["reconcile"] = False
                self.begin_absences()
            state[name] = {
                "lists": ["discussions", "chats"],
                "marker": None,
                "queue": [],
                "unread": self.stored_roots(),
                **_NO_PLACE,
            }
        self.at = state[name]
        #: whom the comments read in this run answer, by discussion
        self.parents: dict[str, dict[str, str]] = {}

    def run(self) -> Iterator[Batch]:
        while self.state[self.name]:
            yield self._read_place() if self.at["queue"] else self._list()

    def remaining(self) -> int:
        """About how many calls are left, 0 only at the end."""
        at = self.state[self.name]
        return 1 + len(at["queue"]) + len(at["lists"]) if at else 0

    def _batch(self, items=(), broken=(), problems=()) -> Batch:
        # Whole seconds are what is kept of a time.
        items = [
            item
            for item in items
            if item.deleted or item.posted_at.timestamp() >= self.since // 1000
        ]
        if self.stored:
            items = self.client.compared(items, self.stored)
        items = [
            replace(item, change="edit")
            if item.change == "new" and self.memory.holds(item)
            else replace(item, present=True)
            for item in items
        ]
        for item in items:
            self.memory.note(item)
        return self.client.batch(
            self.state,
            items,
            broken,
            problems=tuple(problems),
            remaining_hint=self.remaining(),
        )

    # ----------------------------------------------------------------- lists

    def _list(self) -> Batch:
        if not self.at["lists"]:
            if self.at["unread"]:
                return self._queue_unread()
            problems = self._nothing_readable()
            self._finish()
            return self._batch(problems=problems)
        kind = self.at["lists"][0]
        try:
            return self._list_chats() if kind == "chats" else self._list_discussions()
        except NetworkError as error:
            problem = self._left_out(kind, error)
            if problem is None:
                raise
            self._end_list()
            return self._batch(problems=[problem])

    def _queue_unread(self) -> Batch:
        """Read what the lists did not lead to."""
        for root in self.at["unread"]:
            self.at["queue"].append([root, 0, -1, self.window])
        self.at["unread"] = None
        return self._batch()

    def _left_out(self, kind: str, error: NetworkError) -> Verdict | None:
        """What to say where a list may not be read; None where that is a failure."""
        refused = error.consequence is Consequence.PERMISSION
        if kind == "discussions":
            subject, code = "discussions", "discussions_denied"
        else:
            subject, code = "private_messages", "messages_denied"
            # A moderator's token, entered as the only one, need not be one for
            # messages: the discussions still count. Beside another token it has to.
            if not self.client.secrets.get(USER_TOKEN):
                refused |= error.consequence is Consequence.CREDENTIALS
        return Verdict(False, subject, code, error.message) if refused else None

    def _nothing_readable(self) -> list[Verdict]:
        """What to say where no discussion at all may be read. A single one may have
        been closed, which is nobody's fault."""
        denied = self.state["denied"]
        commented = [
            root
            for root, (_activity, count, _newest) in self.state["places"].items()
            if count and ids.parse_place(root)
        ]
        if len(commented) < 2 or not set(commented) <= set(denied):
            return []
        return [Verdict(False, "discussions", "discussions_denied", "getComments")]

    def _list_discussions(self) -> Batch:
        answer = self.client.read(
            "discussions.getList",
            category="GROUP",
            anchor=self.at["marker"],
            direction="FORWARD" if self.at["marker"] else None,
            count=DISCUSSIONS_PAGE,
        )
        objects = rows(answer, "discussions")
        items, broken = self.client.parse_all(objects, self._discussion)
        shown, news = [], bool(broken)
        for item in items:
            if self.full or item.root_id not in self.state["places"]:
                shown.append(item)
            news |= self._queue(item.root_id, *_condition(item.raw))
        self._turn_list(next_anchor(answer, self.at["marker"]), objects, news)
        return self._batch(shown, broken)

    def _discussion(self, raw: object) -> Item | None:
        parser = self.client.parser
        if not parser.belongs(mapping(raw, "discussion")):
            return None
        return parser.discussion(raw)

    def _list_chats(self) -> Batch:
        marker = self.at["marker"]
        answer = self.client.read_graph(
            "me/chats", count=CHATS_PAGE, **({"marker": marker} if marker else {})
        )
        objects = rows(answer, "chats")
        broken, news = [], False
        for raw in objects:
            try:
                chat = string(mapping(raw, "chat"), "chat_id")
                if ids.parse_chat(chat) != chat:
                    raise Malformed("a chat without id")
            except Malformed as error:
                broken.append((raw, f"Malformed: {error}"))
                news = True
                continue
            news |= self._queue(chat, number(raw, "lastEventTime"), -1)
        told = string(answer, "marker")
        self._turn_list(told if told != marker else None, objects, news)
        return self._batch(broken=broken)

    def _turn_list(self, marker: str | None, objects: list, news: bool) -> None:
        """Go on to the next page. Both lists are sorted by activity: behind a page
        without anything new there is nothing."""
        self.at["marker"] = marker
        if not (objects and marker and news):
            self._end_list()

    def _end_list(self) -> None:
        self.at["lists"].pop(0)
        self.at["marker"] = None

    def _queue(self, root: str, activity: int, count: int) -> bool:
        """Note a discussion or chat to be read. True where the list may hold more."""
        known = self.state["places"].get(root)
        changed = known is None or known[:2] != [activity, count]
        recent = self.full and (activity >= self.window or root in self.state["denied"])
        in_reach = not activity or activity >= self.since
        wanted = in_reach and (changed or recent)
        if wanted and not any(entry[0] == root for entry in self.at["queue"]):
            self.at["queue"].append([root, activity, count, self._until(known, count)])
            if root in self.at["unread"]:
                self.at["unread"].remove(root)
        # A comparison walks the whole list down to the date.
        return in_reach if self.full else wanted

    def _until(self, known: list | None, count: int) -> int:
        if known is None:
            return self.since
        overlapping = known[2] - OVERLAP_MS
        if self.full or 0 <= count <= known[1]:
            # Down to whatever came since the last reading, where that is longer ago.
            overlapping = min(self.window, overlapping)
        return max(self.since, overlapping)

    # ---------------------------------------------------------------- places

    def _read_place(self) -> Batch:
        root, activity, count, until = self.at["queue"][0]
        place = ids.parse_place(root)
        if self.at["anchor"] is None:
            self.at["expected"] = self.expect(root)
            if self._needs_no_reading(root, activity, count):
                self._leave()
                return self._batch()
        try:
            if place:
                items, broken, following = self._comments(place)
            else:
                items, broken, following = self._messages(root)
        except NetworkError as error:
            if error.consequence not in _PASSED_OVER:
                raise
            gone = error.consequence is Consequence.GONE and self._unlisted
            deletions = self.topic_gone(root) if gone else []
            self._leave(denied=error.consequence is Consequence.PERMISSION)
            return self._batch(deletions)
        stamps = [stamp(item) for item in items]
        met = set(map(short, items))
        self.at["expected"] = [one for one in self.at["expected"] if one not in met]
        first = self.at["anchor"] is None
        self.at["newest"] = max([self.at["newest"], *stamps])
        ended = bool(stamps) and min(stamps) < until
        # What was read lies between the newest item and this time.
        floor = until if ended else 0
        if following is not None and not ended:
            self.at["anchor"] = following
            return self._batch(reversed(items), broken)
        # Nothing at all where there should be something is a failure, no deletion.
        if not (first and not items and count != 0):
            live = self.live_names(root)
            missing = self.memory.missing(root, self.at["expected"], floor, live)
            gone = [self.client.parser.gone(one) for one in missing]
        else:
            gone = [] if count > 0 or broken else self.nothing_found(root)
        self._leave()
        return self._batch([*reversed(items), *gone], broken)

    @property
    def _unlisted(self) -> bool:
        """Whether a place is read that the lists did not lead to."""
        return self.at["unread"] is None

    def _needs_no_reading(self, root: str, activity: int, count: int) -> bool:
        if count == 0 and not self.at["expected"]:
            return True
        # A look for what is new may have read it while a comparison was under way.
        known = self.state["places"].get(root)
        read = known is not None and known[:2] == [activity, count]
        quiet = activity < self.window and not self.at["expected"]
        return read and quiet and root not in self.state["denied"]

    def _leave(self, denied: bool = False) -> None:
        # What is noted is from before the reading, so whatever happened meanwhile
        # shows as a change the next time.
        root, activity, count, _until = self.at["queue"].pop(0)
        if self._unlisted:
            # What the lists said last still holds.
            self.at.update(_NO_PLACE)
            return
        known = self.state["places"].get(root, [0, 0, 0])
        # Where reading was refused half way, the older half is still to be read.
        newest = known[2] if denied else max(self.at["newest"], known[2])
        others = [one for one in self.state["denied"] if one != root]
        self.state["denied"] = [*others, root] if denied else others
        self.state["places"][root] = [activity, count, newest]
        self.at.update(_NO_PLACE)

    def _comments(self, place: ids.Place):
        answer = self.client.read(
            "discussions.getComments",
            **self.client.comments_page(place.kind, place.object, self.at["anchor"]),
        )
        objects = rows(answer, "comments")
        root = place.root_id
        parents = self.parents.setdefault(root, self.memory.parents(root))
        for raw in mappings(objects):
            parents[string(raw, "id")] = string(raw, "reply_to_comment_id")
        lookups = iter(range(LOOKUPS_OF_PAGE))

        def asked(method, **params):
            # Past the limit an answer's own parent has to do as its thread.
            more = next(lookups, None) is not None
            return self.client.read(method, **params) if more else {}

        def parse(raw):
            answered = string(mapping(raw, "comment"), "reply_to_comment_id")
            top = self.client.top_of(place, answered, parents, asked)
            return self.client.parser.comment(raw, place, top)

        items, broken = self.client.parse_all(objects, parse)
        following = next_anchor(answer, self.at["anchor"]) if objects else None
        return items, broken, following

    def _messages(self, chat: str):
        before = self.at["anchor"]
        answer = self.client.read_graph(f"me/messages/{chat}", **history_page(before))
        items, broken = self.client.parse_all(
            rows(answer, "messages"), self.client.parser.message
        )
        oldest = oldest_stamp(answer)
        # A page that brings nothing older is the last.
        ended = oldest is None or oldest == before
        return items, broken, None if ended else oldest

    def _finish(self) -> None:
        """The end: forget what lies outside of the window."""
        self.state["seen"] = self.memory.trim()
        if self.full:
            self.state["places"] = {
                root: condition
                for root, condition in self.state["places"].items()
                if not condition[0] or condition[0] >= self.since
            }
            self.state["denied"] = [
                root for root in self.state["denied"] if root in self.state["places"]
            ]
        self.state[self.name] = None


_NO_PLACE = {"anchor": None, "newest": 0, "expected": []}


def rows(answer: Mapping, name: str) -> list:
    found = answer.get(name)
    return found if isinstance(found, list) else []


def _condition(raw: Mapping) -> tuple[int, int]:
    """Latest activity in ms, and number of comments, -1 where that is not told."""
    activity = milliseconds(raw, "last_activity_date", "creation_date", "created")
    return activity, number(raw, "total_comments_count", -1)
