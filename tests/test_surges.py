from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

from odoo.tests import BaseCase, tagged

from ..report.surges import ALPHA, events, history, judge, tail

MOSCOW = ZoneInfo("Europe/Moscow")
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2024, 3, 14, 18, 0, tzinfo=MOSCOW)


@tagged("post_install", "-at_install")
class TestSurgeStatistics(BaseCase):
    """What counts as unusual; nothing of Odoo is needed for it."""

    def test_quiet_town(self):
        """Where nothing ever comes, a few messages are news, two are not."""
        quiet = [0] * 8
        self.assertTrue(judge(5, quiet).unusual)
        self.assertFalse(judge(4, quiet).unusual)  # the floor
        self.assertEqual(judge(5, quiet).usual, 0)

    def test_busy_topic(self):
        busy = [9, 12, 8, 10, 11, 9, 13, 10]
        self.assertFalse(judge(18, busy).unusual)
        self.assertTrue(judge(30, busy).unusual)
        self.assertEqual(judge(30, busy).usual, 12)

    def test_factor_and_floor(self):
        self.assertTrue(judge(14, [3, 2, 1, 3, 0, 2, 1, 3]).unusual)
        self.assertFalse(
            judge(14, [3, 2, 1, 3, 0, 2, 1, 3], least=15, factor=2).unusual
        )
        self.assertFalse(judge(14, [3, 2, 1, 3, 0, 2, 1, 3], factor=5).unusual)

    def test_earlier_surge_is_not_usual(self):
        calm, shaken = [1] * 8, [1] * 7 + [60]
        self.assertTrue(judge(12, calm).unusual)
        self.assertTrue(judge(12, shaken).unusual)
        self.assertEqual(judge(12, shaken).usual, 1)
        # Two of eight are a habit, though.
        self.assertFalse(judge(12, [1] * 6 + [60, 55]).unusual)

    def test_tail_is_a_probability(self):
        self.assertEqual(tail(0, 3, 8), 1.0)
        values = [tail(count, 3, 8) for count in range(40)]
        self.assertEqual(values, sorted(values, reverse=True))
        self.assertLess(values[-1], 1e-6)
        # Less history, less certainty.
        self.assertGreater(tail(6, 3, 3), tail(6, 8, 8))

    def test_seldom_false(self):
        """Windows like those before are called unusual as seldom as promised."""
        rng = Random(7)

        def poisson(rate):
            count, left = 0, rng.expovariate(rate)
            while left < 1:
                count, left = count + 1, left + rng.expovariate(rate)
            return count

        runs = 4000
        for rate in (0.5, 3, 12):
            alarms = sum(
                judge(poisson(rate), [poisson(rate) for _ in range(8)]).unusual
                for _ in range(runs)
            )
            self.assertLessEqual(alarms, 3 * ALPHA * runs, rate)

    def test_weeks_of_the_zone(self):
        found = history(NOW, 6, NOW - timedelta(days=100))
        self.assertEqual(found.step, "weeks")
        self.assertEqual(len(found.windows), 8)
        for window in found.windows:
            self.assertEqual(window.stop.weekday(), NOW.weekday())
            self.assertEqual((window.start.hour, window.stop.hour), (12, 18))
        # Summer time has begun in between: still the same hours on the wall.
        april = datetime(2024, 4, 18, 18, 0, tzinfo=BERLIN)
        stops = [w.stop for w in history(april, 6, april - timedelta(90)).windows]
        self.assertEqual({stop.hour for stop in stops}, {18})
        self.assertEqual(len({stop.utcoffset() for stop in stops}), 2)

    def test_short_history(self):
        """Who has not worked for weeks is compared with days, or with nothing."""
        found = history(NOW, 6, NOW - timedelta(days=10))
        self.assertEqual((found.step, len(found.windows)), ("days", 9))
        long = history(NOW, 48, NOW - timedelta(days=16))
        starts = sorted(window.start for window in long.windows)
        steps = [later - sooner for sooner, later in pairwise(starts)]
        self.assertGreaterEqual(min(steps), timedelta(hours=48))
        for since in (NOW - timedelta(days=2), None):
            found = history(NOW, 6, since)
            self.assertEqual(found.windows, ())
            self.assertFalse(judge(100, [0] * len(found.windows)).unusual)

    def test_one_event_is_told_once(self):
        pipe = set(range(14))
        pair, topic, place = ("water", "centre"), ("water", None), (None, "centre")
        # Nearly all of the topic is in one place.
        found = {pair: pipe, topic: pipe | {20}, place: pipe | {21}}
        self.assertEqual(events(found), [pair])
        # All over the town.
        few = set(range(5))
        self.assertEqual(events({pair: few, topic: pipe, place: few}), [topic])
        # It was told of as the one: it stays that when it grows wider.
        wide = set(range(20))
        self.assertEqual(events({pair: pipe, topic: wide}, {pair}), [pair])
        # What has nothing to do with it is an event of its own.
        other = ("roads", None)
        found = {pair: pipe, topic: pipe, other: set(range(50, 56))}
        self.assertEqual(events(found), [pair, other])
