"""What every network client offers: the abstract client."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timezone
from random import Random
from typing import ClassVar

from .errors import Consequence, NetworkError
from .http import Transport
from .links import host_of
from .values import (
    Author,
    Batch,
    Delivery,
    Item,
    Limits,
    Outgoing,
    Published,
    SecretName,
    Sent,
    Standing,
    Stored,
    Verdict,
)


def pause(attempt: int, rng: Random, *, first: float = 30, longest: float = 3600):
    """Seconds to wait before try number ``attempt`` + 1 (the first failure is 0).

    Doubles up to ``longest``; the jitter of up to one half keeps pages that failed
    together from coming back together.
    """
    ceiling = min(longest, first * 2 ** min(max(attempt, 0), 32))
    return ceiling * (0.5 + rng.random() / 2)


def utc_now() -> datetime:
    return datetime.now(timezone.utc)


class NetworkClient(ABC):
    """One official page on one network.

    A client is made for one run and is not shared between threads. Any method may
    raise :class:`NetworkError` and nothing else for what the network does.

    :param external_id: the page's id on the network.
    :param secrets: by the names in :attr:`SECRETS`.
    :param api_url: base address in place of :attr:`DEFAULT_URL`.
    :param now: callable returning the present, aware UTC.
    """

    #: key in the registry
    NETWORK: ClassVar[str]
    SECRETS: ClassVar[tuple[SecretName, ...]]
    DEFAULT_URL: ClassVar[str]
    LIMITS: ClassVar[Limits]
    #: hosts of the network's pages, without ``www.``
    HOSTS: ClassVar[frozenset[str]]
    #: types of items of which the network can deliver events to an address of ours
    DELIVERED: ClassVar[frozenset[str]] = frozenset()

    def __init__(
        self,
        external_id: str,
        secrets: Mapping[str, str],
        api_url: str | None = None,
        transport: Transport | None = None,
        now: Callable[[], datetime] = utc_now,
    ):
        self.external_id = str(external_id)
        self.secrets = {name: value for name, value in secrets.items() if value}
        self.api_url = (api_url or self.DEFAULT_URL).strip().rstrip("/")
        self.transport = transport or Transport()
        self.transport.hide(self.secrets.values())
        self.now = now

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.external_id} at {self.api_url}>"

    @abstractmethod
    def check(self) -> list[Verdict]:
        """Whether the page can be read and answered, one verdict per capability.

        What the network refuses becomes a verdict. Trouble of the connection
        (retry, slow_down) raises: it says nothing about the settings.
        """

    def switch_on(self) -> None:
        """Ask the network to deliver events, where it has to be asked."""
        raise NotImplementedError(f"{self.NETWORK} delivers events unasked")

    @abstractmethod
    def updates(self, cursor: Mapping) -> Iterator[Batch]:
        """What happened since ``cursor`` (``{}`` at first), oldest first.

        Always yields at least one batch.
        """

    @abstractmethod
    def reconcile(
        self,
        cursor: Mapping,
        stored: Stored,
        since: datetime,
    ) -> Iterator[Batch]:
        """Compare everything since ``since`` with the network: what events lost.

        Continues an interrupted comparison from the cursor. Always yields at least
        one batch.
        """

    @staticmethod
    def reconcile_needed(cursor: Mapping) -> bool:
        """Events were lost, or a comparison has been begun and not finished."""
        return bool(cursor.get("reconcile") or cursor.get("walk"))

    @abstractmethod
    def authors(self, external_ids: Iterable[str]) -> list[Author]:
        """Names and pages of authors; ids the network does not know are left out."""

    @abstractmethod
    def send(self, outgoing: Outgoing) -> Sent:
        """Publish a reply.

        Raises consequence ``unknown`` where the reply may have been published
        (read back first), ``retry`` where it surely was not.
        """

    @abstractmethod
    def read_back(self, outgoing: Outgoing) -> list[Item]:
        """Our own items that may be ``outgoing``, oldest first.

        Same thread and parent, not older than ``outgoing.since`` less a tolerance
        for clocks. The caller takes one whose external id no other row claims.
        """

    # ------------------------------------------------- for the clients themselves

    @staticmethod
    def parse_all(
        objects: Iterable[object], parse: Callable[[object], Item | None]
    ) -> tuple[list[Item], list[tuple[object, str]]]:
        """Items of the objects that can be understood, and the others as broken."""
        items, broken = [], []
        for raw in objects:
            try:
                item = parse(raw)
            except (ValueError, AttributeError, TypeError, RecursionError) as error:
                broken.append((raw, f"{type(error).__name__}: {error}"))
            else:
                if item is not None:
                    items.append(item)
        return items, broken

    @staticmethod
    def compared(items: Iterable[Item], stored: Stored) -> list[Item]:
        """Items found by a comparison: those that are stored are there in their
        present state, not new, and come back where they counted as deleted."""
        items = list(items)
        fresh = [item.external_id for item in items if item.change == "new"]
        known = stored.known(fresh) if fresh else {}
        return [
            replace(item, change="restore" if known[item.external_id] else "edit")
            if item.change == "new" and item.external_id in known
            else item
            for item in items
        ]

    @staticmethod
    def batch_of(
        cursor: Mapping,
        items: Iterable[Item] = (),
        broken: Iterable[tuple[object, str]] = (),
        **more,
    ) -> Batch:
        """A batch with a copy of the cursor, its authors taken from the items."""
        items = tuple(items)
        return Batch(
            items=items,
            author_ids=frozenset(
                item.author_id for item in items if item.author_id and not item.own
            ),
            cursor=copy.deepcopy(dict(cursor)),
            broken=tuple(broken),
            **more,
        )

    @staticmethod
    def _verdict(subject: str, denied: str, probe: Callable[[], Verdict]) -> Verdict:
        """What ``probe`` says; the code ``denied`` where the network refuses.
        Passing trouble is raised: it says nothing about the settings."""
        try:
            return probe()
        except NetworkError as error:
            if error.consequence in (Consequence.RETRY, Consequence.SLOW_DOWN):
                raise
            return Verdict(False, subject, denied, error.message)

    # ------------------------------------------- what not every network offers

    def abilities(self, kind: str) -> frozenset[str]:
        """What can be done with items of ``kind`` with the keys entered.

        Out of ``reply``, ``edit``, ``delete`` and ``look`` (of our own items) and
        ``fetch`` (of any item by its link).
        """
        return frozenset({"reply"})

    def edit(self, published: Published, outgoing: Outgoing) -> None:
        """Put the text and files of ``outgoing`` in place of what was published.

        Doing it twice does no harm, so an unclear outcome is ``retry``.
        """
        raise self._not_offered("edit")

    def delete(self, published: Published) -> None:
        """Take something published off the network; what is gone already is fine."""
        raise self._not_offered("delete")

    def look(self, published: Iterable[Published]) -> list[Standing]:
        """What became of our own items, as a reader would find them."""
        raise self._not_offered("look")

    def fetch(self, url: str) -> tuple[Item, Author | None] | None:
        """The item a link leads to and who wrote it; None where the link leads to
        nothing that the interface shows."""
        raise self._not_offered("fetch")

    def _not_offered(self, ability: str) -> NetworkError:
        return NetworkError(
            f"{self.NETWORK} does not offer this: {ability}",
            consequence=Consequence.PERMISSION,
            code="not_offered",
        )

    # --------------------------------------------- events delivered to our address

    def deliver(self, body: bytes, headers: Mapping[str, str]) -> Delivery:
        """Prove the sender of a call at our address and read its envelope.

        No network is called and nothing is stored: the answer is awaited.
        ``headers`` by lower-case name. Raises ``credentials`` for a wrong or missing
        secret, compared in constant time, ``content`` for a body that is not of this
        network; the caller answers both without telling which.
        """
        raise self._not_offered("deliver")

    def events(self, payloads: Iterable[object], cursor: Mapping) -> Batch:
        """The items of delivered payloads, in their order; where reading stands in
        ``cursor`` is as it was, what the events tell for later comparisons is added.

        What cannot be understood goes to :attr:`Batch.broken` and stops nothing.
        """
        raise self._not_offered("events")

    def delivery_secrets(self) -> dict[str, str]:
        """Secrets to be stored, and committed, before :meth:`delivery_on` is called,
        since the network tries the address at once."""
        return {}

    def delivery_on(self, url: str) -> None:
        """Ask the network to deliver events to ``url``; to be repeated without harm."""
        raise self._not_offered("deliver")

    def delivery_off(self, url: str) -> None:
        """Ask the network to deliver nothing to ``url`` any more."""
        raise self._not_offered("deliver")

    # ----------------------------------------------------------------- links, sizes

    @classmethod
    @abstractmethod
    def permalink_key(cls, url: str) -> str | None:
        """Canonical key of a link to something on this network, or None."""

    @classmethod
    def owns_link(cls, url: str) -> bool:
        return host_of(url) in cls.HOSTS

    @classmethod
    def length(cls, text: str) -> int:
        """Length of ``text`` as the network counts it."""
        return len(text)

    def refuse_oversize(self, outgoing: Outgoing) -> None:
        """Raise ``content`` for what the network would cut or refuse."""
        length, limit = self.length(outgoing.text), self.LIMITS.text_length
        if length > limit:
            raise NetworkError(
                f"The text has {length} characters, the network takes {limit}",
                consequence=Consequence.CONTENT,
                code="text_too_long",
            )
        if len(outgoing.attachments) > self.LIMITS.attachments:
            raise NetworkError(
                f"{len(outgoing.attachments)} attachments, the network takes "
                f"{self.LIMITS.attachments}",
                consequence=Consequence.CONTENT,
                code="too_many_attachments",
            )
        for file in outgoing.attachments:
            reason = self.LIMITS.refused(len(file.content), file.content_type)
            if reason:
                raise NetworkError(
                    f"The network does not take the file {file.name}: {reason}",
                    consequence=Consequence.CONTENT,
                    code=f"attachment_{reason}",
                )
        if not outgoing.text.strip() and not outgoing.attachments:
            raise NetworkError(
                "Nothing to send",
                consequence=Consequence.CONTENT,
                code="empty",
            )
