"""MAX: chats, messages, posts, comments, uploads, access, limits."""

from types import SimpleNamespace
from unittest.mock import patch

from sandbox.max.world import TEXT_LIMIT, channel_id

from .common import PIXEL
from .max_case import CHANNEL, HEAD_TOKEN, TOKEN, MaxCase


class TestAccess(MaxCase):
    def test_token(self):
        for token in ("", "wrong", f"Bearer {TOKEN}"):
            self.assertEqual(self.refused(401, "GET", "/me", token), "verify.token")
        response = self.session.get(
            f"{self.ground.url}/max/me", params={"access_token": TOKEN}, timeout=9
        )
        self.assertEqual(response.status_code, 401, "only the header counts")
        self.assertTrue(self.max("GET", "/me")["is_bot"])

    def test_paths_and_verbs(self):
        self.refused(404, "GET", "/nothing")
        self.refused(405, "POST", "/me")
        self.refused(405, "PATCH", "/messages")

    def test_a_bot_sees_its_own_chats_only(self):
        post, talk = self.post(), self.message()
        other = f"/chats/{channel_id(2)}"
        self.assertEqual(self.refused(404, "GET", other), "chat.not.found")
        for verb, path in (
            ("GET", f"/chats/{CHANNEL}"),
            ("GET", f"/chats/{self.dialog()}"),
            ("GET", f"/messages/{talk}"),
            ("GET", f"/messages/{post}/comments"),
        ):
            self.refused(404, verb, path, HEAD_TOKEN)
        self.refused(
            404, "POST", f"/messages/{post}/comments", HEAD_TOKEN, {"text": "а"}
        )

    def test_wrong_requests(self):
        for path, query in (
            ("/messages", {}),
            ("/messages", {"chat_id": "x"}),
            ("/messages", {"chat_id": CHANNEL, "count": 101}),
            ("/updates", {"limit": 0}),
            ("/updates", {"marker": "x"}),
            (f"/messages/{self.post()}/comments", {"count": 101}),
        ):
            self.refused(400, "GET", path, **query)
        self.refused(400, "POST", "/messages", body=["x"], chat_id=CHANNEL)


class TestMessages(MaxCase):
    def test_a_channel_newest_first(self):
        mids = [self.place.add_post(1, str(n), at=1000 * n)["mid"] for n in range(1, 8)]
        self.place.add_comment(mids[0], 101, "не запись", at=1)
        query = {"chat_id": CHANNEL, "from": 6000, "to": 2000, "count": 3}
        found = self.max("GET", "/messages", **query)["messages"]
        self.assertEqual([one["body"]["text"] for one in found], ["6", "5", "4"])
        self.assertNotIn("sender", found[0])
        names = ",".join(mids[:2])
        found = self.max("GET", "/messages", message_ids=names)["messages"]
        self.assertEqual([one["body"]["mid"] for one in found], mids[:2])

    def test_what_was_deleted_is_left_out(self):
        stays, goes, other = self.message("раз"), self.message("два"), self.message("3")
        self.place.delete(goes)
        self.place.edit(other, "три")
        names = ",".join([stays, goes, other, "mid.none"])
        found = self.max("GET", "/messages", message_ids=names)["messages"]
        self.assertEqual([one["body"]["text"] for one in found], ["раз", "три"])
        self.assertEqual(self.max("GET", "/messages", message_ids=goes)["messages"], [])
        self.assertEqual(self.refused(404, "GET", f"/messages/{goes}"), "not.found")
        answer = self.raw("GET", "/messages", HEAD_TOKEN, message_ids=stays).json()
        self.assertEqual(answer, {"messages": []}, "another bot's")
        post = self.post()
        first, second = self.comment(post, "раз"), self.comment(post, "два")
        self.place.delete(first)
        query = {"comment_ids": f"{first},{second}"}
        found = self.max("GET", f"/messages/{post}/comments", **query)["messages"]
        self.assertEqual([one["body"]["mid"] for one in found], [second])

    def test_a_citizen_stops_the_bot(self):
        mid, chat = self.message("Когда?", 108), self.dialog(108)
        self.control("PATCH", "max/dialogs/108", {"stopped": True})
        for query in ({"chat_id": chat}, {"message_ids": mid}):
            code = self.refused(403, "GET", "/messages", **query)
            self.assertEqual(code, "dialog.suspended")
        self.refused(404, "GET", f"/messages/{mid}")
        self.refused(403, "POST", "/messages", body={"text": "а"}, user_id=108)
        self.control("PATCH", "max/dialogs/108", {"stopped": False})
        self.assertEqual(len(self.max("GET", "/messages", chat_id=chat)["messages"]), 1)
        self.control("PATCH", "max/dialogs/108", {})
        self.message("Снова я", 108)
        self.assertEqual(len(self.max("GET", "/messages", chat_id=chat)["messages"]), 2)
        self.control("PATCH", "max/dialogs/107", {"stopped": True}, status=400)

    def test_a_dialogue(self):
        self.assertEqual(
            self.refused(403, "POST", "/messages", body={"text": "а"}, user_id=108),
            "chat.denied",
        )
        asked = self.message("Когда?", 108)
        link = {"type": "reply", "mid": asked}
        sent = self.max(
            "POST", "/messages", {"text": "Завтра", "link": link}, user_id=108
        )
        message = sent["message"]
        self.assertTrue(message["sender"]["is_bot"])
        self.assertEqual(message["recipient"]["chat_type"], "dialog")
        self.assertEqual(message["link"]["message"]["mid"], asked)
        self.assertGreater(message["timestamp"], 10**12)
        found = self.max("GET", "/messages", chat_id=self.dialog(108))["messages"]
        self.assertEqual([m["body"]["text"] for m in found], ["Завтра", "Когда?"])

    def test_text(self):
        self.message(author=108)
        longest = "я" * TEXT_LIMIT
        self.max("POST", "/messages", {"text": longest}, user_id=108)
        self.refused(
            400, "POST", "/messages", body={"text": longest + "я"}, user_id=108
        )
        self.refused(400, "POST", "/messages", body={"text": " "}, user_id=108)
        self.refused(400, "POST", "/messages", body={"text": 5}, user_id=108)

    def test_pictures(self):
        self.message(author=108)
        where = self.max("POST", "/uploads", type="image")["url"]
        given = self.session.post(
            where, files={"data": ("яма.png", PIXEL, "image/png")}, timeout=9
        ).json()
        body = {"attachments": [{"type": "image", "payload": given}]}
        sent = self.max("POST", "/messages", body, user_id=108)["message"]
        (image,) = sent["body"]["attachments"]
        self.assertEqual(self.session.get(image["payload"]["url"]).content, PIXEL)
        again = [{"type": "image", "payload": {"token": image["payload"]["token"]}}]
        self.max("POST", "/messages", {"attachments": again}, user_id=108)
        wrong = [{"type": "image", "payload": {"token": "1001-wrong"}}]
        body = {"attachments": wrong}
        self.refused(400, "POST", "/messages", body=body, user_id=108)
        self.assertEqual(self.session.post(where + "x", timeout=9).status_code, 404)
        text = self.session.post(where, files={"data": ("a", b"text")}, timeout=9)
        self.assertEqual(text.status_code, 400)

    def test_changing_and_deleting(self):
        theirs = self.message(author=108)
        sent = self.max("POST", "/messages", {"text": "а"}, user_id=108)["message"]
        mid = sent["body"]["mid"]
        self.max("PUT", "/messages", {"text": "б"}, message_id=mid)
        self.assertEqual(self.max("GET", f"/messages/{mid}")["body"]["text"], "б")
        self.max("DELETE", "/messages", message_id=mid)
        self.refused(404, "GET", f"/messages/{mid}")
        self.refused(403, "PUT", "/messages", body={"text": "в"}, message_id=theirs)
        self.refused(403, "DELETE", "/messages", message_id=theirs)
        self.place.get(theirs)["at"] -= 8 * 24 * 3600 * 1000
        self.refused(404, "DELETE", "/messages", message_id="mid.none")


class TestComments(MaxCase):
    def setUp(self):
        super().setUp()
        self.mid = self.post()
        self.path = f"/messages/{self.mid}/comments"

    def texts(self, **query):
        return [
            m["body"]["text"] for m in self.max("GET", self.path, **query)["messages"]
        ]

    def test_pages_by_time(self):
        for number in range(1, 151):
            self.comment(self.mid, str(number), at=number * 1000)
        self.assertEqual(len(self.texts()), 50)
        self.assertEqual(self.texts(count=2), ["150", "149"])
        self.assertEqual(self.texts(after=149_000, count=100), ["150", "149"])
        self.assertEqual(self.texts(before=2000), ["2", "1"])
        self.place.settings["comments_oldest_first"] = True
        self.assertEqual(self.texts(after=1500, count=2), ["2", "3"])

    def test_a_comment(self):
        first = self.comment(self.mid, "<b>Яма</b>")
        second = self.comment(self.mid, "Да", 102, link=first)
        shown = self.max("GET", f"{self.path}/{second}")
        self.assertEqual(shown["recipient"]["post_id"], self.mid)
        self.assertEqual(shown["recipient"]["chat_id"], CHANNEL)
        self.assertEqual(shown["link"]["message"]["mid"], first)
        self.assertNotIn("attachments", shown["body"])
        names = f"{first},{second},mid.none"
        self.assertEqual(len(self.texts(comment_ids=names)), 2)
        self.refused(404, "GET", f"/messages/{self.post()}/comments/{second}")
        self.refused(404, "GET", f"/messages/{second}/comments")

    def test_answering(self):
        first = self.comment(self.mid)
        body = {"text": "Заделаем", "link": {"type": "reply", "mid": first}}
        sent = self.max("POST", self.path, body)["message"]
        self.assertTrue(sent["sender"]["is_bot"])
        self.assertEqual(sent["link"]["message"]["mid"], first)
        mid = sent["body"]["mid"]
        self.max("PUT", self.path, {"text": "Заделали"}, comment_id=mid)
        self.assertIn("Заделали", self.texts())
        self.place.get(mid)["at"] -= 27 * 3600 * 1000
        code = self.refused(422, "PUT", self.path, body={"text": "а"}, comment_id=mid)
        self.assertEqual(code, "comments.timeout_exceeded")
        self.refused(403, "PUT", self.path, body={"text": "а"}, comment_id=first)
        self.max("DELETE", self.path, comment_id=first)
        self.max("DELETE", self.path, comment_id=mid)
        self.assertEqual(self.texts(), [])
        self.refused(404, "DELETE", self.path, comment_id=mid)

    def test_refusals(self):
        other = self.comment(self.post())
        for status, body in (
            (400, {"text": ""}),
            (400, {"text": "я" * 4001}),
            (400, {"text": "а", "attachments": [{"type": "image"}]}),
            (400, {"text": "а", "link": {"type": "forward", "mid": other}}),
            (404, {"text": "а", "link": {"type": "reply", "mid": other}}),
        ):
            self.refused(status, "POST", self.path, body=body)

    def test_in_the_name_of_the_channel(self):
        self.place.settings["comments_as_channel"] = True
        sent = self.max("POST", self.path, {"text": "Ответ"})["message"]
        self.assertNotIn("sender", sent)


class TestRate(MaxCase):
    rate_limit = True

    def test_two_messages_a_second_in_one_chat(self):
        # A slow machine must not take the second in between.
        clock = [100.0]
        watch = SimpleNamespace(monotonic=lambda: clock[0])
        self.enterContext(patch("sandbox.max.call.time", watch))
        self.message(author=101), self.message(author=102)
        for _time in range(2):
            self.max("POST", "/messages", {"text": "а"}, user_id=101)
        code = self.refused(429, "POST", "/messages", body={"text": "а"}, user_id=101)
        self.assertEqual(code, "too.many.requests")
        self.max("POST", "/messages", {"text": "а"}, user_id=102)
        clock[0] += 1.05
        self.max("POST", "/messages", {"text": "а"}, user_id=101)
