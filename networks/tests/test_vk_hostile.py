"""Hostile and broken input: whatever comes, it is an item or it is set aside."""

import copy
import json
import random
import time
import unittest
from datetime import datetime, timezone

from ..vk import VKClient, ids
from ..vk.items import Parser
from ..vk.raw import Malformed
from .case import VKCase
from .fake import CITIZEN, GROUP, NOW, T0, USER, comment, event, listed, message, post

SEED = 20260101
ODD = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    10**30,
    -(2**63),
    "",
    "5",
    "-5",
    "--5",
    "5" * 5000,
    "²",
    "٣",
    "5_0",
    " 5",
    "x" * 16_384,
    [],
    [None],
    [[[[]]]],
    {},
    {"id": {}},
    {"items": [1]},
    [{"type": "photo", "photo": []}],
    [{"type": {}, "photo": 1}],
)


def sound():
    """One object of each kind that the client understands, with all its parts."""
    sizes = [{"type": "w", "url": "https://x/w", "width": 2560, "height": 1707}]
    media = {"id": 9, "owner_id": CITIZEN, "sizes": sizes, "title": "x", "size": 7}
    kinds = ("photo", "video", "doc", "audio", "audio_message", "sticker", "poll")
    files = [{"type": kind, kind: dict(media, images=sizes)} for kind in kinds]
    more = {"attachments": files, "geo": {"coordinates": {"latitude": 5}}}
    on = {"id": 12, "from_id": CITIZEN, "date": T0, "text": "Текст"}
    inner = message(41, fwd_messages=[message(5)])
    original = post(10, "Отключение", copy_history=[post(11)])
    return [
        event("wall_post_new", post(20, copy_history=[original], edited=T0)),
        event("wall_repost", post(77, owner_id=CITIZEN, copy_history=[original])),
        event("wall_reply_new", comment(12, parents_stack=[11, 12])),
        event("wall_reply_edit", comment(12, reply_to_comment=11, thread={})),
        event("wall_reply_delete", {"owner_id": -GROUP, "id": 12, "post_id": 10}),
        event(
            "board_post_new", {"topic_id": 30, "topic_owner_id": -GROUP, **on, **more}
        ),
        event("photo_comment_new", {"photo_id": 20, "photo_owner_id": -GROUP, **on}),
        event("photo_comment_restore", {"pid": 20, **on}),
        event("video_comment_edit", {"video_id": 40, "video_owner_id": -GROUP, **on}),
        event("message_new", {"message": {**inner, "reply_message": message(3)}}),
        event("message_edit", {**inner, "update_time": T0 + 9}),
    ]


def places(value, path=()):
    """Every place within a JSON value."""
    yield path
    entries = ()
    if isinstance(value, dict):
        entries = value.items()
    elif isinstance(value, list):
        entries = enumerate(value)
    for name, inner in entries:
        yield from places(inner, (*path, name))


def changed(value, path, odd):
    value = copy.deepcopy(value)
    if not path:
        return odd
    at = value
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = odd
    return value


class TestParser(unittest.TestCase):
    def setUp(self):
        self.parser = Parser(GROUP, lambda: NOW)

    def take(self, raw):
        """The parser's answer: an item that can be stored, nothing, or Malformed."""
        try:
            item = self.parser.event(raw)
        except Malformed as error:
            self.assertTrue(str(error))
            return None
        if item is None:
            return None
        place = ids.parse_place(item.external_id)
        self.assertTrue(place or ids.parse_message(item.external_id), item.external_id)
        self.assertLess(len(item.external_id), 70)
        for text in (item.text, item.thread_id, item.root_id, item.author_id):
            self.assertIsInstance(text, str)
        if item.thread_id and item.kind == "feed":
            self.assertTrue(ids.parse_place(item.thread_id), item.thread_id)
        for instant in (item.posted_at, item.edited_at or item.posted_at):
            self.assertEqual(instant.tzinfo, timezone.utc)
            self.assertGreaterEqual(instant.year, 1970)
        for file in item.attachments:
            self.assertIsInstance(file.kind + file.url + file.name, str)
            self.assertIsInstance(file.external_id, str)
            self.assertIsInstance(file.size or 0, int)
        return item

    def test_sound_objects_are_understood(self):
        for raw in sound():
            self.assertIsNotNone(self.take(raw), raw["type"])

    def test_every_value_of_every_object_is_odd_or_missing(self):
        count = 0
        for raw in sound():
            for *path, name in filter(None, list(places(raw))):
                at = raw
                for step in path:
                    at = at[step]
                usual = at[name]
                for odd in ODD:
                    at[name] = odd
                    self.take(raw)
                    count += 1
                at[name] = usual
            for name in ("type", "object"):
                self.take({one: raw[one] for one in raw if one != name})
            for name in list(raw["object"]):
                value = raw["object"].pop(name)
                self.take(raw)
                raw["object"][name] = value
        self.assertGreater(count, 5_000)

    def test_several_odd_values_at_once(self):
        chance = random.Random(SEED)
        for _round in range(200):
            raw = chance.choice(sound())
            for _change in range(chance.randint(2, 6)):
                path = chance.choice(list(places(raw))[1:])
                raw = changed(raw, path, chance.choice((*ODD, *sound())))
            self.take(raw)

    def test_numbers_written_as_text(self):
        for raw in sound():
            told = json.loads(json.dumps(raw), parse_int=str)
            item, same = self.take(raw), self.take(told)
            self.assertIsNotNone(same, raw["type"])
            for name in ("external_id", "thread_id", "parent_id", "posted_at", "own"):
                self.assertEqual(getattr(same, name), getattr(item, name), name)

    def test_ids_that_name_nothing(self):
        for number in (0, -5, 2**63, "", "0", None):
            for raw in ({**comment(1), "id": number}, post(number)):
                kind = "wall_reply_new" if "parents_stack" in raw else "wall_post_new"
                with self.assertRaises(Malformed):
                    self.parser.event(event(kind, raw))

    def test_nested_deeply(self):
        inner, outer = message(1, "дно"), post(1, "дно")
        for number in range(2, 900):
            inner = message(number, "…", fwd_messages=[inner])
            outer = post(number, "…", copy_history=[outer])
        started = time.process_time()
        self.assertIsNotNone(self.take(event("message_new", {"message": inner})))
        self.assertIsNotNone(self.take(event("wall_post_new", outer)))
        self.assertLess(time.process_time() - started, 1)

    def test_wide_and_long(self):
        wide = [message(n, "Да", fwd_messages=[message(n)] * 20) for n in range(1, 500)]
        text = "<script>alert(1)</script>\u202e\u200b🙂" * 600
        self.assertGreater(len(text), 16_384)
        started = time.process_time()
        item = self.take(event("message_new", message(5, text, fwd_messages=wide)))
        self.assertTrue(item.text.startswith(text))
        item = self.take(event("wall_reply_new", comment(5, text)))
        self.assertEqual(item.text, text)
        self.assertLess(time.process_time() - started, 2)

    def test_mentions_and_lists(self):
        for odd in ODD:
            for name in ("owner_id", "id", "post_type", "post_id", "from_id", "date"):
                raw = {**post(5, owner_id=7, post_type="reply", post_id=8), name: odd}
                try:
                    item = self.parser.mention(raw)
                except Malformed:
                    continue
                self.assertTrue(ids.parse_place(item.external_id))
        for odd in ODD:
            with self.assertRaises(Malformed):
                self.parser.mention(odd if not isinstance(odd, dict) else {})


class TestLinks(unittest.TestCase):
    def test_links_that_lead_nowhere_raise_nothing(self):
        digits = "9" * 5000
        for url in (
            f"https://vk.com/wall-1_{digits}",
            f"https://vk.com/wall-{digits}_1",
            f"https://vk.com/wall-1_10?reply={digits}",
            "https://vk.com/wall-1_10?reply=²",
            "https://vk.com/wall-1_10?reply=٣",
            f"https://vk.com/wall-1_10?reply=5&thread={digits}",
            f"https://vk.com/gim1?sel={digits}",
            f"https://vk.com/gim1/convo/{digits}?cmid=²",
            f"https://vk.com/gim1/convo/5?cmid={digits}&msgid=²",
            "https://vk.com/feed?w=" + "wall-1_" * 5000,
            "https://vk.com/%00%ff",
            "https://vk.com:99999/wall-1_10",
            "https://[vk.com/wall-1_10",
        ):
            key = VKClient.permalink_key(url)
            self.assertIn(key, (None, "vk:wall-1_10", "vk:wall-1_10_r5", "vk:gim1_5"))
            ids.thread_of_link(url)
        for text in (digits, f"wall-1_{digits}", f"im{digits}_5", "im5_c", "im5_²", ""):
            self.assertIsNone(ids.parse_place(text))
            self.assertIsNone(ids.parse_message(text))


class TestReading(VKCase):
    described_answers = False

    def setUp(self):
        super().setUp()
        self.client = self.vk.client(user_token=USER)
        self.since = datetime.fromtimestamp(T0 - 1, timezone.utc)

    METHODS = (
        "wall.get",
        "wall.getComments",
        "board.getTopics",
        "board.getComments",
        "photos.getAllComments",
        "video.get",
        "video.getComments",
        "newsfeed.getMentions",
        "messages.getConversations",
        "messages.getHistory",
    )

    def objects(self):
        said = {"id": 5, "from_id": CITIZEN, "date": T0, "text": "x"}
        last = message(3)
        dialogue = {"peer": {"id": CITIZEN}, "last_conversation_message_id": 3}
        return {
            "wall.get": post(10, comments=3),
            "wall.getComments": {**comment(11), "thread": {"count": 9, "items": []}},
            "board.getTopics": {"id": 30, "comments": 3, "updated": T0},
            "board.getComments": said,
            "photos.getAllComments": {**said, "pid": 20},
            "video.get": {"id": 40, "owner_id": -GROUP, "comments": 3},
            "video.getComments": {**said, "thread": {"count": 9, "items": []}},
            "newsfeed.getMentions": post(5, owner_id=7),
            "messages.getConversations": {
                "conversation": dialogue,
                "last_message": last,
            },
            "messages.getHistory": last,
        }

    def walked(self):
        batches = list(self.client.reconcile({}, self, self.since))
        self.assertEqual(batches[-1].remaining_hint, 0)
        self.assertLess(len(self.vk.exchanges), 80)
        del self.vk.exchanges[:]
        return [item.external_id for batch in batches for item in batch.items]

    def test_odd_objects_in_every_list(self):
        for method in self.METHODS:
            answers = {name: listed([one]) for name, one in self.objects().items()}
            strange = [odd for odd in ODD if not isinstance(odd, float)]
            answers[method] = listed([*strange, self.objects()[method]])
            self.vk.answers |= answers
            found = set(self.walked())
            self.assertLessEqual(
                {"wall-1_10", "wall-1_10_r11", "topic-1_30_r5", "photo-1_20_r5"}
                | {"video-1_40_r5", "wall7_5", "im501_3"},
                found,
                method,
            )

    def test_odd_values_in_every_object(self):
        for method in self.METHODS:
            usual = {name: listed([one]) for name, one in self.objects().items()}
            raw = self.objects()[method]
            broken = [
                changed(raw, path, odd)
                for path in places(raw)
                for odd in ("--5", {}, [[]], -1, 10**30)
                if path
            ]
            self.vk.answers |= {**usual, method: listed([*broken, raw])}
            self.client._budgets = {}
            list(self.client.reconcile({}, self, self.since))

    def test_lists_that_are_none(self):
        for odd in (None, 5, "x", {}, {"a": 1}):
            for method in self.METHODS:
                self.vk.answers[method] = {"response": {"count": odd, "items": odd}}
            self.walked()

    def test_the_same_object_on_every_page(self):
        numbers = {"count": 250}
        for name, one in self.objects().items():
            first = {**one, "extra": 1}
            self.vk.answers[name] = lambda params, one=one, first=first: {
                "response": {
                    **numbers,
                    "items": [first if params.get("offset") == "0" else one] * 50,
                }
            }
        found = self.walked()
        self.assertIn("topic-1_30_r5", found)
        self.assertIn("video-1_40_r5", found)
