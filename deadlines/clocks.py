"""The answer of a replay: clocks, and the steps that made them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from .events import Event
from .worktime import iso_utc


class Step(NamedTuple):
    """One thing that happened to a clock.

    :param kind: "started" (by the event the clock counts from), "opened" (by a
        later event: the assignment, or a changed fact), "moved", "ended" or
        "cancelled"
    :param event: the event that did it
    :param due: the deadline after the step
    :param previous: of "moved": the deadline before it
    """

    kind: str
    event: Event
    due: datetime
    previous: datetime | None = None


@dataclass(frozen=True)
class Clock:
    """A running or finished deadline; all instants are aware UTC.

    :param norm: the code of the norm that made it
    :param executor: the assignment's executor, None for a clock of the ticket
    :param done: when it ended, also when cancelled
    :param state: "running", "overdue", "met", "breached" or "cancelled"
    :param provisional: the deadline rests on days the calendar does not know
    :param ordinal: tells apart clocks of one norm, executor and start
    """

    norm: str
    stage: str
    executor: str | None
    start: datetime
    due: datetime
    done: datetime | None
    state: str
    provisional: bool
    trace: tuple[Step, ...]
    ordinal: int = 0

    @property
    def key(self) -> tuple[str, str | None, datetime, int]:
        """The clock's identity over replays of the same, growing history."""
        return (self.norm, self.executor, self.start, self.ordinal)


def clocks_as_data(clocks: Iterable[Clock]) -> list[dict[str, Any]]:
    """The JSON-able form of the preview's contract: UTC times with a "Z"."""
    return [
        {
            "norm": clock.norm,
            "stage": clock.stage,
            "executor": clock.executor,
            "start": iso_utc(clock.start),
            "due": iso_utc(clock.due),
            "done": iso_utc(clock.done) if clock.done else None,
            "state": clock.state,
        }
        for clock in clocks
    ]
