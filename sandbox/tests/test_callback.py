"""Callback API: servers, confirmation, delivery, what goes wrong with it."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from sandbox import outgoing

from .common import HEAD, SERVICE, USER, GroundCase


class Receiver:
    """A server of a client: keeps what came and answers as it is told."""

    def __init__(self, answer=b"ok", status=200):
        self.answer, self.status, self.headers, self.pause = answer, status, {}, 0
        self.came, self.counters = [], []
        #: Answers to the next requests, before `answer`.
        self.next_answers = []
        self.changed = threading.Condition()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                length = int(self.headers["Content-Length"])
                event = json.loads(self.rfile.read(length))
                with receiver.changed:
                    receiver.came.append(event)
                    receiver.counters.append(self.headers.get("X-Retry-Counter"))
                    # As it was told when the request came.
                    answer, status = receiver.answer, receiver.status
                    headers, pause = dict(receiver.headers), receiver.pause
                    if receiver.next_answers:
                        answer = receiver.next_answers.pop(0)
                    receiver.changed.notify_all()
                time.sleep(pause)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    self.wfile.write(answer)
                except OSError:
                    pass  # The ground has hung up, as the test wanted.

            def log_message(self, *_args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?key=1"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def wait(self, number, seconds=60):
        """Wait until so many requests came; returns them."""
        with self.changed:
            self.changed.wait_for(lambda: len(self.came) >= number, seconds)
            return list(self.came)

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class TestCallback(GroundCase):
    """A page with a server of a client."""

    def setUp(self):
        super().setUp()
        self.world.state["settings"]["callback_pause"] = 0.02
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)
        self.post = self.add_post()

    def code(self):
        return self.vk("groups.getCallbackConfirmationCode", group_id=1)["code"]

    def add(self, url=None, secret="тайна", **more):
        where = {"group_id": 1, "url": url or self.receiver.url, "title": "Приём"}
        return self.vk(
            "groups.addCallbackServer", **{**where, "secret_key": secret, **more}
        )["server_id"]

    def connect(self, **events):
        """Add a confirmed server that wants new comments; returns its number."""
        self.receiver.answer = self.code().encode()
        number = self.add()
        self.until(number, "ok")
        self.receiver.came.clear()
        self.receiver.counters.clear()
        self.receiver.answer = b"ok"
        wanted = events or {"wall_reply_new": 1}
        self.vk("groups.setCallbackSettings", group_id=1, server_id=number, **wanted)
        return number

    def server(self, number):
        answer = self.vk("groups.getCallbackServers", group_id=1, server_ids=number)
        return answer["items"][0]

    def until(self, number, status):
        """Wait for a state of the server."""
        deadline = time.monotonic() + 60
        while self.server(number)["status"] != status:
            self.assertLess(time.monotonic(), deadline, self.server(number)["status"])
            time.sleep(0.01)

    def delivered(self, count):
        """The server's state when so many events were taken, the confirmation too."""
        deadline = time.monotonic() + 60
        while True:
            state = self.control("GET", "callback/1")["servers"][0]
            if state["delivered"] >= count:
                return state
            self.assertLess(time.monotonic(), deadline, state)
            time.sleep(0.01)

    def test_confirmation(self):
        self.receiver.answer = b"wrong"
        number = self.add()
        self.until(number, "failed")
        (asked,) = self.receiver.came
        self.assertEqual((asked["type"], asked["group_id"]), ("confirmation", 1))
        self.assertEqual(asked["secret"], "тайна")
        self.assertNotIn(self.code(), str(asked))
        self.receiver.answer = self.code().encode()
        self.control("POST", f"callback/1/{number}/confirm")
        self.until(number, "ok")

    def test_nothing_before_confirmation(self):
        self.receiver.answer = b"ok"
        number = self.add()
        self.until(number, "failed")
        self.vk(
            "groups.setCallbackSettings", group_id=1, server_id=number, wall_reply_new=1
        )
        self.add_comment(self.post)
        time.sleep(0.1)
        self.assertEqual(len(self.receiver.came), 1)

    def test_wire_format(self):
        self.connect()
        comment = self.add_comment(
            self.post, "яма", files=[self.world.add_scene("pothole", 101)["id"]]
        )
        (event,) = self.receiver.wait(1)
        self.assertEqual(
            set(event), {"type", "object", "group_id", "event_id", "v", "secret"}
        )
        self.assertEqual((event["type"], event["v"]), ("wall_reply_new", "5.199"))
        self.assertEqual(event["object"]["id"], comment)
        url = event["object"]["attachments"][0]["photo"]["sizes"][-1]["url"]
        self.assertEqual(self.session.get(url, timeout=10).status_code, 200)

    def test_only_what_is_switched_on(self):
        number = self.connect(message_new=1, board_post_new=1)
        self.add_comment(self.post)
        self.world.add_message(1, 101, "лично")
        self.world.add_topic(1, 101, "Двор", "яма")
        kinds = [event["type"] for event in self.receiver.wait(2)]
        self.assertEqual(kinds, ["message_new", "board_post_new"])
        settings = self.vk(
            "groups.getCallbackSettings", group_id=1, server_id=number
        )["events"]  # fmt: skip
        self.assertEqual((settings["message_new"], settings["wall_reply_new"]), (1, 0))

    def test_repeats_until_ok(self):
        self.connect()
        self.receiver.next_answers = [b"OK", b"ok\n"]
        self.add_comment(self.post)
        came = self.receiver.wait(3)
        self.assertEqual(len({event["event_id"] for event in came}), 1)
        state = self.delivered(2)
        self.assertEqual(self.receiver.counters, [None, "1", "2"])
        self.assertEqual((state["waiting"], state["status"]), (0, "ok"))
        self.assertNotIn("secret_key", state)

    def test_others_do_not_wait_for_a_failing_event(self):
        self.world.state["settings"]["callback_pause"] = 5
        self.connect()
        self.receiver.next_answers = [b"no"]
        self.add_comment(self.post, "первый")
        self.add_comment(self.post, "второй")
        self.assertEqual(self.receiver.wait(2)[1]["object"]["text"], "второй")

    def test_too_late_is_repeated(self):
        self.world.state["settings"]["callback_timeout"] = 0.2
        self.connect()
        self.receiver.pause = 0.6
        self.add_comment(self.post)
        self.receiver.wait(1)
        self.receiver.pause = 0
        came = self.receiver.wait(2)
        self.assertEqual(came[0]["event_id"], came[1]["event_id"])

    def test_retry_after(self):
        self.connect()
        self.receiver.status = 503
        self.receiver.headers = {"Retry-After": "1"}
        self.add_comment(self.post)
        self.receiver.wait(1)
        self.receiver.status = 200
        started = time.monotonic()
        self.assertEqual(len(self.receiver.wait(2)), 2)
        self.assertGreater(time.monotonic() - started, 0.8)

    def test_gives_up_after_many_failures(self):
        self.world.state["settings"]["callback_failures"] = 4
        number = self.connect()
        self.receiver.status = 500
        self.add_comment(self.post)
        self.until(number, "failed")
        self.assertEqual(len(self.receiver.wait(4)), 4)
        self.add_comment(self.post)
        time.sleep(0.1)
        self.assertEqual(len(self.receiver.came), 4)

    def test_delivered_twice_dropped_lost(self):
        self.connect()
        self.control("POST", "faults", {"method": "callback", "kind": "twice"})
        self.add_comment(self.post, "дважды")
        came = self.receiver.wait(2)
        self.assertEqual(len({event["event_id"] for event in came}), 1)
        self.control("POST", "faults", {"method": "callback", "kind": "drop"})
        self.add_comment(self.post, "оборвано")
        came = self.receiver.wait(4)[2:]
        self.assertEqual(len({event["event_id"] for event in came}), 1)
        self.control("POST", "faults", {"method": "callback", "kind": "error"})
        self.add_comment(self.post, "потеряно")
        self.add_comment(self.post, "последнее")
        last = self.receiver.wait(5)[4]
        self.assertEqual(last["object"]["text"], "последнее")
        wrong = {"method": "callback", "kind": "hang"}
        self.control("POST", "faults", wrong, status=400)
        self.control("POST", "faults", {"kind": "twice"}, status=400)

    def test_only_this_machine_is_called(self):
        for url in ("http://192.0.2.1/", "http://0.0.0.0:1/", "http://[2001:db8::1]/"):
            number = self.add(url)
            self.until(number, "failed")
            latest = self.control("GET", "callback/1")["servers"][-1]["latest"]
            self.assertIn("not allowed", latest[0]["outcome"])
        for url in ("file:///etc/passwd", "ftp://127.0.0.1/", "hook", "http://"):
            self.refused(
                100, "groups.addCallbackServer", group_id=1, url=url, title="а"
            )

    def test_allowed_hosts(self):
        with self.assertRaises(outgoing.NotAllowed):
            outgoing.resolve("192.0.2.1", 80, ())
        address = outgoing.resolve("192.0.2.1", 80, {"192.0.2.1:80"})
        self.assertEqual(address, "192.0.2.1")

    def test_redirects_are_not_followed(self):
        other = Receiver()
        self.addCleanup(other.close)
        self.connect()
        self.receiver.status, self.receiver.headers = 302, {"Location": other.url}
        self.add_comment(self.post)
        self.receiver.wait(2)
        self.assertEqual(other.came, [])

    def test_servers(self):
        number = self.add()
        again = {"group_id": 1, "server_id": number, "url": "http://127.0.0.1:9/"}
        self.vk("groups.editCallbackServer", **again, title="Другой")
        self.until(number, "failed")
        self.assertEqual(self.server(number)["title"], "Другой")
        self.refused(104, "groups.editCallbackServer", **{**again, "server_id": 99},
                     title="а")  # fmt: skip
        self.refused(15, "groups.getCallbackServers", HEAD, group_id=1)
        self.refused(28, "groups.getCallbackServers", SERVICE, group_id=1)
        self.assertEqual(
            self.vk("groups.getCallbackServers", USER, group_id=1)["count"], 1
        )
        self.vk("groups.deleteCallbackServer", group_id=1, server_id=number)
        self.refused(104, "groups.deleteCallbackServer", group_id=1, server_id=number)
        for _number in range(10):
            self.add("http://127.0.0.1:9/")
        self.refused(
            2000, "groups.addCallbackServer", group_id=1, url="http://127.0.0.1/",
            title="а",
        )  # fmt: skip

    def test_reset_forgets_servers(self):
        self.connect()
        self.receiver.answer = b"no"
        self.world.state["settings"]["callback_pause"] = 0.1
        self.add_comment(self.post)
        self.receiver.wait(1)
        self.control("POST", "reset", {})
        self.assertEqual(
            self.vk("groups.getCallbackServers", group_id=1), {"count": 0, "items": []}
        )
        self.connect()
        time.sleep(0.3)
        self.assertEqual(self.receiver.came, [], "repeated for a server that is gone")
        state = self.control("GET", "callback/1")["servers"][0]
        self.assertEqual((state["delivered"], state["failed"]), (1, 0))

    def test_deleted_server_gets_nothing(self):
        number = self.connect()
        self.vk("groups.deleteCallbackServer", group_id=1, server_id=number)
        self.add_comment(self.post)
        again = self.connect()
        self.assertNotEqual(again, number)
        self.add_comment(self.post, "второму")
        (event,) = self.receiver.wait(1)
        self.assertEqual(event["object"]["text"], "второму")

    def test_deliveries_are_in_the_log_without_secrets(self):
        self.connect()
        self.add_comment(self.post)
        self.receiver.wait(1)
        calls = self.control("GET", "log?method=callback")["calls"]
        self.assertEqual(calls[0]["outcome"], "ok")
        self.assertNotIn("тайна", str(calls))
