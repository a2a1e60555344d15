"""Reading comments: on posts, in topics, on photos and videos.

====== ===================== ================ ======= =============================
on     method                token            threads told which comment is answered
====== ===================== ================ ======= =============================
wall   ``wall.getComments``  service or user  yes     yes
topic  ``board.getComments`` service or user  no      by a link in the text
photo  ``photos.getComments``  user           no      yes
video  ``video.getComments`` user             yes     yes
====== ===================== ================ ======= =============================
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping

from ..errors import Consequence, NetworkError
from ..values import Item
from . import ids
from .api import USER, VKApi
from .items import COMMENT_TYPES
from .raw import mapping_or_empty, mappings, rows

COMMENTS_PAGE = 100
#: pages of one list that are read at once, while a person or a reply waits
MAX_PAGES = 100

_METHODS = {
    "wall": ("wall.getComments", "post_id"),
    "topic": ("board.getComments", "topic_id"),
    "photo": ("photos.getComments", "photo_id"),
    "video": ("video.getComments", "video_id"),
}
#: where answers stand below the comment they belong to
THREADED = frozenset({"wall", "video"})


class Comments(VKApi):
    """Pages of comments, and a comment among them."""

    def comments_token(self, kind: str) -> str:
        """The token that reads comments on this kind of object."""
        return USER if kind in ("photo", "video") else self.reader

    def comments_request(
        self,
        place: ids.Place,
        offset: int,
        top: int | None = None,
        *,
        newest_first: bool = False,
    ) -> tuple[str, str, dict]:
        """Method, token and parameters for a page of the comments of an object, or
        of one thread under the comment ``top``."""
        method, name = _METHODS[place.kind]
        request = {
            "count": COMMENTS_PAGE,
            "offset": offset,
            "sort": "desc" if newest_first else "asc",
            name: place.object,
        }
        if place.kind == "topic":
            request["group_id"] = abs(place.owner)
        else:
            request["owner_id"] = place.owner
        if place.kind == "wall":
            request["preview_length"] = 0
        if place.kind in THREADED:
            if top:
                request["comment_id"] = top
            else:
                request["thread_items_count"] = 10
        return method, self.comments_token(place.kind), request

    def comment_pages(
        self, place: ids.Place, top: int | None = None, *, newest_first: bool = False
    ) -> Iterator[list[Mapping]]:
        """The comments of an object or thread, page by page, outside of polling."""
        offset, before = 0, None
        for _page in range(MAX_PAGES):
            method, token, request = self.comments_request(
                place, offset, top, newest_first=newest_first
            )
            answer = mapping_or_empty(self.call(method, token, **request))
            received = rows(answer)
            # A server that ignores the offset must not hold us.
            mark = fingerprint(received)
            if not received or mark == before:
                return
            yield mappings(received)
            # Only an empty page is surely the end: VK leaves out what it hides, and
            # counts answers within threads now here, now there.
            offset, before = offset + len(received), mark
        raise NetworkError(
            f"More than {offset} comments: not looked through to the end",
            consequence=Consequence.PERMISSION,
            code="too_many_comments",
        )

    def parse_comment(
        self, raw: object, place: ids.Place, top: int | None = None
    ) -> Item:
        """A comment out of the list that was asked for ``place`` and ``top``."""
        item_type = COMMENT_TYPES[place.kind]
        top = top if place.kind in THREADED else None
        return self.parser.comment(raw, item_type, on=place, top=top)


def thread_top(*external_ids: str | None) -> int | None:
    """The first comment that one of the ids names: thread, then comment answered."""
    for external_id in external_ids:
        place = ids.parse_place(external_id)
        if place and place.comment:
            return place.comment
    return None


def fingerprint(objects: list) -> str:
    """The same for the same page."""
    return hashlib.sha256(json.dumps(objects, sort_keys=True).encode()).hexdigest()
