"""Replies on MAX: published, changed, withdrawn, looked at, read back, refused."""

import logging
import traceback
from datetime import timedelta

from ..errors import Consequence
from ..values import Published, Upload
from .fake import NOW, Reply
from .max_case import MAXCase
from .max_fake import BOT, DIALOGUE, MS, PAGE, SECRET, TOKEN, refusal

PHOTO = Upload("яма.png", b"\x89PNG", "image/png")
ACT = Upload("акт.pdf", b"%PDF", "application/pdf")


class TestSending(MAXCase):
    def setUp(self):
        super().setUp()
        self.post = self.max.add_post()

    def comment(self, text="Яма на Лесной", **more):
        raw = self.max.add_comment(self.post, text, **more)
        _cursor, items = self.reconcile()
        name = raw["body"]["mid"]
        return next(item for item in items if item.external_id.endswith(name))

    def private(self):
        self.max.add_private("Нет воды")
        _cursor, items = self.reconcile()
        return next(item for item in items if item.kind == "private")

    def test_comment_is_what_reading_finds(self):
        to = self.comment()
        sent = self.client.send(self.outgoing(to))
        (call,) = self.max.calls("POST messages/*/comments")
        mid = to.external_id.rpartition("/")[2]
        self.assertEqual(call.body["link"], {"type": "reply", "mid": mid})
        self.assertEqual(call.body["text"], "Яму заделаем")
        _cursor, items = self.reconcile()
        (found,) = [i for i in items if i.own and i.item_type == "comment"]
        self.assertEqual(found.external_id, sent.external_id)
        self.assertEqual(found.permalink, sent.permalink)
        self.assertEqual(found.thread_id, to.thread_id)

    def test_private_reply(self):
        to = self.private()
        sent = self.client.send(self.outgoing(to))
        (call,) = self.max.calls("POST messages")
        self.assertEqual(call.query, {"chat_id": str(DIALOGUE)})
        self.assertEqual(call.body["link"]["mid"], to.external_id.rpartition("/")[2])
        _cursor, items = self.reconcile()
        self.assertIn(
            sent.external_id, [item.external_id for item in items if item.own]
        )

    def test_reply_in_a_group(self):
        self.max.chat_type = "chat"
        self.max.posts = []
        raw = self.max.add_post("Когда уберут снег?", 7)
        _cursor, (to,) = self.reconcile()
        sent = self.client.send(self.outgoing(to))
        (call,) = self.max.calls("POST messages")
        self.assertEqual(call.query, {"chat_id": str(PAGE)})
        self.assertEqual(call.body["link"]["mid"], raw["body"]["mid"])
        back = self.client.read_back(self.outgoing(to))
        self.assertEqual([item.external_id for item in back], [sent.external_id])

    def test_comment_to_the_post_itself(self):
        to = self.comment()
        sent = self.client.send(self.outgoing(to, parent_id=to.root_id))
        (call,) = self.max.calls("POST messages/*/comments")
        self.assertIsNone(call.body["link"])
        self.assertTrue(sent.external_id.startswith(to.root_id + "/"))

    def test_images_and_a_file(self):
        to = self.private()
        self.client.send(self.outgoing(to, attachments=(PHOTO, PHOTO)))
        (call,) = self.max.calls("POST messages")
        kinds = [one["type"] for one in call.body["attachments"]]
        self.assertEqual(kinds, ["image", "image"])
        self.assertEqual(len(self.max.files), 1, "the same file goes up once")
        self.client.send(self.outgoing(to, attachments=(ACT,), text=""))
        call = self.max.calls("POST messages")[-1]
        self.assertEqual(
            call.body["attachments"], [{"type": "file", "payload": {"token": "file-2"}}]
        )
        for upload in (one for one in self.max.exchanges if one.path == "upload"):
            self.assertNotIn(TOKEN, str(upload.headers))

    def test_what_does_not_fit(self):
        private, public = self.private(), self.comment()
        cases = {
            "text_too_long": self.outgoing(private, text="я" * 4001),
            "file_not_alone": self.outgoing(private, attachments=(PHOTO, ACT)),
            "files_in_comment": self.outgoing(public, attachments=(PHOTO,)),
            "empty": self.outgoing(private, text=" "),
        }
        for code, outgoing in cases.items():
            error = self.refused(self.client.send, outgoing)
            self.assertEqual((error.code, error.consequence), (code, "content"))
        self.assertFalse(self.max.calls("POST messages"))
        self.assertFalse(self.max.calls("POST messages/*/comments"))
        self.client.send(self.outgoing(private, text="я" * 4000))

    def test_a_file_that_is_not_ready_is_not_sent_anew(self):
        to = self.private()
        act = Upload("долго.pdf", b"%PDF-slow", "application/pdf")
        self.max.replies.append(
            ("POST", "messages", refusal(400, "attachment.not.ready"))
        )
        outgoing = self.outgoing(to, attachments=(act,))
        error = self.refused(self.client.send, outgoing)
        self.assertEqual(error.consequence, Consequence.RETRY)
        self.max.client().send(outgoing)
        self.assertEqual(len(self.max.files), 1)

    def test_a_file_that_is_refused_is_uploaded_anew(self):
        to = self.private()
        act = Upload("старый.pdf", b"%PDF-old", "application/pdf")
        self.max.replies.append(("POST", "messages", refusal(400, "proto.payload")))
        outgoing = self.outgoing(to, attachments=(act,))
        error = self.refused(self.client.send, outgoing)
        self.assertEqual(error.consequence, Consequence.CONTENT)
        self.client.send(outgoing)
        self.assertEqual(len(self.max.files), 2)

    def test_refusals_by_what_they_ask(self):
        to = self.comment()
        page = Reply(502, b"<html>Bad Gateway</html>")
        cases = [
            (refusal(401, "verify.token", "Invalid access_token"), "credentials"),
            (refusal(403, "chat.denied"), "permission"),
            (refusal(404, "not.found"), "gone"),
            (refusal(429, "too.many.requests"), "slow_down"),
            (refusal(400, "proto.payload", "text: bad"), "content"),
            (refusal(422, "comments.timeout_exceeded"), "too_late"),
            (refusal(503, "service.unavailable"), "unknown"),
            (page, "unknown"),
            (Reply(200, b'{"message": {"bo'), "unknown"),
            (Reply(200, b'{"message": {}}'), "unknown"),
            (Reply(302, b"", {"Location": "https://example.org"}), "person"),
        ]
        for reply, told in cases:
            self.max.replies.append(("POST", r"messages/[^/]+/comments", reply))
            error = self.refused(self.client.send, self.outgoing(to))
            self.assertEqual(error.consequence, told, error)

    def test_comes_back_within_seconds(self):
        """MAX counts by the second and does not say when to come back."""
        to = self.comment()
        for headers, seconds in (({}, 1), ({"Retry-After": "7"}, 7)):
            slow = refusal(429, "too.many.requests", **headers)
            self.max.replies.append(("POST", r"messages/[^/]+/comments", slow))
            error = self.refused(self.client.send, self.outgoing(to))
            self.assertEqual(error.retry_after, seconds)

    def test_failures_of_reading(self):
        for reply, told in (
            (refusal(500, "internal.error"), "retry"),
            (Reply(200, b"<html>"), "retry"),
            (Reply(200, b"[]"), "retry"),
            (refusal(401, "verify.token"), "credentials"),
        ):
            self.max.replies.append(("GET", "updates", reply))
            error = self.refused(lambda: list(self.client.updates({"bot": BOT})))
            self.assertEqual(error.consequence, told)
        self.max.exchanges.clear()

    def test_cut_connection_is_read_back(self):
        to = self.comment()
        stranger = self.comment("Другая яма")
        self.max.replies.append(
            ("POST", r"messages/[^/]+/comments", Reply(hang_up=True))
        )
        error = self.refused(self.client.send, self.outgoing(to))
        self.assertEqual(error.consequence, Consequence.UNKNOWN)
        client = self.max.client()
        (found,) = client.read_back(self.outgoing(to))
        self.assertEqual(found.text, "Яму заделаем")
        self.assertEqual(client.read_back(self.outgoing(stranger)), [])
        later = self.outgoing(to, since=NOW + timedelta(hours=1))
        self.assertEqual(client.read_back(later), [])

    def test_read_back_among_many(self):
        to = self.comment()
        for number in range(150):
            self.max.add_comment(self.post, str(number), at=MS + number)
        sent = self.client.send(self.outgoing(to))
        for side in (True, False):
            self.max.comments_from_the_end = side
            back = self.client.read_back(self.outgoing(to))
            self.assertEqual([item.external_id for item in back], [sent.external_id])

    def test_nothing_of_that_name(self):
        to = self.comment()
        error = self.refused(
            self.client.send, self.outgoing(to, thread_id="x", parent_id="wall-1_2")
        )
        self.assertEqual((error.consequence, error.code), ("gone", "no_target"))


class TestStanding(MAXCase):
    def setUp(self):
        super().setUp()
        post = self.max.add_post()
        self.max.add_comment(post)
        self.max.add_private()
        _cursor, items = self.reconcile()
        targets = [item for item in items if not item.own]
        self.ours = []
        for to in targets:
            sent = self.client.send(self.outgoing(to))
            self.ours.append(
                Published(
                    sent.external_id, to.kind, to.root_id, to.thread_id, to.external_id
                )
            )
        self.targets = targets

    def states(self):
        return [(one.state, one.text) for one in self.client.look(self.ours)]

    def test_edit_look_delete(self):
        self.assertEqual(
            self.client.abilities("feed") - {"fetch"}, self.client.abilities("private")
        )
        self.assertEqual(self.states(), [("there", "Яму заделаем")] * 2)
        for ours, to in zip(self.ours, self.targets, strict=True):
            self.client.edit(ours, self.outgoing(to, text="Яму заделали"))
        self.assertEqual(self.states(), [("there", "Яму заделали")] * 2)
        for ours in self.ours:
            self.client.delete(ours)
        self.assertEqual(self.states(), [("gone", "")] * 2)
        for ours in self.ours:
            self.client.delete(ours)

    def test_not_seen_is_not_gone(self):
        self.max.replies.append(("GET", "messages/.*", refusal(403, "chat.denied")))
        self.assertEqual(self.states()[0], ("unknown", ""))

    def test_an_edit_too_late_and_a_refused_deletion(self):
        late = refusal(422, "comments.timeout_exceeded")
        self.max.replies.append(("PUT", ".*", late))
        outgoing = self.outgoing(self.targets[0])
        error = self.refused(self.client.edit, self.ours[0], outgoing)
        self.assertEqual(error.consequence, Consequence.TOO_LATE)
        no = Reply(200, b'{"success": false, "message": "No rights"}')
        for ours in self.ours:
            self.max.replies.append(("DELETE", ".*", no))
            error = self.refused(self.client.delete, ours)
            self.assertEqual(error.consequence, Consequence.PERMISSION)

    def test_fetch_by_link(self):
        item = self.targets[0]
        found, author = self.client.fetch(item.permalink)
        self.assertEqual(found.external_id, item.external_id)
        self.assertEqual((found.text, found.thread_id), (item.text, item.thread_id))
        self.assertEqual(author.name, "Ольга Синицына")
        post, _author = self.client.fetch(item.permalink.partition("?")[0])
        self.assertEqual(post.external_id, item.root_id)
        for url in (
            "https://max.ru/c/-5/AZ2H-TzaAOc",
            f"https://max.ru/c/{PAGE}/AZ2H-TzaAOc",
            "https://vk.com/wall-1_2",
            "https://max.ru/zarechensk/не-ссылка",
        ):
            self.assertIsNone(self.client.fetch(url))


class TestChecking(MAXCase):
    def verdicts(self, client=None):
        return {one.subject: one for one in (client or self.client).check()}

    def test_everything_works(self):
        verdicts = self.verdicts()
        self.assertTrue(all(one.ok for one in verdicts.values()), verdicts)
        self.assertEqual(verdicts["community_token"].detail, "zarechensk_bot")
        self.assertEqual(verdicts["page"].detail, "Зареченск")

    def test_what_is_wrong(self):
        self.assertEqual(
            self.verdicts(self.max.client(access_token=""))["community_token"].code,
            "token_missing",
        )
        self.max.replies.append(("GET", "me", refusal(401, "verify.token")))
        self.assertEqual(self.verdicts()["community_token"].code, "token_invalid")
        self.max.replies.append(("GET", "chats/.*", refusal(404, "chat.not.found")))
        verdicts = self.verdicts()
        self.assertEqual(verdicts["page"].code, "page_denied")
        self.assertNotIn("rights", verdicts)
        member = Reply(200, b'{"user_id": 1, "permissions": ["write"]}')
        self.max.replies.append(("GET", "chats/.*/members/me", member))
        rights = self.verdicts()["rights"]
        self.assertEqual(
            (rights.code, rights.detail), ("rights_missing", "read_all_messages")
        )
        self.max.chat_type = "dialog"
        self.assertEqual(self.verdicts()["page"].code, "page_is_dialogue")
        self.max.subscriptions = [{"url": "https://x", "time": 1}]
        self.assertEqual(self.verdicts()["delivery"].code, "delivery_elsewhere")
        self.max.exchanges.clear()

    def test_trouble_of_the_connection_says_nothing_about_the_settings(self):
        self.max.replies.append(("GET", "me", refusal(503, "service.unavailable")))
        error = self.refused(self.client.check)
        self.assertEqual(error.consequence, Consequence.RETRY)

    def test_no_secret_gets_out(self):
        client = self.max.client(webhook_secret=SECRET)
        records = []
        handler = logging.Handler()
        handler.emit = lambda record: records.append(record.getMessage())
        root = logging.getLogger()
        root.addHandler(handler)
        level = root.level
        root.setLevel(logging.DEBUG)
        try:
            words = f"bad token {TOKEN} and {SECRET}"
            self.max.replies.append(("GET", "me", refusal(400, "x", words)))
            error = self.refused(client.know_bot)
        finally:
            root.removeHandler(handler)
            root.setLevel(level)
        shown = "".join(traceback.format_exception(error))
        for text in (shown, repr(error), repr(client), *records):
            self.assertNotIn("SECRET", text)
        self.assertTrue(error.message.startswith("MAX 400 x (GET me) bad token"))

    def test_the_number_of_the_page_is_needed(self):
        with self.assertRaisesRegex(Exception, "number of a MAX chat"):
            type(self.client)("zarechensk", {})
