"""A small MAX in memory that answers in MAX's form and records every exchange."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from ..http import Transport
from ..max import MAXClient
from .fake import NOW, Reply

TOKEN = "max-SECRET-token-4711"
SECRET = "webhook-SECRET_0815"
PAGE = -73455901853123
BOT = 229229229
CITIZEN = 123456789
DIALOGUE = 182403740
MS = int(NOW.timestamp() * 1000)
DAY = 86_400_000


@dataclass(frozen=True)
class Exchange:
    verb: str
    path: str
    query: dict
    body: object
    headers: dict
    status: int
    answer: object

    @property
    def method(self):
        """Such as ``GET messages/*/comments``."""
        parts = self.path.split("/")
        known = ("comments", "members", "me", "messages", "chats", "subscriptions")
        named = [parts[0], *(p if p in known else "*" for p in parts[1:])]
        return f"{self.verb} {'/'.join(named)}"


def mid(chat, number):
    return f"mid.{chat % 2**64:016x}{number:016x}"


def user(number, name="Ольга Синицына", **more):
    first, _, last = name.partition(" ")
    return {
        "user_id": number,
        "first_name": first,
        "last_name": last,
        "username": None,
        "is_bot": number == BOT,
        "last_activity_time": MS,
        "name": name,
        **more,
    }


def refusal(status, code, message="Refused", **headers):
    body = json.dumps({"code": code, "message": message}).encode()
    return Reply(status, body, {"Content-Type": "application/json", **headers})


class FakeMAX:
    """A channel (or group), its comments, dialogues, events, subscriptions.

    ``replies``: (verb, pattern of the path) -> Reply given instead, once each.
    """

    def __init__(self):
        self.chat_type = "channel"
        self.number = 0
        self.posts, self.comments, self.dialogues = [], {}, {}
        self.updates, self.subscriptions, self.files = [], [], []
        self.listed_dialogues = True
        #: dialogues whose citizen stopped the bot
        self.stopped = set()
        #: how many messages may be asked for by their ids at once, and whether one
        #: that is gone refuses them all
        self.ids_at_once, self.all_or_none = 100, False
        #: how comments of a period are cut: the last ones of it, or the first
        self.comments_from_the_end = True
        self.replies = []
        self.exchanges = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self):
                outer.serve(self)

            do_POST = do_PUT = do_DELETE = do_GET

            def log_message(self, *args):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(
            target=self.http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        ).start()

    def close(self):
        self.http.shutdown()
        self.http.server_close()

    def client(self, **secrets):
        transport = Transport(
            allowed_networks=["127.0.0.0/8"],
        )
        secrets = {"access_token": TOKEN, **secrets}
        return MAXClient(str(PAGE), secrets, self.url, transport, now=lambda: NOW)

    # -------------------------------------------------------------- the content

    def message(self, chat, text, sender=CITIZEN, at=None, reply=None, **more):
        self.number += 1
        at = MS - DAY + self.number * 1000 if at is None else at
        kind = "dialog" if chat > 0 else self.chat_type
        raw = {
            "recipient": {"chat_id": chat, "chat_type": kind, "user_id": None},
            "timestamp": at,
            "body": {
                "mid": mid(chat, (at << 16) + self.number),
                "seq": (at << 16) + self.number,
                "text": text,
                "attachments": None,
            },
            **more,
        }
        if sender:
            raw["sender"] = user(sender)
        if reply:
            raw["link"] = {"type": "reply", "message": reply["body"]}
        return raw

    def add_post(self, text="Ремонт дорог", sender=None, **more):
        raw = self.message(PAGE, text, sender, **more)
        self.posts.append(raw)
        return raw

    def add_comment(self, post, text="Яма на Лесной", sender=CITIZEN, **more):
        raw = self.message(PAGE, text, sender, **more)
        self.comments.setdefault(post["body"]["mid"], []).append(raw)
        return raw

    def add_private(self, text="Здравствуйте", sender=CITIZEN, chat=DIALOGUE, **more):
        raw = self.message(chat, text, sender, **more)
        self.dialogues.setdefault(chat, []).append(raw)
        return raw

    def happen(self, kind, **content):
        self.updates.append({"update_type": kind, "timestamp": MS, **content})

    # --------------------------------------------------------------- the answers

    def serve(self, handler):
        parts = urlsplit(handler.path)
        path = parts.path.lstrip("/")
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        if "json" in handler.headers.get("Content-Type", ""):
            body = json.loads(body)
        reply = self.planned(handler.command, path)
        try:
            answer = reply or self.answer(handler.command, path, query, body)
        except KeyError:
            answer = refusal(404, "not.found")
        if not isinstance(answer, Reply):
            headers = {"Content-Type": "application/json"}
            answer = Reply(200, json.dumps(answer).encode(), headers)
        try:
            content = json.loads(answer.body)
        except ValueError:
            content = answer.body
        self.exchanges.append(
            Exchange(
                handler.command,
                path,
                query,
                body or None,
                dict(handler.headers),
                answer.status,
                content,
            )
        )
        if answer.hang_up:
            # After doing it: the caller never learns.
            self.answer(handler.command, path, query, body)
            handler.close_connection = True
            return
        handler.send_response(answer.status)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(answer.body)))
        handler.end_headers()
        handler.wfile.write(answer.body)

    def planned(self, verb, path):
        for plan in self.replies:
            if plan[0] == verb and re.fullmatch(plan[1], path):
                self.replies.remove(plan)
                return plan[2]
        return None

    def answer(self, verb, path, query, body):
        parts = path.split("/")
        if path == "upload":
            self.files.append(body)
            if self.kind == "image":
                return {"photos": {"k": {"token": f"photo-{len(self.files)}"}}}
            return {"fileId": 1, "token": f"file-{len(self.files)}"}
        name = f"{verb}_{parts[0]}"
        if parts[0] == "messages" and "comments" in parts:
            name = f"{verb}_comments"
        return getattr(self, name)(parts, query, body)

    def GET_me(self, _parts, _query, _body):
        return user(BOT, "Бот администрации", username="zarechensk_bot")

    def GET_updates(self, _parts, query, _body):
        if self.subscriptions:
            return {"updates": [], "marker": None}
        start = int(query.get("marker", 0))
        page = self.updates[start : start + int(query["limit"])]
        return {"updates": page, "marker": start + len(page)}

    def GET_subscriptions(self, _parts, _query, _body):
        return {"subscriptions": self.subscriptions}

    def POST_subscriptions(self, _parts, _query, body):
        one = {"url": body["url"], "time": MS, "version": None}
        self.subscriptions = [{**one, "update_types": body["update_types"]}]
        return {"success": True}

    def DELETE_subscriptions(self, _parts, _query, _body):
        self.subscriptions = []
        return {"success": True}

    def GET_chats(self, parts, query, _body):
        if len(parts) == 1:
            chats = [self.chat(PAGE, self.chat_type)]
            if self.listed_dialogues:
                chats += [self.chat(one, "dialog") for one in self.dialogues]
            return {"chats": chats, "marker": None}
        if len(parts) == 2:
            return self.chat(int(parts[1]), self.chat_type)
        rights = ["read_all_messages", "write", "edit", "delete"]
        member = {
            **user(BOT, "Бот", username="zarechensk_bot"),
            "last_access_time": MS,
            "join_time": MS,
            "is_owner": False,
            "is_admin": True,
            "permissions": rights,
        }
        if parts[-1] == "me":
            return member
        ids = query["user_ids"].split(",")
        people = [{**member, **user(int(one), "Игорь Пахомов")} for one in ids]
        return {"members": [one for one in people if one["user_id"] != 404]}

    def chat(self, number, kind):
        last = [one["timestamp"] for one in self.dialogues.get(number, [])]
        return {
            "chat_id": number,
            "type": kind,
            "status": "active",
            "title": "Зареченск",
            "last_event_time": max(last, default=MS),
            "participants_count": 2,
            "icon": None,
            "is_public": True,
            "description": None,
        }

    def stored(self, chat):
        return self.posts if chat == PAGE else self.dialogues[chat]

    def found(self, wanted):
        for one in [*self.posts, *(m for d in self.dialogues.values() for m in d)]:
            if one["body"]["mid"] == wanted:
                return one
        raise KeyError(wanted)

    def GET_messages(self, parts, query, _body):
        if len(parts) == 2:
            return self.found(parts[1])
        if "message_ids" in query:
            return self.by_ids(query["message_ids"].split(","))
        chat = int(query["chat_id"])
        if chat in self.stopped:
            return refusal(403, "chat.denied", "User suspended bot")
        messages = sorted(self.stored(chat), key=lambda one: -one["timestamp"])
        upper = int(query.get("from", 2**62))
        messages = [one for one in messages if one["timestamp"] <= upper]
        return {"messages": messages[: int(query.get("count", 50))]}

    def by_ids(self, wanted):
        if len(wanted) > self.ids_at_once:
            return refusal(400, "proto.payload", "Too many ids")
        found = []
        for one in wanted:
            try:
                found.append(self.found(one))
            except KeyError:
                if self.all_or_none:
                    raise
        shown = [m for m in found if m["recipient"]["chat_id"] not in self.stopped]
        return {"messages": shown}

    def POST_messages(self, _parts, query, body):
        chat = int(query["chat_id"])
        sent = self.message(chat, body["text"], BOT, at=MS)
        if body.get("link"):
            sent["link"] = {
                "type": "reply",
                "message": self.found(body["link"]["mid"])["body"],
            }
        sent["sent"] = body.get("attachments")
        self.stored(chat).append(sent)
        return {"message": {k: v for k, v in sent.items() if k != "sent"}}

    def PUT_messages(self, _parts, query, body):
        self.found(query["message_id"])["body"]["text"] = body["text"]
        return {"success": True}

    def DELETE_messages(self, _parts, query, _body):
        gone = self.found(query["message_id"])
        for messages in (self.posts, *self.dialogues.values()):
            if gone in messages:
                messages.remove(gone)
        return {"success": True}

    def comment(self, post, wanted):
        for one in self.comments.get(post, []):
            if one["body"]["mid"] == wanted:
                return one
        raise KeyError(wanted)

    def GET_comments(self, parts, query, _body):
        self.found(parts[1])
        if len(parts) == 4:
            return self.comment(parts[1], parts[3])
        if "comment_ids" in query:
            wanted = query["comment_ids"].split(",")
            below = self.comments.get(parts[1], [])
            return {"messages": [m for m in below if m["body"]["mid"] in wanted]}
        after, before = int(query.get("after", 0)), int(query.get("before", 2**62))
        found = sorted(
            (
                one
                for one in self.comments.get(parts[1], [])
                if after < one["timestamp"] < before
            ),
            key=lambda one: one["timestamp"],
        )
        count = int(query.get("count", 50))
        found = found[-count:] if self.comments_from_the_end else found[:count]
        return {"messages": found}

    def POST_comments(self, parts, _query, body):
        post = self.found(parts[1])
        reply = body.get("link") and self.comment(parts[1], body["link"]["mid"])
        made = self.add_comment(post, body["text"], BOT, at=MS, reply=reply)
        return {"message": made}

    def PUT_comments(self, parts, query, body):
        self.comment(parts[1], query["comment_id"])["body"]["text"] = body["text"]
        return {"success": True}

    def DELETE_comments(self, parts, query, _body):
        self.comments[parts[1]].remove(self.comment(parts[1], query["comment_id"]))
        return {"success": True}

    def POST_uploads(self, _parts, query, _body):
        self.kind = query["type"]
        return {"url": f"{self.url}/upload"}

    def calls(self, method):
        return [one for one in self.exchanges if one.method == method]
