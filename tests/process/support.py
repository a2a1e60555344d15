"""What the tests of several processes share: workers, gates, a page to write on."""

import atexit
import re
import secrets
import subprocess
import tempfile
import time
import unittest
from contextlib import ExitStack, suppress
from itertools import count
from multiprocessing.connection import Listener
from pathlib import Path

from devenv import paths, processes, testkit

from sandbox.server import SandboxServer

#: What a test wants to know of an incoming row
STORED = ("external_id", "ticket_id", "thread_id", "author_external_id", "error")
DATABASE = "social_test_process"
START_SECONDS = 240
STEP_SECONDS = 180

#: Where an entry of Odoo's log begins, and how that of an error looks
_LOG_ENTRY = re.compile(r"^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} )", re.MULTILINE)
_LOG_ERROR = re.compile(r"\S+ \S+ \d+ (ERROR|CRITICAL) ")

#: Each test writes with ids of its own, since all share a database.
_FIRST_IDS = count(100_000, 100_000)


def wait_until(condition, seconds=30, what="that", pause=0.02):
    """Wait for something to become true; returns it."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain for {what}")
        time.sleep(pause)


def log_errors(text):
    """The entries of a log of Odoo that tell of errors.

    A conflict of two transactions is none: Odoo writes it down and tries again,
    and where that is of no use the step fails.
    """
    return [
        entry
        for entry in _LOG_ENTRY.split(text)
        if _LOG_ERROR.match(entry) and "could not serialize access" not in entry
    ]


class Gates:
    """Places where processes wait for each other; see ``worker.gate``."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def reached(self, name):
        """How many processes stand at the gate, or have passed it."""
        return len(list(self.folder.glob(f"{name}.[0-9]*")))

    def wait(self, name, processes=1, seconds=STEP_SECONDS):
        """Wait until so many processes stand at the gate."""
        wait_until(
            lambda: self.reached(name) >= processes, seconds, f"{name} to be reached"
        )

    def open(self, name):
        """Let everybody pass who stands there, or will come."""
        (self.folder / f"{name}.open").touch()

    def close(self):
        """Shut all gates for the next race."""
        for file in self.folder.iterdir():
            file.unlink()


class Worker:
    """An Odoo process of its own that runs the steps of ``worker.py``."""

    _numbers = count(1)

    def __init__(self, database, folder, gates):
        name = f"worker-{next(self._numbers)}"
        self.log = Path(folder) / f"{name}.log"
        address = str(Path(folder) / f"{name}.socket")
        key = secrets.token_bytes(16)
        self._listener = Listener(address, "AF_UNIX", authkey=key)
        self._connection = None
        command = database.odoo.command(
            "-d", database.name, "--no-http", "--log-level=warn",
            runner=Path(__file__).with_name("worker.py"),
        )  # fmt: skip
        environ = {
            **database.odoo.env,
            "WORKER_ADDRESS": address,
            "WORKER_KEY": key.hex(),
            "WORKER_GATES": str(gates.folder),
        }
        with open(self.log, "wb") as output:
            self.child = processes.Child(
                command,
                env=environ,
                cwd=paths.CHECKOUT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def alive(self):
        return self.child.poll() is None

    def ready(self):
        """Wait until the process has loaded Odoo."""
        if self._connection is None:
            # The listener has no time limit of its own.
            self._listener._listener._socket.settimeout(1)
            deadline = time.monotonic() + START_SECONDS
            while self._connection is None:
                try:
                    self._connection = self._listener.accept()
                except TimeoutError:
                    if not self.alive or time.monotonic() > deadline:
                        raise AssertionError(
                            f"a worker did not start:\n{self.output()}"
                        ) from None
            self._receive(START_SECONDS)
        return self

    def begin(self, step, **arguments):
        """Start a step and go on; :meth:`end` gives its result."""
        self.ready()
        self._connection.send((step, arguments))

    def end(self, seconds=STEP_SECONDS):
        """Wait for the step that was begun; returns its result."""
        done, value = self._receive(seconds)
        if not done:
            raise AssertionError(f"a step failed in a worker:\n{value}")
        return value

    def do(self, step, **arguments):
        """Run a step; returns its result."""
        self.begin(step, **arguments)
        return self.end()

    def _receive(self, seconds):
        if not self._connection.poll(seconds):
            raise AssertionError(f"a worker is silent:\n{self.output()}")
        try:
            return self._connection.recv()
        except (EOFError, ConnectionError):
            raise AssertionError(f"a worker has died:\n{self.output()}") from None

    def kill(self):
        """End the process at once with SIGKILL, as a crash does."""
        self.child.process.kill()
        self.child.wait(30)
        self.close()

    def close(self):
        """End the process."""
        if self._connection is not None:
            self._connection.close()
        # At the end of the tests the socket's file may be gone before.
        with suppress(FileNotFoundError):
            self._listener.close()
        self.child.stop()

    def output(self):
        """What the process has written."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def errors(self):
        """What its log says of errors."""
        return log_errors(self.output())


class Stage:
    """The database and the processes; all tests share them, since they start slowly."""

    _only = None

    @classmethod
    def get(cls, name=DATABASE):
        """The stage, built when the first test asks for it, on database ``name``."""
        if cls._only is None:
            cls._only = cls(name)
        return cls._only

    def __init__(self, name):
        self._stack = ExitStack()
        atexit.register(self._stack.close)
        # A short path: the sockets' addresses have a limit.
        self.folder = self._stack.enter_context(
            tempfile.TemporaryDirectory(dir="/tmp", ignore_cleanup_errors=True)
        )
        self.database = self._stack.enter_context(testkit.database(name))
        self.gates = Gates(tempfile.mkdtemp(dir=self.folder))
        self.workers = []
        self.one, self.two = self.add(), self.add()

    def add(self):
        """Start one more process."""
        worker = Worker(self.database, self.folder, self.gates)
        self._stack.callback(worker.close)
        self.workers.append(worker)
        return worker

    def kill_two(self):
        """Kill the second process with SIGKILL; another one takes its place."""
        self.replace("two")

    def replace(self, name):
        """Kill process ``one`` or ``two`` with SIGKILL; returns the one that takes
        its place."""
        getattr(self, name).kill()
        setattr(self, name, self.add())
        return getattr(self, name)


class LiveCase(unittest.TestCase):
    """Two Odoo processes on one database, and an empty sandbox for each test."""

    database = DATABASE

    def setUp(self):
        super().setUp()
        self.stage = Stage.get(self.database)
        self.gates = self.stage.gates
        self.gates.close()
        self.one, self.two = self.stage.one.ready(), self.stage.two.ready()
        self.log_sizes = {w: len(w.errors()) for w in self.stage.workers}
        self.ground = SandboxServer(port=0, seed=False)
        self.addCleanup(self.ground.stop)
        self.world = self.ground.world
        self.world.state["settings"]["rate_limit"] = False
        first = next(_FIRST_IDS)
        self.world.state["next_user"] = first
        for group in self.world.state["groups"].values():
            group.update(next_id=first, next_message=first)
        self.ground.start()
        self.one.do("connect", url=self.ground.url)
        self.one.do("set_parameter", name="http_timeout", value="30")

    def assert_no_errors(self):
        """Nothing went wrong in the processes during this test."""
        for worker in self.stage.workers:
            new = worker.errors()[self.log_sizes.get(worker, 0) :]
            self.assertFalse(new, worker.output()[-4000:])

    # -- the sandbox

    def citizen(self, name="Пётр"):
        """A new citizen; returns the number."""
        return self.world.add_citizen(name, "Житель")["id"]

    def post(self, text="Новости города", group=1):
        """A post of the page; returns its number."""
        return self.world.add_post(group, -group, text)["id"]

    def comment(self, post, text="Яма на дороге", author=None, group=1, **other):
        """A comment of a citizen; returns (external id, number)."""
        author = author or self.citizen()
        record = self.world.add_comment(group, post, author, text, **other)
        return f"wall-{group}_{post}_r{record['id']}", record["id"]

    def private(self, text="Здравствуйте", author=None, group=1, **other):
        """A private message of a citizen; returns its external id."""
        author = author or self.citizen()
        record = self.world.add_message(group, author, text, **other)
        return f"im{author}_{record['id']}"

    def said(self, group=1):
        """External ids of all that citizens have said to a page."""
        dump = self.world.dump()["groups"][str(group)]
        ids = [
            f"wall-{group}_{comment['post_id']}_r{comment['id']}"
            for comment in dump["comments"].values()
            if comment["from_id"] > 0
        ]
        ids += [
            f"wall-{group}_{post['id']}"
            for post in dump["posts"].values()
            if post["from_id"] > 0
        ]
        ids += [
            f"im{peer}_{message['id']}"
            for peer, talk in dump["conversations"].items()
            for message in talk["messages"]
            if not message["out"]
        ]
        return sorted(ids)

    def official(self, text=None, group=1):
        """The page's own comments on the wall, oldest first."""
        comments = self.world.dump()["groups"][str(group)]["comments"].values()
        return [
            comment
            for comment in sorted(comments, key=lambda c: c["id"])
            if comment["from_id"] == -group and text in (None, comment["text"])
        ]

    # -- the database

    def stored(self, ids, *names):
        """The incoming rows with these external ids."""
        return self.one.do(
            "search_read",
            model="helpdesk.social.message",
            domain=[("direction", "=", "in"), ("external_id", "in", ids)],
            names=[*STORED, *names],
        )

    def fetch(self, page=1):
        """Read a page once, now, whatever its plan; returns how many were new."""
        self.one.do("change_page", page=page, next_poll="now", next_reconcile="now")
        return self.one.do("fetch_by_call", page=page)

    def assert_all_stored_once(self, group=1):
        """What the citizens said is stored, each thing once, on one ticket."""
        said = self.said(group)
        rows = self.stored(said)
        self.assertEqual(sorted(row["external_id"] for row in rows), said)
        self.assertFalse([row for row in rows if not row["ticket_id"]])
        self.assertFalse([row for row in rows if row["error"]])
        return rows
