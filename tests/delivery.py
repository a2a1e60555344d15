import hmac
import json
from contextlib import contextmanager
from unittest.mock import patch

from ..models.helpdesk_social_account import HelpdeskSocialAccount
from ..models.helpdesk_social_account_switch import (
    HelpdeskSocialAccount as SwitchedAccount,
)
from ..networks import Batch, Consequence, Delivery, NetworkError
from .common import FakeClient, comment
from .rpc import RpcCase

SECRET = "secret-of-the-network"


class HookClient(FakeClient):
    """A network that delivers its events: ``{"n", "type", "text", "secret"}``."""

    def __init__(self):
        super().__init__()
        self.calls = []
        self.switch_error = None
        self.events_error = None
        self.pieces = []

    def deliver(self, body, headers):
        try:
            event = json.loads(body)
            secret = event["secret"]
        except (ValueError, TypeError, KeyError):
            raise self.error_of(Consequence.CONTENT) from None
        if not hmac.compare_digest(str(secret).encode(), SECRET.encode()):
            raise self.error_of(Consequence.CREDENTIALS)
        if event["type"] == "confirmation":
            return Delivery("code-of-the-page")
        return Delivery('{"taken": true}', event, event.get("id", ""), "text/json")

    def events(self, payloads, cursor):
        if self.events_error:
            raise self.events_error
        items, broken = [], []
        for event in payloads:
            if event["type"] == "explode":
                raise ZeroDivisionError("текст гражданина")
            if event["type"] == "broken":
                broken.append((event, "no author"))
            else:
                items.append(comment(f"wall-1_10_r{event['n']}", event["text"]))
        self.pieces.append([event["n"] for event in payloads])
        return Batch(tuple(items), frozenset(), dict(cursor), broken=tuple(broken))

    @staticmethod
    def error_of(consequence, **more):
        return NetworkError(f"It is {consequence}", consequence=consequence, **more)

    def delivery_secrets(self):
        return {"webhook_secret": SECRET, "confirmation_code": "code-of-the-page"}

    def delivery_on(self, url):
        self.calls.append(("on", url))
        if self.switch_error:
            raise self.switch_error

    def delivery_off(self, url):
        self.calls.append(("off", url))
        if self.switch_error:
            raise self.switch_error


class DeliveryCase(RpcCase):
    """A page whose network delivers events, with the delivery switched on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.network = HookClient()
        cls.startClassPatcher(patch.object(SwitchedAccount, "_commit_keys"))
        cls.env["ir.config_parameter"].set_param("web.base.url", "https://city.example")

    def setUp(self):
        super().setUp()
        self.account.with_user(self.social_admin).action_delivery_on()
        self.network.calls.clear()
        self.startPatcher(
            patch.object(HelpdeskSocialAccount, "_client", lambda _self: self.network)
        )

    @property
    def path(self):
        """Where events are delivered, on this test's own server."""
        url = self.account.with_user(self.social_admin).delivery_url
        return url.removeprefix("https://city.example")

    def event(self, number, kind="new", **values):
        return {
            "n": number,
            "type": kind,
            "id": f"event-{number}",
            "text": f"Яма {number}",
            "secret": SECRET,
            **values,
        }

    def deliver(self, event, path=None, **options):
        """Deliver an event as the network does; returns the response."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        options.setdefault("headers", {"Content-Type": "application/json"})
        self.env.flush_all()
        self.opener.cookies.clear()
        answer = self.opener.request(
            options.pop("method", "POST"),
            self.base_url() + (path or self.path),
            data=body,
            timeout=30,
            **options,
        )
        self.env.invalidate_all()
        return answer

    @contextmanager
    def lane(self):
        """Commits of the lane replaced by flushes."""
        with self.committing(careful=True):
            yield self.env["helpdesk.social.account"]

    def run_lane(self):
        with self.lane() as pages:
            pages._cron_deliveries()

    @property
    def deliveries(self):
        return self.env["helpdesk.social.delivery"].search(
            [("account_id", "=", self.account.id)]
        )

    def stored(self):
        """Numbers of the comments that are stored, by their order of storing."""
        rows = self.env["helpdesk.social.message"].search(
            [("account_id", "=", self.account.id), ("direction", "=", "in")],
            order="id",
        )
        return [int(row.external_id.rpartition("_r")[2]) for row in rows]
