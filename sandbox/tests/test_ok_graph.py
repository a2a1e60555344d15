"""Private chats, webhooks, the control interface and the page of Odnoklassniki."""

import base64
import re
import tempfile
from pathlib import Path

from sandbox.ok import constants

from .common import PIXEL, TIMEOUT
from .ok_common import Listener, OkCase


class TestChats(OkCase):
    seed = False

    def test_chats_and_messages(self):
        for number in range(5):
            self.ok.add_message(101, f"первый {number}")
        last = self.ok.add_message(102, "второй")
        page = self.graph("GET", "me/chats", count=1)
        (chat,) = page["chats"]
        self.assertEqual(chat["lastEventTime"], last["ms"])
        self.assertIn(f"user:{constants.uid(102)}", chat["participants"])
        page = self.graph("GET", "me/chats", count=1, marker=page["marker"])
        self.assertNotIn("marker", page)
        chat_id = page["chats"][0]["chat_id"]
        found = self.graph("GET", f"me/messages/{chat_id}", count=2)["messages"]
        texts = [one["message"]["text"] for one in found]
        self.assertEqual(texts, ["первый 4", "первый 3"])
        self.assertEqual(found[0]["sender"]["name"], "Марина Ковалёва")
        earlier = {"from": found[1]["timestamp"] - 1, "to": 1}
        for path in (f"me/messages/{chat_id}", f"{chat_id}/messages"):
            rest = self.graph("GET", path, **earlier)["messages"]
            texts = [one["message"]["text"] for one in rest]
            self.assertEqual(texts, ["первый 2", "первый 1", "первый 0"])
        self.assertEqual(self.graph("GET", f"me/chat/{chat_id}")["chat_id"], chat_id)

    def test_edited_and_deleted(self):
        first = self.ok.add_message(101, "первый")
        second = self.ok.add_message(101, "второй")
        body = {"text": "Первый"}
        self.control("PATCH", f"ok/messages/{first['mid']}", body)
        self.control("DELETE", f"ok/messages/{second['mid']}")
        self.control("DELETE", f"ok/messages/{second['mid']}", status=400)
        (chat,) = self.graph("GET", "me/chats")["chats"]
        self.assertEqual(chat["lastEventTime"], first["ms"])
        found = self.graph("GET", f"me/messages/{chat['chat_id']}")["messages"]
        self.assertEqual([one["message"]["text"] for one in found], ["Первый"])
        self.control("DELETE", f"ok/messages/{first['mid']}")
        self.assertEqual(
            self.graph("GET", f"me/messages/{chat['chat_id']}")["messages"], []
        )
        self.graph("GET", "me/chats")

    def test_reply(self):
        asked = self.ok.add_message(101, "Нет воды")
        chat_id = f"chat:{self.ok.chat_of(101)['id']}"
        body = {
            "recipient": {"chat_id": chat_id},
            "message": {"text": "Устраняем", "reply_to": asked["mid"]},
        }
        sent = self.graph("POST", f"me/messages/{chat_id}", body)
        found = self.graph("GET", f"me/messages/{chat_id}")["messages"][0]
        self.assertEqual(found["message"]["mid"], sent["message_id"])
        self.assertEqual(found["message"]["reply_to"], asked["mid"])
        self.assertEqual(found["sender"]["user_id"], f"group:{constants.GROUP}")
        to = [f"user:{constants.uid(101)}", constants.uid(102)]
        body = {"recipient": {"user_ids": to}, "message": {"text": "Всем"}}
        answer = self.graph("POST", "me/messages", body)
        expected = {"success": [True, False], "chat_ids": [chat_id, None]}
        self.assertEqual(answer, expected)

    def test_picture(self):
        self.ok.add_message(101, "Нет воды")
        where = self.graph("GET", "me/fileUploadUrl", type="IMAGE")
        given = self.session.post(
            where["url"], files={"file": ("a.png", PIXEL)}, timeout=TIMEOUT
        ).json()
        token = given["photos"][where["file_id"]]["token"]
        chat_id = f"chat:{self.ok.chat_of(101)['id']}"
        image = {"type": "IMAGE", "payload": {"token": token}}
        body = {"message": {"text": "Схема", "attachment": image}}
        self.graph("POST", f"me/messages/{chat_id}", body)
        found = self.graph("GET", f"me/messages/{chat_id}")["messages"][0]
        url = found["message"]["attachments"][0]["payload"]["url"]
        self.assertEqual(self.session.get(url, timeout=TIMEOUT).content, PIXEL)

    def test_refusals(self):
        self.assertEqual(self.graph("GET", "me/info", token="x")["error_code"], 103)
        self.assertEqual(self.graph("GET", "me/nothing")["error_code"], 3)
        self.assertEqual(self.graph("GET", "me/chats", count=101)["error_code"], 100)
        self.assertEqual(self.graph("GET", "me/messages/chat:C1")["error_code"], 300)
        self.assertEqual(self.graph("POST", "me/subscribe")["error_code"], 100)
        answer = self.graph("POST", "me/subscribe", {"url": "ftp://x"})
        self.assertEqual(answer["error_code"], 100)


class TestHooks(OkCase):
    seed = False

    def setUp(self):
        super().setUp()
        self.hooks = self.ground.application.networks["ok"].hooks
        self.world.state["settings"].update(callback_pause=0.01, callback_failures=2)

    def listen(self, *statuses):
        listener = Listener(*statuses)
        self.addCleanup(listener.close)
        self.graph("POST", "me/subscribe", {"url": listener.url})
        return listener

    def test_what_citizens_write_is_delivered(self):
        listener = self.listen(500, 404)
        self.graph("POST", "me/subscribe", {"url": listener.url})
        self.assertEqual(len(self.graph("GET", "me/subscriptions")["subscriptions"]), 1)
        self.ok.add_message(101, "Нет воды")
        self.ok.add_message(101, "Устраняем", out=True)
        self.assertTrue(self.hooks.wait())
        self.assertEqual(len(listener.bodies), 3, "refused twice, then taken")
        event = listener.bodies[-1]
        chat_id = event["recipient"]["chat_id"]
        (_ours, read) = self.graph("GET", f"me/messages/{chat_id}")["messages"]
        self.assertEqual(event, {"webhookType": "MESSAGE_CREATED", **read})
        self.graph("POST", "me/unsubscribe", {"url": listener.url})
        self.ok.add_message(101, "Ещё")
        self.assertTrue(self.hooks.wait())
        self.assertEqual(len(listener.bodies), 3)

    def test_the_same_event_may_come_twice(self):
        listener = self.listen()
        self.ground.faults.add("callback", "twice")
        self.ok.add_message(101, "Нет воды")
        self.assertTrue(self.hooks.wait())
        self.assertEqual(len(listener.bodies), 2)
        self.assertEqual(listener.bodies[0], listener.bodies[1])

    def test_a_dead_address_loses_its_subscription(self):
        self.world.state["settings"]["callback_tries"] = 2
        self.listen().close()
        for _time in range(2):
            self.ok.add_message(101, "Нет воды")
        self.assertTrue(self.hooks.wait())
        answer = self.control("GET", "ok/subscriptions")
        self.assertEqual(answer["subscriptions"], [])

    def test_no_other_machine_is_called(self):
        self.graph("POST", "me/subscribe", {"url": "http://192.0.2.1/hook"})
        self.ok.add_message(101, "Нет воды")
        self.assertTrue(self.hooks.wait())
        (entry,) = self.ground.log.entries(method="ok.webhook")
        self.assertIn("not allowed", entry["outcome"])


class TestControl(OkCase):
    def test_a_citizen_comments_answers_edits_deletes(self):
        topic = self.control("POST", "ok/topics", {"text": "Новая тема"})
        picture = base64.b64encode(PIXEL).decode()
        asked = self.control(
            "POST",
            "ok/comments",
            {
                "topic_id": topic["id"],
                "author_id": 101,
                "text": "Яма",
                "photos": [picture],
                "seconds_ago": 3600,
            },
        )
        (comment,) = self.comments(topic)["comments"]
        self.assertEqual((comment["text"], len(comment["attachments"])), ("Яма", 1))
        self.assertAlmostEqual(
            comment["date_ms"] / 1000, self.world.now() - 3600, delta=9
        )
        reply = {"topic_id": topic["id"], "author_id": 102, "text": "Да"}
        self.control("POST", "ok/comments", {**reply, "reply_to": asked["id"]})
        self.control("PATCH", f"ok/comments/{asked['id']}", {"text": "Две ямы"})
        texts = [one["text"] for one in self.comments(topic)["comments"]]
        self.assertEqual(texts, ["Да", "Две ямы"])
        self.control("DELETE", f"ok/comments/{asked['id']}")
        texts = [one["text"] for one in self.comments(topic)["comments"]]
        self.assertEqual(texts, ["Да"])
        self.control("DELETE", f"ok/comments/{asked['id']}", status=400)
        self.control("POST", "ok/comments", {"author_id": 1, "topic_id": "1"}, 400)
        self.control("POST", "ok/nothing", status=404)

    def test_private_message_and_world(self):
        self.control("POST", "ok/messages", {"author_id": 104, "text": "Лично"})
        shown = self.control("GET", "ok/world")
        people = [chat["person"] for chat in shown["chats"].values()]
        self.assertEqual(sorted(people), [103, 104])
        self.assertNotIn("ok", self.control("GET", "world"))
        keys = self.control("GET", "ok/keys")
        self.assertEqual(keys["access_token"], constants.TOKEN)

    def test_many_at_once(self):
        self.control("POST", "reset", {"seed": False})
        many = {"network": "ok", "count": 450, "seed": 7}
        ids = self.control("POST", "bulk", many)["ids"]
        self.assertEqual(len(set(ids)), 450)
        topics = self.call("discussions.getList")["discussions"]
        self.assertEqual(sum(one["total_comments_count"] for one in topics), 450)

    def test_reset_and_saved_world(self):
        self.ok.add_topic("Лишняя")
        self.control("POST", "reset", {})
        self.assertEqual(len(self.ok.state["topics"]), 2)
        self.control("POST", "reset", {"seed": False})
        self.assertEqual(self.ok.state["topics"], {})
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "world.json"
            ground = self.start_ground(state_path=path)
            ground.application.networks["ok"].ground.add_topic("Сохранённая")
            ground.stop()
            again = self.start_ground(state_path=path)
            texts = [
                t["text"]
                for t in again.application.networks["ok"]
                .ground.state["topics"]
                .values()
            ]
            self.assertIn("Сохранённая", texts)

    def test_page(self):
        page = self.session.get(f"{self.ground.url}/ok.html", timeout=TIMEOUT)
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("unsafe", page.headers["Content-Security-Policy"])
        for path in re.findall(r'(?:src|href)="(/[^"]+)"', page.text):
            found = self.session.get(f"{self.ground.url}{path}", timeout=TIMEOUT)
            self.assertEqual(found.status_code, 200, path)
        missing = self.session.get(f"{self.ground.url}/no.html", timeout=TIMEOUT)
        self.assertEqual(missing.status_code, 404)
