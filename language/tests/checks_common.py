"""Helpers of the tests of the checks."""

import re
import unittest
from typing import Any

from ..checks import Context, Remark, Requirement, check


class CheckCase(unittest.TestCase):
    """Texts held against one requirement, with the words that a remark points at."""

    kind = ""

    def remarks(self, text: str, amount: int = 0, **known: Any) -> list[Remark]:
        return check(text, [Requirement(self.kind, amount)], Context(**known))

    def codes(self, text: str, **known: Any) -> list[str]:
        return [remark.code for remark in self.remarks(text, **known)]

    def assertFine(self, *texts: str, **known: Any):
        for text in texts:
            with self.subTest(text):
                self.assertEqual(self.codes(text, **known), [])

    def assertRemarks(self, table: str, **known: Any):
        """«text => code [words]; code [words]» with the words at the places.

        One a line; what is expected may stand on lines of its own.
        """
        for line in re.split(r"\n(?!\s*(?:=>|;))", table.strip()):
            text, expected = re.split(r"\s+=>\s+", line.strip())
            expected = re.sub(r"\s*;\s+", "; ", expected)
            with self.subTest(text):
                found = [
                    remark.code
                    if remark.start is None
                    else f"{remark.code} [{text[remark.start : remark.end]}]"
                    for remark in self.remarks(text, **known)
                ]
                self.assertEqual("; ".join(found), expected)
