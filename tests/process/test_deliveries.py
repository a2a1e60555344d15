"""Events delivered to a server of two workers, under load: none is lost."""

import sys
import unittest
from concurrent.futures import ThreadPoolExecutor

from devenv import webhooks

DATABASE = "social_test_deliveries"
RATE = 200
SECONDS = 3


class TestDeliveries(unittest.TestCase):
    """Two processes take events in while a third stores what they bring."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.page = cls.enterClassContext(webhooks.served(DATABASE))
        cls.page.load(range(20), 20)

    def test_load(self):
        before, _waiting, messages = self.page.counts()
        numbers = range(1000, 1000 + RATE * SECONDS)
        outcome = self.page.load(numbers, RATE)
        self.assertFalse(outcome.given_up)
        kept = self.page.counts()[0]
        self.assertEqual(kept - before, len(numbers))
        seconds = self.page.wait_until_stored(240)
        self.assertEqual(self.page.counts()[2], kept)
        self.assertGreater(kept, messages)
        figures = ", ".join(
            f"p{percent} {outcome.percentile(percent):.0f} ms"
            for percent in (50, 95, 99)
        )
        sys.stderr.write(
            f"\n{len(numbers)} events at {RATE}/s: {figures};"
            f" {outcome.resent} delivered again; stored {seconds:.0f} s later\n"
        )

    def test_the_same_event_at_once(self):
        """Both workers are given one event many times at the same moment."""
        before = self.page.counts()[0]
        for number in range(2000, 2005):
            body = self.page.body(number)
            with ThreadPoolExecutor(12) as pool:
                answers = list(pool.map(self.page.deliver, [body] * 24))
            self.assertEqual(set(answers), {(200, b"ok")})
        self.assertEqual(self.page.counts()[0], before + 5)
        self.page.wait_until_stored(60)

    def test_strangers_meanwhile(self):
        """Refused calls stand in nobody's way, and are counted."""
        wrong = self.page.body(1).replace(webhooks.SECRET.encode(), b"guessed")
        before = self.page.counts()[0]
        with ThreadPoolExecutor(4) as pool:
            refused = pool.map(self.page.deliver, [wrong] * 100)
            outcome = self.page.load(range(3000, 3100), 50)
            self.assertEqual({status for status, _body in refused}, {404})
        self.assertFalse(outcome.given_up)
        self.assertEqual(self.page.counts()[0], before + 100)
        [[rows, counted]] = self.page.database.query(
            "SELECT count(*), sum(count) FROM helpdesk_social_delivery_refusal"
        )
        self.assertLessEqual(int(rows), 60)
        self.assertGreaterEqual(int(counted), 20)
        log = self.page.log.read_text(encoding="utf-8", errors="replace")
        self.assertNotIn("Traceback", log)
        self.assertNotIn(self.page.path, log)
        self.page.wait_until_stored(60)
