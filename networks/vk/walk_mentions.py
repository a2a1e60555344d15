"""Asking for mentions that VK lists no more.

One was deleted, or names the page no longer, or VK leaves it out.  So it is asked for
by its id: posts together, each comment by itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import NetworkError
from ..values import Batch, Item
from . import ids
from .api import USER, joined
from .raw import integer, mappings, rows
from .walk_asking import ASKED_AT_ONCE
from .walk_refused import denial, refuses, refuses_token


class Mentions:
    """The part of a walk that asks for what stands elsewhere."""

    def ask_mentions(self) -> Batch:
        asked = self.at["ask"]
        posts = [name for name in asked if not ids.parse_place(name).comment]
        part = posts[:ASKED_AT_ONCE] or asked[:1]
        items, broken = [], []
        try:
            shown = self._posts(part) if posts else self._comment(part[0])
        except NetworkError as error:
            if not refuses(error, USER):
                raise
            if refuses_token(error, USER):
                return self.give_up(denial("mentions", error))
            # So VK answers for a comment that is gone; of posts nothing is known.
            shown = None if posts else {}
        if shown is not None:
            items, broken = self._shown(shown)
            missing = set(part).difference(shown)
            items += self.judge("mentions", "mention", missing)
        self.at["ask"] = [name for name in asked if name not in part]
        self.finish_if_done()
        return self.batch(items, broken)

    def _posts(self, part: list[str]) -> dict[str, Mapping]:
        places = [ids.parse_place(name) for name in part]
        names = joined(f"{place.owner}_{place.object}" for place in places)
        answer = self.client.read("wall.getById", USER, posts=names)
        shown = {}
        for raw in mappings(rows(answer)):
            owner, number = integer(raw, "owner_id", 0), integer(raw, "id", 0)
            shown[ids.Place("wall", owner, number).root_id] = raw
        return shown

    def _comment(self, name: str) -> dict[str, Mapping]:
        place = ids.parse_place(name)
        request = {"owner_id": place.owner, "comment_id": place.comment}
        answer = self.client.read("wall.getComment", USER, **request)
        found = {integer(raw, "id", 0): raw for raw in mappings(rows(answer))}
        return {name: found[place.comment]} if place.comment in found else {}

    def _shown(self, shown: Mapping[str, Mapping]):
        """What is there in its present state, which may be deleted."""
        items: list[Item] = []
        broken: list[tuple[object, str]] = []
        for name, raw in shown.items():
            place = ids.parse_place(name)
            found, wrong = self.client.parse_all(
                [raw], lambda raw, place=place: self._mentioning(raw, place)
            )
            items += found
            broken += wrong
        return items, broken

    def _mentioning(self, raw: Mapping, place: ids.Place) -> Item:
        if not place.comment:
            return self.client.parser.post(raw, "mention")
        post = ids.Place(place.kind, place.owner, place.object)
        return self.client.parser.comment(raw, "mention", on=post)
