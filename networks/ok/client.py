"""The Odnoklassniki client: reading, authors, links, a look at single items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from ..errors import Consequence, NetworkError
from ..values import Author, Batch, Item, Published, Standing, Stored
from . import ids
from .api import KEY, SECRET, TOKEN, USER_TOKEN, OutOfBudget
from .checking import Checking
from .delivery import Delivering
from .items import mapping_or_empty, mappings, removed, string
from .sending import Sending
from .walk import Walk


class OKClient(Checking, Sending, Delivering):
    """A group on Odnoklassniki.

    The Graph API reads and answers the group's private messages with the group's key,
    the REST API its discussions. Where that needs the token of a moderator, it is
    entered besides (``user_token``).

    Odnoklassniki reports nothing of comments, so there are no events to lose: each
    poll lists what changed and reads it. The cursor is ``{"since", "reconcile",
    "places", "denied", "seen", "round", "walk", "budget"}``, all described in
    :mod:`.walk`.
    """

    # --------------------------------------------------------------- reading

    def updates(self, cursor: Mapping) -> Iterator[Batch]:
        state = self.open_cursor(cursor)
        if state.get("since") is None:
            # How far back is for the comparison to say, and it brings everything.
            state["reconcile"] = True
            yield self.batch(state)
            return
        yield from self._walking(Walk(self, state, "round"))

    def reconcile(
        self,
        cursor: Mapping,
        stored: Stored,
        since: datetime,
    ) -> Iterator[Batch]:
        state = self.open_cursor(cursor)
        yield from self._walking(Walk(self, state, "walk", stored, since))

    def _walking(self, walk: Walk) -> Iterator[Batch]:
        try:
            yield from walk.run()
        except OutOfBudget as stop:
            yield self.batch(
                walk.state, remaining_hint=walk.remaining(), retry_after=stop.wait
            )

    # --------------------------------------------------------------- authors

    def authors(self, external_ids: Iterable[str]) -> list[Author]:
        given = set(external_ids)
        people = sorted(one for one in given if one.isdecimal())
        groups = sorted(
            one.removeprefix("group:")
            for one in given
            if one.startswith("group:") and one.removeprefix("group:").isdecimal()
        )
        found = []
        for part in _chunks(people, 100):
            answer = self.call(
                "users.getInfo",
                uids=",".join(part),
                fields="uid,name,first_name,last_name,url_profile,pic128x128",
                emptyPictures="true",
            )
            found += [_person(one) for one in mappings(answer) if string(one, "uid")]
        for part in _chunks(groups, 100):
            answer = self.call(
                "group.getInfo", uids=",".join(part), fields="uid,name,picAvatar"
            )
            found += [_group(one) for one in mappings(answer) if string(one, "uid")]
        return found

    # ------------------------------------------------------------- abilities

    def abilities(self, kind: str) -> frozenset[str]:
        if kind == "private":
            able = self.secrets.get(TOKEN)
            return frozenset({"reply", "look"}) if able else frozenset()
        token = self.secrets.get(USER_TOKEN) or self.secrets.get(TOKEN)
        if token and self.secrets.get(KEY) and self.secrets.get(SECRET):
            return frozenset({"reply", "edit", "delete", "look", "fetch"})
        return frozenset()

    def look(self, published: Iterable[Published]) -> list[Standing]:
        return [
            self._look_at_message(one)
            if one.kind == "private"
            else self._look_at_comment(one)
            for one in published
        ]

    def _look_at_comment(self, one: Published) -> Standing:
        raw = self._comment(ids.parse_place(one.external_id))
        if raw is None or removed(raw):
            return Standing(one.external_id, "gone")
        return Standing(one.external_id, "there", string(raw, "text"))

    def _look_at_message(self, one: Published) -> Standing:
        chat = ids.parse_chat(one.external_id)
        if not chat:
            return Standing(one.external_id, "unknown")
        for item in self.chat_items(chat):
            if item.external_id == one.external_id:
                return Standing(one.external_id, "there", item.text)
        # Further back than one page, or deleted: the network does not tell which.
        return Standing(one.external_id, "unknown")

    def fetch(self, url: str) -> tuple[Item, Author | None] | None:
        key = self.permalink_key(url) or ""
        place = ids.parse_place(key.removeprefix("ok:"))
        if place is None:
            return None
        item = self._fetch_comment(place) if place.comment else self._fetch_topic(place)
        if item is None:
            return None
        found = self.authors([item.author_id]) if item.author_id else []
        return item, found[0] if found else None

    def _fetch_comment(self, place: ids.Place) -> Item | None:
        raw = self._comment(place)
        return None if raw is None else self.comment_item(raw, place)

    def _fetch_topic(self, place: ids.Place) -> Item | None:
        answer = self._unless_gone(
            "discussions.get", discussionId=place.object, discussionType=place.kind
        )
        raw = mapping_or_empty(mapping_or_empty(answer).get("discussion"))
        return self.parsed(lambda: self.parser.discussion(raw)) if raw else None

    def _comment(self, place: ids.Place | None) -> Mapping | None:
        """A single comment as the network has it; None where there is none."""
        if place is None or not place.comment:
            return None
        answer = self._unless_gone(
            "discussions.getComment",
            discussionId=place.object,
            discussionType=place.kind,
            comment_id=place.comment,
        )
        answer = mapping_or_empty(answer)
        raw = mapping_or_empty(answer.get("comment")) or answer
        return raw if string(raw, "id") else None

    def _unless_gone(self, method: str, **params) -> object:
        try:
            return self.call(method, **params)
        except NetworkError as error:
            if error.consequence is not Consequence.GONE:
                raise
            return None

    # ----------------------------------------------------------------- links

    @classmethod
    def permalink_key(cls, url: str) -> str | None:
        return ids.link_key(url) if cls.owns_link(url) else None


def _chunks(values: list, size: int) -> Iterator[list]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _person(raw: Mapping) -> Author:
    number = string(raw, "uid")
    names = (string(raw, "first_name"), string(raw, "last_name"))
    return Author(
        external_id=number,
        name=string(raw, "name") or " ".join(filter(None, names)) or f"id{number}",
        url=f"https://ok.ru/profile/{number}",
        avatar_url=string(raw, "pic128x128"),
    )


def _group(raw: Mapping) -> Author:
    number = string(raw, "uid")
    return Author(
        external_id=f"group:{number}",
        name=string(raw, "name") or f"group {number}",
        url=f"https://ok.ru/group/{number}",
        avatar_url=string(raw, "picAvatar"),
        is_community=True,
    )
