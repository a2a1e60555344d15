"""Bots Long Poll: events, waiting, what `failed` says."""

import threading
import time

from .common import TIMEOUT, GroundCase


class TestLongPoll(GroundCase):
    """A client that polls the page of the administration."""

    def setUp(self):
        super().setUp()
        self.post = self.add_post()
        self.connect()

    def connect(self):
        self.server = self.vk("groups.getLongPollServer", group_id=1)
        self.ts = self.server["ts"]

    def poll(self, wait=0, **other):
        values = {"act": "a_check", "key": self.server["key"], "ts": self.ts, **other}
        values["wait"] = wait
        return self.session.get(
            self.server["server"], params=values, timeout=TIMEOUT + wait
        ).json()

    def kinds(self):
        return [event["type"] for event in self.poll()["updates"]]

    def test_seed_is_no_news(self):
        self.assertEqual(self.poll(), {"ts": self.ts, "updates": []})

    def test_events_come_in_order_and_stay_until_ts_moves(self):
        comment = self.add_comment(self.post, "яма")
        self.world.edit_comment(1, comment, "большая яма")
        self.world.delete_comment(1, comment)
        self.world.restore_comment(1, comment)
        self.world.add_message(1, 101, "личное")
        self.world.add_post(1, 105, "запись жителя")
        kinds = ["wall_reply_new", "wall_reply_edit", "wall_reply_delete"]
        kinds += ["wall_reply_restore", "message_new", "wall_post_new"]
        self.assertEqual(self.kinds(), kinds)
        answer = self.poll()
        self.assertEqual(len({e["event_id"] for e in answer["updates"]}), 6)
        self.assertEqual({e["group_id"] for e in answer["updates"]}, {1})
        self.ts = answer["ts"]
        self.assertEqual(self.poll()["updates"], [])

    def test_pages_have_queues_of_their_own(self):
        post = self.add_post(author=-2, group=2)
        self.world.add_comment(2, post, 101, "главе")
        self.assertEqual(self.poll()["updates"], [])

    def test_waiting_ends_with_an_event(self):
        timer = threading.Timer(0.4, self.add_comment, (self.post,))
        timer.start()
        started = time.monotonic()
        answer = self.poll(wait=10)
        self.assertLess(time.monotonic() - started, 9)
        self.assertEqual(len(answer["updates"]), 1)
        timer.join()

    def test_waiting_ends_without_an_event(self):
        started = time.monotonic()
        self.assertEqual(self.poll(wait=1)["updates"], [])
        self.assertGreaterEqual(time.monotonic() - started, 0.9)

    def test_key_expired(self):
        self.add_comment(self.post)
        self.control("POST", "long-poll/1/expire")
        self.assertEqual(self.poll(), {"failed": 2})
        old_ts = self.ts
        self.connect()
        self.ts = old_ts
        self.assertEqual(self.kinds(), ["wall_reply_new"])

    def test_history_lost(self):
        self.add_comment(self.post)
        self.control("POST", "long-poll/1/forget")
        answer = self.poll()
        self.assertEqual(answer["failed"], 1)
        self.ts = answer["ts"]
        self.assertEqual(self.poll()["updates"], [])
        self.add_comment(self.post)
        self.assertEqual(self.kinds(), ["wall_reply_new"])

    def test_old_and_future_ts(self):
        for ts in ("0", "99999", "soon"):
            self.assertEqual(self.poll(ts=ts), {"failed": 1, "ts": self.ts})

    def test_long_history_is_cut(self):
        for number in range(1005):
            self.add_comment(self.post, str(number))
        self.assertEqual(self.poll()["failed"], 1)

    def test_everything_lost(self):
        self.control("POST", "long-poll/1/lose")
        self.assertEqual(self.poll(), {"failed": 3})
        self.assertEqual(self.poll(), {"failed": 3})
        self.connect()
        self.assertEqual(self.poll()["updates"], [])

    def test_events_dropped_silently(self):
        self.control("POST", "long-poll/1/drop", {"count": 2})
        for number in range(3):
            self.add_comment(self.post, str(number))
        updates = self.poll()["updates"]
        self.assertEqual([e["object"]["text"] for e in updates], ["2"])

    def test_settings(self):
        change = {"group_id": 1, "wall_reply_new": 0, "message_reply": 1}
        self.assertEqual(self.vk("groups.setLongPollSettings", **change), 1)
        events = self.vk("groups.getLongPollSettings", group_id=1)["events"]
        self.assertEqual((events["wall_reply_new"], events["message_reply"]), (0, 1))
        self.assertEqual(events["message_new"], 1)
        self.add_comment(self.post)
        self.vk("messages.send", peer_id=104, random_id=3, message="ответ")
        self.assertEqual(self.kinds(), ["message_reply"])
        self.vk("groups.setLongPollSettings", group_id=1, enabled=0)
        self.refused(100, "groups.getLongPollServer", group_id=1)

    def test_addresses_in_events_work(self):
        photo = self.world.add_scene("pothole", 101)["id"]
        self.add_comment(self.post, "яма", files=[photo])
        item = self.poll()["updates"][0]["object"]["attachments"][0]["photo"]
        picture = self.session.get(item["sizes"][-1]["url"], timeout=10)
        self.assertEqual(picture.headers["Content-Type"], "image/png")
        self.assertTrue(picture.content.startswith(b"\x89PNG"))

    def test_stopping_lets_waiting_requests_go(self):
        answers = []
        waiting = threading.Thread(target=lambda: answers.append(self.poll(wait=20)))
        waiting.start()
        time.sleep(0.3)
        self.world.close()
        waiting.join(5)
        self.assertEqual(answers[0]["updates"], [])
