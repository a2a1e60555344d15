"""Odnoklassniki: settings, authors, links, deliveries."""

import hashlib
import json
import unittest
from importlib.util import find_spec

from .. import normalise_link
from ..errors import Consequence, NetworkError
from ..ok import OKClient, ids
from ..ok.api import signature
from .fake import Reply
from .ok import CHAT, GROUP, USER_TOKEN, OKCase, message, problem

_CALL = {"application_key": "CBAKEY", "format": "json"}
#: (parameters, token, application_secret_key, sig): the first one is documented, all
#: are what the PyPI package aiookru 1.0.0 computes, which is given the key of the
#: session, md5(token + application_secret_key)
VECTORS = (
    (
        {
            "method": "events.get",
            "application_key": "ABCDEFGHIGKLMNOPK",
            "format": "json",
        },
        "-s-84W-s3egarWUsbkq-IWTucuedzTKT8VUXIA.s4Xx8IW7",
        "ABC123DEF456GHI789JKL123",
        "232c8eb921951c4dba9b72606f9ddb4c",
    ),
    (
        {
            **_CALL,
            "method": "discussions.getComments",
            "discussionId": "62190641299501",
            "discussionType": "GROUP_TOPIC",
            "anchor": "LAST",
            "direction": "BACKWARD",
            "count": "100",
            "mark_as_read": "false",
        },
        "tkn18YdUJZe:CQABPOJKAKEKEKEKE",
        "0F1E2D3C",
        "8140b242e237ad3f6427d2b5614a25ce",
    ),
    (
        {
            **_CALL,
            "method": "discussions.addDiscussionComment",
            "entityId": "62190641299501",
            "entityType": "GROUP_TOPIC",
            "comment": "Яму на улице Лесной, 14 заделаем & отметим «завтра» 😀\n"
            "Спасибо.",
            "reply_to_comment_id": "MTM5NzIwNjMzNjI2MTotODE0Mw==",
            "as_admin": "true",
        },
        "tkn18YdUJZe:CQABPOJKAKEKEKEKE",
        "0F1E2D3C",
        "e7f63bb8978ef07b177e5ae5db609ee7",
    ),
)


class TestVectors(unittest.TestCase):
    def test_documented_and_computed_by_another_client(self):
        for parameters, token, secret, told in VECTORS:
            self.assertEqual(signature(parameters, token, secret), told)

    @unittest.skipUnless(find_spec("aiookru"), "aiookru is not installed")
    def test_against_that_client(self):
        from aiookru.session import TokenSession

        for parameters, token, secret, _told in VECTORS:
            key = hashlib.md5((token + secret).encode()).hexdigest()
            theirs = TokenSession(token, "", key).sign_params(parameters)
            self.assertEqual(signature(parameters, token, secret), theirs)


class TestSettings(OKCase):
    def setUp(self):
        super().setUp()
        self.ok.answers["group.getInfo"] = lambda _p: [{"uid": GROUP, "name": "Город"}]
        self.ok.answers["me/info"] = {"name": "Город", "group_id": f"group:{GROUP}"}

    def codes(self, client=None):
        return [one.code for one in (client or self.client).check()]

    def test_all_well(self):
        verdicts = self.client.check()
        self.assertTrue(all(one.ok for one in verdicts))
        self.assertEqual(
            [(one.subject, one.code) for one in verdicts],
            [
                ("application", "keys_entered"),
                ("access_token", "token_valid"),
                ("discussions", "discussions_readable"),
                ("private_messages", "messages_readable"),
            ],
        )

    def test_what_is_not_entered(self):
        self.assertEqual(
            self.codes(self.make(application_secret_key="")), ["keys_missing"]
        )
        self.assertEqual(
            self.codes(self.make(access_token="")), ["keys_entered", "token_missing"]
        )

    def test_refusals(self):
        self.ok.answers["me/info"] = problem(401)
        self.ok.answers["discussions.getList"] = problem(10)
        self.assertEqual(self.codes()[-1], "discussions_denied")
        self.assertEqual(
            self.codes(self.make(user_token=USER_TOKEN))[-2:],
            ["discussions_denied", "messages_denied"],
        )
        self.ok.answers["group.getInfo"] = problem(103)
        self.assertEqual(self.codes()[-1], "token_invalid")
        self.ok.answers["group.getInfo"] = []
        self.ok.answers["group.getInfo"] = lambda _p: []
        self.assertEqual(self.codes()[-1], "group_unknown")

    def test_a_key_of_another_group(self):
        self.ok.answers["me/info"] = {"group_id": "group:66"}
        verdict = self.client.check()[-1]
        self.assertEqual(
            (verdict.code, verdict.detail), ("token_other_community", "66")
        )

    def test_trouble_of_the_connection_says_nothing_of_the_settings(self):
        self.ok.answers["group.getInfo"] = Reply(status=502)
        self.assertEqual(self.refused(self.client.check).consequence, Consequence.RETRY)

    def test_the_groups_number(self):
        for given in (55, "55", " group:55 "):
            self.assertEqual(OKClient(given, {}).group, "55")
        with self.assertRaises(NetworkError) as caught:
            OKClient("town", {})
        self.assertEqual(caught.exception.code, "external_id")

    def test_base_address_in_every_spelling(self):
        for given in ("http://h/ok", "http://h/ok/", "http://h/ok/fb.do"):
            self.assertEqual(OKClient("55", {}, given).api_url, "http://h/ok")
        self.assertEqual(OKClient("55", {}).api_url, "https://api.ok.ru")


class TestAuthors(OKCase):
    def test_people_and_groups(self):
        self.ok.answers["users.getInfo"] = lambda _p: [
            {"uid": "501", "name": "Анна Петрова", "pic128x128": "https://x/a.jpg"},
            {"uid": 502, "first_name": "Пётр", "last_name": "Седов"},
            {"name": "nobody"},
        ]
        self.ok.answers["group.getInfo"] = lambda _p: [{"uid": "66", "name": "Соседи"}]
        found = self.client.authors(["501", "502", "group:66", "", "x", "501"])
        self.assertEqual(
            [(one.external_id, one.name, one.url) for one in found],
            [
                ("501", "Анна Петрова", "https://ok.ru/profile/501"),
                ("502", "Пётр Седов", "https://ok.ru/profile/502"),
                ("group:66", "Соседи", "https://ok.ru/group/66"),
            ],
        )
        self.assertTrue(found[2].is_community)
        self.assertEqual(self.ok.called[0].params["uids"], "501,502")

    def test_a_hundred_at_a_time(self):
        self.ok.answers["users.getInfo"] = lambda _p: []
        self.client.authors(map(str, range(1, 202)))
        sizes = [one.params["uids"].count(",") + 1 for one in self.ok.called]
        self.assertEqual(sizes, [100, 100, 1])


class TestLinks(unittest.TestCase):
    def test_spellings_of_one_topic(self):
        for url in (
            "https://ok.ru/group/55/topic/62190",
            "http://www.ok.ru/group/55/topic/62190/",
            "https://m.ok.ru/group/55/topic/62190?__dp=y",
            "ok.ru/zarechensk/topic/62190",
            "https://odnoklassniki.ru/group/55/topic/62190#comments",
            "https://m.ok.ru/dk?st.cmd=altGroupMediaTopic&st.themeId=62190",
            "https://m.ok.ru/dk?st.cmd=d&st.discId=62190&st.discType=GROUP_TOPIC",
        ):
            self.assertEqual(normalise_link(url), "ok:GROUP_TOPIC:62190", url)

    def test_comments(self):
        for url in (
            "https://ok.ru/group/55/topic/62190?commentId=MTM5%3D",
            "https://m.ok.ru/town/topic/62190?a=1&commentId=MTM5%3D#x",
            "https://ok.ru/group/55/topic/62190#lst#cmntId=MTM5=",
        ):
            self.assertEqual(normalise_link(url), "ok:GROUP_TOPIC:62190:MTM5=", url)

    def test_our_own_links_come_back_as_their_ids(self):
        for place in (
            ids.Place("GROUP_TOPIC", "1"),
            ids.Place("GROUP_TOPIC", "1", "a+b/c="),
            ids.Place("GROUP_PHOTO", "2", "x"),
            ids.Place("GROUP_MOVIE", "3", "x"),
            ids.Place("HAPPENING_TOPIC", "4", "x=="),
        ):
            key = OKClient.permalink_key(place.link("55"))
            self.assertEqual(key, f"ok:{place.external_id}")
            self.assertEqual(ids.parse_place(place.external_id), place)
        link = ids.message_link("55", CHAT, "mid:C3ecb9d02a600.15ce")
        mid = f"{CHAT}/mid:C3ecb9d02a600.15ce"
        self.assertEqual(OKClient.permalink_key(link), f"ok:{mid}")
        self.assertEqual(ids.parse_chat(mid), CHAT)
        self.assertEqual(ids.parse_message(mid), "mid:C3ecb9d02a600.15ce")

    def test_other_links(self):
        for url in (
            "https://ok.ru/",
            "https://ok.ru/profile/501",
            "https://ok.ru/dk?st.discId=../../etc",
            "https://evil.example/ok.ru/group/55/topic/1",
            "https://notok.ru/group/55/topic/1",
        ):
            self.assertIsNone(OKClient.permalink_key(url), url)


class TestDelivery(OKCase):
    def deliver(self, payload):
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        return self.client.deliver(body, {"content-type": "application/json"})

    def test_a_message(self):
        delivery = self.deliver(message("a1", "нуль\0 внутри"))
        self.assertEqual(delivery.answer, "ok")
        self.assertEqual(delivery.key, f"{CHAT}/mid:C3ecb9d02a600.a1")
        cursor = {"since": 5, "places": {}}
        batch = self.client.events([delivery.payload], cursor)
        (item,) = batch.items
        self.assertEqual(item.external_id, delivery.key)
        self.assertEqual(item.text, "нуль внутри")
        self.assertEqual((batch.cursor["since"], batch.broken), (5, ()))
        self.assertEqual(batch.author_ids, {"501"})

    def test_the_same_message_read_later_has_the_same_id(self):
        self.ok.chats[CHAT] = [message("a1")]
        delivered = self.client.events([message("a1")], {}).items[0]
        _cursor, items = self.reconcile()
        self.assertEqual(items[0], delivered)

    def test_other_events_and_broken_ones(self):
        title = {"recipient": {"chat_id": CHAT}, "chat_control": {"title": "x"}}
        delivery = self.deliver(title)
        self.assertEqual(delivery.key, "")
        broken = {**message("b"), "timestamp": "x"}
        batch = self.client.events([title, broken, "x", message("c")], {})
        self.assertEqual(len(batch.items), 1)
        self.assertEqual(len(batch.broken), 2)

    def test_what_is_no_delivery(self):
        for payload in (
            b"",
            b"[" * 100_000,
            b"\xff",
            [],
            {},
            {"recipient": "x"},
            {"recipient": {"chat_id": "C3"}},
            {"recipient": {"chat_id": "chat:C3/../x"}},
            {"recipient": {"chat_id": CHAT, "group_id": "group:66"}},
            {**message("a"), "group_id": 66},
        ):
            error = self.refused(self.deliver, payload)
            self.assertEqual(error.consequence, Consequence.CONTENT)
        self.assertEqual(self.ok.called, [])

    def test_switching_on_and_off(self):
        url = "https://town.example/SECRET-path"
        self.assertTrue(self.client.DELIVERED)
        self.assertEqual(self.client.delivery_secrets(), {})
        self.ok.answers |= {
            "me/subscriptions": {"subscriptions": []},
            "me/subscribe": {"success": True},
            "me/unsubscribe": {"success": True},
        }
        self.client.delivery_on(url)
        self.assertEqual(self.ok.payload(), {"url": url})
        self.client.delivery_off(url)
        self.assertNotIn("me/unsubscribe", self.ok.methods())
        self.ok.answers["me/subscriptions"] = {
            "subscriptions": [{"time": 1, "url": url}]
        }
        self.ok.called.clear()
        self.client.delivery_on(url)
        self.assertEqual(self.ok.methods(), ["me/subscriptions"])
        self.client.delivery_off(url)
        self.assertEqual(self.ok.payload(), {"url": url})

    def test_a_refused_subscription(self):
        self.ok.answers["me/subscriptions"] = {}
        url = "https://town.example/SECRET-path"
        for answer in ({"success": False}, problem(10, f"bad {url}")):
            self.ok.answers["me/subscribe"] = answer
            error = self.refused(self.client.delivery_on, url)
            self.assertEqual(error.consequence, Consequence.PERMISSION)
            self.assertNotIn("SECRET", str(error))
