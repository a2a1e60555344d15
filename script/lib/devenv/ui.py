"""What a person sees: progress, notes, and one clear line for every failure."""

import os
import subprocess
import sys
import time
from pathlib import Path

#: Where progress goes. ``script/shell`` keeps standard output for its script.
stream = sys.stdout


class Fail(Exception):
    """A failure that a person can mend: its text says how."""


def say(text=""):
    """Print a line of progress at once, also through a pipe."""
    print(text, file=stream, flush=True)


def warn(text):
    """Print a line that a person should read although work goes on."""
    say(f"warning: {text}")


def tail(path, lines=25):
    """The last lines of a log file, for a failure's message."""
    try:
        text = Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


class Progress:
    """Says what is being done, and that it is still being done.

    On a terminal one line counts the seconds; in a log a line comes every 15
    seconds, so that a long step is never silent.
    """

    def __init__(self, title):
        self.title = title
        self.start = time.monotonic()
        self.terminal = stream.isatty()
        self.last = self.start
        if self.terminal:
            self._redraw("…")
        else:
            say(f"{title} …")

    def _redraw(self, text, end=""):
        print(f"\r\x1b[K{self.title} {text}", end=end, file=stream, flush=True)

    @property
    def seconds(self):
        return time.monotonic() - self.start

    def tick(self):
        """Called often while the work goes on."""
        now = time.monotonic()
        if self.terminal and now - self.last >= 1:
            self._redraw(f"… {self.seconds:.0f} s")
        elif not self.terminal and now - self.last >= 15:
            say(f"{self.title} … {self.seconds:.0f} s")
        else:
            return
        self.last = now

    def done(self, text="done"):
        """End the line."""
        text = f"{text} ({self.seconds:.1f} s)"
        if self.terminal:
            self._redraw(text, end="\n")
        else:
            say(f"{self.title}: {text}")


def run_logged(title, command, log, *, env=None, cwd=None, hint="", check=True):
    """Run a command with its output in ``log``; show progress under ``title``.

    :param str hint: what a person can do when it fails
    :param bool check: raise :class:`Fail` on a non-zero exit status
    :return: the exit status
    """
    from .processes import Child

    progress = Progress(title)
    log = Path(log)
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "ab") as output:
        child = Child(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
        )
        with child:
            while child.poll() is None:
                time.sleep(0.1)
                progress.tick()
    status = child.poll()
    if status and check:
        progress.done("failed")
        say(tail(log))
        hint = hint or "mend what the lines above say and start again"
        raise Fail(
            f"{title}: {os.path.basename(command[0])} failed; {hint} (log: {log})"
        )
    progress.done("failed" if status else "done")
    return status
