"""``script/odoo``"""

from . import postgres, setup
from .odoo import Odoo
from .shell import run_interactive


def main(arguments):
    """Run Odoo with the options given, on the prepared settings and database server."""
    environment = setup.run()
    with postgres.running(environment) as server:
        odoo = Odoo(environment, server)
        command = odoo.command()
        if arguments and not arguments[0].startswith("-"):
            # A subcommand comes before the options.
            subcommand, *arguments = arguments
            command.insert(command.index("-m") + 2, subcommand)
        return run_interactive([*command, *arguments], odoo.env)
