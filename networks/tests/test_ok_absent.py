"""Odnoklassniki: what a comparison expects because it is stored."""

import json
from datetime import timedelta
from unittest.mock import patch

from ..ok import walk_stored
from .fake import NOW
from .ok import CHAT, CITIZEN, TOPIC, OKCase, comment, discussion, message, problem

ROOT = f"GROUP_TOPIC:{TOPIC}"
HOUR = 3600
#: NOW is a day after T0
SINCE = NOW - timedelta(hours=12)


class Compared(OKCase):
    since = NOW.replace(year=2020)

    def begin(self):
        self.cursor, _items = self.reconcile(since=self.since)
        self.ok.called.clear()

    def compare(self):
        """Compare again: the deletions."""
        self.cursor, items = self.reconcile(self.cursor, self.since)
        return {item.external_id for item in items if item.deleted}

    def several(self, rounds):
        return [self.compare() for _round in range(rounds)]


class TestDiscussions(Compared):
    def test_more_comments_than_the_cursor_remembers(self):
        self.ok.topics[TOPIC] = [comment(f"c{n}", at=HOUR + n) for n in range(350)]
        self.begin()
        self.assertNotIn("c5", self.cursor["seen"][ROOT])
        del self.ok.topics[TOPIC][5]
        self.assertEqual(self.several(2), [{f"{ROOT}:c5"}, set()])

    def test_what_the_cursor_expects_is_bounded(self):
        self.ok.PAGE = 20
        self.ok.topics[TOPIC] = [comment(f"c{n}", at=HOUR + n) for n in range(350)]
        self.begin()
        for most, expected in ((walk_stored.EXPECTED, 330), (300, 280)):
            with patch.object(walk_stored, "EXPECTED", most):
                batches = self.client.reconcile(self.cursor, self, self.since)
                walks = [batch.cursor["walk"] or {} for batch in batches]
            lengths = [len(walk.get("expected", ())) for walk in walks]
            self.assertEqual(max(lengths), expected)

    def test_what_is_older_is_not_expected(self):
        """A comment outside of what is read, and one of the second it begins in."""
        begin = int((NOW - timedelta(days=7)).timestamp())
        at = [begin - 1, begin, begin + 5]
        texts = [comment(f"c{n}", at=one - 1_760_000_000) for n, one in enumerate(at)]
        self.ok.topics[TOPIC] = texts + [comment("new", at=20 * HOUR)]
        self.begin()
        self.cursor["seen"] = {}
        del self.ok.topics[TOPIC][:3]
        self.assertEqual(self.several(3), [{f"{ROOT}:c2"}, set(), set()])

    def test_a_discussion_that_fell_back_behind_the_date(self):
        self.since = SINCE
        self.ok.topics[TOPIC] = [comment("A", at=20 * HOUR)]
        self.begin()
        self.ok.topics[TOPIC].clear()
        self.assertEqual(self.several(3), [set(), {f"{ROOT}:A"}, set()])
        # Nothing is left there to look for.
        self.ok.called.clear()
        self.compare()
        self.assertEqual(self.ok.methods(), ["discussions.getList", "me/chats"])

    def test_something_is_left_there(self):
        self.since = SINCE
        self.ok.topics[TOPIC] = [
            comment("0", at=HOUR),
            comment("A", at=20 * HOUR),
        ]
        self.begin()
        del self.ok.topics[TOPIC][1]
        self.assertEqual(self.several(2), [{f"{ROOT}:A"}, set()])

    def test_nothing_where_the_list_says_something_is(self):
        self.ok.topics[TOPIC] = [comment("A", at=20 * HOUR)]
        self.begin()
        entry = discussion(activity=21 * HOUR, count=1)
        self.ok.answers["discussions.getList"] = {"discussions": [entry]}
        self.ok.answers["discussions.getComments"] = {"comments": []}
        self.assertEqual(self.several(3), [set()] * 3)

    def test_ordinary_comparisons_read_no_more_than_is_listed(self):
        self.ok.topics = {
            TOPIC: [comment("A", at=20 * HOUR)],
            "2": [comment("B", at=21 * HOUR)],
        }
        self.ok.chats[CHAT] = [message("a", at=20 * HOUR)]
        self.begin()
        self.compare()
        comments, talk = "discussions.getComments", f"me/messages/{CHAT}"
        lists = ["discussions.getList", comments, comments, "me/chats", talk, talk]
        self.assertEqual(self.ok.methods(), lists)

    def test_a_citizens_topic_that_is_gone(self):
        topic = discussion(activity=20 * HOUR, owner_uid=CITIZEN)
        self.ok.answers["discussions.getList"] = {"discussions": [topic]}
        self.ok.topics[TOPIC] = [comment("A", at=20 * HOUR)]
        self.begin()
        self.ok.answers["discussions.getList"] = {"discussions": []}
        self.ok.answers["discussions.getComments"] = problem(300, "NOT_FOUND")
        # The comments below were not taken back by their authors.
        self.assertEqual(self.several(3), [set(), {ROOT}, set()])
        gone = self.stored[ROOT]
        self.assertEqual((gone.item_type, gone.root_id), ("post", ROOT))

    def test_a_topic_that_may_not_be_read_is_not_gone(self):
        topic = discussion(activity=20 * HOUR, owner_uid=CITIZEN)
        self.ok.answers["discussions.getList"] = {"discussions": [topic]}
        self.ok.topics[TOPIC] = []
        self.begin()
        self.ok.answers["discussions.getList"] = {"discussions": []}
        self.ok.answers["discussions.getComments"] = problem(10)
        self.assertEqual(self.several(3), [set()] * 3)
        # Nor is one that is listed, whatever its comments answer.
        listed = {"discussions": [{**topic, "total_comments_count": 1}]}
        self.ok.answers["discussions.getList"] = listed
        self.ok.answers["discussions.getComments"] = problem(300)
        self.assertEqual(self.several(3), [set()] * 3)


class TestPrivate(Compared):
    def setUp(self):
        super().setUp()
        self.ok.chats[CHAT] = [message("a", at=HOUR), message("b", at=2 * HOUR)]
        self.begin()

    def name(self, letter):
        return f"{CHAT}/mid:C3ecb9d02a600.{letter}"

    def unlisted(self, chats=()):
        self.ok.answers["me/chats"] = {"chats": list(chats)}

    def test_edited(self):
        self.ok.chats[CHAT][0] = message("a", "Исправлено", at=HOUR)
        self.compare()
        item = self.stored[self.name("a")]
        self.assertEqual((item.change, item.text), ("edit", "Исправлено"))

    def test_all_of_a_chat(self):
        """It may be listed as without anything, or not at all."""
        stored, cursor = dict(self.stored), json.dumps(self.cursor)
        everything = {self.name("a"), self.name("b")}
        for chats in ((), [{"chat_id": CHAT, "lastEventTime": 0}]):
            with self.subTest(chats):
                self.stored, self.cursor = dict(stored), json.loads(cursor)
                self.unlisted(chats)
                self.ok.chats[CHAT] = []
                self.assertEqual(self.several(3), [set(), everything, set()])
                self.assertEqual(self.stored[self.name("a")].kind, "private")

    def test_a_chat_without_anything_for_a_moment(self):
        everything = self.ok.chats[CHAT]
        self.unlisted()
        for _time in range(2):
            self.ok.chats[CHAT] = []
            self.assertEqual(self.compare(), set())
            self.ok.chats[CHAT] = everything
            self.assertEqual(self.compare(), set())

    def test_a_chat_that_is_gone_or_shut_deletes_nothing(self):
        self.unlisted()
        for code in (300, 10):
            self.ok.answers[f"me/messages/{CHAT}"] = problem(code)
            self.assertEqual(self.several(3), [set()] * 3)

    def test_what_is_not_understood_proves_nothing(self):
        self.unlisted()
        self.ok.answers[f"me/messages/{CHAT}"] = {"messages": [{"message": 5}]}
        self.assertEqual(self.several(3), [set()] * 3)

    def test_a_crash_after_any_batch(self):
        self.unlisted()
        self.ok.chats[CHAT] = []
        self.compare()
        begun, stored = json.dumps(self.cursor), dict(self.stored)
        walk = self.client.reconcile(self.cursor, self, self.since)
        for stop in range(1, len(list(walk)) + 1):
            self.stored, self.cursor = dict(stored), json.loads(begun)
            batches = self.client.reconcile(self.cursor, self, self.since)
            first = [b for _n, b in zip(range(stop), batches, strict=False)]
            self.cursor, _items = self.store(first)
            if self.client.reconcile_needed(self.cursor):
                self.compare()
            deleted = {one.external_id for one in self.stored.values() if one.deleted}
            self.assertEqual(deleted, {self.name("a"), self.name("b")}, stop)

    def test_a_look_for_what_is_new_judges_by_its_memory_alone(self):
        self.unlisted([{"chat_id": CHAT, "lastEventTime": 0}])
        self.ok.chats[CHAT] = []
        for _time in range(3):
            self.cursor, items = self.updates(self.cursor)
            self.assertEqual(items, [])

    def test_a_walk_begun_by_an_earlier_version(self):
        """It does not know what is stored: it begins anew."""
        for name in ("walk", "round"):
            self.cursor[name] = {"lists": [], "marker": None, "queue": []}
        self.cursor, _items = self.updates(self.cursor)
        self.unlisted()
        self.ok.chats[CHAT] = []
        self.several(2)
        self.assertTrue(self.stored[self.name("a")].deleted)
