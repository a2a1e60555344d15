"""Odnoklassniki: what is new, the comparison, edits and deletions."""

from datetime import timedelta

from ..base import NetworkClient
from .fake import NOW, T0
from .ok import (
    CITIZEN,
    TOPIC,
    OKCase,
    comment,
    discussion,
    own,
    problem,
)

ROOT = f"GROUP_TOPIC:{TOPIC}"
#: NOW is a day after T0
HOUR = 3600


def ids_of(items):
    return [item.external_id for item in items]


class TestHistory(OKCase):
    def test_updates_leave_the_beginning_to_the_comparison(self):
        cursor, items = self.updates({})
        self.assertEqual(items, [])
        self.assertTrue(NetworkClient.reconcile_needed(cursor))
        self.assertEqual(self.ok.called, [])

    def test_everything_back_to_a_date(self):
        self.ok.topics = {
            TOPIC: [comment(f"c{n}", at=n * 60) for n in range(250)],
            "77": [comment("x", at=-40 * 86400)],
        }
        since = NOW - timedelta(hours=22)
        cursor, items = self.reconcile(since=since)
        comments = [item for item in items if item.item_type == "comment"]
        self.assertEqual(len(comments), 250 - 120)
        self.assertTrue(all(item.posted_at >= since for item in items))
        # Two pages of the one within reach, none of the one that is not.
        self.assertEqual(len(self.ok.calls_of("discussions.getComments")), 2)
        self.assertFalse(NetworkClient.reconcile_needed(cursor))

    def test_what_could_not_be_read_for_long_is_read_later(self):
        """The right comes back after more days than edits are looked for."""
        self.ok.topics[TOPIC] = [comment("A", at=60)]
        cursor, _items = self.reconcile()
        self.ok.topics[TOPIC].append(comment("B", "Нет воды", at=86_400))
        self.ok.answers["discussions.getComments"] = problem(10, "PERMISSION_DENIED")
        self.client = self.make(now=NOW + timedelta(hours=1))
        cursor, _items = self.updates(cursor)
        cursor, _items = self.reconcile(cursor)
        del self.ok.answers["discussions.getComments"]
        self.client = self.make(now=NOW + timedelta(days=9))
        cursor, _items = self.updates(cursor)
        cursor, _items = self.reconcile(cursor)
        self.assertIn(f"{ROOT}:B", self.stored)
        # Once: then it is as quiet as any other.
        calls = len(self.ok.calls_of("discussions.getComments"))
        self.reconcile(cursor)
        self.assertEqual(len(self.ok.calls_of("discussions.getComments")), calls)

    def test_comments_that_are_refused_everywhere_are_told(self):
        self.ok.topics |= {TOPIC: [comment("A")], "77": [comment("B")]}
        refused = problem(10, "PERMISSION_DENIED")
        usual = self.ok.answers.get("discussions.getComments")
        self.ok.answers["discussions.getComments"] = refused
        batches = list(self.client.reconcile({}, self, NOW.replace(year=2020)))
        told = [verdict.code for batch in batches for verdict in batch.problems]
        self.assertEqual(told, ["discussions_denied"])
        # One closed discussion is nobody's fault.
        del self.ok.answers["discussions.getComments"]
        if usual:
            self.ok.answers["discussions.getComments"] = usual
        self.ok.topics["78"] = [comment("C")]
        batches = list(
            self.client.reconcile(batches[-1].cursor, self, NOW.replace(year=2020))
        )
        self.assertEqual([v for batch in batches for v in batch.problems], [])

    def test_an_item_in_full(self):
        text = "<b>Яма</b> \u202e😀"
        attached = {"type": "PHOTO", "id": "9", "pic640x480": "https://x/9.jpg"}
        self.ok.topics[TOPIC] = [comment("A1=", text, 3, attachments=[attached])]
        _cursor, items = self.reconcile()
        topic, item = items
        self.assertEqual((topic.item_type, topic.external_id), ("post", ROOT))
        self.assertTrue(topic.own)
        self.assertEqual(topic.text, "Ремонт дорог")
        self.assertEqual(topic.permalink, f"https://ok.ru/group/55/topic/{TOPIC}")
        self.assertEqual(item.external_id, f"{ROOT}:A1=")
        self.assertEqual(item.thread_id, f"{ROOT}:A1=")
        self.assertEqual((item.root_id, item.parent_id), (ROOT, ROOT))
        self.assertEqual((item.author_id, item.text), (CITIZEN, text))
        self.assertEqual(item.posted_at.timestamp(), T0 + 3)
        self.assertFalse(item.own)
        self.assertEqual(item.permalink, f"{topic.permalink}?commentId=A1%3D")
        (photo,) = item.attachments
        self.assertEqual((photo.kind, photo.url), ("photo", "https://x/9.jpg"))

    def test_times_as_text_are_moscow_time(self):
        old = {**comment("A"), "date": "2025-10-09 12:00:00", "date_ms": None}
        self.ok.topics[TOPIC] = []
        self.ok.answers["discussions.getList"] = {"discussions": [discussion(count=1)]}
        self.ok.answers["discussions.getComments"] = {"comments": [old]}
        _cursor, items = self.reconcile()
        self.assertEqual(items[-1].posted_at.isoformat(), "2025-10-09T09:00:00+00:00")

    def test_own_comments_are_marked(self):
        self.ok.topics[TOPIC] = [comment("A"), own("B", at=1)]
        batches = list(self.client.reconcile({}, self, NOW - timedelta(days=30)))
        marked = {i.external_id: i.own for b in batches for i in b.items}
        self.assertEqual(marked, {ROOT: True, f"{ROOT}:A": False, f"{ROOT}:B": True})
        self.assertEqual({a for b in batches for a in b.author_ids}, {CITIZEN})

    def test_discussions_of_other_groups_are_not_ours(self):
        other = discussion("9", count=3, ref_objects=[{"id": "66", "type": "GROUP"}])
        self.ok.answers["discussions.getList"] = {"discussions": [other]}
        _cursor, items = self.reconcile()
        self.assertEqual(items, [])

    def test_a_topic_of_a_citizen(self):
        theirs = discussion(owner_uid=CITIZEN)
        self.ok.answers["discussions.getList"] = {"discussions": [theirs]}
        _cursor, (item,) = self.reconcile()
        self.assertEqual((item.own, item.author_id), (False, CITIZEN))

    def test_nothing_at_all(self):
        for empty in ({}, None, {"discussions": None}):
            self.ok.answers["discussions.getList"] = empty
            _cursor, items = self.reconcile()
            self.assertEqual(items, [])

    def test_an_interrupted_comparison_goes_on(self):
        self.ok.topics = {str(n): [comment(f"{n}c", at=n)] for n in range(1, 6)}
        cursor, items = {}, []
        for _run in range(50):
            batch = next(
                iter(self.client.reconcile(cursor, self, NOW.replace(year=2020)))
            )
            cursor = batch.cursor
            items += batch.items
            if not NetworkClient.reconcile_needed(cursor):
                break
        comments = [i for i in items if i.item_type == "comment"]
        self.assertEqual(len(comments), 5)
        self.assertEqual(len(set(ids_of(comments))), 5)

    def test_more_history_asked_for_later(self):
        self.ok.topics[TOPIC] = [comment("old", at=0), comment("new", at=20 * HOUR)]
        cursor, items = self.reconcile(since=NOW - timedelta(hours=12))
        self.assertNotIn(f"{ROOT}:old", ids_of(items))
        _cursor, items = self.reconcile(cursor, since=NOW - timedelta(days=30))
        self.assertIn(f"{ROOT}:old", ids_of(items))


class TestThreads(OKCase):
    def thread(self, name):
        return self.stored[f"{ROOT}:{name}"].thread_id

    def test_a_chain_of_answers_is_one_thread(self):
        self.ok.topics[TOPIC] = [
            comment("A"),
            own("B", at=1, reply_to_comment_id="A"),
            comment("C", at=2, reply_to_comment_id="B"),
            comment("D", at=3),
        ]
        self.reconcile()
        for name, top in (("A", "A"), ("B", "A"), ("C", "A"), ("D", "D")):
            self.assertEqual(self.thread(name), f"{ROOT}:{top}")
        self.assertEqual(self.stored[f"{ROOT}:C"].parent_id, f"{ROOT}:B")
        self.assertEqual(self.ok.calls_of("discussions.getComment"), [])

    def test_what_was_met_earlier_is_remembered(self):
        self.ok.topics[TOPIC] = [comment("A", at=20 * HOUR)]
        cursor, _items = self.reconcile()
        later = own("B", at=22 * HOUR, reply_to_comment_id="A")
        self.ok.topics[TOPIC].append(later)
        cursor, _items = self.updates(cursor)
        self.ok.topics[TOPIC].append(
            comment("C", at=23 * HOUR, reply_to_comment_id="B")
        )
        self.updates(cursor)
        self.assertEqual(self.thread("C"), f"{ROOT}:A")
        self.assertEqual(self.ok.calls_of("discussions.getComment"), [])

    def test_what_is_not_known_is_asked_for(self):
        self.ok.hidden[TOPIC] = [comment("A"), comment("B", reply_to_comment_id="A")]
        self.ok.topics[TOPIC] = [comment("C", at=9, reply_to_comment_id="B")]
        self.reconcile()
        self.assertEqual(self.thread("C"), f"{ROOT}:A")

    def test_only_so_many_are_asked_for(self):
        self.ok.topics[TOPIC] = [
            comment(f"c{n}", at=n, reply_to_comment_id=f"lost{n}") for n in range(90)
        ]
        self.reconcile()
        self.assertEqual(len(self.ok.calls_of("discussions.getComment")), 20)
        self.assertEqual(self.thread("c3"), f"{ROOT}:lost3")

    def test_answers_in_a_circle_end(self):
        self.ok.topics[TOPIC] = [
            comment("A", at=1, reply_to_comment_id="B"),
            comment("B", at=2, reply_to_comment_id="A"),
        ]
        self.reconcile()
        self.assertEqual(len(self.stored), 3)


class TestNews(OKCase):
    def setUp(self):
        super().setUp()
        self.ok.topics = {
            TOPIC: [comment("A", at=20 * HOUR)],
            "2": [comment("Z", at=HOUR)],
        }
        self.cursor, _items = self.reconcile()
        self.ok.called.clear()

    def test_nothing_new_costs_the_two_lists(self):
        cursor, items = self.updates(self.cursor)
        self.assertEqual(items, [])
        self.assertEqual(self.ok.methods(), ["discussions.getList", "me/chats"])

    def test_a_new_comment(self):
        self.ok.topics[TOPIC].append(comment("B", at=21 * HOUR))
        cursor, items = self.updates(self.cursor)
        # What was read on the way is given out again, in its present state.
        found = [(one.external_id, one.change) for one in items]
        self.assertEqual(found, [(f"{ROOT}:A", "edit"), (f"{ROOT}:B", "new")])
        self.assertEqual(len(self.ok.calls_of("discussions.getComments")), 1)
        _cursor, items = self.updates(cursor)
        self.assertEqual(items, [])

    def test_a_new_discussion_with_its_comments(self):
        self.ok.topics["3"] = [comment("N", at=22 * HOUR)]
        _cursor, items = self.updates(self.cursor)
        self.assertEqual(ids_of(items), ["GROUP_TOPIC:3", "GROUP_TOPIC:3:N"])

    def test_a_comment_while_the_discussion_was_being_read(self):
        self.ok.topics[TOPIC].append(comment("B", at=21 * HOUR))
        walk = self.client.updates(self.cursor)
        batches = [next(walk)]
        self.ok.topics[TOPIC].append(comment("C", at=21 * HOUR + 1))
        batches += walk
        cursor, _items = self.store(batches)
        self.updates(cursor)
        self.assertIn(f"{ROOT}:C", self.stored)

    def test_edit_of_a_comment_shows_in_the_comparison(self):
        self.ok.topics[TOPIC][0]["text"] = "Яма стала больше"
        _cursor, items = self.reconcile(self.cursor)
        (item,) = [one for one in items if one.external_id == f"{ROOT}:A"]
        self.assertEqual((item.change, item.text), ("edit", "Яма стала больше"))

    def test_old_discussions_are_compared_only_when_they_changed(self):
        later = NOW + timedelta(days=30)
        self.client = self.make(now=later)
        self.reconcile(self.cursor)
        self.assertEqual(self.ok.calls_of("discussions.getComments"), [])
        self.ok.topics["2"].append(comment("Y", at=25 * 86400))
        _cursor, items = self.reconcile(self.cursor)
        self.assertIn("GROUP_TOPIC:2:Y", ids_of(items))

    def test_deletion(self):
        self.ok.topics[TOPIC].append(comment("B", at=21 * HOUR))
        cursor, _items = self.updates(self.cursor)
        self.ok.topics[TOPIC].pop(0)
        for read in (self.updates, self.reconcile):
            with self.subTest(read=read.__name__):
                _cursor, items = read(cursor)
                (item,) = [one for one in items if one.deleted]
                self.assertEqual(item.external_id, f"{ROOT}:A")
                self.assertEqual((item.change, item.thread_id), ("delete", ""))
                self.assertEqual(item.item_type, "comment")
        cursor, _items = self.reconcile(cursor)
        _cursor, items = self.reconcile(cursor)
        self.assertFalse(any(one.deleted for one in items))

    def test_the_only_comment_deleted(self):
        self.ok.topics[TOPIC].clear()
        _cursor, items = self.reconcile(self.cursor)
        self.assertEqual(
            [one.external_id for one in items if one.deleted], [f"{ROOT}:A"]
        )

    def test_a_comment_shown_as_removed(self):
        self.ok.topics[TOPIC][0].update(type="REMOVED_MESSAGE", text="secret")
        _cursor, items = self.reconcile(self.cursor)
        (item,) = [one for one in items if one.deleted]
        self.assertEqual((item.external_id, item.text), (f"{ROOT}:A", ""))

    def test_nothing_where_something_should_be_is_no_deletion(self):
        entry = discussion(activity=21 * HOUR, count=1)
        self.ok.answers["discussions.getList"] = {"discussions": [entry]}
        self.ok.answers["discussions.getComments"] = {"comments": []}
        _cursor, items = self.reconcile(self.cursor)
        self.assertFalse(any(one.deleted for one in items))

    def test_a_long_discussion_is_not_taken_for_deleted(self):
        self.ok.topics[TOPIC] = [comment(f"c{n}", at=HOUR + n * 60) for n in range(350)]
        cursor, _items = self.reconcile(self.cursor)
        for read in (self.updates, self.reconcile, self.reconcile):
            self.ok.topics[TOPIC].append(
                comment(f"d{len(self.ok.called)}", at=23 * HOUR)
            )
            cursor, items = read(cursor)
            gone = [one.external_id for one in items if one.deleted]
            self.assertLessEqual(set(gone), {f"{ROOT}:A"})
        self.assertLessEqual(len(cursor["seen"][ROOT]), 200)

    def test_news_during_a_comparison_are_not_taken_for_deleted(self):
        self.ok.PAGE = 2
        self.ok.topics[TOPIC] = [comment(f"c{n}", at=HOUR + n) for n in range(6)]
        cursor, _items = self.reconcile(self.cursor)
        walk = self.client.reconcile(cursor, self, NOW.replace(year=2020))
        for batch in walk:
            cursor = batch.cursor
            if (cursor["walk"] or {}).get("anchor"):
                break
        self.ok.topics[TOPIC].append(comment("fresh", at=21 * HOUR))
        cursor, _items = self.updates(cursor)
        self.assertIn(f"{ROOT}:fresh", self.stored)
        _cursor, items = self.reconcile(cursor)
        self.assertFalse([one for one in items if one.deleted])

    def test_a_discussion_that_is_gone_stops_nothing(self):
        self.ok.topics[TOPIC].append(comment("B", at=21 * HOUR))
        self.ok.topics["2"].append(comment("Y", at=21 * HOUR))
        real = self.ok._comments
        self.ok.answers["discussions.getComments"] = lambda params: (
            problem(300) if params["discussionId"] == TOPIC else real(params)
        )
        _cursor, items = self.updates(self.cursor)
        self.assertEqual(ids_of(items)[-1], "GROUP_TOPIC:2:Y")

    def test_broken_objects_stop_nothing(self):
        broken = [{"id": "x"}, None, "y", {**comment("B"), "date_ms": 10**30}]
        self.ok.topics[TOPIC] = [comment("C", at=21 * HOUR)]
        good = comment("C", at=21 * HOUR)
        self.ok.answers["discussions.getComments"] = {"comments": [*broken, good]}
        self.ok.answers["discussions.getList"] = {
            "discussions": [
                {"object_type": "?"},
                "x",
                discussion(activity=21 * HOUR, count=9),
            ]
        }
        batches = list(self.client.updates(self.cursor))
        wrong = [one for batch in batches for one in batch.broken]
        self.assertEqual(len(wrong), 6)
        items = [item for batch in batches for item in batch.items]
        self.assertIn(f"{ROOT}:C", ids_of(items))
