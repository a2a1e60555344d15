"""``script/test``"""

import argparse
import ast
import contextlib
import json
import os
import re
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import postgres, processes, python_env, setup, system, ui
from .odoo import Odoo
from .paths import ADDON, CHECKOUT, LOGS, SCRIPTS
from .processes import Child
from .ui import Fail

#: Parts that know nothing of Odoo, with tests of their own beside the code
CORE = ("deadlines", "language", "networks", "sandbox")
#: The process that takes a share of the addon's tests in Odoo
SECOND = "odoo-2"
#: Tests that need processes and a database, but not Odoo's runner
LIVE = ("process", "e2e")
#: The same, but they take minutes and only run when they are named
LONG = ("torture",)
SUITES = ("core", *CORE, "odoo", "oca", *LIVE, *LONG)

_RUNNERS = SCRIPTS / "lib" / "runners"
_ODOO_SUMMARY = re.compile(
    r"(\d+) failed, (\d+) error\(s\) of (\d+) tests when loading database"
)
_ODOO_SKIPPED = re.compile(r" INFO \S+ odoo\.addons\.\S+: skipped ")
_LOG_LINE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ (\w+) ")
#: How a line begins in which a suite tells its figures
_SHOWN = "| "
#: Seconds after which a suite is taken for stuck
_LIMIT = 3600


@dataclass
class Outcome:
    """What a suite came to."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    #: What a person should read about the failures
    details: str = ""

    @property
    def text(self):
        text = f"{self.passed} passed, {self.failed} failed"
        return f"{text}, {self.skipped} skipped" if self.skipped else text

    def add(self, other):
        """Count another process's tests as well."""
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.details = "\n".join(filter(None, (self.details, other.details)))


@dataclass
class Suite:
    """A part of the tests that one process runs."""

    name: str
    #: names of tests as the suite's runner wants them; empty: all
    only: list = field(default_factory=list)


def main(arguments):
    """Run all tests, or those named; the last line says how it went."""
    parser = argparse.ArgumentParser(
        prog="script/test",
        description="Sets up everything and runs all tests, or those named."
        " The last line is 'N passed, M failed'.",
        epilog=f"NAME is a suite ({', '.join(SUITES)}), or a file, class or method:"
        " tests/test_flow.py, tests.test_flow, TestFlow, TestFlow.test_assign.",
    )
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument(
        "--seed", metavar="N", help="repeats the chances of a trial of endurance"
    )
    options = parser.parse_args(arguments)
    if options.seed:
        os.environ["TORTURE_SEED"] = options.seed
    started = time.monotonic()
    suites = select(options.names)
    environment = setup.run()
    with contextlib.ExitStack() as stack:
        odoo = None
        if any(suite.name not in CORE for suite in suites):
            server = stack.enter_context(postgres.running(environment))
            odoo = Odoo(environment, server)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        done = _work(_lanes(suites, environment, odoo, folder))
    outcomes = {suite.name: done[suite.name] for suite in suites}
    return report(outcomes, time.monotonic() - started)


def report(outcomes, seconds):
    """Print the table and the last line; return the exit status."""
    total = Outcome()
    failures = [(name, o.details) for name, o in outcomes.items() if o.details]
    for name, details in failures:
        ui.say(f"\n===== {name} =====\n{details}")
    ui.say(f"\nAll suites ({seconds:.0f} s)")
    for name, outcome in outcomes.items():
        if outcome.passed + outcome.failed == 0:
            outcome.failed = 1
            ui.say(f"  {name}: no test ran, which counts as a failure")
        else:
            ui.say(f"  {name}: {outcome.text}")
        total.passed += outcome.passed
        total.failed += outcome.failed
        total.skipped += outcome.skipped
    ui.say(total.text)
    return 1 if total.failed or not total.passed else 0


# Which tests


def select(names):
    """The suites to run for the names given on the command line."""
    if not names:
        names = ["core", "odoo", "oca", *LIVE]
    suites = {}
    for name in names:
        if name == "core":
            for part in CORE:
                if part != "language" or (CHECKOUT / part).is_dir():
                    suites[part] = Suite(part)
        elif name in SUITES:
            suites[name] = Suite(name)
        else:
            for suite, test in _find(name):
                found = suites.setdefault(suite, Suite(suite, []))
                found.only.append(test)
    order = [*CORE, "odoo", "oca", *LIVE, *LONG]
    return sorted(suites.values(), key=lambda suite: order.index(suite.name))


def _find(name):
    """The tests that a name on the command line means, as (suite, test)."""
    wanted = name.removeprefix("./").removesuffix(".py").strip("/").replace("/", ".")
    known = list(_known_tests())
    found = _matches(known, wanted)
    if not found and "." in wanted:
        # A method may be inherited from a class in another file.
        parent, method = wanted.rsplit(".", 1)
        classes = [entry for entry in _matches(known, parent) if entry[2]]
        found = {(*entry[:3], method) for entry in classes if method.startswith("test")}
    if not found:
        raise Fail(
            f"no test is called {name}: name a suite ({', '.join(SUITES)}), a file, a"
            " class or a method"
        )
    for suite, module, cls, method in sorted(found):
        if suite == "odoo":
            yield suite, f"/{ADDON}:{cls}" + (f".{method}" if method else "")
        else:
            yield suite, ".".join(filter(None, (module, cls, method)))


def _matches(known, wanted):
    """Entries whose dotted name has ``wanted`` as a run of whole parts.

    A name that ends at a class or module means all tests in it.
    """
    found = set()
    for suite, path, module, cls, method in known:
        full = f".{path}.{cls}.{method}."
        at = full.find(f".{wanted}.")
        if at < 0:
            continue
        rest = full[at + len(wanted) + 1 :].strip(".").split(".")
        whole_class = method not in wanted.split(".") and rest != [""]
        found.add((suite, module, cls, "" if whole_class else method))
    return found


def _known_tests():
    """All tests as (suite, dotted path, module for the runner, class, method)."""
    places = [(part, CHECKOUT / part / "tests", CHECKOUT) for part in CORE]
    places += [
        (part, CHECKOUT / "tests" / part, CHECKOUT / "tests") for part in (*LIVE, *LONG)
    ]
    places += [("odoo", CHECKOUT / "tests", CHECKOUT)]
    for suite, folder, top in places:
        files = (
            folder.glob("test_*.py") if suite == "odoo" else folder.rglob("test_*.py")
        )
        for file in sorted(files):
            module = ".".join(file.relative_to(top).with_suffix("").parts)
            path = ".".join(file.relative_to(CHECKOUT).with_suffix("").parts)
            try:
                tree = ast.parse(file.read_text(encoding="utf-8"))
            except SyntaxError as error:
                raise Fail(f"{file}:{error.lineno}: {error.msg}: mend it") from error
            for cls in tree.body:
                if isinstance(cls, ast.ClassDef):
                    for method in cls.body:
                        name = getattr(method, "name", "")
                        if name.startswith("test"):
                            yield suite, path, module, cls.name, name


# How they run


class _Job:
    """A process of tests, which starts when it is its turn."""

    def __init__(self, suite, name, log):
        self.suite = suite
        self.name = name
        self.log = log
        self.child = None
        self.status = None
        self.outcome = None

    def start(self):
        """Prepare what the tests need and begin; give up where that fails."""
        try:
            command, env = self._command()
        except Fail as error:
            self.outcome = Outcome(failed=1, details=str(error))
            return
        self._started = time.monotonic()
        with open(self.log, "wb") as output:
            self.child = Child(
                command,
                env=env,
                cwd=CHECKOUT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def ended(self):
        """Whether it is over, by itself or because it hangs."""
        if self.outcome is None:
            if self.child.poll() is None:
                if time.monotonic() - self._started < _LIMIT:
                    return False
                ui.warn(f"{self.name}: no end after {_LIMIT} s: stopping")
            self.stop()
            self.outcome = self._read()
        return True

    def stop(self):
        if self.child:
            self.child.stop()
            self.status = self.child.poll()

    def _command(self):
        raise NotImplementedError

    def _read(self):
        raise NotImplementedError


class _PlainJob(_Job):
    """Tests that run without Odoo's runner."""

    def __init__(self, suite, environment, folder):
        super().__init__(suite.name, suite.name, LOGS / f"test-{suite.name}.log")
        self.environment = environment
        self.only = suite.only
        self.result = folder / f"{suite.name}.json"

    def _command(self):
        name = self.suite
        live = name in (*LIVE, *LONG)
        top, tests = (CHECKOUT / "tests", name) if live else (CHECKOUT, f"{name}/tests")
        if not self.only and not (top / tests).is_dir():
            raise Fail(f"{top / tests} is missing")
        if name == "e2e" and not system.browser():
            raise Fail(
                "no Chromium for the browser tests; install it as root:"
                f" {system.install_command(['chromium'])}"
            )
        runner = _RUNNERS / "run_unittest.py"
        command = [self.environment.python, runner, self.result, top]
        env = {**python_env.clean_env(), "PYTHONPATH": str(SCRIPTS / "lib")}
        return [*command, *(self.only or [tests])], env

    def _read(self):
        try:
            outcome = Outcome(**json.loads(self.result.read_text()))
        except OSError:
            outcome = Outcome(failed=1)
        if outcome.failed:
            outcome.details = f"{_unittest_failures(self.log)}\n(log: {self.log})"
        text = self.log.read_text(encoding="utf-8", errors="replace")
        for line in text.splitlines():
            if line.startswith(_SHOWN):
                ui.say(f"    {line.removeprefix(_SHOWN)}")
        return outcome


class _OdooJob(_Job):
    """Tests on Odoo's runner, on a database of their own.

    ``scratch``: they run after the addon has been installed there. All others run on
    a copy of an installed database, which is there within a second.
    """

    def __init__(self, suite, odoo, tags, port, *, name=None, scratch=False, env=None):
        name = name or suite
        super().__init__(suite, name, LOGS / f"test-{name}.log")
        self.odoo = odoo
        self.tags = tags
        self.port = port
        self.scratch = scratch
        self.shared = env or {}

    def _command(self):
        database = _database(self.name)
        options = [
            "-d", database, "--stop-after-init",
            f"--test-tags={','.join(self.tags)}",
            f"--http-port={processes.free_port(self.port)}", "--max-cron-threads=0",
        ]  # fmt: skip
        if self.scratch:
            self.odoo.dependencies_copy(database)
            options += ["-i", ADDON, "--with-demo"]
        else:
            self.odoo.ensure(database, fresh=True)
        runner = "run_shared_tests.py" if self.shared else "run_installed_tests.py"
        command = self.odoo.command(*options, runner=runner)
        return command, {**self.odoo.env, **self.shared}

    def _read(self):
        return read_odoo_log(self.log, self.status)


def _lanes(suites, environment, odoo, folder):
    """The jobs of the suites, in two rows that are worked off side by side, so that
    both cores of a small machine have something to do.

    All tests of Odoo are the longest part. Whoever is done with the rest takes a
    share of them.
    """
    long, rest, help_out = [], [], []
    for suite in suites:
        if suite.name == "odoo" and suite.only:
            long.append(_OdooJob("odoo", odoo, suite.only, 18169))
        elif suite.name == "odoo":
            marks = folder / "shared"
            marks.mkdir()
            some = {"tags": [f"/{ADDON}"], "env": {"SHARED_TESTS": str(marks)}}
            long.append(_OdooJob("odoo", odoo, port=18169, scratch=True, **some))
            help_out.append(_OdooJob("odoo", odoo, port=18369, name=SECOND, **some))
        elif suite.name == "oca":
            rest.append(_OdooJob("oca", odoo, ["/helpdesk_mgmt"], 18269))
        else:
            rest.append(_PlainJob(suite, environment, folder))
    return [lane for lane in (long, rest + help_out) if lane]


def _work(lanes):
    """Run the jobs of each lane one after another; return the suites' outcomes."""
    outcomes = {}
    left = [job for lane in lanes for job in lane]
    lanes = [list(lane) for lane in lanes]
    running = []
    try:
        while left:
            # Whatever takes long to prepare should not keep the others waiting.
            for lane in lanes:
                if lane and lane[0] not in running:
                    lane[0].start()
                    running.append(lane[0])
            progress = ui.Progress(f"Testing: {', '.join(job.name for job in running)}")
            while not (ended := [job for job in running if job.ended()]):
                time.sleep(0.1)
                progress.tick()
            progress.done(f"{', '.join(job.name for job in ended)} done")
            for job in ended:
                running.remove(job)
                left.remove(job)
                lanes = [[other for other in lane if other != job] for lane in lanes]
                outcomes.setdefault(job.suite, Outcome()).add(job.outcome)
                if all(other.suite != job.suite for other in left):
                    ui.say(f"  {job.suite}: {outcomes[job.suite].text}")
    finally:
        for job in running:
            job.stop()
    return outcomes


def _database(name):
    return f"social_test_{name.replace('-', '_')}"


def read_odoo_log(log, status):
    """Count the tests of a run of Odoo by what it wrote."""
    text = Path(log).read_text(encoding="utf-8", errors="replace")
    outcome = Outcome(skipped=len(_ODOO_SKIPPED.findall(text)))
    summaries = _ODOO_SUMMARY.findall(text)
    if summaries:
        failures, errors, total = map(int, summaries[-1])
        outcome.failed = failures + errors
        outcome.passed = max(total - outcome.failed - outcome.skipped, 0)
    if status and not outcome.failed:
        # It broke outside a test, or tests wrote errors into the log.
        outcome.failed = 1
    if outcome.failed:
        outcome.details = f"{_odoo_failures(text)}\n(log: {log})"
    return outcome


def _odoo_failures(text, limit=200):
    """The errors of Odoo's log with their tracebacks."""
    lines, keep = [], False
    for line in text.splitlines():
        match = _LOG_LINE.match(line)
        if match:
            keep = match[1] in ("ERROR", "CRITICAL")
        if keep:
            lines.append(line)
    return _clip(lines or text.splitlines()[-40:], limit)


def _unittest_failures(log, limit=200):
    """The tracebacks that ``unittest`` prints at the end."""
    text = Path(log).read_text(encoding="utf-8", errors="replace")
    at = text.find("=" * 70)
    lines = text[at:].splitlines() if at >= 0 else text.splitlines()[-40:]
    return _clip(lines, limit)


def _clip(lines, limit):
    if len(lines) > limit:
        lines = [*lines[:limit], f"… {len(lines) - limit} more lines in the log"]
    return "\n".join(lines)
