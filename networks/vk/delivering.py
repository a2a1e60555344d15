"""The Callback API: VK brings the events to an address of ours."""

from __future__ import annotations

import hmac
import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from ..errors import Consequence, NetworkError
from ..http import decoded
from ..values import Batch, Delivery
from .api import COMMUNITY, CONFIRMATION, WEBHOOK_SECRET, OutOfBudget, VKApi, joined
from .checking import EVENTS
from .own import NOT_FOUND, chunks
from .raw import integer, mapping_or_empty, mappings, string

#: how our server is called in the community's settings; VK takes 14 characters
TITLE = "Helpdesk"
#: an event's id longer than this is not taken for one
_LONGEST_KEY = 200


class Delivering(VKApi):
    """Delivered events, and the subscription to them."""

    DELIVERED = frozenset(
        "post comment board_comment photo_comment video_comment message".split()
    )

    def deliver(self, body: bytes, headers: Mapping[str, str]) -> Delivery:
        try:
            event = decoded(body)
        except ValueError:
            event = None
        if not isinstance(event, dict) or not string(event, "type"):
            raise _refused(Consequence.CONTENT, "malformed")
        ours = self.secrets.get(WEBHOOK_SECRET, "").encode()
        given = string(event, "secret").encode()
        if not hmac.compare_digest(ours, given) or not ours:
            raise _refused(Consequence.CREDENTIALS, "secret_wrong")
        if integer(event, "group_id", 0) != self.group:
            raise _refused(Consequence.CONTENT, "other_community")
        if event["type"] == "confirmation":
            code = self.secrets.get(CONFIRMATION)
            if not code:
                raise _refused(Consequence.CREDENTIALS, "confirmation_missing")
            return Delivery(code)
        if event["type"] not in EVENTS:
            return Delivery("ok")
        key = string(event, "event_id")
        payload = {name: value for name, value in event.items() if name != "secret"}
        return Delivery("ok", payload, key if len(key) <= _LONGEST_KEY else "")

    def events(self, payloads: Iterable[object], cursor: Mapping) -> Batch:
        state = self.open_cursor(cursor)
        try:
            complete = self.complete(payloads)
        except OutOfBudget as stop:
            raise NetworkError(
                "Messages are to be read in full; too many calls were made just now",
                consequence=Consequence.SLOW_DOWN,
                retry_after=stop.wait,
            ) from None
        items, broken = self.parse_all(complete, self.parser.event)
        return replace(self.batch(state, items, broken), cursor=state)

    def complete(self, events: Iterable[object]) -> list[object]:
        """The events with their messages in full, where VK cropped them for bots."""
        events = list(events)
        cropped: dict[int, dict[int, list[int]]] = defaultdict(dict)
        for index, event in enumerate(events):
            message = _message_of(event)
            if message.get("is_cropped"):
                peer = integer(message, "peer_id", 0)
                number = integer(message, "conversation_message_id", 0)
                if peer and number > 0:
                    cropped[peer].setdefault(number, []).append(index)
        for peer, numbers in cropped.items():
            for part in chunks(list(numbers), 100):
                for full in self._in_full(peer, part):
                    number = integer(full, "conversation_message_id", 0)
                    for index in numbers.get(number, ()):
                        message = {"message": full}
                        events[index] = {**events[index], "object": message}
        return events

    def _in_full(self, peer: int, numbers: list[int]) -> list[Mapping]:
        try:
            answer = self.read(
                "messages.getByConversationMessageId",
                COMMUNITY,
                group_id=self.group,
                peer_id=peer,
                conversation_message_ids=joined(numbers),
            )
        except NetworkError as error:
            # Half a message is better than none; passing trouble is worth a retry.
            if error.consequence is Consequence.RETRY:
                raise
            return []
        return mappings(answer.get("items"))

    # ----------------------------------------------------------- subscription

    def delivery_secrets(self) -> dict[str, str]:
        """The confirmation string of today, and a secret key if there is none."""
        answer = self.call(
            "groups.getCallbackConfirmationCode", COMMUNITY, group_id=self.group
        )
        code = string(mapping_or_empty(answer), "code")
        if not code:
            raise _malformed("groups.getCallbackConfirmationCode")
        # VK takes up to 50 Latin letters and digits.
        secret = self.secrets.get(WEBHOOK_SECRET) or secrets.token_hex(24)
        found = {CONFIRMATION: code, WEBHOOK_SECRET: secret}
        self.transport.hide(found.values())
        self.secrets |= found
        return found

    def delivery_on(self, url: str) -> None:
        secret = self.need(WEBHOOK_SECRET)
        server, *doubled = self._servers(url) or [None]
        wanted = {"url": url, "title": TITLE, "secret_key": secret}
        if server is None:
            answer = self.call(
                "groups.addCallbackServer", COMMUNITY, group_id=self.group, **wanted
            )
            number = integer(mapping_or_empty(answer), "server_id", 0)
            if not number:
                raise _malformed("groups.addCallbackServer")
        else:
            number = integer(server, "id", 0)
            same = all(string(server, name) == text for name, text in wanted.items())
            if not same or server.get("status") != "ok":
                # VK asks for the confirmation again after each change.
                self.call(
                    "groups.editCallbackServer",
                    COMMUNITY,
                    group_id=self.group,
                    server_id=number,
                    **wanted,
                )
        for one in doubled:
            self._delete_server(one)
        self.call(
            "groups.setCallbackSettings",
            COMMUNITY,
            group_id=self.group,
            server_id=number,
            api_version=self.VERSION,
            **dict.fromkeys(EVENTS, 1),
        )

    def delivery_off(self, url: str) -> None:
        for server in self._servers(url):
            self._delete_server(server)

    def _servers(self, url: str) -> list[Mapping]:
        """Our servers in the community's settings; one is what there should be."""
        answer = self.call("groups.getCallbackServers", COMMUNITY, group_id=self.group)
        known = mappings(mapping_or_empty(answer).get("items"))
        return [one for one in known if string(one, "url") == url]

    def _delete_server(self, server: Mapping) -> None:
        try:
            self.call(
                "groups.deleteCallbackServer",
                COMMUNITY,
                group_id=self.group,
                server_id=integer(server, "id", 0),
            )
        except NetworkError as error:
            if error.code != NOT_FOUND:
                raise


def _message_of(event: object) -> Mapping:
    subject = mapping_or_empty(mapping_or_empty(event).get("object"))
    return mapping_or_empty(subject.get("message", subject))


def _malformed(method: str) -> NetworkError:
    return NetworkError(
        f"The answer of {method} is not understood",
        consequence=Consequence.RETRY,
        code="malformed",
        method=method,
    )


def _refused(consequence: Consequence, code: str) -> NetworkError:
    return NetworkError(
        "A delivery of events was refused", consequence=consequence, code=code
    )
