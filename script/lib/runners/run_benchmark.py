"""Run a benchmark: a file with ``run(report)`` or, inside Odoo, ``run(report, env)``.

It calls ``report(name, value, unit)`` for everything it has measured. Changes to a
database are rolled back unless it commits them.
"""

import runpy
import sys
import threading
from pathlib import Path


def report(name, value, unit):
    """Print one result on a line of its own."""
    text = (
        f"{value:.4g}" if isinstance(value, float) and value < 1000 else f"{value:.0f}"
    )
    print(name, text, unit, flush=True)


def main(arguments):
    # The checkout, for the parts that know nothing of Odoo
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
    if arguments[0] == "--plain":
        runpy.run_path(arguments[1], run_name="benchmark")["run"](report)
        return
    path, *options = arguments
    from odoo import api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(options, setup_logging=True)
    [database] = config["db_name"]
    threading.current_thread().dbname = database
    with Registry(database).cursor() as cr:
        uid = api.SUPERUSER_ID
        context = api.Environment(cr, uid, {})["res.users"].context_get()
        env = api.Environment(cr, uid, context)
        try:
            runpy.run_path(path, run_name="benchmark")["run"](report, env)
        finally:
            if not cr.closed:
                cr.rollback()


if __name__ == "__main__":
    main(sys.argv[1:])
