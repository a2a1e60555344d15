"""MAX: events by request and by webhook, faults, the town, the control interface."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests

from .max_case import CHANNEL, HEAD_TOKEN, TOKEN, MaxCase

SECRET = "hook-secret-1"


class Hook:
    """A server that takes webhooks; `answers` are the statuses, the last one stays."""

    def __init__(self, *answers):
        self.answers = list(answers) or [200]
        self.taken = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = outer.answers[0]
                if len(outer.answers) > 1:
                    outer.answers.pop(0)
                outer.taken.append((dict(self.headers), json.loads(body)))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/hook"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def close(self):
        self.http.shutdown()
        self.http.server_close()

    def wait(self, count, seconds=60):
        """Return what was taken when there are `count`, or time is over."""
        deadline = time.monotonic() + seconds
        while len(self.taken) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.taken


class TestUpdates(MaxCase):
    seed = False

    def test_marker(self):
        self.assertEqual(self.updates()["updates"], [])
        for text in "абв":
            self.message(text)
        first = self.updates(limit=2)
        self.assertEqual(self.texts(first), ["а", "б"])
        self.assertEqual(self.texts(self.updates(limit=2)), ["а", "б"], "not confirmed")
        second = self.updates(first["marker"])
        self.assertEqual(self.texts(second), ["в"])
        self.assertEqual(self.texts(self.updates()), ["в"])
        self.assertEqual(self.updates(second["marker"])["updates"], [])
        self.assertEqual(self.updates(second["marker"])["marker"], second["marker"])

    @staticmethod
    def texts(answer):
        return [one["message"]["body"]["text"] for one in answer["updates"]]

    def test_kinds(self):
        mid = self.message("а")
        self.place.edit(mid, "б")
        self.place.delete(mid)
        found = self.updates()["updates"]
        kinds = ["message_created", "message_edited", "message_removed"]
        self.assertEqual([one["update_type"] for one in found], kinds)
        self.assertEqual(found[2]["message_id"], mid)
        only = self.updates(types="message_removed")["updates"]
        self.assertEqual([one["update_type"] for one in only], ["message_removed"])

    def test_comments_of_a_channel(self):
        post = self.post()
        mid = self.comment(post)
        (update,) = self.updates()["updates"]
        self.assertEqual(update["message"]["recipient"]["post_id"], post)
        self.assertEqual(update["message"]["body"]["mid"], mid)
        self.place.settings["comment_updates"] = False
        self.comment(post)
        self.assertEqual(len(self.updates()["updates"]), 1)

    def test_nothing_of_what_the_bot_does_itself(self):
        self.message(author=101)
        self.max("POST", "/messages", {"text": "а"}, user_id=101)
        post = self.max("POST", "/messages", {"text": "а"}, chat_id=CHANNEL)
        mid = post["message"]["body"]["mid"]
        self.max("POST", f"/messages/{mid}/comments", {"text": "а"})
        self.assertEqual(len(self.updates()["updates"]), 1)

    def test_bots_have_their_own_events(self):
        self.message()
        other = self.raw("GET", "/updates", HEAD_TOKEN, timeout=0).json()
        self.assertEqual(other["updates"], [])

    def test_waiting(self):
        threading.Timer(0.2, self.message).start()
        started = time.monotonic()
        answer = self.max("GET", "/updates", timeout=8)
        self.assertEqual(len(answer["updates"]), 1)
        self.assertLess(time.monotonic() - started, 7)

    def test_what_no_event_tells(self):
        stays, goes = self.message("а"), self.message("б")
        marker = self.updates()["marker"]
        for verb, mid in (("PATCH", stays), ("DELETE", goes)):
            body = {"text": "иначе", "silent": True}
            self.control(verb, f"max/messages/{mid}", body)
        self.assertEqual(self.updates(marker)["updates"], [])
        found = self.max("GET", "/messages", chat_id=self.dialog())["messages"]
        self.assertEqual([one["body"]["text"] for one in found], ["иначе"])
        self.control("DELETE", f"max/messages/{stays}")
        self.assertEqual(len(self.updates(marker)["updates"]), 1)

    def test_forgotten(self):
        self.message()
        self.assertEqual(self.control("POST", "max/updates/1/forget"), {"lost": 1})
        self.assertEqual(self.updates()["updates"], [])


class TestWebhooks(MaxCase):
    seed = False

    def hook(self, *answers, **more):
        hook = Hook(*answers)
        self.addCleanup(hook.close)
        self.world.state["settings"]["callback_pause"] = 0.05
        body = {"url": hook.url, "secret": SECRET, **more}
        self.assertTrue(self.max("POST", "/subscriptions", body)["success"])
        return hook

    def test_delivery(self):
        hook = self.hook()
        mid = self.message("Здравствуйте")
        ((headers, update),) = hook.wait(1)
        self.assertEqual(headers["X-Max-Bot-Api-Secret"], SECRET)
        self.assertEqual(update["message"]["body"]["mid"], mid)
        self.assertNotIn("sandbox.invalid", json.dumps(update))
        self.refused(405, "GET", "/updates", timeout=0)
        self.assertTrue(self.max("DELETE", "/subscriptions", url=hook.url)["success"])
        self.assertFalse(self.max("DELETE", "/subscriptions", url=hook.url)["success"])
        self.message("после")
        self.assertEqual(len(hook.wait(2, 0.2)), 1)
        self.assertEqual(len(self.updates()["updates"]), 2)

    def test_repeated_until_taken(self):
        hook = self.hook(500, 503, 200)
        self.message()
        bodies = [update for _headers, update in hook.wait(3)]
        self.assertEqual(len(bodies), 3)
        self.assertEqual(bodies[0], bodies[2])
        self.assertEqual(len(hook.wait(4, 0.3)), 3)

    def test_only_the_wanted_kinds(self):
        hook = self.hook(update_types=["message_removed"])
        self.place.delete(self.message())
        ((_headers, update),) = hook.wait(1)
        self.assertEqual(update["update_type"], "message_removed")

    def test_twice_and_lost(self):
        hook = self.hook()
        self.ground.faults.add("callback", "twice")
        self.message("а")
        self.assertEqual(len(hook.wait(2)), 2)
        self.ground.faults.add("callback", "error")
        self.message("б")
        self.assertEqual(len(hook.wait(3, 0.3)), 2)

    def test_addresses(self):
        for url in ("ftp://x/", "", 5, "http:///x"):
            self.refused(400, "POST", "/subscriptions", body={"url": url})
        body = {"url": "http://127.0.0.1/", "secret": "пароль"}
        self.refused(400, "POST", "/subscriptions", body=body)
        self.place.settings["https_only"] = True
        self.refused(400, "POST", "/subscriptions", body={"url": "http://127.0.0.1/"})
        self.assertNotIn(SECRET, self.raw("GET", "/subscriptions").text)


class TestFaults(MaxCase):
    seed = False

    def test_each_kind(self):
        post = self.post()
        path, name = f"/messages/{post}/comments", "max POST /messages/*/comments"
        faults = self.ground.faults
        faults.add(name, "error", code=503)
        self.refused(503, "POST", path, body={"text": "а"})
        faults.add(name, "http", code=502)
        response = self.raw("POST", path, body={"text": "а"})
        self.assertEqual(response.status_code, 502)
        self.assertEqual(self.place.comments_of(post), [])
        faults.add(name, "drop")
        with self.assertRaises(requests.ConnectionError):
            self.raw("POST", path, body={"text": "оборвано"})
        faults.add(name, "truncate")
        response = self.raw("POST", path, body={"text": "обрезано"})
        self.assertEqual(response.status_code, 200)
        with self.assertRaises(ValueError):
            response.json()
        faults.add(name, "hang", seconds=0.2)
        self.max("POST", path, {"text": "медленно"})
        texts = [one["text"] for one in self.place.comments_of(post)]
        self.assertEqual(texts, ["оборвано", "обрезано", "медленно"])
        outcomes = [one["outcome"] for one in self.ground.log.entries(method=name)]
        self.assertEqual(len(outcomes), 5)
        self.assertEqual(outcomes[2:], ["ok, drop", "ok, truncate", "ok, hang"])
        self.assertNotIn(TOKEN, str(self.ground.log.entries()))

    def test_chance(self):
        self.ground.faults.rage(7, {"rate_limit": 1})
        self.refused(429, "GET", "/me")
        self.ground.faults.calm()


class TestTown(MaxCase):
    def test_the_same_town(self):
        posts = self.place.of_chat(CHANNEL)
        self.assertEqual(len(posts), 6)
        self.assertGreater(len(self.place.comments_of(posts[-1]["mid"])), 2)
        self.assertEqual(len(self.max("GET", "/chats")["chats"]), 3)
        self.assertEqual(self.updates()["updates"], [], "no news")

    def test_world_reset_and_file(self):
        world = self.control("GET", "world")
        shown = world["max"]["messages"]
        self.assertEqual(set(shown), set(self.place.state["messages"]))
        self.assertNotIn("max_updates", world)
        self.message("ещё")
        self.control("POST", "reset", {"seed": False})
        self.assertEqual(self.place.state["messages"], {})
        self.assertEqual(self.updates()["updates"], [])

    def test_what_people_do(self):
        post = self.control("POST", "max/posts", {"text": "Новость"})["mid"]
        body = {"post": post, "author_id": 101, "text": "<b>а</b>", "seconds_ago": 60}
        first = self.control("POST", "max/comments", body)
        self.assertAlmostEqual(self.place.now() - first["at"], 60_000, delta=5000)
        reply = {"post": post, "author_id": 102, "text": "б", "reply_to": first["mid"]}
        self.assertEqual(
            self.control("POST", "max/comments", reply)["link"], first["mid"]
        )
        talk = self.control("POST", "max/messages", {"author_id": 101, "text": "в"})
        path = f"max/messages/{talk['mid']}"
        self.assertEqual(self.control("PATCH", path, {"text": "г"})["text"], "г")
        self.assertTrue(self.control("DELETE", path)["deleted"])
        self.control("DELETE", path, status=400)
        changed = self.control("PATCH", "max/settings", {"comment_updates": False})
        self.assertFalse(changed["comment_updates"])
        self.control("PATCH", "max/settings", {"unknown": 1}, status=400)
        self.control("GET", "max/nothing", status=404)
        self.assertEqual(len(self.control("GET", "max/tokens")["tokens"]), 2)

    def test_many_at_once(self):
        body = {"network": "max", "count": 30, "seed": 5}
        made = self.control("POST", "bulk", body)
        self.assertEqual(made["count"], 30)
        self.assertEqual(len(self.updates()["updates"]), 30)
