"""Run tests of installed addons, with every installed addon loaded.

Odoo runs the tests marked ``at_install`` (the default) right after it has loaded
their addon, before those that extend it. To see whether an addon's own tests pass
with ours installed, they have to run when everything is loaded: so this is Odoo's
command line with both kinds taken as ``post_install``.
"""

import sys


def main():
    from odoo.cli import main as odoo_main
    from odoo.tests import loader
    from odoo.tests.suite import OdooSuite

    make_suite = loader.make_suite

    def make_whole_suite(module_names, position="at_install"):
        if position == "at_install":
            return OdooSuite([])
        module_names = list(module_names)
        tests = [
            *make_suite(module_names, "at_install"),
            *make_suite(module_names, "post_install"),
        ]
        return OdooSuite(sorted(tests, key=lambda t: getattr(t, "test_sequence", 0)))

    loader.make_suite = make_whole_suite
    sys.argv[0] = "odoo"
    odoo_main()


if __name__ == "__main__":
    main()
