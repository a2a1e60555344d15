"""Comparing what is discussed: posts, topics, videos, and the comments on them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from ..errors import NetworkError
from ..values import Batch, Item
from . import ids
from .api import USER
from .comments import COMMENTS_PAGE, THREADED
from .items import COMMENT_TYPES
from .raw import (
    Malformed,
    instant,
    integer,
    mapping,
    mapping_or_empty,
    mappings,
    optional_instant,
    positive,
    rows,
)
from .walk_asking import KINDS, RECENT
from .walk_refused import PASSED_OVER, denial, refuses, refuses_token

POSTS_PAGE = 100
TOPICS_PAGE = 100
VIDEOS_PAGE = 200

#: a post keeps being commented; older ones than this before the date are not listed
BEFORE = timedelta(days=30)


class Discussions:
    """The phases ``wall``, ``topics`` and ``videos`` of a walk."""

    def wall(self) -> Batch:
        if self.at["listed"]:
            return self._listed()
        answer = self.client.read(
            "wall.get",
            self.client.reader,
            owner_id=self.client.owner,
            count=POSTS_PAGE,
            offset=self.at["offset"],
        )
        items, broken = self.client.parse_all(rows(answer), self.client.parser.post)
        reached = False
        floor = self.since - BEFORE
        for item in items:
            # A pinned post stands first whatever its age.
            if item.posted_at >= floor or item.raw.get("is_pinned"):
                self._note_post(item)
            else:
                reached = True
        self._end_of_list(answer, reached)
        return self.batch(items, broken)

    def topics(self) -> Batch:
        if self.at["listed"]:
            return self._listed()
        token = self.client.reader
        try:
            answer = self.client.read(
                "board.getTopics",
                token,
                group_id=self.client.group,
                # The last changed first.
                order=1,
                count=TOPICS_PAGE,
                offset=self.at["offset"],
            )
        except NetworkError as error:
            if not refuses(error, token):
                raise
            return self.give_up(denial("topics", error))
        reached = False
        broken = []
        for topic in rows(answer):
            try:
                topic = mapping(topic, "topic")
                # A pinned topic stands first whatever its age.
                updated = instant(topic, "updated")
                if updated < self.since and not topic.get("is_fixed"):
                    reached = True
                else:
                    self._note_topic(topic)
            except Malformed as error:
                broken.append((topic, f"Malformed: {error}"))
        self._end_of_list(answer, reached)
        return self.batch(broken=broken)

    def videos(self) -> Batch:
        if self.at["listed"]:
            return self._listed()
        try:
            answer = self.client.read(
                "video.get",
                USER,
                owner_id=self.client.owner,
                count=VIDEOS_PAGE,
                offset=self.at["offset"],
            )
        except NetworkError as error:
            if not refuses(error, USER):
                raise
            return self.give_up(denial("videos", error))
        broken = []
        for video in rows(answer):
            try:
                video = mapping(video, "video")
                # A community also shows videos of others, with their comments.
                if integer(video, "owner_id", self.client.owner) == self.client.owner:
                    self._note_video(video)
            except Malformed as error:
                broken.append((video, f"Malformed: {error}"))
        self._end_of_list(answer, False)
        return self.batch(broken=broken)

    def look_at(self, raw: Mapping) -> Item | None:
        """Note an object that was asked for by its id; the item of a post."""
        if self.at["phase"] == "topics":
            return self._note_topic(raw)
        if self.at["phase"] == "videos":
            return self._note_video(raw)
        ours = integer(raw, "owner_id", self.client.owner) == self.client.owner
        item = self.client.parser.post(raw, "post" if ours else "repost")
        if ours:
            self._note_post(item)
        return item

    def _note_post(self, item: Item) -> None:
        comments = mapping_or_empty(item.raw.get("comments"))
        count = integer(comments, "count", 0)
        self._note(integer(item.raw, "id"), count, item.posted_at)

    def _note_topic(self, topic: Mapping) -> None:
        count = integer(topic, "comments", 0)
        self._note(positive(topic, "id"), count, instant(topic, "updated"))

    def _note_video(self, video: Mapping) -> None:
        count = integer(video, "comments", 0)
        added = optional_instant(video, "date") or self.since
        self._note(positive(video, "id"), count, added)

    def _note(self, number: int, count: int, at: datetime) -> None:
        """Queue an object, unless its count is the one of the last comparison and
        there is no reason to look inside all the same; ``at``: how young it is."""
        name = str(number)
        phase = self.at["phase"]
        kept = {"wall": "posts"}.get(phase, phase)
        unchanged = count == (self.state.get(kept) or {}).get(name, 0)
        floor = self.thorough_since(RECENT)
        place = ids.Place(KINDS[phase], self.client.owner, number)
        # What is stored has to be looked for where VK counts nothing, too.
        look = place.root_id in self.young_roots()
        look = look or count and floor is not None and at >= floor
        if unchanged and not look and not self.is_suspected(place.root_id):
            self.at["counts"][name] = count
        elif not any(entry[0] == name for entry in self.at["queue"]):
            self.at["queue"].append([name, count])

    def _end_of_list(self, answer: Mapping, reached: bool) -> None:
        objects = rows(answer)
        self.at["offset"] += len(objects)
        offset = self.at["offset"]
        ended = reached or not objects or offset >= total(answer, offset)
        if self.repeats(objects) or ended:
            self.at.update(listed=True, page="", ask=self.unlisted())
            self.finish_if_done()

    def _listed(self) -> Batch:
        """After the list: what was not on it, then the comments."""
        return self.ask() if self.at["ask"] else self._comments()

    # -------------------------------------------------------------- comments

    def _comments(self) -> Batch:
        number, _count = self.at["queue"][0]
        kind = KINDS[self.at["phase"]]
        place = ids.Place(kind, self.client.owner, int(number))
        thread = self.at["threads"][0] if self.at["threads"] else None
        level = "thread_offset" if thread else "inside"
        method, token, request = self.client.comments_request(
            place, self.at[level], thread
        )
        try:
            answer = self.client.read(method, token, **request)
        except NetworkError as error:
            if refuses_token(error, token):
                return self.give_up(denial(self.at["phase"], error))
            if error.consequence not in PASSED_OVER:
                raise
            self.at["whole"] = False
            return self.batch(self._leave_level(thread, place))
        objects = rows(answer)
        self.at[level] += len(objects)
        items, broken = self._parse(objects, place, thread)
        if not thread and kind in THREADED:
            for comment in mappings(objects):
                shown, broken_below = self._thread_of(comment, place)
                items += shown
                broken += broken_below
        last = self._is_last(answer, len(objects), self.at[level])
        repeats = self.repeats(objects)
        if repeats:
            self.at["whole"] = False
        if repeats or last:
            items += self._leave_level(thread, place)
        return self.batch(items, broken)

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

    def _parse(
        self, objects: list, place: ids.Place, top: int | None
    ) -> tuple[list[Item], list]:
        numbers = (integer(raw, "id", 0) for raw in mappings(objects))
        self.note_found(place.under(number) for number in numbers)
        return self.client.parse_all(
            objects, lambda raw: self.client.parse_comment(raw, place, top)
        )

    def _thread_of(self, comment: Mapping, place: ids.Place):
        """The answers shown with a top-level comment; notes a thread with more."""
        thread = comment.get("thread")
        top = integer(comment, "id", 0)
        if not isinstance(thread, Mapping) or top <= 0:
            return [], []
        shown = mappings(thread.get("items"))
        more = integer(thread, "count", 0) > len(shown)
        if more and top not in self.at["threads"]:
            self.at["threads"].append(top)
        return self._parse(shown, place, top)

    def _leave_level(self, thread: int | None, place: ids.Place) -> list[Item]:
        """Go on after the end of a thread, or of the top level of an object; the
        deletions of what is missing, where that was the end of the object."""
        self.at["page"] = ""
        if thread:
            self.at["threads"].pop(0)
            self.at["thread_offset"] = 0
        else:
            self.at["level_done"] = True
        if self.at["threads"] or not self.at["level_done"]:
            return []
        # The count noted is the one from before the comments were read, so whatever
        # happened meanwhile shows as a change the next time.
        number, count = self.at["queue"].pop(0)
        self.at["counts"][number] = count
        gone = self.absences(
            place.root_id, COMMENT_TYPES[place.kind], self.since, place.root_id
        )
        self.at.update(inside=0, level_done=False, whole=True)
        self.finish_if_done()
        return gone


def total(answer: Mapping, offset: int) -> int:
    """``count`` of an answer; one more than was read, where VK does not say."""
    return integer(answer, "count", offset + 1)
