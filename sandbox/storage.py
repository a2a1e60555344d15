"""The state of the world in a file: written whole, replaced at once."""

import json
import logging
import os
import tempfile
import threading
import time
from pathlib import Path

_logger = logging.getLogger(__name__)

#: Least seconds between two writings.
PAUSE = 0.5
#: Writing may take this share of the time: a big world is written less often.
SHARE = 0.1


def read_state(path):
    """Return the state saved at `path`, or None where there is no such file."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    return json.loads(text)


def to_text(state):
    """Return the state as it stands in the file."""
    return json.dumps(state, ensure_ascii=False, separators=(",", ":"))


def write_state(path, state):
    """Write `state` so that a reader or a crash never meets half a file."""
    write_text(path, to_text(state))


def write_text(path, text):
    """Write a text so that a reader or a crash never meets half a file."""
    path = Path(path).absolute()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name + ".")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


class Saver:
    """Writes a changing state in a thread of its own, a few times a second at most.

    What was changed last is on disk after `stop`; a process that is killed may lose
    the changes of the latest pause.
    """

    def __init__(self, path, snapshot):
        """`snapshot` returns the text to write."""
        self.path = path
        self._snapshot = snapshot
        self._wished = threading.Event()
        self._stopped = threading.Event()
        self._writing = threading.Lock()
        self._thread = None

    def wish(self):
        """Have the state written soon; called under the lock of the world."""
        self._wished.set()
        if self._thread is None and not self._stopped.is_set():
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()

    def _run(self):
        while not self._stopped.is_set():
            self._wished.wait()
            if self._stopped.is_set():
                return
            started = time.monotonic()
            try:
                self._write()
            except OSError:
                _logger.exception("%s cannot be written, trying again", self.path)
                self._wished.set()
            took = time.monotonic() - started
            self._stopped.wait(max(PAUSE, took / SHARE))

    def _write(self):
        with self._writing:
            self._wished.clear()
            write_text(self.path, self._snapshot())

    def stop(self):
        """Write what is still to be written and end the thread."""
        self._stopped.set()
        pending = self._wished.is_set()
        self._wished.set()
        if self._thread is not None:
            self._thread.join()
        if pending:
            self._write()
