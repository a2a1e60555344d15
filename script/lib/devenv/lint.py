"""``script/lint``"""

import argparse
import subprocess

from . import paths, python_env, setup, ui
from .paths import CHECKOUT


def main(arguments):
    """Check style; with ``--fix`` mend what can be mended without a person."""
    parser = argparse.ArgumentParser(
        prog="script/lint",
        description="Checks the code with ruff, and the addon with the OCA's pylint"
        " plugin.",
    )
    parser.add_argument(
        "--fix", action="store_true", help="mend what can be mended without a person"
    )
    options = parser.parse_args(arguments)
    environment = setup.run()
    ruff = [environment.python, "-m", "ruff"]
    cache = ["--cache-dir", paths.CACHE / "ruff"]
    checks = {
        "ruff": [*ruff, "check", *cache, *(["--fix"] if options.fix else []), "."],
        "ruff format": [
            *[*ruff, "format", *cache],
            *([] if options.fix else ["--diff", "--quiet"]),
            ".",
        ],
        # It takes the addon's name from the folder's, hence the link. The procedure
        # replaces contexts on purpose: nobody's defaults have a say in it. Tests raise
        # errors and print as users of the addon never do; ruff looks at them.
        "pylint-odoo": [
            *[environment.python, "-m", "pylint"],
            "--disable=missing-readme,context-overridden",
            "--ignore-paths=.*/tests/.*",
            paths.ADDONS_LINK,
        ],
    }
    env = {**python_env.clean_env(), "PYLINTHOME": str(paths.CACHE / "pylint")}
    failed = []
    for name, command in checks.items():
        done = subprocess.run(
            list(map(str, command)), cwd=CHECKOUT, env=env, stdin=subprocess.DEVNULL
        )
        ui.say(f"{name}: {'ok' if done.returncode == 0 else 'to be mended'}")
        if done.returncode:
            failed.append(name)
    return 1 if failed else 0
