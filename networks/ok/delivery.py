"""Events that Odnoklassniki delivers: new private messages.

Deliveries are not signed. What proves the sender is that nobody else knows the
address, so the address is the secret; here only the form is looked at. Comments are
not delivered at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..errors import Consequence, NetworkError
from ..http import decoded_or_none
from ..values import Batch, Delivery, Item
from . import ids
from .api import OKApi
from .items import mapping_or_empty, mappings, string


class Delivering(OKApi):
    """Webhooks of the Graph API."""

    DELIVERED = frozenset({"message"})

    def deliver(self, body: bytes, headers: Mapping[str, str]) -> Delivery:
        payload = decoded_or_none(body)
        if not isinstance(payload, Mapping):
            raise self._foreign("not an object")
        recipient = payload.get("recipient")
        if not isinstance(recipient, Mapping):
            raise self._foreign("no recipient")
        chat = string(recipient, "chat_id")
        if ids.parse_chat(chat) != chat:
            raise self._foreign("no chat")
        for told in (string(recipient, "group_id"), string(payload, "group_id")):
            if told and told.removeprefix("group:") != self.group:
                raise self._foreign("another group")
        message = mapping_or_empty(payload.get("message"))
        mid = string(message, "mid")
        return Delivery(
            answer="ok",
            payload=dict(payload),
            key=ids.message_id(chat, mid) if mid else "",
        )

    @staticmethod
    def _foreign(what: str) -> NetworkError:
        return NetworkError(
            f"Not a delivery of Odnoklassniki: {what}",
            consequence=Consequence.CONTENT,
            code="not_a_delivery",
        )

    def events(self, payloads: Iterable[object], cursor: Mapping) -> Batch:
        items, broken = self.parse_all(payloads, self._event)
        return self.batch(self.open_cursor(cursor), items, broken)

    def _event(self, payload: object) -> Item | None:
        # A chat's new title, a member who left, a button pressed: nothing written.
        if isinstance(payload, Mapping) and not isinstance(
            payload.get("message"), Mapping
        ):
            return None
        return self.parser.message(payload)

    def delivery_on(self, url: str) -> None:
        if url not in self._subscribed():
            self._subscription("me/subscribe", url)

    def delivery_off(self, url: str) -> None:
        if url in self._subscribed():
            self._subscription("me/unsubscribe", url)

    def _subscribed(self) -> set[str]:
        answer = self.graph("me/subscriptions")
        return {string(one, "url") for one in mappings(answer.get("subscriptions"))}

    def _subscription(self, path: str, url: str) -> None:
        # The address is a secret: an error must not repeat it.
        self.transport.hide([url])
        answer = self.graph_post(path, {"url": url}, write=False)
        if answer.get("success") is not True:
            raise NetworkError(
                "Odnoklassniki did not change the subscription",
                consequence=Consequence.PERMISSION,
                code="not_subscribed",
                method=path,
            )
