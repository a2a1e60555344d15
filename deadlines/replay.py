"""From a history to its clocks: a state machine that is fed every event once.

Nothing here knows an act: which event starts or ends what is in the norms.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from .calendars import WorkingTime
from .clocks import Clock, Step
from .errors import HistoryError
from .events import Event
from .instants import Instants
from .norms import Act, Norm
from .state import Run, RunningClock, Scope
from .vocabulary import (
    EVENT_TYPES,
    MANUAL,
    MILESTONES,
    ONCE,
    PROMISE,
    TERMINAL,
    UNDOABLE,
)
from .waiting import Waiting
from .ways import Ways
from .worktime import Due


def replay(
    act: Act,
    facts: Mapping[str, Any],
    events: Iterable[Event],
    calendar: WorkingTime,
    now: datetime | None = None,
) -> list[Clock]:
    """Every clock that has ever started, ordered by (start, norm, executor).

    Pure: the same arguments give the same clocks, and nothing is kept.

    :param facts: the ticket's facts before its first `facts_changed`
    :param events: in any order; equal instants keep the order given
    :param now: aware; separates "running" from "overdue". Without it every
        open clock is "running"
    :raises HistoryError: for an event that is impossible at its place
    """
    course = _Course(act, facts, calendar)
    for event in _effective(events):
        course.apply(event)
    return _results(course.clocks, now)


def _effective(events: Iterable[Event]) -> list[Event]:
    """The events in time order, without what `restored` has undone.

    An undone event is as if it had never been, so it is simply left out: the
    clocks it had cancelled then run on by themselves.
    """
    history: list[Event] = []
    for event in sorted(events, key=lambda event: event.at):
        if event.type != "restored":
            history.append(event)
            continue
        for index in range(len(history) - 1, -1, -1):
            if history[index].type in UNDOABLE:
                del history[index]
                break
    return history


def _results(running: Iterable[RunningClock], now: datetime | None) -> list[Clock]:
    seen: dict[tuple, int] = {}
    clocks = []
    for item in sorted(running, key=lambda item: item.order):
        ordinal = seen[item.order] = seen.get(item.order, -1) + 1
        clocks.append(
            Clock(
                norm=item.norm.code,
                stage=item.norm.stage,
                executor=item.executor,
                start=item.start,
                due=item.due,
                done=item.done,
                state=item.state(now),
                provisional=item.provisional,
                trace=tuple(item.steps),
                ordinal=ordinal,
            )
        )
    return clocks


class _Course(Ways, Waiting, Instants):
    """The state of one ticket between two events."""

    def __init__(self, act: Act, facts: Mapping[str, Any], calendar: WorkingTime):
        self.act = act
        self.facts = dict(facts)
        self.calendar = calendar
        self.clocks: list[RunningClock] = []
        self.ticket = Scope(act.ticket_stages)
        self._init_instants()
        self._init_waiting()
        self._init_ways()
        self.live: dict[str, Scope] = {}
        #: the ticket's events by type: of `ONCE` the first, else the latest
        self.seen: dict[str, Event] = {}
        self.assigned = False
        self.over = False
        self.chosen: dict[str, list[Norm | None]] = {}

    # -- events ---------------------------------------------------------

    def apply(self, event: Event) -> None:
        """Take the next event."""
        if event.type == "term_changed":
            self._change_term(event)
        elif EVENT_TYPES[event.type]:
            self._apply_to_executor(event)
        elif self.over:
            return
        elif event.type == "facts_changed":
            self._change_facts(event)
        else:
            self._apply_to_ticket(event)

    def _apply_to_ticket(self, event: Event) -> None:
        kind = event.type
        repeated = kind in ONCE and kind in self.seen
        if not repeated:
            self.seen[kind] = event
        scopes = [self.ticket, *self.live.values()]
        self._end(event, (kind,), scopes)
        if kind in TERMINAL:
            self.over = True
            for scope in scopes:
                for run in scope.runs:
                    run.withdraw(event)
            return
        if kind == "interim_published":
            if not repeated:
                self._extend(event, scopes)
            self._promise(event)
            self._use_up_interim_drafts(event)
        self._wait(event)
        if not repeated:
            self.waits_at[kind] = len(self.waits)
            for scope in scopes:
                self._start(event, (kind,), scope)
        elif kind == "received" and event.facts:
            self._add_way(event)

    def _apply_to_executor(self, event: Event) -> None:
        if event.type == "assigned":
            if event.executor not in self.live:
                self._assign(event)
            return
        scope = self.live.get(event.executor)
        if scope is None:
            return
        # Who is live and has submitted is followed to the very end: only so
        # can an impossible event be told from a late one.
        signals = (event.type,)
        repeated = False
        if event.type == "declined":
            del self.live[event.executor]
            signals += self._milestones()
        elif event.type == "draft_submitted":
            scope.draft = event.reply_kind
            scope.submitted = True
            scope.rework = False
            if scope.draft == "final":
                signals += ("final_draft",)
            signals += self._milestones()
        elif event.type == "rework_requested":
            if not scope.submitted:
                raise HistoryError(
                    f"Rework requested of {event.executor!r}, who has submitted nothing"
                )
            repeated = scope.rework
            scope.draft = None
            scope.rework = True
        if self.over:
            return
        self._end(event, signals, (self.ticket, scope))
        if event.type == "declined":
            for run in scope.runs:
                run.withdraw(event)
        elif event.type == "rework_requested":
            self._withdraw_milestones(event)
        if repeated:
            return
        self._start(event, signals, self.ticket)
        if event.type != "declined":
            self._start(event, signals, scope)

    def _assign(self, event: Event) -> None:
        scope = Scope(self.act.assignment_stages, event.executor)
        self.live[event.executor] = scope
        signals = ("assigned",) if self.assigned else ("assigned", "first_assigned")
        self.assigned = True
        if self.over:
            return
        self._end(event, signals, (self.ticket,))
        self._withdraw_milestones(event)
        self._start(event, signals, self.ticket)
        for run in scope.runs:
            if run.start == "assigned":
                self._begin(run, event, event)
            elif run.start in self.seen:
                self._begin(run, self.seen[run.start], event)

    # -- starting and ending --------------------------------------------

    def _end(self, event: Event, signals, scopes) -> None:
        for scope in scopes:
            for run in scope.runs:
                if run.active and any(signal in run.ends for signal in signals):
                    self._end_run(run, event, signals)

    def _end_run(self, run: Run, event: Event, signals) -> None:
        run.active = False
        if not run.clock:
            return
        run.clock.finish(event, cancelled=False)
        run.clock = None
        if run.stage and len(run.stage.tracks) > 1:
            # The norm that applied has ended its stage, other ways included.
            for sibling in run.scope.runs:
                if sibling.stage is run.stage:
                    sibling.active = False
                    if sibling.clock:
                        met = any(signal in sibling.ends for signal in signals)
                        sibling.clock.finish(event, cancelled=not met)
                        sibling.clock = None

    def _start(self, event: Event, signals, scope: Scope) -> None:
        for run in scope.runs:
            if run.start in signals:
                self._begin(run, event, event)

    def _begin(self, run: Run, started: Event, event: Event) -> None:
        """Start a run that is not under way, counting from `started`."""
        if run.active or self._reached(run.ends):
            return
        if run.start in MILESTONES:
            if not run.armed:
                return
            run.armed = False
        run.active = True
        run.extension = timedelta()
        run.extended_after = 0
        first_wait = len(self.waits)
        if started is not event:
            first_wait = self.waits_at[run.start]
        run.origin = (started, first_wait)
        best = self._shortest(run, self._options(run))
        if best:
            self._open(run, best.norm, event)

    def _reached(self, ends: tuple[str, ...]) -> bool:
        """Whether an end that can come only once, or stands, has come."""
        if "first_assigned" in ends and self.assigned:
            return True
        return any(milestone in ends for milestone in self._milestones())

    def _base(self, norm: Norm, scope: Scope) -> RunningClock | None:
        """The clock that a "before" term counts back from."""
        other = self.act.by_code[norm.term.other]
        home = scope if other.per_assignment else self.ticket
        return home.latest.get(other.code)

    def _open(self, run: Run, norm: Norm, event: Event) -> None:
        counted = self._count_or_refer(run, norm)
        if counted is None:
            return
        base = self._base(norm, run.scope) if norm.term.other else None
        clock = RunningClock(run, norm, run.started.at, *counted, base)
        clock.steps.append(Step("started", run.started, clock.due))
        if event is not run.started:
            clock.steps.append(Step("opened", event, clock.due))
        self._add(clock)
        self._rebase(clock, event)

    def _count_or_refer(self, run: Run, norm: Norm) -> Due | None:
        """The deadline of a norm; None where the one it refers to has no clock."""
        if not norm.term.other:
            return self._count(run, norm)
        base = self._base(norm, run.scope)
        if base is None:
            return None
        due = base.due - timedelta(minutes=norm.term.amount) + run.extension
        return Due(due, base.provisional)

    def _add(self, clock: RunningClock) -> None:
        self.clocks.append(clock)
        clock.run.clock = clock
        clock.run.scope.latest[clock.norm.code] = clock

    def _rebase(self, clock: RunningClock, event: Event) -> None:
        """Let running clocks that count back from this norm follow its new clock."""
        code = clock.norm.code
        if code not in self.act.referred:
            return
        for other in self.clocks:
            if other.done is None and other.norm.term.other == code:
                if clock.executor in (None, other.executor):
                    other.base = clock
                    self._follow(other, event)

    # -- drafts of several executors ------------------------------------

    def _milestones(self) -> tuple[str, ...]:
        """The milestones that the live assignments have reached."""
        drafts = [scope.draft for scope in self.live.values()]
        if not drafts or None in drafts:
            return ()
        return ("all_drafts",) if "interim" in drafts else MILESTONES

    def _withdraw_milestones(self, event: Event) -> None:
        """An answer is outstanding again: wait for a new round of drafts."""
        for run in self.ticket.runs:
            if run.start in MILESTONES:
                run.withdraw(event)
                run.armed = True

    def _use_up_interim_drafts(self, event: Event) -> None:
        for scope in self.live.values():
            if scope.draft == "interim":
                scope.draft = None
        standing = bool(self._milestones())
        for run in self.ticket.runs:
            if run.start not in MILESTONES or run.active:
                continue
            published = "interim_published" in run.ends
            if standing and published:
                run.armed = True
                self._begin(run, event, event)
            elif not standing and (published or run.start == "all_drafts"):
                run.armed = True

    # -- corrections ----------------------------------------------------

    def _extend(self, event: Event, scopes) -> None:
        """The ticket's single extension, by its first interim reply."""
        extension = self.act.interim_extension
        if not extension:
            return
        for scope in scopes:
            for run in scope.runs:
                clock = run.clock
                if clock and clock.norm.extended_by_interim and event.at <= clock.due:
                    # Granted to the stage: whichever norm applies later keeps it.
                    for other in scope.runs:
                        if other.stage is run.stage:
                            other.extension += extension
                            other.extended_after = len(self.waits)
                    self._move(clock, clock.due + extension, event)

    def _follow(self, clock: RunningClock, event: Event) -> None:
        """Compute anew a deadline that counts back from another's."""
        due = clock.base.due - timedelta(minutes=clock.norm.term.amount)
        due += clock.run.extension
        if due != clock.due and event.at <= clock.due:
            clock.provisional = clock.base.provisional
            self._move(clock, due, event)

    def _change_term(self, event: Event) -> None:
        if event.norm == MANUAL:
            self._change_manual_term(event)
            return
        if event.norm == PROMISE:
            raise HistoryError("A promise to the author is not moved by hand")
        norm = self.act.by_code.get(event.norm)
        if norm is None:
            raise HistoryError(f"The act has no norm {event.norm!r} to change")
        clocks = [
            clock
            for clock in self.clocks
            if clock.norm is norm
            and clock.done is None
            and event.at <= clock.due
            and (not event.executor or clock.executor in (None, event.executor))
        ]
        if not clocks:
            raise HistoryError(f"Norm {event.norm!r} has no clock running in time")
        for clock in clocks:
            clock.provisional = False
            clock.fixed = True
            self._move(clock, event.due, event)

    def _change_facts(self, event: Event) -> None:
        """Choose again the norm of every stage that is under way."""
        self.facts.update(event.facts or {})
        self._look_again(event)

    def _choose_again(self, run: Run, event: Event) -> None:
        options = self._options(run)
        best = self._shortest(run, options)
        if run.clock:
            if self._kept(run, options, best):
                return
            run.withdraw(event)
            run.active = True
            if best:
                run.started, run.first_wait = best.started, best.first_wait
        if best:
            self._open(run, best.norm, event)
