"""Odoo's processes, a real database and the sandbox over HTTP, with real commits.

Run by ``script/test process``; Odoo's own runner does not see these tests.
"""

import sys

from devenv import paths

if str(paths.CHECKOUT) not in sys.path:
    # The emulated networks are a package of the checkout.
    sys.path.append(str(paths.CHECKOUT))
