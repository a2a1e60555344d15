"""What tests outside Odoo's own runner use: processes, databases, a browser.

``script/test`` puts this package on the path of ``tests/process`` and ``tests/e2e``::

    from devenv import testkit

    class TestTwoProcesses(unittest.TestCase):
        def test_poll(self):
            with testkit.database("social_process") as db, testkit.sandbox() as url:
                one = db.start("env['helpdesk.social.account'].search([]).poll()")
                ...

Everything is stopped when its ``with`` ends.
"""

import contextlib
import json
import os
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from types import SimpleNamespace

from . import paths, postgres, processes, server, setup, system, ui
from .odoo import Odoo
from .paths import CHECKOUT
from .ui import Fail

#: Options without which Chromium calls home, or does not start as root
CHROMIUM_OPTIONS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
]


class Database:
    """A database with the addon and its demo data, and processes on it."""

    def __init__(self, odoo, name):
        self.odoo = odoo
        self.name = name

    def query(self, sql):
        """Run SQL; return the rows as lists of texts."""
        return self.odoo.server.query(sql, self.name)

    def command(self, *options):
        """The command line of a process that runs Python from standard input."""
        return self.odoo.command(
            "-d", self.name, "--no-http", "--log-level=warn", *options,
            runner="run_on_database.py",
        )  # fmt: skip

    def start(self, source, **environ):
        """Start an OS process that runs ``source`` with ``env`` at hand.

        It is a :class:`subprocess.Popen` with pipes for its output; end it with
        ``communicate()`` or ``kill()``.
        """
        process = subprocess.Popen(
            list(map(str, self.command())),
            env={**self.odoo.env, **environ},
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        process.stdin.write(source)
        process.stdin.close()
        # communicate() must not touch what is closed
        process.stdin = None
        return process

    def run(self, source, **environ):
        """Run ``source`` in a process of its own; return what it printed."""
        process = self.start(source, **environ)
        stdout, stderr = process.communicate(timeout=300)
        if process.returncode:
            raise AssertionError(f"exit status {process.returncode}\n{stdout}{stderr}")
        return stdout


@contextlib.contextmanager
def database(name, fresh=True):
    """A database with the addon and its demo data."""
    environment = setup.run()
    with postgres.running(environment) as running:
        odoo = Odoo(environment, running)
        odoo.ensure(name, fresh=fresh)
        yield Database(odoo, name)


@contextlib.contextmanager
def sandbox(name="test", port=18079):
    """The emulated networks with fresh state; gives their address."""
    environment = setup.run()
    with contextlib.ExitStack() as stack:
        odoo = SimpleNamespace(environment=environment)
        port = processes.free_port(port)
        child, url = server.start_sandbox(stack, odoo, port, name, fresh=True)
        wait_for(url, lambda: child.poll() is None, child.log)
        yield url


@contextlib.contextmanager
def live_server(name="social_e2e", port=18069):
    """What ``script/server`` serves, on a fresh database of its own.

    Gives an object with ``odoo``, ``sandbox`` (addresses), ``database``,
    ``odoo_pid``, ``sandbox_pid``, ``odoo_log``, ``sandbox_log``, and of the script
    itself ``script`` (the child process) and ``script_log``.
    """
    odoo_port = processes.free_port(port)
    sandbox_port = processes.free_port(odoo_port + 1)
    log = paths.LOGS / f"script-server-{name}.log"
    with tempfile.TemporaryDirectory() as folder, open(log, "wb") as output:
        info = Path(folder) / "info.json"
        command = [paths.SCRIPTS / "server", "--fresh", "--db", name]
        command += ["--port", odoo_port, "--sandbox-port", sandbox_port]
        command += ["--info", info]
        child = processes.Child(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        with child:
            deadline = time.monotonic() + 600
            while not info.exists():
                if child.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError(f"script/server failed:\n{ui.tail(log, 40)}")
                time.sleep(0.2)
            started = json.loads(info.read_text())
            yield SimpleNamespace(**started, script=child, script_log=log)


def chromium():
    """Options for ``playwright.chromium.launch``, with the system's Chromium.

    No browser of Playwright's own is needed.
    """
    path = system.browser()
    if not path:
        raise Fail(
            "no Chromium for the browser tests; install it as root:"
            f" {system.install_command(['chromium'])}"
        )
    return {"executable_path": path, "args": CHROMIUM_OPTIONS}


def wait_for(url, alive=lambda: True, log=None, seconds=30):
    """Wait until an address answers."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and alive():
        try:
            with opener.open(url, timeout=10):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"{url} does not answer\n{ui.tail(log) if log else ''}")


def artifacts():
    """The folder for pictures of a failed browser test."""
    folder = paths.STATE / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
