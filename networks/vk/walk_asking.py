"""Asking by id for what is stored and was on no list.

The lists of a comparison end somewhere: the wall a month before the date, the topics
at the last one changed since then.  And a post, topic or video that is on its list no
more was deleted, with all that stood below it, or VK hides it for the moment, or it
moved from one page of the list to another while these were read.  So once the list is
read, VK is asked by ids, a hundred in a call, for

- citizens' posts that are stored and were not listed, in every comparison;
- whatever else has young comments that are stored, in a thorough comparison;
- what was missing in the comparison before.

What is there is compared as if it had been listed; for what is missing see
:mod:`.walk_absent`.

Reposts stand on the walls of those who wrote them, and VK tells of them by events even
where it shows the wall to nobody.  So one that is missing proves nothing: it counts as
deleted only where VK shows it as deleted.  Suggested posts are shown to the managers of
the page alone, and not compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from ..errors import NetworkError
from ..values import Batch, Item
from . import ids
from .api import USER, joined
from .items import COMMENT_TYPES
from .raw import integer, mappings, rows
from .walk_refused import denial, refuses, refuses_token

#: ids that VK takes in one call
ASKED_AT_ONCE = 100
#: what was posted since then is read by a thorough comparison, comments included
RECENT = timedelta(days=30)
#: phase -> kind of place
KINDS = {"wall": "wall", "topics": "topic", "videos": "video"}


class Asking:
    """The part of a walk that asks for posts, topics and videos."""

    #: phase, and what :meth:`young_roots` found in it
    _young: tuple[str, frozenset[str]] = ("", frozenset())

    def unlisted(self) -> list[str]:
        """What is to be asked for, once the list of the phase was read."""
        kind = KINDS[self.at["phase"]]
        wanted = {*self.young_roots(), *self.state["suspected"]}
        if kind == "wall":
            wanted.update(self.stored.live("post", self.since))
        listed = {*self.at["counts"], *(name for name, _count in self.at["queue"])}
        places = map(ids.parse_place, wanted)
        ours = {
            place.object: place.root_id
            for place in places
            if place and (place.kind, place.owner) == (kind, self.client.owner)
        }
        asked = [ours[one] for one in sorted(ours) if str(one) not in listed]
        floor = self.thorough_since(RECENT)
        if kind == "wall" and floor is not None:
            asked += sorted(self.stored.live("repost", floor))
        return asked

    def young_roots(self) -> frozenset[str]:
        """Below what young comments are stored; nothing, unless it is to be read
        whatever its count."""
        phase, floor = self.at["phase"], self.thorough_since(RECENT)
        if self._young[0] != phase:
            of = COMMENT_TYPES[KINDS[phase]]
            found = () if floor is None else self.stored.roots(of, floor)
            self._young = phase, frozenset(found)
        return self._young[1]

    def ask(self) -> Batch:
        """One call: which of the next ones are there."""
        part = self.at["ask"][:ASKED_AT_ONCE]
        method, token, request = self._question(part)
        items, broken = [], []
        try:
            answer = self.client.read(method, token, **request)
        except NetworkError as error:
            if not refuses(error, token):
                raise
            if refuses_token(error, token):
                return self.give_up(denial(self.at["phase"], error))
            # Nothing is known of these.
        else:
            items, broken = self._answered(part, answer)
        self.at["ask"] = self.at["ask"][ASKED_AT_ONCE:]
        self.finish_if_done()
        return self.batch(items, broken)

    def _question(self, part: list[str]) -> tuple[str, str, dict]:
        client = self.client
        places = [ids.parse_place(name) for name in part]
        names = joined(f"{place.owner}_{place.object}" for place in places)
        if self.at["phase"] == "wall":
            return "wall.getById", client.reader, {"posts": names}
        if self.at["phase"] == "videos":
            request = {"videos": names, "count": ASKED_AT_ONCE}
            return "video.get", USER, request
        numbers = joined(place.object for place in places)
        request = {"group_id": client.group, "topic_ids": numbers}
        return "board.getTopics", client.reader, request

    def _answered(self, part: Iterable[str], answer: Mapping):
        """What is there, compared, and the deletions of what is missing."""
        kind, ours = KINDS[self.at["phase"]], self.client.owner
        shown = {}
        for raw in mappings(rows(answer)):
            owner = ours if kind == "topic" else integer(raw, "owner_id", ours)
            place = ids.Place(kind, owner, integer(raw, "id", 0))
            shown[place.root_id] = raw
        standing, items = [], []
        for name in part:
            raw = shown.get(name)
            deleted = raw is not None and bool(raw.get("is_deleted"))
            if raw is not None and not deleted:
                standing.append(raw)
            elif ids.parse_place(name).owner == ours:
                items += self._gone(name, kind, deleted)
            elif deleted:
                items.append(self.client.parser.gone(name, "repost"))
        found, broken = self.client.parse_all(standing, self.look_at)
        return [*found, *items], broken

    def _gone(self, name: str, kind: str, deleted: bool) -> list[Item]:
        """Deletions of what is missing with its root; ``deleted``: VK shows that."""
        told = []
        if kind == "wall":
            posts = set(self.stored.live("post", self.since, name))
            if deleted:
                told += [self.client.parser.gone(one, "post") for one in posts]
            else:
                told += self.judge(name, "post", posts)
        below = set(self.stored.live(COMMENT_TYPES[kind], self.since, name))
        return told + self.judge(name, COMMENT_TYPES[kind], below)
