"""The worked examples of the specification, where they lie beside the project."""

import json
import os
import unittest
from pathlib import Path

from .. import Event, clocks_as_data, parse_instant, replay, russian_calendar
from .acts import ACTS

SHARED = Path(
    os.environ.get("HELPDESK_SOCIAL_SHARED") or Path(__file__).parents[3] / "shared"
)
EXAMPLES = SHARED / "regulations-examples.json"


class TestSharedExamples(unittest.TestCase):
    def test_examples(self):
        if not EXAMPLES.is_file():
            self.skipTest(f"no worked examples at {EXAMPLES}")
        for example in json.loads(EXAMPLES.read_text(encoding="utf-8")):
            with self.subTest(example["id"]):
                act = ACTS[example["regulation"]]
                clocks = replay(
                    act,
                    example["facts"],
                    [Event.from_data(item, act.tz) for item in example["events"]],
                    russian_calendar(act.tz),
                    parse_instant(example["now"], act.tz),
                )
                self.assertEqual(clocks_as_data(clocks), example["expect"])
