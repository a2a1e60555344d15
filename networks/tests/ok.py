"""A scripted Odnoklassniki with discussions and chats, and its test case.

What a test exchanges with it is held against the parameters that the documentation
of each method calls required, and every signature is computed anew, here by the
letter of the documentation.
"""

import hashlib
import json
import unittest
from dataclasses import dataclass, field

from ..errors import NetworkError
from ..http import Transport
from ..ok import OKClient
from ..values import Outgoing
from .fake import NOW, T0, Server
from .stored import StoredItems

GROUP = "55"
TOKEN = "tkn1-SECRET-4711:CQAB"
USER_TOKEN = "tkn2-SECRET-0815:CKOM"
KEY = "CBAPUBLICKEY"
SECRET = "0123SECRET4567"
CITIZEN = "501"
TOPIC = "62190641299501"
CHAT = "chat:C3ecb9d02a600"
MS = T0 * 1000

REQUIRED = {
    "discussions.getList": (),
    "discussions.get": ("discussionId", "discussionType"),
    "discussions.getComments": ("discussionId", "discussionType"),
    "discussions.getComment": ("discussionId", "discussionType", "comment_id"),
    "discussions.addDiscussionComment": ("entityId", "entityType", "comment"),
    "discussions.editDiscussionComment": (
        "discussionId",
        "discussionType",
        "comment_id",
        "comment",
    ),
    "discussions.deleteDiscussionComment": (
        "discussionId",
        "discussionType",
        "comment_id",
    ),
    "users.getInfo": ("uids", "fields"),
    "group.getInfo": ("uids", "fields"),
}
#: parameters of every REST call
ENVELOPE = {"method", "application_key", "format", "sig", "access_token"}
OPTIONAL = {
    "discussions.getList": {"category", "anchor", "direction", "count"},
    "discussions.getComments": {"anchor", "direction", "count", "mark_as_read"},
    "discussions.addDiscussionComment": {"reply_to_comment_id", "as_admin"},
    "users.getInfo": {"emptyPictures"},
}


@dataclass
class Call:
    """One call: a REST method or a path of the Graph API."""

    method: str
    params: dict
    payload: object = None
    query: dict = field(default_factory=dict)


def problem(code, text="REFUSED : why"):
    return {"error_code": code, "error_msg": text, "error_data": None}


def comment(name, text="Яма на дороге", at=0, author=CITIZEN, **more):
    """``at``: seconds after T0."""
    return {
        "id": name,
        "author_id": author,
        "text": text,
        "type": "ACTIVE_MESSAGE",
        "date": "2014-04-11 12:53:02",
        "date_ms": MS + at * 1000 + 471,
        "like_count": 0,
        **more,
    }


def own(name, text="Ответ", at=0, **more):
    return comment(name, text, at, GROUP, author_type="GROUP", **more)


def discussion(number=TOPIC, activity=0, count=0, **more):
    return {
        "object_id": number,
        "object_type": "GROUP_TOPIC",
        "title": "Ремонт дорог",
        "message": "Topic in the {group:55}Город{group} group",
        "creation_date_ms": MS,
        "last_activity_date_ms": MS + activity * 1000,
        "total_comments_count": count,
        "ref_objects": [{"id": GROUP, "type": "GROUP"}],
        **more,
    }


def message(name, text="Здравствуйте", at=0, author=f"user:{CITIZEN}", **more):
    return {
        "sender": {"name": "Анна", "user_id": author},
        "recipient": {"chat_id": CHAT},
        "message": {"text": text, "seq": 1, "mid": f"mid:C3ecb9d02a600.{name}", **more},
        "timestamp": MS + at * 1000 + 5,
    }


class OKServer(Server):
    """``topics``: number -> comments, oldest first; ``chats``: chat -> messages.

    ``answers`` by method or path come first.
    """

    PAGE = 100

    def __init__(self):
        super().__init__()
        self.answers.clear()
        self.called = []
        self.topics = {}
        self.chats = {}
        self.hidden = {}

    def serve(self, handler):
        self.incoming = handler
        super().serve(handler)

    def answer(self, name, params):
        method = params.get("method", "") if name == "fb.do" else name
        method = method.removeprefix("graph/")
        self.called.append(Call(method, params))
        if method in self.answers:
            given = self.answers[method]
            if isinstance(given, list):
                given = given.pop(0) if len(given) > 1 else given[0]
            return given(params) if callable(given) else given
        return self._answer(method, params)

    def _answer(self, method, params):
        if method == "discussions.getList":
            return self._list(params)
        if method == "discussions.getComments":
            return self._comments(params)
        if method == "discussions.getComment":
            found = self.find(params["discussionId"], params["comment_id"])
            return {"comment": found} if found else problem(300, "NOT_FOUND")
        if method == "me/chats":
            return {
                "chats": [
                    {"chat_id": chat, "lastEventTime": messages[-1]["timestamp"]}
                    for chat, messages in self.chats.items()
                ]
            }
        if method.startswith("me/messages/"):
            return self._messages(method.removeprefix("me/messages/"), params)
        return problem(3, "METHOD")

    def find(self, number, name):
        everything = self.topics.get(number, []) + self.hidden.get(number, [])
        return next((one for one in everything if one["id"] == name), None)

    def _list(self, params):
        entries = [
            discussion(number, self._activity(comments), len(comments))
            for number, comments in self.topics.items()
        ]
        entries.sort(key=lambda one: -one["last_activity_date_ms"])
        start = int(params.get("anchor") or 0)
        page = entries[start : start + int(params["count"])]
        answer = {"discussions": page, "has_more": start + len(page) < len(entries)}
        return {**answer, "anchor": str(start + len(page))} if page else answer

    @staticmethod
    def _activity(comments):
        return max(((one["date_ms"] - MS) // 1000 for one in comments), default=0)

    def _comments(self, params):
        newest_first = self.topics[params["discussionId"]][::-1]
        anchor = params["anchor"]
        start = 0 if anchor == "LAST" else int(anchor)
        page = newest_first[start : start + min(self.PAGE, int(params["count"]))]
        end = start + len(page)
        return {
            "comments": page,
            "anchor": str(end),
            "has_more": end < len(newest_first),
            "discussionId": params["discussionId"],
        }

    def _messages(self, chat, params):
        newest_first = self.chats[chat][::-1]
        before = int(params.get("from", 9223372036854775807))
        page = [one for one in newest_first if one["timestamp"] <= before]
        return {"messages": page[: min(self.PAGE, int(params["count"]))]}

    def methods(self):
        return [one.method for one in self.called]

    def calls_of(self, method):
        return [one for one in self.called if one.method == method]

    def payload(self):
        """What the latest call posted as JSON."""
        return json.loads(self.exchanges[-1].body)


def documented_signature(params):
    """``sig`` by the letter of the documentation."""
    session = hashlib.md5(f"{params['access_token']}{SECRET}".encode()).hexdigest()
    rest = {k: v for k, v in params.items() if k not in ("sig", "access_token")}
    joined = "".join(f"{name}={rest[name]}" for name in sorted(rest))
    return hashlib.md5(f"{joined}{session}".encode()).hexdigest()


class OKCase(StoredItems, unittest.TestCase):
    def setUp(self):
        super().setUp()
        self.ok = OKServer()
        self.addCleanup(self.ok.close)
        self.client = self.make()

    def make(self, now=NOW, **secrets):
        secrets = {
            "access_token": TOKEN,
            "application_key": KEY,
            "application_secret_key": SECRET,
            **secrets,
        }
        transport = Transport(
            allowed_networks=["127.0.0.0/8"],
        )
        return OKClient(GROUP, secrets, self.ok.url, transport, now=lambda: now)

    def tearDown(self):
        for exchange in self.ok.exchanges:
            self.assertNotIn("SECRET", str(exchange.headers))
            if exchange.method == "fb.do":
                self.check_rest(exchange)
            elif exchange.method.startswith("graph/"):
                self.assertIn("access_token", exchange.query)
                if exchange.body:
                    json.loads(exchange.body)
                    self.assertEqual(
                        exchange.headers["Content-Type"], "application/json"
                    )

    def check_rest(self, exchange):
        self.assertEqual(exchange.query, {}, "nothing may stand in the address")
        params = exchange.params
        method = params["method"]
        names = set(params) - ENVELOPE
        self.assertLessEqual(set(REQUIRED[method]), names, method)
        self.assertLessEqual(
            names, {*REQUIRED[method], *OPTIONAL.get(method, ())}, method
        )
        self.assertEqual(params["sig"], documented_signature(params), method)
        self.assertNotIn(SECRET, str(params))
        if method == "discussions.getComments":
            self.assertEqual(params["mark_as_read"], "false")

    def refused(self, call, *args, **kwargs):
        with self.assertRaises(NetworkError) as caught:
            call(*args, **kwargs)
        return caught.exception

    def updates(self, cursor):
        return self.store(self.client.updates(cursor))

    def reconcile(self, cursor=None, since=None):
        since = since or NOW.replace(year=2020)
        return self.store(self.client.reconcile(cursor or {}, self, since))

    def outgoing(self, **values):
        return Outgoing(
            **{
                "kind": "feed",
                "thread_id": f"GROUP_TOPIC:{TOPIC}:A1=",
                "parent_id": f"GROUP_TOPIC:{TOPIC}:B2=",
                "text": "Яму заделаем",
                "idempotency_key": "row-77",
                "since": NOW,
                **values,
            }
        )
