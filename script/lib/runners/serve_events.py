"""Odoo's server of several processes without that for the live channel.

Started with Odoo's options.
"""

import signal
import sys


def main(arguments):
    if arguments[:1] == ["gevent"]:
        # The process for the live channel, which nobody needs here: kept, since the
        # server would start it again and again.
        signal.pause()
    import odoo.cli  # noqa: F401  # sets up what the server needs
    from odoo.modules.module import initialize_sys_path
    from odoo.service import server
    from odoo.tools import config

    config.parse_config(arguments, setup_logging=True)
    initialize_sys_path()
    return server.start(preload=config["db_name"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
