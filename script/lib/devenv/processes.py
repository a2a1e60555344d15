"""Processes that end with the script which started them."""

import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import time

from . import locks, paths

_PR_SET_PDEATHSIG = 1
#: Locks on the ports that this script has chosen
_chosen = []


def _die_with_parent(parent):
    """In the child, before it starts: end when the script is killed outright.

    Only Linux knows this. Elsewhere a script that is killed with SIGKILL leaves
    its children behind, as is usual there.
    """
    try:
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    except (AttributeError, OSError):
        return
    if os.getppid() != parent:
        os._exit(1)


class Child:
    """A process in a group of its own, ended by group and never by name.

    Use as a context manager: leaving it ends whatever of the group still runs.
    A group of its own also keeps a terminal's Ctrl-C away from it, so that the
    script decides in which order things end.
    """

    def __init__(self, command, **options):
        parent = os.getpid()
        self.process = subprocess.Popen(
            [str(part) for part in command],
            start_new_session=True,
            preexec_fn=lambda: _die_with_parent(parent),
            pass_fds=tuple(locks.shared_with_children),
            **options,
        )

    @property
    def pid(self):
        return self.process.pid

    def poll(self):
        return self.process.poll()

    def wait(self, timeout=None):
        return self.process.wait(timeout)

    def signal(self, number):
        """Send a signal to the whole group, if any of it is left."""
        try:
            os.killpg(self.pid, number)
        except (ProcessLookupError, PermissionError):
            return False
        return True

    def stop(self, patience=15):
        """End the group: politely first, by force after ``patience`` seconds."""
        if self.poll() is None:
            self.signal(signal.SIGTERM)
            try:
                self.wait(patience)
            except subprocess.TimeoutExpired:
                pass
        # What the leader left behind (a browser, a worker) goes too.
        if self.signal(signal.SIGTERM):
            deadline = time.monotonic() + 3
            while time.monotonic() < deadline and self.signal(0):
                time.sleep(0.05)
            self.signal(signal.SIGKILL)
        self.wait()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.stop()


def exit_on_sigterm():
    """Let SIGTERM and SIGHUP unwind the script as Ctrl-C does.

    Context managers then end what was started; the default would leave it behind.
    """

    def leave(number, _frame):
        raise SystemExit(128 + number)

    # A script started in the background of another one inherits «ignored» here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGHUP, leave)


def port_is_free(port, host="127.0.0.1"):
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(wanted, avoid=()):
    """``wanted`` or the next port above it that is free and nobody else's choice.

    Whoever is to listen there begins much later; until this script ends, no other
    script chooses the same port, and this one does not choose it twice.
    """
    for port in range(wanted, min(wanted + 200, 65536)):
        if port not in avoid and _choose(port):
            return port
    raise OSError(f"no free port from {wanted} on")


def _choose(port):
    folder = paths.CACHE / "ports"
    folder.mkdir(parents=True, exist_ok=True)
    handle = open(folder / str(port), "a")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        return False
    if not port_is_free(port):
        handle.close()
        return False
    _chosen.append(handle)
    return True
