"""Odnoklassniki: replies, read-back, edit, delete, look, errors."""

import json
import traceback
from datetime import timedelta

from ..errors import Consequence
from ..ok.api import CONSEQUENCES
from ..values import Published, Upload
from .fake import NOW, T0, Reply, hurried
from .ok import (
    CHAT,
    SECRET,
    TOKEN,
    TOPIC,
    OKCase,
    comment,
    discussion,
    message,
    own,
    problem,
)

ROOT = f"GROUP_TOPIC:{TOPIC}"
ADD = "discussions.addDiscussionComment"
NOW_AT = int(NOW.timestamp()) - T0


class TestSending(OKCase):
    def test_a_comment(self):
        self.ok.answers[ADD] = {"id": "NEW="}
        sent = self.client.send(self.outgoing())
        self.assertEqual(sent.external_id, f"{ROOT}:NEW=")
        self.assertEqual(
            sent.permalink, f"https://ok.ru/group/55/topic/{TOPIC}?commentId=NEW%3D"
        )
        (call,) = self.ok.calls_of(ADD)
        self.assertEqual(call.params["entityId"], TOPIC)
        self.assertEqual(call.params["entityType"], "GROUP_TOPIC")
        self.assertEqual(call.params["comment"], "Яму заделаем")
        self.assertEqual(call.params["reply_to_comment_id"], "B2=")
        self.assertEqual(call.params["as_admin"], "true")

    def test_every_form_of_the_answer(self):
        for answer in (
            {"comment_id": "N"},
            {"comment": {"id": "N"}},
            lambda _params: "N",
        ):
            self.ok.answers[ADD] = answer
            sent = self.client.send(self.outgoing())
            self.assertEqual(sent.external_id, f"{ROOT}:N")

    def test_below_the_topic_itself(self):
        self.ok.answers[ADD] = {"id": "N"}
        self.client.send(self.outgoing(parent_id=ROOT, thread_id=ROOT))
        self.assertNotIn("reply_to_comment_id", self.ok.called[-1].params)

    def test_a_private_message(self):
        path = f"me/messages/{CHAT}"
        self.ok.answers[path] = {"message_id": "mid:C3ecb9d02a600.f0"}
        sent = self.client.send(
            self.outgoing(kind="private", thread_id=CHAT, parent_id=f"{CHAT}/mid:x")
        )
        self.assertEqual(sent.external_id, f"{CHAT}/mid:C3ecb9d02a600.f0")
        self.assertEqual(
            self.ok.payload(),
            {"recipient": {"chat_id": CHAT}, "message": {"text": "Яму заделаем"}},
        )

    def test_the_parent_alone_is_enough(self):
        self.ok.answers[f"me/messages/{CHAT}"] = {"message_id": "mid:f0"}
        self.client.send(
            self.outgoing(kind="private", thread_id="", parent_id=f"{CHAT}/mid:x")
        )
        self.ok.answers[ADD] = {"id": "N"}
        self.client.send(self.outgoing(thread_id=""))

    def test_pictures_in_a_private_message(self):
        self.ok.answers |= {
            "me/fileUploadUrl": {"url": f"{self.ok.url}/upload", "file_id": "1"},
            "upload": {"photos": {"1519bf4": {"token": "T/0="}}},
            f"me/messages/{CHAT}": {"message_id": "mid:f0"},
        }
        files = (Upload("яма.jpg", b"\xff\xd8", "image/jpeg"),)
        self.client.send(
            self.outgoing(kind="private", thread_id=CHAT, attachments=files)
        )
        picture = {"type": "IMAGE", "payload": {"token": "T/0="}}
        self.assertEqual(self.ok.payload()["message"]["attachments"], [picture])
        (upload,) = [one for one in self.ok.exchanges if one.method == "upload"]
        self.assertIn(b"image/jpeg", upload.body)

    def test_a_refused_picture_publishes_nothing(self):
        self.ok.answers["me/fileUploadUrl"] = {"url": f"{self.ok.url}/upload"}
        files = (Upload("a.png", b"x", "image/png"),)
        outgoing = self.outgoing(kind="private", thread_id=CHAT, attachments=files)
        for answer, consequence in (
            ({"photos": {}}, "content"),
            ({"photos": [1]}, "content"),
            (Reply(status=502), "retry"),
        ):
            self.ok.answers["upload"] = answer
            error = self.refused(self.client.send, outgoing)
            self.assertEqual(error.consequence.value, consequence)
        self.assertNotIn(f"me/messages/{CHAT}", self.ok.methods())

    def test_what_the_network_would_refuse_is_not_sent(self):
        picture = Upload("a.png", b"x", "image/png")
        for values, code in (
            ({"text": "я" * 3001}, "text_too_long"),
            ({"text": "😀" * 1501}, "text_too_long"),
            ({"text": " "}, "empty"),
            ({"attachments": (picture,)}, "attachment_in_comment"),
            (
                {"kind": "private", "thread_id": CHAT, "attachments": (picture,) * 6},
                "too_many_attachments",
            ),
            (
                {
                    "kind": "private",
                    "thread_id": CHAT,
                    "attachments": (Upload("a.pdf", b"x", "application/pdf"),),
                },
                "attachment_type",
            ),
        ):
            error = self.refused(self.client.send, self.outgoing(**values))
            self.assertEqual((error.consequence.value, error.code), ("content", code))
        self.assertEqual(self.ok.called, [])

    def test_no_target(self):
        for values in (
            {"parent_id": "wall-1_2"},
            {"kind": "private", "thread_id": "im5", "parent_id": None},
        ):
            error = self.refused(self.client.send, self.outgoing(**values))
            self.assertEqual(error.code, "no_target")

    def test_unclear_outcomes(self):
        self.enterContext(hurried(self.client))
        for answer in (
            {},
            {"success": True},
            Reply(status=500),
            Reply(body=b'{"id": "N'),
            Reply(hang_up=True),
            Reply(delay=1.3),
            problem(1),
            problem(9999),
        ):
            self.ok.answers[ADD] = answer
            error = self.refused(self.client.send, self.outgoing())
            self.assertEqual(error.consequence, Consequence.UNKNOWN, answer)

    def test_a_message_that_was_surely_not_sent(self):
        self.ok.answers[f"me/messages/{CHAT}"] = {"success": False}
        error = self.refused(
            self.client.send, self.outgoing(kind="private", thread_id=CHAT)
        )
        self.assertEqual(error.consequence, Consequence.PERMISSION)


class TestErrors(OKCase):
    def test_consequences(self):
        expected = {
            "retry": (2,),
            "slow_down": (8, 11),
            "credentials": (101, 102, 103, 104, 105, 401, 453),
            "permission": (7, 10, 200, 210, 455, 777),
            "gone": (300,),
            "content": (454,),
            "person": (9, 402),
            "unknown": (1, 9999),
        }
        for consequence, codes in expected.items():
            for code in codes:
                self.ok.answers[ADD] = problem(code, "ERROR : why")
                error = self.refused(self.client.send, self.outgoing())
                self.assertEqual(error.consequence.value, consequence, code)
                self.assertEqual((error.code, error.method), (code, ADD))
                self.assertIn("why", str(error))
        named = {code for codes in expected.values() for code in codes} - {777}
        self.assertEqual(set(CONSEQUENCES), named)

    def test_a_refusal_with_a_status_of_its_own(self):
        path = f"me/messages/{CHAT}"
        for status, code, consequence in (
            (403, 102, "credentials"),
            (400, 454, "content"),
            (500, 9999, "unknown"),
        ):
            body = json.dumps(problem(code)).encode()
            self.ok.answers[path] = Reply(status=status, body=body)
            error = self.refused(
                self.client.send, self.outgoing(kind="private", thread_id=CHAT)
            )
            self.assertEqual((error.consequence.value, error.code), (consequence, code))
        self.ok.answers[path] = Reply(status=403, body=b"no")
        error = self.refused(
            self.client.send, self.outgoing(kind="private", thread_id=CHAT)
        )
        self.assertEqual(error.consequence, Consequence.PERMISSION)

    def test_no_error_tells_a_secret(self):
        self.enterContext(hurried(self.client))
        for answer in (
            problem(102, f"wrong {TOKEN} {SECRET}"),
            problem(104, f"access_token={TOKEN}"),
            Reply(status=500, body=TOKEN.encode()),
            Reply(body=TOKEN.encode()),
            Reply(delay=1.3),
        ):
            for outgoing, method in (
                (self.outgoing(), ADD),
                (
                    self.outgoing(kind="private", thread_id=CHAT),
                    f"me/messages/{CHAT}",
                ),
            ):
                self.ok.answers[method] = answer
                error = self.refused(self.client.send, outgoing)
                told = "".join(traceback.format_exception(error))
                told += repr(error) + repr(vars(error)) + repr(self.client)
                self.assertNotIn("SECRET", told)
                self.assertNotIn(SECRET, told)

    def test_missing_keys(self):
        for name in ("access_token", "application_key", "application_secret_key"):
            client = self.make(**{name: ""})
            error = self.refused(client.send, self.outgoing())
            self.assertEqual(error.consequence, Consequence.CREDENTIALS)
            self.assertEqual(error.code, "secret_missing")
            self.assertEqual(client.abilities("feed"), frozenset())


class TestReadBack(OKCase):
    def found(self, **values):
        return [i.external_id for i in self.client.read_back(self.outgoing(**values))]

    def test_own_answers_to_the_same_comment_since_the_attempt(self):
        inside = {"reply_to_comment_id": "B2="}
        self.ok.topics[TOPIC] = [
            own("old", at=NOW_AT - 3600, **inside),
            *(comment(f"c{n}", at=NOW_AT - 60) for n in range(130)),
            own("just", at=NOW_AT - 60, **inside),
            own("other", at=NOW_AT + 1, reply_to_comment_id="A1="),
            comment("theirs", at=NOW_AT + 1, **inside),
            own("after", at=NOW_AT + 2, **inside),
        ]
        self.assertEqual(self.found(), [f"{ROOT}:just", f"{ROOT}:after"])
        self.assertEqual(len(self.ok.called), 2)

    def test_below_the_topic(self):
        self.ok.topics[TOPIC] = [own("N", at=NOW_AT)]
        self.assertEqual(self.found(parent_id=ROOT, thread_id=ROOT), [f"{ROOT}:N"])

    def test_private_messages_until_older_ones(self):
        self.ok.chats[CHAT] = [message(f"o{n}", at=n) for n in range(300)]
        self.ok.chats[CHAT] += [
            message("q", at=NOW_AT - 10),
            message("r", at=NOW_AT + 1, author="group:55"),
        ]
        found = self.found(kind="private", thread_id=CHAT)
        self.assertEqual(found, [f"{CHAT}/mid:C3ecb9d02a600.r"])
        self.assertEqual(len(self.ok.called), 1)

    def test_what_was_sent_is_read_back_under_the_same_id(self):
        self.ok.answers[ADD] = {"id": "N="}
        sent = self.client.send(self.outgoing())
        self.ok.topics[TOPIC] = [own("N=", at=NOW_AT, reply_to_comment_id="B2=")]
        (item,) = self.client.read_back(self.outgoing())
        self.assertEqual(item.external_id, sent.external_id)
        self.assertEqual(item.permalink, sent.permalink)
        self.assertEqual(item.thread_id, self.outgoing().thread_id)

    def test_nothing_found_and_failure(self):
        self.ok.topics[TOPIC] = []
        self.assertEqual(self.found(), [])
        self.ok.answers["discussions.getComments"] = Reply(status=500)
        error = self.refused(self.client.read_back, self.outgoing())
        self.assertEqual(error.consequence, Consequence.RETRY)


class TestAfterwards(OKCase):
    def setUp(self):
        super().setUp()
        self.published = Published(f"{ROOT}:N", "feed", ROOT, f"{ROOT}:A", f"{ROOT}:A")
        mid = f"{CHAT}/mid:C3ecb9d02a600.n"
        self.private = Published(mid, "private", CHAT, CHAT, None)

    def test_edit_and_delete(self):
        self.ok.answers["discussions.editDiscussionComment"] = {"success": True}
        self.ok.answers["discussions.deleteDiscussionComment"] = {"success": True}
        self.client.edit(self.published, self.outgoing(text="Заделали"))
        call = self.ok.called[-1]
        self.assertEqual(call.params["comment_id"], "N")
        self.assertEqual(call.params["comment"], "Заделали")
        self.client.delete(self.published)
        self.assertEqual(self.ok.called[-1].params["comment_id"], "N")
        self.ok.answers["discussions.deleteDiscussionComment"] = problem(300)
        self.client.delete(self.published)

    def test_an_unclear_edit_is_tried_again(self):
        self.ok.answers["discussions.editDiscussionComment"] = Reply(status=500)
        error = self.refused(self.client.edit, self.published, self.outgoing())
        self.assertEqual(error.consequence, Consequence.RETRY)

    def test_private_messages_stay_as_they_are(self):
        self.assertEqual(self.client.abilities("private"), {"reply", "look"})
        for call in (
            lambda: self.client.delete(self.private),
            lambda: self.client.edit(self.private, self.outgoing(kind="private")),
        ):
            self.assertEqual(self.refused(call).code, "not_offered")

    def test_look(self):
        gone = Published(f"{ROOT}:G", "feed", ROOT, ROOT, ROOT)
        removed = Published(f"{ROOT}:R", "feed", ROOT, ROOT, ROOT)
        far = Published(f"{CHAT}/mid:far", "private", CHAT, CHAT, None)
        self.ok.topics[TOPIC] = [own("N", "Ответ"), own("R", type="REMOVED_MESSAGE")]
        self.ok.chats[CHAT] = [message("n", "Лично", author="group:55")]
        found = self.client.look([self.published, gone, removed, self.private, far])
        self.assertEqual(
            [(one.state, one.text) for one in found],
            [
                ("there", "Ответ"),
                ("gone", ""),
                ("gone", ""),
                ("there", "Лично"),
                ("unknown", ""),
            ],
        )

    def test_fetch(self):
        self.ok.topics[TOPIC] = [comment("A"), comment("B", reply_to_comment_id="A")]
        self.ok.answers["users.getInfo"] = lambda _p: [
            {"uid": "501", "first_name": "Анна", "last_name": "Петрова"}
        ]
        url = f"https://m.ok.ru/group/55/topic/{TOPIC}?commentId=B"
        item, author = self.client.fetch(url)
        self.assertEqual(item.external_id, f"{ROOT}:B")
        self.assertEqual(item.thread_id, f"{ROOT}:A")
        self.assertEqual(author.name, "Анна Петрова")
        for nothing in (
            f"https://ok.ru/group/55/topic/{TOPIC}?commentId=Z",
            "https://ok.ru/group/55/topic/9?commentId=Z",
            "https://ok.ru/profile/501",
            "https://vk.com/wall-1_2",
        ):
            self.assertIsNone(self.client.fetch(nothing), nothing)

    def test_fetch_a_topic(self):
        self.ok.answers["discussions.get"] = {"discussion": discussion()}
        self.ok.answers["group.getInfo"] = lambda _p: [{"uid": "55", "name": "Город"}]
        item, author = self.client.fetch(f"https://ok.ru/town/topic/{TOPIC}")
        self.assertEqual((item.external_id, item.item_type), (ROOT, "post"))
        self.assertEqual(author.name, "Город")
        self.ok.answers["discussions.get"] = problem(300)
        self.assertIsNone(self.client.fetch(f"https://ok.ru/town/topic/{TOPIC}"))


class TestOrder(OKCase):
    def test_read_back_is_oldest_first(self):
        inside = {"reply_to_comment_id": "B2="}
        self.ok.topics[TOPIC] = [own("a", at=NOW_AT, **inside)]
        self.ok.topics[TOPIC].append(own("b", at=NOW_AT + 9, **inside))
        items = self.client.read_back(self.outgoing(since=NOW - timedelta(minutes=1)))
        self.assertEqual([i.external_id[-1] for i in items], ["a", "b"])
