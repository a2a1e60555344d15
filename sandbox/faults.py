"""Things that go wrong on purpose, and the log of the calls that came in."""

import itertools
import threading
import time
from collections import deque

#: error: refuse with `code`, do nothing. http: answer HTTP `code`, do nothing.
#: hang: do it, then wait `seconds` with the answer. drop: do it, then hang up.
KINDS = ("error", "http", "hang", "drop")

LOG_LIMIT = 2000


class Faults:
    """Faults that wait for calls: each one strikes the next `times` calls."""

    def __init__(self):
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._waiting = []

    def add(self, method, kind, times=1, code=10, seconds=30.0):
        """Prepare a fault for the calls of `method`; `*` means any method."""
        if kind not in KINDS:
            raise ValueError(f"kind: {', '.join(KINDS)}")
        if kind == "http" and not 400 <= int(code) <= 599:
            raise ValueError("code: 400 to 599")
        fault = {
            "id": next(self._numbers),
            "method": str(method or "*"),
            "kind": kind,
            "times": max(1, int(times)),
            "code": int(code),
            "seconds": min(max(0.0, float(seconds)), 600.0),
        }
        with self._lock:
            self._waiting.append(fault)
        return dict(fault)

    def take(self, method):
        """Return the fault that strikes this call, or None."""
        with self._lock:
            for fault in self._waiting:
                if fault["method"] in ("*", method):
                    fault["times"] -= 1
                    if not fault["times"]:
                        self._waiting.remove(fault)
                    return dict(fault)
        return None

    def waiting(self):
        """Return the faults that have not struck yet."""
        with self._lock:
            return [dict(fault) for fault in self._waiting]

    def clear(self):
        """Forget them all."""
        with self._lock:
            self._waiting.clear()


class CallLog:
    """The latest calls: method, time, kind of token, outcome. Never a secret."""

    def __init__(self):
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._entries = deque(maxlen=LOG_LIMIT)

    def add(self, method, token, outcome, http_method="POST"):
        """Record a call; `outcome`: "ok", "error 6", "hang", "drop", "failed 2"…"""
        entry = {
            "id": next(self._numbers),
            "time": round(time.time(), 3),
            "method": method,
            "http_method": http_method,
            "token": token,
            "outcome": outcome,
        }
        with self._lock:
            self._entries.append(entry)

    def entries(self, after=0, method=None):
        """Return the recorded calls, oldest first."""
        with self._lock:
            return [
                dict(entry)
                for entry in self._entries
                if entry["id"] > after and method in (None, "", entry["method"])
            ]

    def clear(self):
        """Forget the calls."""
        with self._lock:
            self._entries.clear()
