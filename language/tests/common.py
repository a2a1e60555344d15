"""What the tests of screening share."""

import unittest
from pathlib import Path

from ..screening import screen

PHRASES = Path(__file__).parent / "phrases"


class Case(unittest.TestCase):
    """Screens texts, and shows what was found if it is not what was meant."""

    def kinds(self, text, **options):
        findings = screen(text, **options)
        for one in findings:
            self.assertEqual(text[one.start : one.end], one.words, one)
        return {one.kind for one in findings}

    def assert_kinds(self, wanted, *texts, **options):
        for text in texts:
            with self.subTest(text):
                self.assertEqual(
                    wanted, self.kinds(text, **options), screen(text, **options)
                )

    def assert_finds(self, kind, *texts, **options):
        for text in texts:
            with self.subTest(text):
                self.assertIn(kind, self.kinds(text, **options))

    def assert_clean(self, *texts, **options):
        self.assert_kinds(set(), *texts, **options)

    def only(self, text, **options):
        """The one thing found in a text."""
        findings = screen(text, **options)
        self.assertEqual(1, len(findings), findings)
        return findings[0]


def phrases(name):
    """(kinds, text) of each phrase of a file."""
    for line in (PHRASES / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            kinds, text = line.split(": ", 1)
            yield set(kinds.split(", ")) - {"clean"}, text
