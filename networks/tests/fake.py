"""A scripted HTTP server on the loopback, and VK objects as the schema has them.

The server knows nothing of VK but the envelope: each test says what a method
answers. Every exchange is recorded, for the checks against the official schema.
"""

from __future__ import annotations

import json
import threading
import time
import unittest.mock
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from ..http import Transport
from ..values import Published
from ..vk import VKClient

TOKEN = "vk1.a.community-SECRET-4711"
SERVICE = "service-SECRET-0815"
USER = "user-SECRET-1234"
WEBHOOK = "webhook-SECRET-99"
LP_KEY = "longpoll-SECRET-key"
GROUP = 1
CITIZEN = 501
T0 = 1_760_000_000
NOW = datetime.fromtimestamp(T0 + 86_400, timezone.utc)


@dataclass
class Reply:
    """An HTTP answer other than a JSON object with status 200."""

    status: int = 200
    body: bytes = b""
    headers: dict = field(default_factory=dict)
    #: seconds to wait before answering; pieces of the body and the pause between
    delay: float = 0
    drip: float = 0
    hang_up: bool = False


@dataclass(frozen=True)
class Exchange:
    method: str
    params: dict
    query: dict
    headers: dict
    answer: object
    body: bytes = b""


def error(code, message="Refused", **more):
    error = {"inner_type": "base_error", "error_code": code, "error_msg": message}
    return {"error": {**error, **more}}


class Server:
    """``answers``: path or API method -> value, list (one by one) or callable."""

    def __init__(self):
        self.answers = {}
        self.exchanges = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self):
                outer.serve(self)

            do_POST = do_GET

            def log_message(self, *args):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.port = self.http.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(
            target=self.http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        ).start()

    def close(self):
        self.http.shutdown()
        self.http.server_close()

    def serve(self, handler):
        parts = urlsplit(handler.path)
        name = parts.path.removeprefix("/method/").lstrip("/")
        length = int(handler.headers.get("Content-Length") or 0)
        body = handler.rfile.read(length)
        params = {}
        if b"Content-Disposition" not in body:
            params = _flat(body.decode())
        query = _flat(parts.query)
        answer = self.answer(name, {**query, **params})
        self.exchanges.append(
            Exchange(name, params, query, dict(handler.headers), answer, body)
        )
        if not isinstance(answer, Reply):
            headers = {"Content-Type": "application/json"}
            answer = Reply(body=json.dumps(answer).encode(), headers=headers)
        time.sleep(answer.delay)
        if answer.hang_up:
            handler.close_connection = True
            return
        handler.send_response(answer.status)
        for header, value in answer.headers.items():
            handler.send_header(header, value)
        if "Content-Length" not in answer.headers:
            handler.send_header("Content-Length", str(len(answer.body)))
        handler.end_headers()
        try:
            if answer.drip:
                for byte in answer.body:
                    handler.wfile.write(bytes([byte]))
                    time.sleep(answer.drip)
            else:
                handler.wfile.write(answer.body)
        except OSError:
            pass

    def answer(self, name, params):
        given = self.answers.get(name, error(3, "Unknown method passed"))
        if isinstance(given, list):
            given = given.pop(0) if len(given) > 1 else given[0]
        return given(params) if callable(given) else given

    def calls(self, method):
        return [one for one in self.exchanges if one.method == method]


def _flat(query):
    return {name: values[-1] for name, values in parse_qs(query, True).items()}


def hurried(client):
    """Let ``client`` not wait long for an answer, as long as this lasts."""
    return unittest.mock.patch.multiple(client.transport, _timeout=(2, 1), _total=2)


class VKServer(Server):
    """With a long poll that gives out what is in ``events``."""

    def __init__(self):
        super().__init__()
        self.events = []
        self.answers["groups.getLongPollServer"] = lambda _params: {
            "response": {
                "key": LP_KEY,
                "server": f"{self.url}/whp/{GROUP}",
                "ts": str(len(self.events)),
            }
        }
        self.answers[f"whp/{GROUP}"] = lambda params: {
            "ts": str(len(self.events)),
            "updates": self.events[int(params["ts"]) :],
        }
        self.answers["messages.getConversations"] = listed([])
        self.answers["wall.get"] = listed([])
        self.answers["board.getTopics"] = topics([])

    def client(self, transport=None, now=NOW, **secrets):
        secrets = {"access_token": TOKEN, "service_token": SERVICE, **secrets}
        transport = transport or Transport(
            allowed_networks=["127.0.0.0/8"],
        )
        return VKClient(str(GROUP), secrets, self.url, transport, now=lambda: now)


def listed(items, **more):
    return {"response": {"count": len(items), "items": items, **more}}


def topics(items):
    return paged(items, default_order=1, can_add_topics=0)


def named(items, params):
    """What VK answers where posts or videos are asked for by their names."""
    asked = params.get("posts") or params["videos"]
    found = {f"{one['owner_id']}_{one['id']}": one for one in items}
    return {"items": [found[name] for name in asked.split(",") if name in found]}


def numbered(items, numbers, name="id"):
    """The same where they are asked for by numbers."""
    found = {str(one[name]): one for one in items}
    return [found[one] for one in numbers.split(",") if one in found]


def paged(items, **more):
    """A callable that answers pages of ``items`` by offset and count."""

    def answer(params):
        start = int(params.get("offset", 0))
        page = items[start : start + int(params.get("count", 20))]
        return {"response": {"count": len(items), "items": page, **more}}

    return answer


def post(number, text="Запись", date=T0, author=-GROUP, comments=0, **more):
    return {
        "inner_type": "wall_wallpost",
        "id": number,
        "owner_id": -GROUP,
        "from_id": author,
        "date": date,
        "text": text,
        "post_type": "post",
        "comments": {"count": comments, "can_post": 1},
        **more,
    }


def comment(number, text="Яма на дороге", post_id=10, author=CITIZEN, **more):
    return {
        "id": number,
        "from_id": author,
        "date": T0 + number,
        "text": text,
        "post_id": post_id,
        "owner_id": -GROUP,
        "parents_stack": [],
        **more,
    }


def ours(number, text="Ответ", author=-GROUP, minutes=1, **more):
    """A comment on anything, of the community, some minutes from now."""
    date = int((NOW + timedelta(minutes=minutes)).timestamp())
    return {"id": number, "from_id": author, "date": date, "text": text, **more}


def published(external_id, thread_id="", parent_id=None, kind="feed"):
    root = external_id.partition("_r")[0]
    return Published(external_id, kind, root, thread_id or external_id, parent_id)


def thread(items, count=None):
    return {"count": len(items) if count is None else count, "items": items}


def message(number, text="Здравствуйте", peer=CITIZEN, author=CITIZEN, **more):
    return {
        "id": number,
        "conversation_message_id": number,
        "date": T0 + number,
        "peer_id": peer,
        "from_id": author,
        "out": int(author < 0),
        "text": text,
        "version": 1,
        "attachments": [],
        **more,
    }


def conversation(last):
    peer = last["peer_id"]
    return {
        "conversation": {
            "peer": {"id": peer, "type": "user"},
            "last_message_id": last["id"],
            "last_conversation_message_id": last["conversation_message_id"],
            "in_read": 0,
            "out_read": 0,
            "version": 1,
        },
        "last_message": last,
    }


def event(kind, subject):
    return {
        "type": kind,
        "event_id": f"{kind}-{subject.get('id')}",
        "v": "5.199",
        "group_id": GROUP,
        "object": subject,
    }
