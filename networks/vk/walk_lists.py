"""Comparing what VK gives as one list: comments on photos, and mentions."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import NetworkError
from ..values import Batch, Item
from . import ids
from .api import USER
from .items import COMMENT_TYPES
from .raw import integer, mapping, positive, rows
from .walk_discussions import total
from .walk_refused import denial, refuses

PHOTO_COMMENTS_PAGE = 100
MENTIONS_PAGE = 50


class Lists:
    """The phases ``photos`` and ``mentions`` of a walk.

    Such a list has no count for each object. Its whole count together with its first
    entry stand for it: as long as both are those of the last comparison, there is
    nothing to read.
    """

    def photos(self) -> Batch:
        return self._list(
            self._photo_comment,
            "photos.getAllComments",
            owner_id=self.client.owner,
            count=PHOTO_COMMENTS_PAGE,
        )

    def mentions(self) -> Batch:
        if self.at["ask"]:
            return self.ask_mentions()
        return self._list(
            self._mention,
            "newsfeed.getMentions",
            owner_id=self.client.owner,
            start_time=max(int(self.since.timestamp()), 0),
            count=MENTIONS_PAGE,
        )

    def _list(self, parse, method: str, **request) -> Batch:
        phase = self.at["phase"]
        try:
            answer = self.client.read(method, USER, offset=self.at["offset"], **request)
        except NetworkError as error:
            if not refuses(error, USER):
                raise
            return self.give_up(denial(phase, error))
        objects = rows(answer)
        if not self.at["offset"]:
            self.at["mark"] = _mark(answer, objects)
            unchanged = self.at["mark"] == (self.state.get("marks") or {}).get(phase)
            look = self.state.get("thorough") or self.is_suspected(phase)
            if unchanged and not look:
                self.finish()
                return self.batch()
        items, broken = self.client.parse_all(objects, parse)
        self.at["offset"] += len(objects)
        offset = self.at["offset"]
        # Newest first; mentions come since the date anyway.
        reached = phase == "photos" and any(not self.in_window(item) for item in items)
        ended = reached or not objects or offset >= total(answer, offset)
        repeats = self.repeats(objects)
        self.note_found(item.external_id for item in items)
        # Of what is not understood nobody knows which it is.
        if broken or repeats:
            self.at["whole"] = False
        if repeats or ended:
            self.at["listed"] = True
            if phase == "photos":
                items += self.absences(phase, COMMENT_TYPES["photo"], self.since)
            else:
                stored = set(self.stored.live("mention", self.since))
                self.at["ask"] = sorted(stored.difference(self.at["found"]))
            self.finish_if_done()
        return self.batch(items, broken)

    def _photo_comment(self, raw: object) -> Item:
        raw = mapping(raw, "comment")
        name = "pid" if "pid" in raw else "photo_id"
        photo = ids.Place("photo", self.client.owner, positive(raw, name))
        return self.client.parse_comment(raw, photo)

    def _mention(self, raw: object) -> Item | None:
        item = self.client.parser.mention(raw)
        # What stands on our own wall is compared there.
        ours = ids.parse_place(item.external_id).owner == self.client.owner
        return None if ours else item


def _mark(answer: Mapping, objects: list) -> list[int]:
    first = objects[0] if objects and isinstance(objects[0], Mapping) else {}
    return [integer(answer, "count", -1), integer(first, "id", 0)]
