"""``script/bench``"""

import argparse
import ast

from . import postgres, python_env, setup
from .odoo import Odoo
from .paths import SCRIPTS
from .shell import run_interactive
from .ui import Fail

_FOLDER = SCRIPTS / "benchmarks"
_RUNNER = SCRIPTS / "lib" / "runners" / "run_benchmark.py"
_DATABASE = "social_bench"


def main(arguments):
    """Run a benchmark, or list them."""
    parser = argparse.ArgumentParser(
        prog="script/bench",
        description="Runs script/benchmarks/NAME.py, which prints lines of"
        " 'name value unit'. Lists the names when called without one.",
    )
    parser.add_argument("name", nargs="?", metavar="NAME")
    parser.add_argument(
        "-d", "--database", metavar="DB", default=_DATABASE, help="%(default)s"
    )
    options = parser.parse_args(arguments)
    names = {path.stem: path for path in sorted(_FOLDER.glob("[!_]*.py"))}
    if not options.name:
        for name, path in names.items():
            doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
            print(f"{name:20} {doc.partition(chr(10))[0]}")
        return 0
    path = names.get(options.name)
    if path is None:
        raise Fail(f"no benchmark {options.name}: choose from {', '.join(names)}")
    environment = setup.run()
    if not _needs_odoo(path):
        command = [environment.python, _RUNNER, "--plain", path]
        return run_interactive(command, python_env.clean_env())
    with postgres.running(environment) as server:
        odoo = Odoo(environment, server)
        odoo.ensure(options.database)
        command = odoo.command(
            *["-d", options.database, "--no-http", "--log-level=warn"],
            runner="run_benchmark.py",
        )
        at = command.index(_RUNNER) + 1
        return run_interactive([*command[:at], path, *command[at:]], odoo.env)


def _needs_odoo(path):
    """Whether the benchmark's ``run`` wants ``env``."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except SyntaxError as error:
        raise Fail(f"{path}:{error.lineno}: {error.msg}: mend it") from error
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == "run":
            return any(argument.arg == "env" for argument in node.args.args)
    raise Fail(f"{path} has no function run(report) or run(report, env): add it")
