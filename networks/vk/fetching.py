"""The item that a link leads to, for entering by hand what was met elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..errors import Consequence, NetworkError
from ..values import Author, Item
from . import ids
from .api import USER
from .comments import THREADED, Comments
from .raw import Malformed, integer, mapping_or_empty, mappings

_NOT_SHOWN = (Consequence.GONE, Consequence.PERMISSION)


class Fetching(Comments):
    """Posts and comments of any page, as far as VK shows them.

    Private messages are not fetched: they come to the page by themselves.
    """

    def fetch(self, url: str) -> tuple[Item, Author | None] | None:
        if "fetch" not in self.abilities("feed"):
            raise self._not_offered("fetch")
        key = self.permalink_key(url) or ""
        place = ids.parse_place(key.removeprefix("vk:"))
        if place is None:
            return None
        try:
            item = self._fetch(place, ids.thread_of_link(url))
        except NetworkError as error:
            if error.consequence not in _NOT_SHOWN or not isinstance(error.code, int):
                raise
            return None
        except Malformed:
            return None
        if item is None or item.deleted:
            return None
        return item, next(iter(self.authors([item.author_id])), None)

    def _fetch(self, place: ids.Place, thread: int | None) -> Item | None:
        if place.comment:
            return self._fetch_comment(place, thread)
        # A topic, photo or video alone has nothing a citizen wrote to the page.
        return self._fetch_post(place) if place.kind == "wall" else None

    def _fetch_post(self, place: ids.Place) -> Item | None:
        name = f"{place.owner}_{place.object}"
        answer = self.call("wall.getById", self.reader, posts=name)
        # Before 5.199 the list stood alone.
        posts = mappings(mapping_or_empty(answer).get("items")) or mappings(answer)
        return self.parser.post(posts[0]) if posts else None

    def _fetch_comment(self, place: ids.Place, thread: int | None) -> Item | None:
        if place.kind == "wall" and self.secrets.get(USER):
            found = self._one_comment(place)
            if found:
                return self.parse_comment(found, place, thread)
        if place.kind not in THREADED or thread == place.comment:
            thread = None
        for raw, top in self._candidates(place, thread):
            if integer(raw, "id", 0) == place.comment:
                return self.parse_comment(raw, place, top)
        return None

    def _one_comment(self, place: ids.Place) -> Mapping | None:
        try:
            answer = self.call(
                "wall.getComment",
                USER,
                owner_id=place.owner,
                comment_id=place.comment,
            )
        except NetworkError as error:
            # The other way remains.
            if error.consequence not in _NOT_SHOWN:
                raise
            return None
        for found in mappings(mapping_or_empty(answer).get("items")):
            if integer(found, "post_id", place.object) == place.object:
                return found
        return None

    def _candidates(
        self, place: ids.Place, thread: int | None
    ) -> Iterator[tuple[Mapping, int | None]]:
        """Comments among which the one at ``place`` may be, the likely ones first,
        each with the thread it stands in."""
        method, token, request = self.comments_request(place, 0, thread)
        hint = {**request, "start_comment_id": place.comment, "count": 1}
        try:
            answer = mapping_or_empty(self.call(method, token, **hint))
        except NetworkError as error:
            # A comment within a thread may not be a beginning VK knows.
            if error.consequence not in _NOT_SHOWN:
                raise
            answer = {}
        for raw in mappings(answer.get("items")):
            yield raw, thread
        long_threads = []
        for objects in self.comment_pages(place, thread, newest_first=True):
            for raw in objects:
                yield raw, thread
                below = mapping_or_empty(raw.get("thread"))
                shown = mappings(below.get("items"))
                top = integer(raw, "id", 0)
                for answer in shown:
                    yield answer, top
                # An answer is newer than what it answers.
                if integer(below, "count", 0) > len(shown) and top < place.comment:
                    long_threads.append(top)
        for top in long_threads:
            for objects in self.comment_pages(place, top, newest_first=True):
                for raw in objects:
                    yield raw, top
