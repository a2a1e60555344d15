import json
import unittest
from datetime import datetime, timedelta, timezone

from .. import Attachment, Item, item_data, item_from, storable
from ..silence import silence

POSTED = datetime(2026, 3, 5, 16, 10, 7, tzinfo=timezone.utc)


def item(**kwargs):
    values = {
        "external_id": "wall-1_2",
        "item_type": "post",
        "kind": "feed",
        "root_id": "wall-1_2",
        "thread_id": "wall-1_2",
        "parent_id": None,
        "author_id": "5",
        "text": "Яма",
        "posted_at": POSTED,
        "attachments": (Attachment("photo", "https://x/1.jpg", size=5),),
        "raw": {"id": 2, "deep": [{"a": None}]},
    }
    return Item(**{**values, **kwargs})


class TestKeeping(unittest.TestCase):
    def test_there_and_back(self):
        for one in (item(), item(edited_at=POSTED, change="edit", own=True)):
            data = json.loads(json.dumps(item_data(one)))
            self.assertEqual(item_from(data), one)
            self.assertEqual(item_from(data).raw, one.raw)

    def test_wrong_instant_stays_wrong(self):
        self.assertEqual(item_from(item_data(item(posted_at="yesterday"))).posted_at,
                         "yesterday")  # fmt: skip

    def test_later_field_of_an_item(self):
        self.assertEqual(item_from({**item_data(item()), "new": 1}), item())

    def test_read_again_it_is_the_present_state_no_more(self):
        self.assertFalse(item_from(item_data(item(present=True))).present)

    def test_what_no_item_was_made_into(self):
        whole = item_data(item())
        without_id = {name: whole[name] for name in whole if name != "external_id"}
        odd = {**whole, "attachments": [{"form": "of yesterday"}]}
        for data in ("text", [], None, {}, without_id, odd):
            with self.assertRaises(ValueError):
                item_from(data)

    def test_what_no_database_stores(self):
        value = storable({"a\x00": ["\ud800x", "literal \\u0000", 1, None]})
        self.assertEqual(value, {"a": ["?x", "literal \\u0000", 1, None]})
        deep = {}
        for _level in range(5000):
            deep = {"a": deep}
        for odd in (deep, float("nan"), {1: object()}, "x" * 2_000_000):
            json.dumps(storable(odd), allow_nan=False)
        self.assertLess(len(json.dumps(storable("x" * 2_000_000))), 3000)


class TestSilence(unittest.TestCase):
    """Ten messages each Monday from 9 to 10 for five weeks, then none."""

    def setUp(self):
        self.monday = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
        weeks = (self.monday + timedelta(weeks=n) for n in range(5))
        self.hours = {monday: 11 for monday in weeks}
        self.last = max(self.hours) + timedelta(minutes=59)

    def pause(self, **kwargs):
        now = self.last + timedelta(**kwargs)
        week = timedelta(weeks=1)
        found = silence(self.hours, self.last, week, now, timezone.utc)
        return found, now

    def test_rest_of_the_week_is_no_silence(self):
        found, now = self.pause(days=6, hours=23)
        self.assertLess(found.expected, 1)
        self.assertFalse(found.unusual(now, 10))

    def test_missed_hour(self):
        found, now = self.pause(days=7, hours=2)
        self.assertAlmostEqual(found.expected, 13.6, delta=0.5)
        self.assertTrue(found.unusual(now, 10))
        self.assertFalse(found.unusual(now, 20))

    def test_pause_that_happened_before(self):
        found, now = self.pause(days=7)
        self.assertGreater(found.expected, 10)
        self.assertFalse(found.unusual(now, 10), "no longer than the usual week")

    def test_little_history(self):
        now = self.last + timedelta(days=30)
        for hours in ({}, {self.monday: 1000}, dict.fromkeys(self.hours, 1)):
            self.assertIsNone(
                silence(hours, self.last, timedelta(), now, timezone.utc)
                if hours != {self.monday: 1000}
                else silence(hours, self.monday, timedelta(), now, timezone.utc)
            )
