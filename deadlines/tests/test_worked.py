"""Whole histories under each act, with every clock they give."""

import unittest

from .acts import ACTS
from .common import lines, play, shown
from .worked_days import CASES as DAYS
from .worked_exchange import CASES as EXCHANGE


class TestWorkedExamples(unittest.TestCase):
    def test_every_clock(self):
        for name, code, facts, text, now, expected in EXCHANGE + DAYS:
            with self.subTest(f"{code}: {name}"):
                intake, owner, kind, importance, *photo = facts.split()
                clocks = play(
                    code,
                    text,
                    now,
                    facts={
                        "intake": intake,
                        "page_owner": owner,
                        "kind": kind,
                        "importance": importance,
                        "needs_photo": bool(photo),
                    },
                )
                self.assertEqual(shown(clocks, ACTS[code].tz), lines(expected))
