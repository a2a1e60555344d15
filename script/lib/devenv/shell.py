"""``script/shell``"""

import argparse
import subprocess
import sys

from . import postgres, setup
from .odoo import Odoo
from .paths import CHECKOUT
from .processes import Child


def main(arguments):
    """Run Python from standard input on a database with the addon."""
    parser = argparse.ArgumentParser(
        prog="script/shell",
        description="Runs Python from standard input, with 'env' (superuser) at hand,"
        " on a database with the addon and its demo data, made if missing. The"
        " transaction is rolled back at the end unless the script calls"
        " env.cr.commit(). The exit status is 1 where the script raised, and what"
        " SystemExit says otherwise.",
    )
    parser.add_argument("-d", "--database", metavar="DB", default="social_shell")
    parser.add_argument("--fresh", action="store_true", help="make the database again")
    options = parser.parse_args(arguments)
    environment = setup.run()
    with postgres.running(environment) as server:
        odoo = Odoo(environment, server)
        odoo.ensure(options.database, fresh=options.fresh)
        return run_interactive(
            odoo.command(
                "-d",
                options.database,
                "--no-http",
                "--log-level=warn",
                runner="run_on_database.py",
            ),
            odoo.env,
        )


def run_interactive(command, env):
    """Run a command on our own standard streams; return its exit status."""
    if sys.stdin is not None and sys.stdin.isatty():
        # A console needs the terminal's foreground group, ours.
        return subprocess.run(list(map(str, command)), env=env, cwd=CHECKOUT).returncode
    with Child(command, env=env, cwd=CHECKOUT) as child:
        status = child.wait()
    return 128 - status if status < 0 else status
