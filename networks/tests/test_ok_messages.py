"""Odnoklassniki: private messages, and the limits of reading."""

from ..base import NetworkClient
from ..errors import Consequence
from .fake import NOW, T0, Reply
from .ok import (
    CHAT,
    CITIZEN,
    MS,
    TOPIC,
    USER_TOKEN,
    OKCase,
    comment,
    message,
    problem,
)

ROOT = f"GROUP_TOPIC:{TOPIC}"
HOUR = 3600


def ids_of(items):
    return [item.external_id for item in items]


class TestMessages(OKCase):
    def setUp(self):
        super().setUp()
        self.ok.chats[CHAT] = [message("a1", at=HOUR)]
        self.cursor, self.items = self.reconcile()

    def test_a_message(self):
        # The page behind the oldest message begins with that message again.
        item = self.items[0]
        self.assertEqual(len(set(ids_of(self.items))), 1)
        self.assertEqual(item.external_id, f"{CHAT}/mid:C3ecb9d02a600.a1")
        self.assertEqual((item.kind, item.item_type), ("private", "message"))
        self.assertEqual((item.root_id, item.thread_id), (CHAT, CHAT))
        self.assertEqual((item.author_id, item.own), (CITIZEN, False))
        self.assertEqual(item.posted_at.timestamp(), T0 + HOUR)

    def test_a_long_talk_and_our_own_words(self):
        self.ok.chats[CHAT] += [
            message(f"b{n}", at=HOUR + n, author="group:55" if n % 2 else "user:501")
            for n in range(1, 250)
        ]
        cursor, items = self.updates(self.cursor)
        self.assertEqual(len({one.external_id for one in items}), 250)
        self.assertEqual(
            len([one for one in items if one.own and one.change == "new"]), 125
        )
        self.ok.called.clear()
        self.updates(cursor)
        self.assertEqual(self.ok.methods(), ["discussions.getList", "me/chats"])

    def test_attachments_and_service_messages(self):
        self.ok.chats[CHAT] += [
            message(
                "b",
                at=HOUR + 5,
                attachments=[
                    {"type": "IMAGE", "payload": {"url": "https://x/p.jpg"}},
                    {"type": "SHARE", "payload": {"url": "https://ya.ru/"}},
                ],
            ),
            {**message("c", at=HOUR + 6), "message": {"text": "left"}},
        ]
        self.updates(self.cursor)
        found = [
            (one.kind, one.url)
            for one in self.stored[f"{CHAT}/mid:C3ecb9d02a600.b"].attachments
        ]
        self.assertEqual(
            found, [("photo", "https://x/p.jpg"), ("link", "https://ya.ru/")]
        )

    def test_deletion(self):
        self.ok.chats[CHAT] = [message("b", at=2 * HOUR)]
        _cursor, items = self.reconcile(self.cursor)
        (gone,) = [one for one in items if one.deleted]
        self.assertEqual(gone.external_id, f"{CHAT}/mid:C3ecb9d02a600.a1")
        self.assertEqual((gone.kind, gone.root_id), ("private", CHAT))

    def test_no_right_to_read_messages(self):
        self.ok.topics[TOPIC] = [comment("A")]
        for code in (10, 102):
            self.ok.answers["me/chats"] = problem(code)
            batches = list(self.client.updates(self.cursor))
            problems = [one for batch in batches for one in batch.problems]
            self.assertEqual([one.code for one in problems], ["messages_denied"])
        client = self.make(user_token=USER_TOKEN)
        error = self.refused(lambda: list(client.updates(self.cursor)))
        self.assertEqual(error.consequence, Consequence.CREDENTIALS)

    def test_a_moderators_token_is_for_discussions_only(self):
        self.client = self.make(user_token=USER_TOKEN)
        self.ok.exchanges.clear()
        self.updates(self.cursor)
        tokens = {
            one.method: one.params.get("access_token") or one.query["access_token"]
            for one in self.ok.exchanges
        }
        self.assertEqual(tokens["fb.do"], USER_TOKEN)
        self.assertNotEqual(tokens["graph/me/chats"], USER_TOKEN)


class TestLimits(OKCase):
    def test_too_many_calls_end_the_run_at_its_cursor(self):
        self.ok.topics[TOPIC] = [comment("A")]
        real = self.ok._comments
        self.ok.answers["discussions.getComments"] = problem(11, "LIMIT")
        batches = list(self.client.reconcile({}, self, NOW.replace(year=2020)))
        self.assertEqual(batches[-1].retry_after, 60)
        self.assertGreater(batches[-1].remaining_hint, 0)
        self.ok.answers["discussions.getComments"] = real
        cursor, items = self.reconcile(batches[-1].cursor)
        self.assertIn(f"{ROOT}:A", ids_of(items))
        self.assertFalse(NetworkClient.reconcile_needed(cursor))

    def test_the_budget_is_kept_in_the_cursor(self):
        self.ok.topics = {str(n): [comment("c", at=n)] for n in range(1, 100)}
        batches = list(self.client.reconcile({}, self, NOW.replace(year=2020)))
        self.assertGreater(batches[-1].retry_after, 0)
        self.assertEqual(len(self.ok.called), 60)
        again = list(self.client.reconcile(batches[-1].cursor, self, NOW))
        self.assertEqual(len(self.ok.called), 60, "the clock stands still")
        self.assertGreater(again[-1].retry_after, 0)

    def test_trouble_leaves_the_cursor_where_it_was(self):
        for answer, consequence in (
            (Reply(status=502), "retry"),
            (problem(2), "retry"),
            (problem(102), "credentials"),
            (Reply(body=b'{"discussions": ['), "retry"),
            (["x"], "retry"),
        ):
            self.ok.answers["discussions.getList"] = (
                (lambda _params, a=answer: a) if isinstance(answer, list) else answer
            )
            error = self.refused(lambda: list(self.client.updates({"since": MS})))
            self.assertEqual(error.consequence.value, consequence)

    def test_no_right_to_read_discussions(self):
        self.ok.answers["discussions.getList"] = problem(10)
        batches = list(self.client.updates({"since": MS}))
        problems = [one.code for batch in batches for one in batch.problems]
        self.assertEqual(problems, ["discussions_denied"])
