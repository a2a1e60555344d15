"""``script/test``"""

import argparse
import ast
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
#: The second half of the addon's tests in Odoo
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
_LIMIT = 1800


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
    outcomes = {}
    environment = setup.run()
    runner = _Runner(environment, narrowed=bool(options.names))
    for suite in suites:
        if suite.name in CORE:
            outcomes[suite.name] = runner.plain(suite)
    rest = [suite for suite in suites if suite.name not in CORE]
    if rest:
        with postgres.running(environment) as server:
            runner.odoo = Odoo(environment, server)
            outcomes.update(runner.with_database(rest))
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


class _Runner:
    """Starts the processes that run the tests and counts what they say."""

    def __init__(self, environment, narrowed):
        self.environment = environment
        self.narrowed = narrowed
        self.odoo = None

    def plain(self, suite, top=CHECKOUT, names=(), env=None):
        """Run tests without Odoo in a process of their own."""
        names = suite.only or list(names) or [f"{suite.name}/tests"]
        folder = Path(top) / names[0]
        if not suite.only and not folder.is_dir():
            return Outcome(details=f"{folder} is missing")
        log = LOGS / f"test-{suite.name}.log"
        with tempfile.TemporaryDirectory() as temporary:
            result = Path(temporary) / "result.json"
            command = [self.environment.python, _RUNNERS / "run_unittest.py", result]
            job = _Job(
                suite.name,
                [*command, top, *names],
                env or {**python_env.clean_env(), "PYTHONPATH": str(SCRIPTS / "lib")},
                log,
            )
            _finish([job])
            try:
                outcome = Outcome(**json.loads(result.read_text()))
            except OSError:
                outcome = Outcome(failed=1)
        if outcome.failed:
            outcome.details = f"{_unittest_failures(log)}\n(log: {log})"
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith(_SHOWN):
                ui.say(f"    {line.removeprefix(_SHOWN)}")
        ui.say(f"  {suite.name}: {outcome.text}")
        return outcome

    def with_database(self, suites):
        """Run the suites that need a database; those of Odoo side by side."""
        outcomes = {}
        names = [suite.name for suite in suites]
        try:
            for suite in suites:
                self._prepare(suite)
        except Fail as error:
            return {name: Outcome(failed=1, details=str(error)) for name in names}
        jobs = {}
        for suite in suites:
            if suite.name in ("odoo", "oca"):
                jobs[suite.name] = self._odoo_jobs(suite)
        _finish([job for some in jobs.values() for job in some])
        for name, some in jobs.items():
            outcomes[name] = Outcome()
            for job in some:
                outcomes[name].add(read_odoo_log(job.log, job.status))
            ui.say(f"  {name}: {outcomes[name].text}")
        for suite in suites:
            if suite.name in (*LIVE, *LONG):
                if suite.name == "e2e" and not system.browser():
                    command = system.install_command(["chromium"])
                    outcomes[suite.name] = Outcome(
                        failed=1,
                        details="no Chromium for the browser tests; install it as"
                        f" root: {command}",
                    )
                    continue
                outcomes[suite.name] = self.plain(
                    suite, CHECKOUT / "tests", [suite.name]
                )
        return outcomes

    def _from_scratch(self, suite):
        """Whether the tests run while the addon is being installed.

        A few tests named on the command line run on a copy of an installed
        database instead, which is there within a second.
        """
        return suite.name == "odoo" and not suite.only

    def _prepare(self, suite):
        if suite.name in (*LIVE, *LONG):
            return
        if self._from_scratch(suite):
            self.odoo.dependencies_copy(_database(suite.name))
            self.odoo.ensure(_database(SECOND), fresh=True)
        else:
            self.odoo.ensure(_database(suite.name), fresh=True)

    def _odoo_jobs(self, suite):
        """The processes that run the tests of Odoo: two for a whole suite, so that
        both cores of a small machine have something to do."""
        if suite.name == "oca":
            return [self._odoo_job("oca", ["/helpdesk_mgmt"], 18269)]
        if suite.only:
            return [self._odoo_job("odoo", suite.only, 18169)]
        half = _half()
        # Whatever is not in one half is in the other.
        rest = [f"/{ADDON}", *(f"-{tag}" for tag in half)]
        return [
            self._odoo_job("odoo", rest, 18169, scratch=True),
            self._odoo_job(SECOND, half, 18369),
        ]

    def _odoo_job(self, name, tags, port, scratch=False):
        options = [
            "-d", _database(name), "--stop-after-init",
            f"--test-tags={','.join(tags)}",
            f"--http-port={processes.free_port(port)}", "--max-cron-threads=0",
        ]  # fmt: skip
        if scratch:
            options += ["-i", ADDON, "--with-demo"]
        runner = None if scratch else "run_installed_tests.py"
        return _Job(
            name,
            self.odoo.command(*options, runner=runner),
            self.odoo.env,
            LOGS / f"test-{name}.log",
        )


def _half():
    """About half of the addon's classes of tests by their work, taking the length of a
    file for a measure of it."""
    files = {}
    for suite, path, _module, cls, _method in _known_tests():
        if suite == "odoo":
            files.setdefault(path, set()).add(cls)
    sizes = {
        path: (CHECKOUT / (path.replace(".", "/") + ".py")).stat().st_size
        for path in files
    }
    tags, weights = [], [0, 0]
    for path in sorted(files, key=lambda path: (-sizes[path], path)):
        lighter = weights.index(min(weights))
        weights[lighter] += sizes[path]
        if lighter:
            tags += [f"/{ADDON}:{cls}" for cls in sorted(files[path])]
    return tags


def _database(name):
    return f"social_test_{name.replace('-', '_')}"


class _Job:
    """A process of tests with its log."""

    def __init__(self, name, command, env, log):
        self.name = name
        self.log = log
        self.status = None
        with open(log, "wb") as output:
            self.child = Child(
                command,
                env=env,
                cwd=CHECKOUT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )


def _finish(jobs):
    """Wait for processes, showing that they are at work; end those that hang."""
    if not jobs:
        return
    progress = ui.Progress(f"Testing: {', '.join(job.name for job in jobs)}")
    try:
        while any(job.child.poll() is None for job in jobs):
            time.sleep(0.1)
            progress.tick()
            if progress.seconds > _LIMIT:
                ui.warn(f"no end after {_LIMIT} s: stopping")
                break
    finally:
        for job in jobs:
            job.child.stop()
            job.status = job.child.poll()
    progress.done()


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
