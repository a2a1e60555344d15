"""Run Python from standard input on a database, with ``env`` at hand.

Started by ``script/shell`` inside Odoo's environment with Odoo's options. Unlike
``odoo shell`` it does not swallow exceptions: what the script raises ends the
process with a traceback and status 1, what it says with ``SystemExit`` is its status.
The transaction is rolled back at the end unless the script commits.
"""

import code
import linecache
import sys
import threading
import traceback


def main():
    from odoo import api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(sys.argv[1:], setup_logging=True)
    [database] = config["db_name"]
    threading.current_thread().dbname = database
    registry = Registry(database)
    with registry.cursor() as cr:
        uid = api.SUPERUSER_ID
        context = api.Environment(cr, uid, {})["res.users"].context_get()
        env = api.Environment(cr, uid, context)
        scope = {
            "__name__": "__main__",
            "__builtins__": __builtins__,
            "env": env,
            "self": env.user,
        }
        cr.rollback()
        try:
            return run(scope)
        finally:
            # The script may have closed the cursor itself.
            if not cr.closed:
                cr.rollback()


def run(scope):
    """Run standard input, as a console where it is a terminal."""
    if sys.stdin.isatty():
        code.interact(
            banner="env is at hand; env.cr.commit() keeps changes", local=scope
        )
        return 0
    source = sys.stdin.read()
    name = "<stdin>"
    # Show the script's own lines in a traceback
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    try:
        exec(compile(source, name, "exec"), scope)
    except Exception as error:
        # Without this file's frame, which says nothing to the reader
        error.__traceback__ = error.__traceback__.tb_next
        sys.stdout.flush()
        traceback.print_exception(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
