"""MAX: answers and events against the official description."""

from .common import PIXEL
from .max_case import CHANNEL, MaxCase, description, problems


class TestContract(MaxCase):
    def setUp(self):
        if not description():
            self.skipTest("the official description of MAX is not here")
        super().setUp()

    def check(self, name, value):
        self.assertEqual(problems(name, value), [])

    def test_the_check_itself(self):
        self.assertTrue(problems("Message", {"timestamp": "x"}))
        self.assertTrue(problems("Subscription", {"url": 5, "time": 1}))
        self.assertEqual(problems("Error", {"code": "a", "message": "b"}), [])

    def test_bot_and_chats(self):
        self.check("BotInfo", self.max("GET", "/me"))
        self.check("Chat", self.max("GET", f"/chats/{CHANNEL}"))
        self.message()
        self.check("Chat", self.max("GET", f"/chats/{self.dialog()}"))
        self.check("ChatList", self.max("GET", "/chats"))
        member = self.max("GET", f"/chats/{CHANNEL}/members/me")
        self.assertIn("read_all_messages", member["permissions"])

    def test_messages(self):
        self.check("MessageList", self.max("GET", "/messages", chat_id=CHANNEL))
        mid = self.message(files=[self.world.add_file(PIXEL, 101)["id"]])
        link = {"type": "reply", "mid": mid}
        sent = self.max(
            "POST",
            "/messages",
            {"text": "Ответ", "link": link, "attachments": None},
            user_id=101,
        )
        self.check("SendMessageResult", sent)
        self.check("LinkedMessage", sent["message"]["link"])
        self.check("Message", self.max("GET", f"/messages/{mid}"))
        document = self.world.add_file(b"%PDF-1", -1, "doc", "план.pdf")["id"]
        shown = self.max("GET", f"/messages/{self.message(files=[document])}")
        (file,) = shown["body"]["attachments"]
        self.check("FileAttachment", file)
        image = self.max("GET", f"/messages/{mid}")["body"]["attachments"][0]
        self.check("PhotoAttachment", image)

    def test_changes(self):
        sent = self.max("POST", "/messages", {"text": "а"}, chat_id=CHANNEL)
        mid = sent["message"]["body"]["mid"]
        for verb, body in (("PUT", {"text": "б"}), ("DELETE", None)):
            answer = self.max(verb, "/messages", body, message_id=mid)
            self.check("SimpleQueryResult", answer)

    def test_events(self):
        mid = self.message()
        self.place.edit(mid, "иначе")
        self.place.delete(mid)
        self.comment(self.post())
        answer = self.updates()
        self.assertEqual(len(answer["updates"]), 4)
        self.check("UpdateList", answer)
        for update in answer["updates"]:
            words = update["update_type"].split("_")
            self.check("".join(map(str.title, words)) + "Update", update)

    def test_uploads_and_subscriptions(self):
        where = self.max("POST", "/uploads", type="image")
        self.check("UploadEndpoint", where)
        files = {"data": ("x.png", PIXEL, "image/png")}
        given = self.session.post(where["url"], files=files, timeout=9).json()
        self.check("PhotoTokens", given)
        url = "http://127.0.0.1:9/hook"
        done = self.max("POST", "/subscriptions", {"url": url, "secret": "abcde"})
        self.check("SimpleQueryResult", done)
        self.check("GetSubscriptionsResult", self.max("GET", "/subscriptions"))
        self.check("SimpleQueryResult", self.max("DELETE", "/subscriptions", url=url))
