"""The VK client: events, full comparison, authors, links."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from ..errors import Consequence, NetworkError
from ..values import Author, Batch, Stored
from . import ids
from .api import COMMUNITY, OutOfBudget, groups_of, joined
from .checking import Checking
from .delivering import Delivering
from .fetching import Fetching
from .own import Own, chunks
from .raw import Malformed, integer, mappings, string
from .sending import Sending
from .walk import Walk

_NUMBER = re.compile(r"-?[0-9]{1,18}")


class VKClient(Checking, Delivering, Sending, Own, Fetching):
    """A VK community.

    Two keys are needed, since neither can do everything: the community's own token
    reads events and messages and writes, the service key of an application reads
    the wall, which VK does not show to a community token. A third one, the token of
    a person who manages the community, opens what VK gives to persons only.

    The cursor is ``{"ts", "reconcile", "since", "posts", "topics", "videos", "marks",
    "chats", "asked_at", "gone", "told", "thorough", "thorough_at", "absent",
    "suspected", "walk", "budget"}``:

    - ``ts``: number of the last long poll event stored;
    - ``reconcile``: True once events were lost (or at the first connection);
    - ``since``: how far back the last comparison reached;
    - ``posts``, ``topics``, ``videos``: comment counts ``{object: count}`` of the last
      comparison;
    - ``marks``: by what the lists of photo comments and mentions would show a change;
    - ``chats``: ``{peer: conversation number}`` up to which dialogues were compared;
    - ``asked_at``: when private messages were last asked for, in seconds since 1970;
    - ``gone``: ``{external id: seconds}`` of those then missing, which may come back;
    - ``told``: what could not be compared and has been told;
    - ``thorough``: whether the comparison that goes on also reads what seems unchanged;
    - ``thorough_at``: when the last such one began, in seconds since 1970;
    - ``absent``, ``suspected``: what was missing (see :mod:`.walk_absent`);
    - ``walk``: where an unfinished comparison stands (see :class:`~.walk.Walk`);
    - ``budget``: calls left, by token (see :class:`~..budget.Budget`).

    The long poll's key is not in it: it opens private messages, so it is asked for
    anew in each run instead of being stored, and the number of the last event is
    valid with any key.
    """

    #: long poll answers taken in one run; a page busier than that goes on next time
    MAX_ANSWERS = 20

    # ---------------------------------------------------------------- events

    def updates(self, cursor: Mapping) -> Iterator[Batch]:
        state = self.open_cursor(cursor)
        try:
            yield from self._updates(state)
        except OutOfBudget as stop:
            yield self.batch(state, remaining_hint=1, retry_after=stop.wait)

    def _updates(self, state: dict) -> Iterator[Batch]:
        server = self._long_poll_server()
        if state.get("ts") is None:
            # Nothing is known of the time before: the comparison brings it.
            state.update(ts=server["ts"], reconcile=True)
            yield self.batch(state, remaining_hint=1)
        renewals = 0
        for _answer in range(self.MAX_ANSWERS):
            answer = self._long_poll(server, state["ts"])
            failed = integer(answer, "failed", 0)
            if not failed:
                events = self.complete(answer["updates"])
                # After the last call that could end the run: with the new number
                # stored, these events would not be given out again.
                state["ts"] = stamp_of(answer) or state["ts"]
                items, broken = self.parse_all(events, self.parser.event)
                yield self.batch(state, items, broken, remaining_hint=len(events) and 1)
                if not events:
                    return
                continue
            # A server that goes on refusing must not hold the run.
            renewals += 1
            if renewals > 3 or failed not in (1, 2, 3):
                raise NetworkError(
                    f"The long poll server keeps refusing (failed {failed})",
                    consequence=Consequence.RETRY,
                    code=f"long_poll_{failed}",
                )
            if failed == 1:
                state["ts"] = stamp_of(answer) or self._long_poll_server()["ts"]
            else:
                server = self._long_poll_server()
                if failed == 3:
                    state["ts"] = server["ts"]
            if failed != 2:
                state["reconcile"] = True
            yield self.batch(state, remaining_hint=1)

    def _long_poll_server(self) -> dict[str, str]:
        answer = self.read("groups.getLongPollServer", COMMUNITY, group_id=self.group)
        server, key = string(answer, "server"), string(answer, "key")
        stamp = stamp_of(answer)
        if not (server and key and stamp):
            raise NetworkError(
                "No long poll server in the answer",
                consequence=Consequence.RETRY,
                code="malformed",
                method="groups.getLongPollServer",
            )
        self.transport.hide([key])
        own = urlsplit(self.api_url)
        if "://" not in server:
            if server.startswith("/"):
                server = f"{own.netloc}/{server.lstrip('/')}"
            server = f"{own.scheme}://{server}"
        if own.scheme == "https" and not server.lower().startswith("https://"):
            raise NetworkError(
                "The long poll server is not encrypted, the interface is",
                consequence=Consequence.PERSON,
                code="address_refused",
            )
        return {"server": server, "key": key, "ts": stamp}

    def _long_poll(self, server: Mapping[str, str], stamp: str) -> Mapping:
        answer = self.transport.get_json(
            server["server"],
            {"act": "a_check", "key": server["key"], "ts": stamp, "wait": 0},
            method="long poll",
        )
        if isinstance(answer, Mapping):
            if "failed" in answer or isinstance(answer.get("updates"), list):
                return answer
        raise NetworkError(
            "The long poll answer holds neither events nor a failure",
            consequence=Consequence.RETRY,
            code="malformed",
            method="long poll",
        )

    # ------------------------------------------------------------ comparison

    def reconcile(
        self,
        cursor: Mapping,
        stored: Stored,
        since: datetime,
    ) -> Iterator[Batch]:
        walk = Walk(self, self.open_cursor(cursor), stored, since)
        try:
            yield from walk.run()
        except OutOfBudget as stop:
            yield self.batch(
                walk.state, remaining_hint=walk.remaining(), retry_after=stop.wait
            )

    # --------------------------------------------------------------- authors

    def authors(self, external_ids: Iterable[str]) -> list[Author]:
        numbers = {int(one) for one in external_ids if _NUMBER.fullmatch(one)}
        people = sorted(number for number in numbers if number > 0)
        communities = sorted(-number for number in numbers if number < 0)
        found = []
        for part in chunks(people, 1000):
            answer = self.call(
                "users.get", COMMUNITY, user_ids=joined(part), fields="photo_100"
            )
            found += _each(mappings(answer), _person)
        for part in chunks(communities, 500):
            answer = self.call(
                "groups.getById", COMMUNITY, group_ids=joined(part), fields="photo_100"
            )
            found += _each(groups_of(answer), _community)
        return found

    # ----------------------------------------------------------------- links

    @classmethod
    def permalink_key(cls, url: str) -> str | None:
        return ids.link_key(url) if cls.owns_link(url) else None


def stamp_of(answer: Mapping) -> str | None:
    """Number of the last event, which VK gives as text or as a number."""
    stamp = answer.get("ts")
    return None if stamp is None else str(stamp)


def _each(objects: Iterable[Mapping], read: Callable[[Mapping], Author]):
    for one in objects:
        try:
            yield read(one)
        except Malformed:
            continue


def _person(raw: Mapping) -> Author:
    number = integer(raw, "id")
    names = (string(raw, "first_name"), string(raw, "last_name"))
    return Author(
        external_id=str(number),
        name=" ".join(filter(None, names)) or f"id{number}",
        url=f"https://vk.com/id{number}",
        avatar_url=string(raw, "photo_100"),
    )


def _community(raw: Mapping) -> Author:
    number = integer(raw, "id")
    return Author(
        external_id=str(-number),
        name=string(raw, "name") or f"club{number}",
        url=f"https://vk.com/club{number}",
        avatar_url=string(raw, "photo_100"),
        is_community=True,
    )
