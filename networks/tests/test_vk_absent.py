"""What no event told of: edits behind unchanged counts, and deletions."""

import json
from dataclasses import replace
from datetime import timedelta

from .fake import GROUP, NOW, comment, error, post
from .test_vk_places import Places, said, topic
from .test_vk_reconcile import Wall


class Compared(Wall):
    """A wall that was compared once, before the test."""

    def setUp(self):
        super().setUp()
        self.posts = [post(10)]
        below = [comment(n, parents_stack=[11]) for n in range(1000, 1130)]
        self.comments = {10: [comment(11), *below, comment(12)]}
        self.cursor, _items = self.reconcile()

    def compare(self, lost=False, later=timedelta()):
        """Compare again; what counts as changed, without what stands as it was."""
        self.client = self.vk.client(now=NOW + later)
        before = dict(self.stored)
        if lost:
            self.cursor["reconcile"] = True
        self.cursor, items = self.reconcile(self.cursor)
        return {
            item.external_id: item.change
            for item in items
            if item.deleted
            or item.external_id not in before
            or item.text != before[item.external_id].text
        }

    def remove(self, *numbers):
        self.comments[10] = [c for c in self.comments[10] if c["id"] not in numbers]

    def change(self, number, text):
        [found] = [c for c in self.comments[10] if c["id"] == number]
        found["text"] = text


class TestEdits(Compared):
    def test_after_events_were_lost(self):
        self.change(11, "Исправлено")
        self.change(1100, "И это")
        self.assertEqual(self.compare(), {})
        edits = {"wall-1_10_r11": "edit", "wall-1_10_r1100": "edit"}
        self.assertEqual(self.compare(lost=True), edits)
        self.assertFalse(self.cursor["reconcile"])

    def test_once_a_day(self):
        self.change(12, "Исправлено")
        self.assertEqual(self.compare(later=timedelta(hours=23)), {})
        edit = {"wall-1_10_r12": "edit"}
        self.assertEqual(self.compare(later=timedelta(hours=25)), edit)
        del self.vk.exchanges[:]
        self.compare(later=timedelta(hours=26))
        self.assertEqual(self.calls("wall.getComments"), [])

    def test_old_posts_are_left(self):
        self.change(12, "Исправлено")
        self.assertEqual(self.compare(lost=True, later=timedelta(days=40)), {})


class TestDeletions(Compared):
    def test_missing_in_two_comparisons_in_a_row(self):
        self.remove(12)
        self.assertEqual(self.compare(), {})
        self.assertEqual(self.compare(), {"wall-1_10_r12": "delete"})
        gone = self.stored["wall-1_10_r12"]
        self.assertEqual((gone.kind, gone.root_id), ("feed", "wall-1_10"))
        del self.vk.exchanges[:]
        self.assertEqual(self.compare(), {})
        self.assertEqual(self.calls("wall.getComments"), [])

    def test_hidden_for_a_moment(self):
        everything = self.comments[10]
        self.remove(12)
        self.compare()
        self.comments[10] = everything
        self.assertEqual(self.compare(), {})
        self.remove(12)
        # Not the second time in a row.
        self.assertEqual(self.compare(), {})

    def test_in_a_long_thread_and_with_its_beginning(self):
        self.remove(1100)
        self.compare()
        self.assertEqual(self.compare(), {"wall-1_10_r1100": "delete"})

    def test_beside_a_new_comment(self):
        self.remove(12)
        self.comments[10].append(comment(13))
        self.assertEqual(self.compare(), {})
        self.assertEqual(self.compare(lost=True), {"wall-1_10_r13": "new"})
        self.assertEqual(self.compare(), {"wall-1_10_r12": "delete"})

    def test_all_of_them(self):
        self.comments[10] = []
        self.compare()
        deletions = self.compare()
        self.assertEqual(len(deletions), 132)
        self.assertEqual(set(deletions.values()), {"delete"})

    def test_told_by_an_event_meanwhile(self):
        self.remove(12)
        self.compare()
        known = self.stored["wall-1_10_r12"]
        self.stored["wall-1_10_r12"] = replace(known, deleted=True)
        self.assertEqual(self.compare(), {})

    def test_a_thread_that_is_not_shown_proves_nothing(self):
        self.remove(12)
        usual = self.get_comments
        self.vk.answers["wall.getComments"] = lambda params: (
            error(15, "Access denied") if "comment_id" in params else usual(params)
        )
        for _time in range(3):
            self.assertEqual(self.compare(lost=True), {})

    def test_a_server_that_repeats_itself_proves_nothing(self):
        more = [comment(n) for n in range(2000, 2150)]
        self.comments[10] += more
        self.compare()
        usual = self.get_comments
        self.vk.answers["wall.getComments"] = lambda params: usual(
            {**params, "offset": "0"}
        )
        for _time in range(3):
            self.assertEqual(self.compare(lost=True), {})

    def test_a_crash_after_any_batch(self):
        """Every deletion is told, and nothing else, wherever the walk is continued."""
        self.remove(12, 1100)
        self.compare()
        begun, stored = json.dumps(self.cursor), dict(self.stored)
        walk = self.client.reconcile(self.cursor, self, NOW.replace(year=2020))
        for stop in range(1, len(list(walk)) + 1):
            self.stored, self.cursor = dict(stored), json.loads(begun)
            batches = self.client.reconcile(self.cursor, self, NOW.replace(year=2020))
            first = [b for _n, b in zip(range(stop), batches, strict=False)]
            self.cursor, _items = self.store(first)
            if self.client.reconcile_needed(self.cursor):
                self.reconcile(self.cursor)
            deleted = {one.external_id for one in self.stored.values() if one.deleted}
            self.assertEqual(deleted, {"wall-1_10_r12", "wall-1_10_r1100"}, stop)

    def test_shown_again_later(self):
        everything = self.comments[10]
        self.remove(12)
        self.compare()
        self.compare()
        self.comments[10] = everything
        self.cursor, items = self.reconcile(self.cursor)
        changes = {item.external_id: item.change for item in items}
        self.assertEqual(changes["wall-1_10_r12"], "restore")
        self.assertEqual(changes["wall-1_10_r11"], "edit")


class TestElsewhere(Places):
    """Topics, photos and videos."""

    def changes(self, cursor):
        """Compare twice after a loss: what was edited or deleted."""
        before = dict(self.stored)
        cursor, first = self.compared({**cursor, "reconcile": True})
        _cursor, second = self.compared(cursor)
        return {
            name: (item.change, item.text)
            for name, item in (first | second).items()
            if item.deleted or item.text != before[name].text
        }

    def test_topics(self):
        self.topics = [topic(30, 3)]
        self.said = {30: [said(5), said(6), said(7)]}
        cursor, _items = self.compared()
        self.said[30] = [said(5, "Исправлено"), said(7)]
        self.topics[0]["comments"] = 2
        self.assertEqual(
            self.changes(cursor),
            {
                "topic-1_30_r5": ("edit", "Исправлено"),
                "topic-1_30_r6": ("delete", ""),
            },
        )

    def test_photos(self):
        self.on_photos = [said(n, pid=20 + n % 2) for n in range(250, 100, -1)]
        cursor, _items = self.compared()
        self.on_photos = [one for one in self.on_photos if one["id"] != 120]
        self.on_photos[3]["text"] = "Исправлено"
        self.assertEqual(
            self.changes(cursor),
            {
                "photo-1_21_r247": ("edit", "Исправлено"),
                "photo-1_20_r120": ("delete", ""),
            },
        )

    def test_videos(self):
        self.videos = [{"id": 40, "owner_id": -GROUP, "comments": 2}]
        self.under = {(40, 0): [said(5, parents_stack=[]), said(6, parents_stack=[])]}
        cursor, _items = self.compared()
        self.videos[0]["comments"] = 1
        del self.under[40, 0][1]
        self.assertEqual(self.changes(cursor), {"video-1_40_r6": ("delete", "")})
