"""The server that networks deliver to, and its ends by SIGKILL."""

import http.client
import os
import signal
from pathlib import Path

from devenv import processes, webhooks

from .support import log_errors

#: Below the ports that the system gives away by itself, and not those of others here:
#: nobody shall take ours while the server is down.
FIRST_PORT, PORTS = 20_000, 10_000
WORKERS = 2


class Door:
    """Processes of Odoo that answer at one address; they are killed and come back."""

    def __init__(self, database, folder):
        self.database = database
        self.folder = Path(folder)
        self.port = processes.free_port(FIRST_PORT + os.getpid() % PORTS)
        self.url = f"http://127.0.0.1:{self.port}"
        self.child = None
        self.logs = []

    def start(self):
        """Start the server; it does not answer at once.

        To be called in the thread that the processes are to end with.
        """
        self.logs.append(self.folder / f"door-{self.port}-{len(self.logs)}.log")
        self.child = webhooks.serve(
            self.database, self.port, self.logs[-1], workers=WORKERS
        )

    def wait(self):
        """Wait until it answers."""
        webhooks.wait_until_served(self.child, self.port, self.logs[-1])

    def answers(self):
        """Whether it does by now; a server that has ended by itself is an error."""
        if self.child.poll() is not None:
            raise AssertionError(f"the server has ended:\n{self._text(self.logs[-1])}")
        # Its socket listens long before anybody answers.
        connection = http.client.HTTPConnection("127.0.0.1", self.port, 1)
        try:
            connection.request("GET", "/web/health")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def kill(self):
        """Kill all of its processes at once; :attr:`child` is None until the start."""
        self.child.signal(signal.SIGKILL)
        self.child.wait(30)
        self.child = None

    def kill_one(self, chance):
        """Kill one of the processes that answer; the server starts another one.

        Returns whether there was one.
        """
        pid = self.child.pid
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        answering = [int(one) for one in below if self._answers_calls(one)]
        if not answering:
            return False
        os.kill(chance.choice(answering), signal.SIGKILL)
        return True

    @staticmethod
    def _answers_calls(pid):
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False
        # The other one is for the live channel; of one that has ended nothing is told.
        return bool(command) and b"gevent" not in command.split(b"\0")

    def stop(self):
        """End the server."""
        if self.child:
            self.child.stop()

    def errors(self):
        """What the logs say of errors."""
        return [error for log in self.logs for error in log_errors(self._text(log))]

    @staticmethod
    def _text(log):
        return log.read_text(encoding="utf-8", errors="replace")
