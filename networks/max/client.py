"""The MAX client: events, comments, full comparison, authors, links, delivery."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from ..errors import Consequence, NetworkError
from ..http import decoded_or_none
from ..values import Author, Batch, Delivery, Item, Stored, Verdict
from . import ids
from .api import WEBHOOK, OutOfBudget, part
from .checking import Checking
from .comments import PASSED_OVER, Comments, Threads, note_comments
from .items import (
    Malformed,
    author_of,
    integer,
    mapping_or_empty,
    mappings,
    mid_of,
    stamp,
    string,
)
from .sending import Sending
from .walk import RECENT, Walk, is_channel

#: the updates that hold something said
MESSAGES = ("message_created", "message_edited", "message_removed")
#: the updates asked for; the last tells of a dialogue before anything is said in it
EVENTS = (*MESSAGES, "bot_started")


class MAXClient(Checking, Sending):
    """A channel or group chat on MAX, administered by a bot, and the bot's dialogues.

    ``external_id`` of the page is the number of the channel or chat (negative, as
    ``GET /chats`` shows it). The bot must be its administrator with the rights
    ``read_all_messages`` and ``write``. One bot serves one page: MAX keeps one queue
    of events for a bot, and its private dialogues belong to one page.

    The cursor holds:

    - ``marker``: the next event to ask for;
    - ``reconcile``: True once events were lost (or at the first connection);
    - ``delivered``: events go to our address, so that asking gives none;
    - ``bot``: the bot's own number, by which its messages are told from others';
    - ``channel``: whether the page is a channel, whose posts nobody else writes;
    - ``posts``: ``{post: ms}`` up to which comments were read, of the posts listed;
    - ``seen``: digests of comments (see :mod:`.comments`);
    - ``dialogues``: ``{chat: ms}`` of the last message of dialogues known of;
    - ``compared``: ``{chat: ms}`` up to which chats were compared;
    - ``since``, ``rounds``: date of the last comparison, and how many there were;
    - ``absent``, ``suspected``: what was missing (see :mod:`..walk_absent`);
    - ``walk``: where an unfinished comparison stands (see :class:`~.walk.Walk`);
    - ``budget``: calls left (see :class:`~..budget.Budget`).

    While events are delivered to our address, MAX gives none by asking. ``updates``
    then reads comments only, and ``reconcile`` finds whatever the delivery lost.
    """

    DELIVERED = frozenset({"message"})
    #: pages of events taken in one run; a busier page goes on next time
    MAX_ANSWERS = 20
    #: posts whose new comments are asked for in every run
    FRESH_POSTS = 10
    #: pages of new comments of one post in one run
    FRESH_PAGES = 10

    # ---------------------------------------------------------------- events

    def updates(self, cursor: Mapping) -> Iterator[Batch]:
        state = self.open_cursor(cursor)
        try:
            yield from self._introduce(state)
            yield from self._events(state)
            yield from self._fresh_comments(state)
            yield self.batch(state)
        except OutOfBudget as stop:
            yield self.batch(state, remaining_hint=1, retry_after=stop.wait)

    def _introduce(self, state: dict) -> Iterator[Batch]:
        """Learn once who the bot is, and whether the page is a channel."""
        if not self.parser.bot:
            self.parser.bot = state["bot"] = integer(self.read("me"), "user_id", 0)
        if not isinstance(state.get("channel"), bool):
            try:
                chat = self.read(f"chats/{self.page}")
            except NetworkError as error:
                if error.consequence not in PASSED_OVER:
                    raise
                verdict = Verdict(False, "page", "page_denied", error.message)
                yield self.batch(state, remaining_hint=1, problems=(verdict,))
            else:
                state["channel"] = string(chat, "type") == "channel"
                self.parser.channel = state["channel"]

    def _events(self, state: dict) -> Iterator[Batch]:
        first = "marker" not in state
        if first:
            # Nothing is known of the time before: the comparison brings it.
            state["reconcile"] = True
        if self._delivered(state):
            if not self.secrets.get(WEBHOOK):
                yield self._delivered_elsewhere(state)
            return
        threads = Threads(self)
        for _answer in range(self.MAX_ANSWERS):
            try:
                answer = self.read("updates", self._updates_request(state))
            except NetworkError as error:
                # Events go to an address that is not in our settings.
                if error.code not in ("http_405", "method.not.allowed"):
                    raise
                state.update(delivered=True, marker=None)
                yield self._delivered_elsewhere(state)
                return
            updates = answer.get("updates")
            updates = updates if isinstance(updates, list) else []
            items, broken = self._understand(updates, threads)
            self._note_dialogues(state, updates)
            note_comments(state, items)
            marker = answer.get("marker")
            moved = isinstance(marker, int) and marker != state.get("marker")
            state["marker"] = marker if moved else state.get("marker")
            if updates or first:
                yield self.batch(state, items, broken, remaining_hint=1)
            if not updates or not moved:
                return

    def _delivered_elsewhere(self, state: dict) -> Batch:
        elsewhere = Verdict(False, "delivery", "delivery_elsewhere")
        return self.batch(state, remaining_hint=1, problems=(elsewhere,))

    def _updates_request(self, state: Mapping) -> dict:
        return {
            "marker": state.get("marker"),
            "limit": 100,
            "timeout": 0,
            "types": ",".join(EVENTS),
        }

    def _delivered(self, state: dict) -> bool:
        """Whether events go to our address; a change of that is a gap to compare."""
        if not self.secrets.get(WEBHOOK) and not state.get("delivered"):
            return False
        delivered = bool(mappings(self.read("subscriptions").get("subscriptions")))
        if delivered != bool(state.get("delivered")):
            state["reconcile"] = True
        state["delivered"] = delivered
        state.setdefault("marker", None)
        return delivered

    def _understand(self, updates: Iterable[object], threads: Threads):
        updates = list(updates)
        for one in mappings(updates):
            message = mapping_or_empty(one.get("message"))
            recipient = mapping_or_empty(message.get("recipient"))
            threads.note(string(recipient, "post_id"), [message])
        return self.parse_all(updates, lambda raw: self.parser.event(raw, threads.top))

    @staticmethod
    def _note_dialogues(state: dict, updates: Iterable[object]) -> None:
        """Remember which private conversations there are, and when they spoke last."""
        known = state.setdefault("dialogues", {})
        for raw in mappings(updates):
            message = mapping_or_empty(raw.get("message"))
            recipient = mapping_or_empty(message.get("recipient"))
            chat = integer(recipient, "chat_id", 0) or integer(raw, "chat_id", 0)
            kind = string(raw, "update_type")
            if string(recipient, "chat_type") == "dialog" or kind == "bot_started":
                time = integer(raw, "timestamp", 0)
                known[str(chat)] = max(integer(known, str(chat), 0), time)

    # -------------------------------------------------------------- comments

    def _fresh_comments(self, state: dict) -> Iterator[Batch]:
        """New comments of the newest posts; the comparison reads all others."""
        if not isinstance(state.get("posts"), Mapping):
            return
        try:
            answer = self.read("messages", {"chat_id": self.page, "count": 20})
        except NetworkError as error:
            if error.consequence not in PASSED_OVER:
                raise
            verdict = Verdict(False, "page", "page_denied", error.message)
            yield self.batch(state, remaining_hint=1, problems=(verdict,))
            return
        oldest = stamp(self.now() - RECENT)
        posts = [
            raw
            for raw in mappings(answer.get("messages"))
            if is_channel(raw) and mid_of(raw) and integer(raw, "timestamp", 0) > oldest
        ]
        comments = Comments(self, state, Threads(self))
        for raw in posts[: self.FRESH_POSTS]:
            items, broken = self._fresh_of(comments, state, raw)
            if items or broken:
                yield self.batch(state, items, broken, remaining_hint=1)

    def _fresh_of(self, comments: Comments, state: dict, raw: Mapping):
        mid = mid_of(raw)
        post = {"mid": mid, "url": self.parser.post_link(raw)}
        at = integer(state["posts"], mid, 0)
        windows, met, objects = [[max(at - 1, 0) or None, None]], set(), {}
        try:
            for _page in range(self.FRESH_PAGES):
                if not windows:
                    break
                page, further = comments.page(mid, windows.pop(0), met)
                windows += further
                objects.update((mid_of(one), one) for one in page)
                met.update(objects)
            items, broken = comments.items(post, list(objects.values()))
        except NetworkError as error:
            if error.consequence not in PASSED_OVER:
                raise
            return [], []
        if windows:
            state["reconcile"] = True
        state["posts"][mid] = max(comments.newest(objects.values(), at), 1)
        return items, broken

    # ------------------------------------------------------------ comparison

    def reconcile(
        self,
        cursor: Mapping,
        stored: Stored,
        since: datetime,
    ) -> Iterator[Batch]:
        state = self.open_cursor(cursor)
        walk = Walk(self, state, stored, since)
        try:
            yield from self._introduce(state)
            yield from walk.run()
        except OutOfBudget as stop:
            yield self.batch(
                walk.state, remaining_hint=walk.remaining(), retry_after=stop.wait
            )

    # --------------------------------------------------------------- authors

    def authors(self, external_ids: Iterable[str]) -> list[Author]:
        """Whoever wrote was named with what they wrote; others are members."""
        wanted = [one for one in dict.fromkeys(external_ids) if re.match(r"^\d+$", one)]
        found = [self.parser.seen[one] for one in wanted if one in self.parser.seen]
        missing = [one for one in wanted if one not in self.parser.seen]
        for start in range(0, len(missing), 100):
            try:
                answer = self.call(
                    "GET",
                    f"chats/{self.page}/members",
                    {"user_ids": ",".join(missing[start : start + 100])},
                )
            except NetworkError as error:
                if error.consequence not in PASSED_OVER:
                    raise
                break
            for raw in mappings(answer.get("members")):
                try:
                    found.append(author_of(raw))
                except Malformed:
                    continue
        return found

    # ----------------------------------------------------------------- links

    @classmethod
    def permalink_key(cls, url: str) -> str | None:
        link = ids.parse_link(url) if cls.owns_link(url) else None
        return link.key if link else None

    def fetch(self, url: str) -> tuple[Item, Author | None] | None:
        link = ids.parse_link(url) if self.owns_link(url) else None
        if not link or (
            link.place.lstrip("-").isdigit() and int(link.place) != self.page
        ):
            return None
        mid = ids.mid_of(self.page, link.tail)
        if not mid:
            return None
        self.know_bot()
        try:
            raw = self.call("GET", f"messages/{part(mid)}")
            item = self.parser.message(raw)
            if link.comment and item:
                item = self._fetch_comment(raw, link.comment)
        except Malformed:
            return None
        except NetworkError as error:
            if error.consequence not in PASSED_OVER:
                raise
            return None
        return (item, self.parser.seen.get(item.author_id)) if item else None

    def _fetch_comment(self, post: Mapping, tail: str) -> Item | None:
        mid = ids.mid_of(self.page, tail)
        if not mid:
            return None
        place = f"messages/{part(mid_of(post))}/comments/{part(mid)}"
        shown = {"mid": mid_of(post), "url": self.parser.post_link(post)}
        threads = Threads(self)
        return self.parser.comment(
            self.call("GET", place),
            shown,
            threads.top,
        )

    # -------------------------------------------------------------- delivery

    def deliver(self, body: bytes, headers: Mapping[str, str]) -> Delivery:
        expected = self.secrets.get(WEBHOOK, "").encode()
        given = headers.get("x-max-bot-api-secret", "").encode("utf-8", "replace")
        if not expected or not hmac.compare_digest(given, expected):
            raise NetworkError(
                "The secret of the delivery is wrong or missing",
                consequence=Consequence.CREDENTIALS,
                code="webhook_secret",
            )
        update = decoded_or_none(body)
        kind = string(mapping_or_empty(update), "update_type")
        if not kind:
            raise NetworkError(
                "The delivery holds no update",
                consequence=Consequence.CONTENT,
                code="malformed",
            )
        if kind not in EVENTS:
            return Delivery("ok")
        mid = mid_of(update.get("message")) or string(update, "message_id")
        time = integer(update, "timestamp", 0)
        key = f"{kind}:{mid}:{time}" if mid and time else ""
        return Delivery("ok", payload=update, key=key)

    def events(self, payloads: Iterable[object], cursor: Mapping) -> Batch:
        state = self.open_cursor(cursor)
        threads, payloads = Threads(self), list(payloads)
        try:
            # Events may come before the page was ever read: what goes in a channel
            # is otherwise taken for a post of somebody's.
            for _denied in self._introduce(state):
                pass
            items, broken = self._understand(payloads, threads)
            # MAX need not list dialogues: the comparison knows them from here.
            self._note_dialogues(state, payloads)
        except OutOfBudget as stop:
            wait = stop.wait
        else:
            note_comments(state, items)
            return self.batch_of(state, items, broken)
        raise NetworkError(
            "No calls are left to understand what was delivered",
            consequence=Consequence.SLOW_DOWN,
            code="budget",
            retry_after=wait,
        )

    def delivery_secrets(self) -> dict[str, str]:
        if self.secrets.get(WEBHOOK):
            return {}
        # MAX takes 5 to 256 letters, digits, "_" and "-".
        return {WEBHOOK: secrets.token_urlsafe(32)}

    def delivery_on(self, url: str) -> None:
        secret = self.secrets.get(WEBHOOK)
        if not secret:
            raise NetworkError(
                f"{WEBHOOK} is not set",
                consequence=Consequence.CREDENTIALS,
                code="secret_missing",
            )
        body = {"url": url, "update_types": list(EVENTS), "secret": secret}
        self.expect_success(
            self.call("POST", "subscriptions", body=body), "POST subscriptions"
        )

    def delivery_off(self, url: str) -> None:
        self.expect_success(
            self.call("DELETE", "subscriptions", {"url": url}), "DELETE subscriptions"
        )
