"""What a replay remembers between two events; private to the engine."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from .clocks import Step
from .events import Event
from .norms import Norm, Stage


class RunningClock:
    """A clock in the making."""

    __slots__ = (
        "base",
        "cancelled",
        "done",
        "due",
        "executor",
        "fixed",
        "norm",
        "provisional",
        "run",
        "start",
        "steps",
    )

    def __init__(self, run, norm, start, due, provisional, base):
        self.run: Run = run
        self.norm: Norm = norm
        self.executor: str | None = run.scope.executor
        self.start: datetime = start
        self.due: datetime = due
        self.provisional: bool = provisional
        self.base: RunningClock | None = base
        self.done: datetime | None = None
        self.cancelled = False
        #: the deadline is an instant that somebody named, not a term counted
        self.fixed = False
        self.steps: list[Step] = []

    @property
    def order(self) -> tuple:
        return (self.start, self.norm.code, self.executor or "")

    def state(self, now: datetime | None) -> str:
        if self.done is None:
            return "overdue" if now is not None and now > self.due else "running"
        if self.done > self.due:
            return "breached"
        return "cancelled" if self.cancelled else "met"

    def finish(self, event: Event, *, cancelled: bool) -> None:
        self.done = event.at
        self.cancelled = cancelled
        kind = "cancelled" if cancelled else "ended"
        self.steps.append(Step(kind, event, self.due))


class Run:
    """One stage's course within the ticket or within an assignment.

    It is active from its start event to its end event whether or not a norm
    applies, so that a changed fact knows what has started and not ended. A
    stage whose norms start or end differently has one run for each way.
    """

    __slots__ = (
        "active",
        "armed",
        "clock",
        "ends",
        "extended_after",
        "extension",
        "first_wait",
        "origin",
        "scope",
        "stage",
        "start",
        "started",
    )

    def __init__(self, scope, stage, start, ends):
        self.scope: Scope = scope
        self.stage: Stage | None = stage
        self.start: str | None = start
        self.ends: tuple[str, ...] = ends
        self.started: Event | None = None
        self.active = False
        self.clock: RunningClock | None = None
        self.extension = timedelta()
        #: how many waits had begun when the extension was granted
        self.extended_after = 0
        #: how many waits had begun before the start event
        self.first_wait = 0
        #: both as the start event of the first way gave them
        self.origin: tuple[Event | None, int] = (None, 0)
        # A run that starts by a milestone starts once per round of drafts.
        self.armed = True

    def withdraw(self, event: Event) -> None:
        """Stop as if the start had not happened."""
        self.active = False
        if self.clock:
            self.clock.finish(event, cancelled=True)
            # What counts back from this norm finds no clock any more.
            self.scope.latest.pop(self.clock.norm.code, None)
            self.clock = None


class Scope:
    """The runs of the ticket, or of one live assignment."""

    __slots__ = ("draft", "executor", "latest", "rework", "runs", "submitted")

    def __init__(self, stages: Iterable[Stage], executor: str | None = None):
        self.executor = executor
        self.runs = [
            Run(self, stage, start, ends)
            for stage in stages
            for start, ends in stage.tracks
        ]
        #: norm code -> its latest clock that was not cancelled
        self.latest: dict[str, RunningClock] = {}
        #: the kind of the draft that stands, if any
        self.draft: str | None = None
        self.submitted = False
        #: a draft was sent back and not yet answered
        self.rework = False
