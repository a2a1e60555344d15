"""Clocks whose deadline is an instant that somebody named.

Two norms no act contains. `manual` is the curator's own, where the act sets no term:
a `term_changed` of it opens its clock or moves the one that runs. `promise` is what
an interim reply promised the citizen: an `interim_published` with a `due` opens its
clock. `published` ends both, in time or late; whatever else ends the course cancels
them.

A promise is to a citizen: no `term_changed` moves it and no waiting does. Another
interim reply with another promise takes its place: the running one is cancelled then,
or breached where its instant has passed. One that repeats the promise, or promises
nothing, leaves it running. A promise that had passed when it was published is
breached by whatever ends it.
"""

from .clocks import Step
from .errors import HistoryError
from .events import Event
from .norms import Norm, Term
from .state import Run, RunningClock, Scope
from .vocabulary import MANUAL, PROMISE


def _built_in(code: str, start: str) -> Norm:
    """A norm whose start and term are never looked at."""
    return Norm(
        code=code,
        stage=code,
        clause="",
        per_assignment=False,
        start=start,
        ends=("published",),
        term=Term("working_day_end"),
    )


MANUAL_NORM = _built_in(MANUAL, "registered")
PROMISE_NORM = _built_in(PROMISE, "interim_published")


class Instants:
    """The part of a course that keeps these clocks."""

    ticket: Scope
    over: bool

    def _init_instants(self) -> None:
        self.manual = Run(self.ticket, None, None, MANUAL_NORM.ends)
        self.promise = Run(self.ticket, None, None, PROMISE_NORM.ends)
        self.ticket.runs += [self.manual, self.promise]

    def _change_manual_term(self, event: Event) -> None:
        clock = self.manual.clock
        if self.over or (clock and event.at > clock.due):
            raise HistoryError(f"Norm {MANUAL!r} has no clock running in time")
        if clock:
            self._move(clock, event.due, event)
        else:
            self._open_at(self.manual, MANUAL_NORM, event)

    def _promise(self, event: Event) -> None:
        """Follow what an interim reply promises, if it promises anything."""
        clock = self.promise.clock
        if event.due is None or (clock and clock.due == event.due):
            return
        self.promise.withdraw(event)
        self._open_at(self.promise, PROMISE_NORM, event)

    def _open_at(self, run: Run, norm: Norm, event: Event) -> None:
        run.active = True
        run.started = event
        clock = RunningClock(run, norm, event.at, event.due, False, None)
        clock.fixed = True
        clock.steps.append(Step("started", event, clock.due))
        self._add(clock)
