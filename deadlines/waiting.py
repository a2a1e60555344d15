"""What waiting for the author's answer does to clocks.

Only under an act whose `waiting` is "stops"; under "runs" a question moves nothing.

- `clarification_published` stops every clock that runs and is not at or past its
  deadline. `clarification_answered` lets it go on, as if it had started later by
  the time waited. That time is measured as the term is: what was left of the term
  at the question is left of it at the answer (`resumed`), so a clock never finds
  its deadline behind it when the answer comes.
- While the question is unanswered the deadline shows the longest wait,
  `waiting_days` of 24 hours. It is as long as any wait gets: an answer that comes
  later changes nothing, nor does one that never comes.
- A second question before the answer ends the first wait at its instant (or where
  the first had run out) and begins another, with a longest wait of its own. An
  answer that no question waits for moves nothing.
- A clock that opens later but counts from before the question (of an executor
  assigned later, of a norm that a changed fact chose) is counted with the wait. One
  that starts during the wait runs: its step is somebody's, whatever the author does.
  So does one that the question itself starts.
- A term "before" another deadline follows that one.
- An instant that somebody named stands: a promise to the author, the curator's own
  term, a deadline set by `term_changed`.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from .calendars import DAY, WorkingTime
from .clocks import Step
from .events import Event
from .norms import Act, Norm, Term
from .state import Run, RunningClock, Scope
from .worktime import (
    Due,
    add_calendar_days,
    add_office_time,
    add_working_days,
    due_of,
    last_day,
    local_day,
    office_time,
    working_day_end,
)


class Wait(NamedTuple):
    """From a question to its answer, or to the end of the longest wait."""

    asked: datetime
    until: datetime


def resumed(term: Term, due: datetime, wait: Wait, calendar: WorkingTime) -> Due:
    """The deadline `due` of a clock that stood still during the wait.

    In round-the-clock time the wait is added. In working time, as much of it is left
    at the end of the wait as was at its beginning. In days, as many days follow the
    day of the answer as followed the day of the question; where none did, it is the
    end of the day of the answer (the next one, where working time is over).
    """
    if term.unit in ("minutes", "hours"):
        return Due(due + (wait.until - wait.asked))
    if term.unit in ("office_minutes", "office_hours"):
        left = office_time(calendar, wait.asked, due)
        return add_office_time(calendar, wait.until, left)
    asked, last = local_day(calendar, wait.asked), last_day(calendar, due)
    if term.unit == "calendar_days":
        return add_calendar_days(calendar, wait.until, (last - asked).days)
    days = [asked + DAY * number for number in range(1, (last - asked).days + 1)]
    left = sum(bool(calendar.intervals(day)) for day in days)
    if left:
        return add_working_days(calendar, wait.until, left)
    return working_day_end(calendar, wait.until)


class Waiting:
    """The part of a course that stops clocks and lets them go on."""

    act: Act
    calendar: WorkingTime
    ticket: Scope
    live: dict[str, Scope]

    def _init_waiting(self) -> None:
        self.waits: list[Wait] = []
        #: a question is unanswered
        self.waiting = False
        #: by type of event: how many waits had begun when it was seen
        self.waits_at: dict[str, int] = {}

    def _wait(self, event: Event) -> None:
        """Follow a question or an answer; other events leave waiting alone."""
        asks = event.type == "clarification_published"
        answers = event.type == "clarification_answered" and self.waiting
        if self.act.waiting != "stops" or not (asks or answers):
            return
        if self.waiting:
            asked, until = self.waits[-1]
            self.waits[-1] = Wait(asked, min(event.at, until))
        if asks:
            longest = timedelta(days=self.act.waiting_days)
            self.waits.append(Wait(event.at, event.at + longest))
        self.waiting = asks
        for scope in (self.ticket, *self.live.values()):
            for run in scope.runs:
                self._count_again(run, event)

    def _count_again(self, run: Run, event: Event) -> None:
        clock = run.clock
        if clock is None or clock.fixed or clock.base or event.at > clock.due:
            return
        due = self._count(run, clock.norm)
        if due.at != clock.due:
            clock.provisional = due.provisional
            self._move(clock, due.at, event)

    def _count(self, run: Run, norm: Norm) -> Due:
        """The deadline of a term that is counted: with waits and extension."""
        due, provisional = due_of(norm.term, run.started.at, self.calendar)
        granted = timedelta()
        for number, wait in enumerate(self.waits[run.first_wait :], run.first_wait):
            extension = run.extension if number >= run.extended_after else timedelta()
            if wait.asked < due:
                due, unsettled = resumed(norm.term, due, wait, self.calendar)
                provisional = provisional or unsettled
            elif wait.asked < due + extension + granted:
                # Of the extension, which is elapsed time, the rest was left.
                granted += wait.until - wait.asked
        return Due(due + run.extension + granted, provisional)

    def _move(self, clock: RunningClock, due: datetime, event: Event) -> None:
        """Set a running clock's deadline, and what counts back from it."""
        clock.steps.append(Step("moved", event, due, clock.due))
        clock.due = due
        for other in self.clocks:
            if other.base is clock and other.done is None:
                self._follow(other, event)
