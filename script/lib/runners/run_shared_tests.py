"""Odoo's command line for processes that share the tests between them.

Each class of tests is run by the process that comes to it first, which it marks in
the folder that ``SHARED_TESTS`` names. So nobody has to know how long a class takes
for all to end at about the same time.
"""

import inspect
import os
import sys
from itertools import groupby
from pathlib import Path


def main(folder):
    from odoo.cli import main as odoo_main
    from odoo.tests import loader
    from odoo.tests.suite import OdooSuite

    def taken(cls):
        """Whether another process has this class already; it is ours from now on."""
        mark = folder / f"{cls.__module__}.{cls.__qualname__}"
        try:
            mark.touch(exist_ok=False)
        except FileExistsError:
            return True
        return False

    class SharedSuite(OdooSuite):
        def run(self, result, debug=False):
            self._tests = self.mine(self._tests)
            return super().run(result, debug)

        @staticmethod
        def mine(tests):
            """The tests of classes that no other process has begun, longest files
            first: what is begun last should not take long."""
            tests = sorted(tests, key=lambda test: (-length(type(test)), name(test)))
            for cls, some in groupby(tests, type):
                if not taken(cls):
                    yield from some

    def length(cls):
        return os.path.getsize(inspect.getfile(cls))

    def name(test):
        return f"{type(test).__module__}.{type(test).__qualname__}"

    make_suite = loader.make_suite

    def make_shared_suite(module_names, position="at_install"):
        suite = make_suite(module_names, position)
        # What runs in the midst of installing is for the one who installs.
        return suite if position == "at_install" else SharedSuite(suite)

    # The loader has no hook for the order of tests, nor for leaving some to others.
    loader.make_suite = make_shared_suite
    sys.argv[0] = "odoo"
    odoo_main()


if __name__ == "__main__":
    main(Path(os.environ["SHARED_TESTS"]))
