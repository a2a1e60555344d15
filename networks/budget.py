"""How many calls a page may still make, as a value that can be stored.

The workers of the server are processes and must never sleep, so spacing calls by
waiting is out of the question. Instead each token of a page has a bucket of calls:
a run spends from it, time fills it up again, and a run that finds it empty stops at
its cursor and says when to come back. Over any longer time the network's rate is
kept; within one run the calls go out as fast as the answers come in, and where that
is too fast for a second, the network's own "too many requests" ends the run in the
same orderly way: nothing is lost, the next run goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime


class Budget:
    """A token bucket.

    :param burst: calls a full bucket holds.
    :param per_second: calls that flow back each second.
    :param state: what :meth:`state` gave when it was stored; None is a full bucket.
    """

    def __init__(self, burst: float, per_second: float, state: Mapping | None = None):
        self.burst = burst
        self.per_second = per_second
        try:
            self._calls = float(state["calls"])
            self._at = float(state["at"])
        except (KeyError, TypeError, ValueError):
            self._calls, self._at = float(burst), None

    def _refill(self, now: datetime) -> None:
        stamp = now.timestamp()
        # A clock set back must not starve the page, so only the stamp follows it.
        elapsed = max(0.0, stamp - self._at) if self._at is not None else 0.0
        self._calls = min(self.burst, self._calls + elapsed * self.per_second)
        self._at = stamp

    def take(self, now: datetime) -> float:
        """Spend one call. 0 if it may be made, else the seconds until it may."""
        self._refill(now)
        if self._calls < 1:
            return (1 - self._calls) / self.per_second
        self._calls -= 1
        return 0.0

    def state(self) -> dict:
        """JSON-able, for the constructor's ``state``."""
        return {"calls": round(self._calls, 3), "at": self._at}
