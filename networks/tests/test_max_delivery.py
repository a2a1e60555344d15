"""Events delivered to our address, and the links of MAX."""

import json
import unittest

from .. import network_of_link, normalise_link
from ..errors import Consequence
from ..max import ids
from .max_case import MAXCase
from .max_fake import CITIZEN, DIALOGUE, MS, PAGE, SECRET, mid, refusal, user


class TestDelivery(MAXCase):
    def setUp(self):
        super().setUp()
        self.client = self.max.client(webhook_secret=SECRET)
        self.raw = self.max.message(DIALOGUE, "Нет воды")
        self.update = {
            "update_type": "message_created",
            "timestamp": MS,
            "message": self.raw,
        }

    def deliver(self, body=None, secret=SECRET):
        body = json.dumps(self.update).encode() if body is None else body
        return self.client.deliver(body, {"x-max-bot-api-secret": secret})

    def test_delivered_is_what_asking_gives(self):
        delivery = self.deliver()
        self.assertEqual(delivery.key, self.deliver().key)
        self.assertIn(self.raw["body"]["mid"], delivery.key)
        batch = self.client.events([delivery.payload], {"marker": 5})
        self.assertEqual(batch.cursor["marker"], 5)
        self.assertEqual(batch.author_ids, {str(CITIZEN)})
        self.max.happen("message_created", message=self.raw)
        _cursor, (item,) = self.updates()
        self.assertEqual(batch.items[0], item)

    def test_a_delivered_comment_is_missed_when_it_is_gone(self):
        """It was deleted before anybody asked for the comments of its post, and the
        event of that names no post."""
        post = self.max.add_post()
        cursor, _items = self.reconcile()
        raw = self.max.add_comment(post)
        self.max.comments[post["body"]["mid"]].remove(raw)
        place = {**raw["recipient"], "post_id": post["body"]["mid"]}
        payloads = [
            {**self.update, "message": {**raw, "recipient": place}},
            {
                "update_type": "message_removed",
                "timestamp": MS + 1,
                "chat_id": PAGE,
                "message_id": raw["body"]["mid"],
            },
        ]
        cursor, (told,) = self.store([self.client.events(payloads, cursor)])
        self.assertEqual(told.text, raw["body"]["text"])
        _cursor, items = self.reconcile(cursor)
        gone = [item.external_id for item in items if item.deleted]
        self.assertEqual(gone, [told.external_id])

    def test_a_channel_that_was_never_read(self):
        """A removal names no post: in a channel it is not one of a citizen either."""
        gone = {
            "update_type": "message_removed",
            "timestamp": MS,
            "chat_id": PAGE,
            "message_id": mid(PAGE, 7),
        }
        batch = self.client.events([gone], {})
        self.assertEqual(batch.items, ())
        self.assertIs(batch.cursor["channel"], True)

    def test_secret(self):
        for secret in ("", "wrong", SECRET + "x", "не ASCII"):
            error = self.refused(self.deliver, secret=secret)
            self.assertEqual(error.consequence, Consequence.CREDENTIALS)
            self.assertNotIn(SECRET, str(error))
        without = self.max.client()
        error = self.refused(without.deliver, b"{}", {"x-max-bot-api-secret": ""})
        self.assertEqual(error.consequence, Consequence.CREDENTIALS)
        self.assertEqual(self.max.exchanges, [])

    def test_foreign_bodies(self):
        deep = b"[" * 100_000
        for body in (b"", b"{}", b"[1]", b"\xff", deep, b'{"update_type": 5}'):
            error = self.refused(self.deliver, body)
            self.assertEqual(error.consequence, Consequence.CONTENT)

    def test_nothing_is_kept_of_other_events(self):
        body = json.dumps({"update_type": "bot_stopped", "timestamp": MS}).encode()
        self.assertIsNone(self.deliver(body).payload)

    def test_a_dialogue_known_from_a_delivery_is_compared_later(self):
        """MAX need not list dialogues: what is said there while our address does not
        answer would never be found."""
        self.max.listed_dialogues = False
        self.client.delivery_on("https://example.org/hook")
        for update in (
            self.update,
            {
                "update_type": "bot_started",
                "timestamp": MS,
                "chat_id": DIALOGUE,
                "user": user(CITIZEN),
            },
        ):
            with self.subTest(update["update_type"]):
                cursor, _items = self.updates()
                cursor, _items = self.reconcile(cursor)
                delivery = self.deliver(json.dumps(update).encode())
                cursor = self.client.events([delivery.payload], cursor).cursor
                self.max.add_private("адрес не отвечал", at=MS + 1000)
                _cursor, items = self.reconcile(cursor)
                self.assertIn("адрес не отвечал", [item.text for item in items])

    def test_broken_payloads_stop_nothing(self):
        batch = self.client.events(
            [{"update_type": "message_created"}, self.update], {}
        )
        self.assertEqual((len(batch.items), len(batch.broken)), (1, 1))

    def test_switching_on_and_off(self):
        made = self.max.client().delivery_secrets()
        self.assertRegex(made["webhook_secret"], r"^[\w-]{5,256}$")
        self.assertEqual(self.client.delivery_secrets(), {})
        url = "https://example.org/social/hook/1"
        self.client.delivery_on(url)
        (call,) = self.max.calls("POST subscriptions")
        self.assertEqual(call.body["secret"], SECRET)
        self.assertIn("message_removed", call.body["update_types"])
        self.client.delivery_off(url)
        self.assertEqual(self.max.subscriptions, [])
        error = self.refused(self.max.client().delivery_on, url)
        self.assertEqual(error.consequence, Consequence.CREDENTIALS)

    def test_while_delivered_nothing_is_asked_and_a_change_is_compared(self):
        cursor, _items = self.updates()
        self.client.delivery_on("https://example.org/hook")
        cursor, _items = self.updates({**cursor, "reconcile": False})
        self.assertTrue(cursor["reconcile"], "what happened meanwhile")
        asked = len(self.max.calls("GET updates"))
        cursor, _items = self.updates({**cursor, "reconcile": False})
        self.assertFalse(cursor["reconcile"])
        self.assertEqual(len(self.max.calls("GET updates")), asked)
        # MAX gives up an address that does not answer for eight hours.
        self.max.subscriptions = []
        self.max.add_private("пока адрес молчал")
        cursor, _items = self.updates(cursor)
        self.assertTrue(cursor["reconcile"])
        _cursor, items = self.reconcile(cursor)
        self.assertEqual([item.text for item in items], ["пока адрес молчал"])

    def test_somebody_elses_address_is_told(self):
        self.client = self.max.client()
        self.max.replies.append(("GET", "updates", refusal(405, "method.not.allowed")))
        self.max.subscriptions = [
            {"url": "https://x", "time": 1, "update_types": None, "version": None}
        ]
        cursor = {}
        for _run in range(2):
            batches = list(self.client.updates(cursor))
            cursor = batches[-1].cursor
            codes = [v.code for batch in batches for v in batch.problems]
            self.assertEqual(codes, ["delivery_elsewhere"])


class TestLinks(unittest.TestCase):
    def test_mid_and_link_are_the_same_message(self):
        self.assertEqual(
            ids.post_link(PAGE, "mid.ffffbd3137103a3d019d87f93cda00e7"),
            "https://max.ru/c/-73455901853123/AZ2H-TzaAOc",
        )
        self.assertEqual(ids.mid_of(PAGE, "AZ2H-TzaAOc"), mid(PAGE, 116398669919027431))
        self.assertEqual(ids.tail_of("mid.sha-more"), "mid.sha-more")
        for wrong in ("короткая", "AAAA", "", "AZ2H-TzaAOcAZ2H"):
            self.assertIsNone(ids.mid_of(PAGE, wrong))

    def test_keys(self):
        for url in (
            "https://max.ru/Zarechensk_Adm/AZ2H-TzaAOc",
            "max.ru/zarechensk_adm/AZ2H-TzaAOc?utm_source=x",
            "https://www.max.ru/@zarechensk_adm/AZ2H-TzaAOc/",
        ):
            self.assertEqual(normalise_link(url), "max:zarechensk_adm/AZ2H-TzaAOc")
        commented = "https://max.ru/c/-7/AZ2H?comment=AZ2I"
        self.assertEqual(normalise_link(commented), "max:-7/AZ2H#AZ2I")
        self.assertEqual(network_of_link("https://max.ru/x"), "max")
        for url in ("https://max.ru/join/AZ2HTzaAOc", "https://max.ru/", "max.ru/bot"):
            self.assertFalse(normalise_link(url).startswith("max:"))
