"""Locks between scripts that run at the same time.

They are the kernel's: a script that is killed cannot leave one behind.
"""

import fcntl
import time
from contextlib import contextmanager

from . import ui

#: Locks that child processes hold on to as well, see :func:`exclusive`
shared_with_children = []


@contextmanager
def exclusive(path, waiting_for=None, with_children=False):
    """Hold a lock file alone.

    :param str waiting_for: said once if another script holds it
    :param bool with_children: keep it until the last process ended that was started
        under it, even if this script is killed: they may still be writing
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if waiting_for:
                ui.say(f"Waiting for another script: {waiting_for} …")
            fcntl.flock(handle, fcntl.LOCK_EX)
        if not with_children:
            yield
            return
        shared_with_children.append(handle.fileno())
        try:
            yield
        finally:
            shared_with_children.remove(handle.fileno())


class Users:
    """Counts the scripts that use one thing, so that the last one can stop it.

    Each user holds a shared lock; who can turn it into an exclusive one is alone.
    The counting is safe only under a lock around :meth:`join` and :meth:`leave`.
    """

    def __init__(self, path):
        self.path = path
        self.handle = None

    def join(self):
        self.handle = open(self.path, "a+")
        # Another script may hold it alone for the moment of its check.
        deadline = time.monotonic() + 60
        while True:
            try:
                fcntl.flock(self.handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def leave(self):
        """Leave; tell whether nobody is left."""
        try:
            fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            return False
        finally:
            self.handle.close()
            self.handle = None
