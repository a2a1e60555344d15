"""Things that go wrong on purpose, and the log of the calls that came in."""

import itertools
import random
import threading
import time
from collections import deque

#: error: refuse with `code`, do nothing. http: answer HTTP `code`, do nothing.
#: hang: do it, then wait `seconds` with the answer. drop: do it, then hang up.
#: truncate: do it, then send half of the answer. twice: only for what a network
#: delivers to a client (method `callback`): the same event is delivered twice.
KINDS = ("error", "http", "hang", "drop", "truncate", "twice")

#: What the network delivers by itself; only a fault that names it strikes it.
CALLBACK = "callback"
CALLBACK_KINDS = ("error", "drop", "twice")

#: A client waiting for events asks all the time: `*` does not mean these requests.
POLL = "a_check"

#: What may happen by chance, each with its own probability.
CHANCES = ("http_500", "rate_limit", "drop", "truncate", "failed", "twice")

#: Refusal of a call that came too often, unless the network says otherwise.
RATE_LIMIT = ("error", 6)

LOG_LIMIT = 2000


class Chaos:
    """Faults by chance, repeatable: the same seed and calls give the same faults.

    The order of parallel calls is not repeatable, so only a client that calls one
    after the other meets exactly the same faults again.
    """

    def __init__(self, seed, chances):
        """`chances`: name from CHANCES -> probability of striking, 0 to 1."""
        self.seed = seed
        self.chances = {name: float(value) for name, value in chances.items()}
        unknown = set(self.chances) - set(CHANCES)
        if unknown:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
        # A NaN fails this comparison too.
        if not all(0 <= value <= 1 for value in self.chances.values()):
            raise ValueError("probabilities: 0 to 1")
        if sum(self.chances.get(name, 0) for name in CHANCES[:4]) > 1:
            raise ValueError("probabilities: together no more than 1")
        self._random = random.Random(seed)
        self.calls = 0
        self.struck = dict.fromkeys(CHANCES, 0)

    def call(self):
        """Return the name of what strikes this call, or None."""
        self.calls += 1
        drawn = self._random.random()
        for name in ("http_500", "rate_limit", "drop", "truncate"):
            drawn -= self.chances.get(name, 0)
            if drawn < 0:
                self.struck[name] += 1
                return name
        return None

    def strikes(self, name):
        """Say whether `failed` or `twice` strikes now."""
        if not self.chances.get(name):
            return False
        struck = self._random.random() < self.chances[name]
        self.struck[name] += struck
        return struck

    def failed(self):
        """Return 1, 2 or 3 where a long poll request fails, otherwise None."""
        return self._random.choice((1, 2, 3)) if self.strikes("failed") else None


class Faults:
    """Faults that wait for calls, each striking the next `times`, and chaos.

    The parts of all networks ask `take` about each call and `take_failed` about each
    request for events, so that one switch troubles them all.
    """

    def __init__(self):
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._waiting = []
        self._chaos = None
        self._raging = False

    def add(self, method, kind, times=1, code=10, seconds=30.0):
        """Prepare a fault for the calls of `method`; `*` means any method."""
        if kind not in KINDS:
            raise ValueError(f"kind: {', '.join(KINDS)}")
        if kind == "http" and not 400 <= int(code) <= 599:
            raise ValueError("code: 400 to 599")
        if method == CALLBACK and kind not in CALLBACK_KINDS:
            raise ValueError(f"kind for {CALLBACK}: {', '.join(CALLBACK_KINDS)}")
        if kind == "twice" and method != CALLBACK:
            raise ValueError(f"twice: only for {CALLBACK}")
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

    def take(self, method, rate_limit=RATE_LIMIT):
        """Return the fault that strikes this call, or None.

        A prepared fault comes before chance. `rate_limit` is how the network refuses
        calls that come too often, `(kind, code)`: `("error", 8)`, `("http", 429)`.
        """
        with self._lock:
            fault = self._next((method,) if method == POLL else (method, "*"))
            if fault or not self._raging:
                return fault
            name = self._chaos.call()
            if name is None:
                return None
            kind, code = {"http_500": ("http", 500), "rate_limit": rate_limit}.get(
                name, (name, 0)
            )
            return {"method": method, "kind": kind, "code": code, "seconds": 0.0}

    def _next(self, methods):
        for fault in self._waiting:
            if fault["method"] in methods:
                fault["times"] -= 1
                if not fault["times"]:
                    self._waiting.remove(fault)
                return dict(fault)
        return None

    def take_failed(self):
        """Return what a request for events fails with by chance: 1, 2, 3 or None."""
        with self._lock:
            return self._chaos.failed() if self._raging else None

    def take_callback(self):
        """Return the kind of fault that strikes a delivery to a client, or None."""
        with self._lock:
            fault = self._next((CALLBACK,))
            if fault:
                return fault["kind"]
            return "twice" if self._raging and self._chaos.strikes("twice") else None

    def rage(self, seed, chances):
        """Let chance strike from now on; see Chaos."""
        chaos = Chaos(seed, chances)
        with self._lock:
            self._chaos, self._raging = chaos, True

    def calm(self):
        """End the chaos; what struck can still be read."""
        with self._lock:
            self._raging = False

    def chaos(self):
        """Return the present or latest chaos with counters of what struck."""
        with self._lock:
            if not self._chaos:
                return {
                    "active": False,
                    "calls": 0,
                    "struck": dict.fromkeys(CHANCES, 0),
                }
            return {
                "active": self._raging,
                "seed": self._chaos.seed,
                "chances": dict(self._chaos.chances),
                "calls": self._chaos.calls,
                "struck": dict(self._chaos.struck),
            }

    def waiting(self):
        """Return the faults that have not struck yet."""
        with self._lock:
            return [dict(fault) for fault in self._waiting]

    def clear(self):
        """Forget the prepared faults."""
        with self._lock:
            self._waiting.clear()


def cut(data):
    """Return the first half of an answer: never whole JSON, perhaps half a letter."""
    return data[: len(data) // 2]


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
