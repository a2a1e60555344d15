"""The commands behind the scripts."""

import importlib
import sys

from . import processes, ui

#: Commands whose standard output belongs to what they run
_QUIET = {"shell", "bench", "odoo"}
_MODULES = {
    "setup": "setup_command",
    "server": "server",
    "test": "testing",
    "shell": "shell",
    "bench": "bench",
    "lint": "lint",
    "odoo": "odoo_command",
}


def main(arguments):
    """Run a command; a failure that a person can mend ends in one clear line."""
    name, *rest = arguments
    ui.stream = sys.stderr if name in _QUIET else sys.stdout
    processes.exit_on_sigterm()
    module = importlib.import_module(f".{_MODULES[name]}", __package__)
    try:
        return module.main(rest)
    except ui.Fail as error:
        print(f"error: {error}", file=sys.stderr, flush=True)
        return 1
    except OSError as error:
        print(f"error: {error}; mend that and start again", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr, flush=True)
        return 130
