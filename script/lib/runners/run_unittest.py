"""Run tests without Odoo and write down how many passed.

``run_unittest.py RESULT TOP NAME...``: RESULT is the file for the counts, TOP the
folder that goes on the path, NAME a folder below it or the dotted name of a module,
class or method.
"""

import json
import sys
import time
import unittest
from pathlib import Path


class Result(unittest.TextTestResult):
    """Counts tests, however many of their parts (``subTest``) failed."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.broken = set()

    def startTest(self, test):
        self.started = time.monotonic()
        super().startTest(test)

    def addError(self, test, error):
        self.broken.add(test.id())
        super().addError(test, error)

    def addFailure(self, test, error):
        self.broken.add(test.id())
        super().addFailure(test, error)

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self.broken.add(test.id())
        super().addSubTest(test, subtest, error)

    def addUnexpectedSuccess(self, test):
        self.broken.add(test.id())
        super().addUnexpectedSuccess(test)


def main(target, top, *names):
    sys.path.insert(0, top)
    loader = unittest.TestLoader()
    suite = unittest.TestSuite()
    for name in names:
        if (Path(top) / name).is_dir():
            folder = str(Path(top) / name)
            suite.addTests(loader.discover(folder, top_level_dir=top))
        else:
            suite.addTests(loader.loadTestsFromName(name))
    runner = unittest.TextTestRunner(resultclass=Result, verbosity=2)
    result = runner.run(suite)
    # A class or module that cannot be set up fails without having been run.
    failed = len(result.broken)
    skipped = len(result.skipped)
    counts = {
        "passed": max(suite.countTestCases() - failed - skipped, 0),
        "failed": failed,
        "skipped": skipped,
    }
    counts["passed"] = min(counts["passed"], result.testsRun)
    Path(target).write_text(json.dumps(counts))
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
