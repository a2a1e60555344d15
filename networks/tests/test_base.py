"""Registry, links, budget, pauses and the settings of a client."""

import random
import subprocess
import sys
import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path

from .. import (
    NETWORKS,
    Budget,
    Consequence,
    NetworkError,
    client_class,
    network_of_link,
    normalise_link,
    pause,
)
from ..base import NetworkClient
from ..vk.ids import Place, message_link
from .fake import TOKEN


class TestRegistry(unittest.TestCase):
    def test_every_network_has_a_client_that_knows_its_key(self):
        for network in NETWORKS:
            client = client_class(network)
            self.assertTrue(issubclass(client, NetworkClient))
            self.assertEqual(client.NETWORK, network)

    def test_unknown_network(self):
        with self.assertRaisesRegex(ValueError, "'myspace'; known: .*vk"):
            client_class("myspace")

    def test_clients_are_imported_when_used(self):
        code = "import networks, sys; assert 'networks.vk' not in sys.modules"
        root = Path(__file__).parents[2]
        subprocess.run([sys.executable, "-c", code], cwd=root, check=True)


class TestClient(unittest.TestCase):
    def client(self, external_id="1", **settings):
        return client_class("vk")(external_id, {"access_token": TOKEN}, **settings)

    def test_base_address_in_every_spelling(self):
        for given in (
            "http://127.0.0.1:8080",
            "http://127.0.0.1:8080/",
            "http://127.0.0.1:8080/method",
            " http://127.0.0.1:8080/method/ ",
        ):
            self.assertEqual(
                self.client(api_url=given).api_url, "http://127.0.0.1:8080"
            )
        for given in (None, ""):
            self.assertEqual(self.client(api_url=given).api_url, "https://api.vk.com")

    def test_community_number_with_or_without_sign(self):
        for given in ("1", "-1", 1):
            self.assertEqual(self.client(given).group, 1)
        with self.assertRaises(NetworkError) as caught:
            self.client("gorod")
        self.assertEqual(caught.exception.consequence, Consequence.PERSON)

    def test_representation_without_secrets(self):
        self.assertNotIn("SECRET", repr(self.client()))

    def test_unencrypted_long_poll_of_an_encrypted_interface(self):
        class Answers:
            def hide(self, _secrets):
                pass

            def post_form(self, *_args, **_more):
                server = {"key": "k", "server": "http://lp.vk.com/1", "ts": "1"}
                return {"response": server}

        with self.assertRaises(NetworkError) as caught:
            list(self.client(transport=Answers()).updates({}))
        self.assertEqual(caught.exception.code, "address_refused")


class TestLinks(unittest.TestCase):
    def test_spellings_of_the_same_place(self):
        for key, links in {
            "vk:wall-1_2": (
                "https://vk.com/wall-1_2",
                "http://vk.com/wall-1_2/",
                "https://m.vk.com/wall-1_2?from=group",
                "https://vk.ru/wall-1_2#top",
                "WWW.VK.COM/WALL-1_2",
                "vk.com/gorod?w=wall-1_2",
                "https://vk.com/feed?w=wall-1_2&z=photo-5_6",
                "https://vk.com/wall-1_2?utm_source=x&hash=abc",
                "https://vk.com/gorod?w=wall-1_2%2Fall",
                "  https://vk.com/wall-1_2  ",
            ),
            "vk:wall-1_2_r3": (
                "https://vk.com/wall-1_2?reply=3",
                "https://vk.com/wall-1_2?reply=3&thread=2",
                "https://vk.com/wall-1_2?thread=2&reply=3#x",
                "https://m.vk.com/wall-1_2?reply=3&thread=2&from=post",
                "https://vk.com/wall-1_2_r3",
                "https://vk.com/gorod?w=wall-1_2_r3",
                "https://vk.com/gorod?w=wall-1_2%3Freply%3D3%26thread%3D2",
                "https://vk.ru/feed?w=wall-1_2_r3&utm_medium=x",
                "https://vkontakte.ru/wall-1_2?reply=3",
            ),
            "vk:topic-1_30": ("https://vk.com/topic-1_30?offset=20",),
            "vk:topic-1_30_r5": (
                "https://vk.com/topic-1_30?post=5",
                "https://m.vk.com/topic-1_30?post=5#post5",
            ),
            "vk:photo-1_20": (
                "https://vk.com/photo-1_20",
                "https://vk.com/photo-1_20?rev=1",
                "https://vk.com/album-1_0?z=photo-1_20%2Falbum-1_0%2Frev",
            ),
            "vk:photo-1_20_r5": ("https://vk.com/photo-1_20?reply=5",),
            "vk:video-1_40": (
                "https://vk.com/video-1_40",
                "https://vk.com/clip-1_40",
                "https://vk.com/videos-1?z=video-1_40%2Fclub1",
            ),
            "vk:wall501_77": ("https://vk.com/id501?w=wall501_77",),
            "vk:gim1_7": ("https://vk.com/gim1?sel=7", "vk.com/gim1/convo/7"),
            "vk:gim1_7_c3": ("https://vk.com/gim1/convo/7?cmid=3&entrypoint=x",),
            "vk:gim1_7_42": ("https://vk.com/gim1?sel=7&msgid=42",),
        }.items():
            for link in links:
                self.assertEqual(normalise_link(link), key, link)
                self.assertEqual(network_of_link(link), "vk", link)

    def test_own_permalinks(self):
        for place in (
            Place("wall", -1, 2),
            Place("wall", -1, 2, 3),
            Place("topic", -1, 30, 5),
            Place("photo", -1, 20, 5),
            Place("video", -1, 40, 5),
        ):
            key = f"vk:{place.external_id}"
            self.assertEqual(normalise_link(place.link(99)), key)
        self.assertEqual(normalise_link(message_link(1, 7, 3)), "vk:gim1_7_c3")

    def test_other_links(self):
        for link, key in {
            "https://vk.com/gorod": "vk.com/gorod",
            "https://vk.com/gorod?utm_source=a#x": "vk.com/gorod",
            "HTTPS://www.Example.org:443/N/7/?b=2&a=1#top": "example.org/N/7?a=1&b=2",
            "http://example.org:8080/a": "example.org:8080/a",
            "example.org": "example.org",
            "https://notvk.com/wall-1_2": "notvk.com/wall-1_2",
            "https://vk.com.evil.org/wall-1_2": "vk.com.evil.org/wall-1_2",
            "https://vk.com@evil.org/wall-1_2": "evil.org/wall-1_2",
            "https://xn--80a.xn--p1ai/x": "xn--80a.xn--p1ai/x",
            "": "",
            "не ссылка": "не ссылка",
            "mailto:a@b.ru": "mailto:a@b.ru",
            "javascript://x": "javascript://x",
            "http://[": "http://[",
            "http://a:x/": "http://a:x/",
        }.items():
            self.assertEqual(normalise_link(link), key, link)
        for link in ("https://example.org/x", "", "http://["):
            self.assertIsNone(network_of_link(link))

    def test_permalink_key_is_for_the_own_network_only(self):
        key = client_class("vk").permalink_key
        self.assertIsNone(key("https://ok.ru/wall-1_2"))
        self.assertIsNone(key("https://vk.com/gorod"))
        self.assertIsNone(key(""))


class TestBudget(unittest.TestCase):
    start = datetime(2026, 1, 1, tzinfo=timezone.utc)

    def test_spends_refills_and_survives_storage(self):
        budget = Budget(2, 0.5)
        self.assertEqual([budget.take(self.start) for _ in range(3)], [0, 0, 2.0])
        later = Budget(2, 0.5, budget.state())
        self.assertEqual(later.take(self.start + timedelta(seconds=1)), 1.0)
        self.assertEqual(later.take(self.start + timedelta(seconds=2)), 0)
        full = Budget(2, 0.5, later.state())
        much_later = self.start + timedelta(days=1)
        self.assertEqual([full.take(much_later) for _ in range(3)], [0, 0, 2.0])

    def test_clock_set_back(self):
        budget = Budget(1, 1)
        budget.take(self.start)
        earlier = self.start - timedelta(hours=1)
        self.assertEqual(budget.take(earlier), 1.0)
        self.assertEqual(budget.take(earlier + timedelta(seconds=1)), 0)

    def test_rubbish_is_a_full_bucket(self):
        for state in (None, {}, "x", {"calls": "x", "at": 1}, {"calls": 1}):
            self.assertEqual(Budget(1, 1, state).take(self.start), 0)


class TestPause(unittest.TestCase):
    def test_grows_with_jitter_up_to_a_ceiling(self):
        rng = random.Random(1)
        for attempt, ceiling in ((0, 30), (1, 60), (3, 240), (20, 3600), (10**6, 3600)):
            for _ in range(50):
                seconds = pause(attempt, rng)
                self.assertTrue(ceiling / 2 <= seconds <= ceiling)
        self.assertEqual(pause(2, random.Random(7)), pause(2, random.Random(7)))


class TestNoOdoo(unittest.TestCase):
    def test_nothing_of_odoo_is_imported(self):
        for path in Path(__file__).parents[1].rglob("*.py"):
            for line in path.read_text().splitlines():
                self.assertNotRegex(line, r"^\s*(from|import) odoo\b", path)
