"""One message that came in by several ways: the shortest term counts.

The first `received` starts the clocks of the ticket. A later one that carries
`facts` (such as another intake) is a further way in: to the system it came by, the
message was received at its `since`, whenever we heard of it. From then on every
stage that is under way has one candidate per way, the first norm whose conditions
hold for that way, counted from that way's own `received` where the norm counts from
there. The candidate with the earliest deadline is the stage's clock; of equal ones
that of the earlier way.

- A way is looked at when it is heard of, so nothing that has ended changes: a stage
  that ended before opens no clock, and an ended clock stays as it ended.
- A running clock is kept as long as no candidate is due earlier, with whatever was
  granted to it or set by hand. Else it is cancelled and the candidate's clock opens,
  as where a changed fact has another norm apply.
- A changed fact replaces that of the first way. What a further way says of itself
  stays true of it.
- A stage whose norms start or end differently may have a clock of each kind.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from .calendars import WorkingTime
from .events import Event
from .norms import Norm, Stage
from .state import Run, RunningClock, Scope
from .waiting import Wait
from .worktime import Due


class Option(NamedTuple):
    """What one way makes of a stage: a norm, and the event it counts from."""

    norm: Norm
    started: Event
    first_wait: int


class Ways:
    """The part of a course that weighs the ways in against each other."""

    facts: dict[str, Any]
    calendar: WorkingTime
    ticket: Scope
    live: dict[str, Scope]
    waits: list[Wait]
    chosen: dict[str, list[Norm | None]]

    def _init_ways(self) -> None:
        #: further `received` events, each at the instant its terms count from
        self.ways: list[Event] = []

    def _add_way(self, event: Event) -> None:
        """Take a further way in, and look at every stage that is under way."""
        self.ways.append(replace(event, at=event.since or event.at))
        self._look_again(event)

    def _look_again(self, event: Event) -> None:
        self.chosen.clear()
        for scope in (self.ticket, *self.live.values()):
            for run in scope.runs:
                if run.active and run.stage:
                    self._choose_again(run, event)

    def _norms(self, stage: Stage) -> list[Norm | None]:
        """The norm that applies to each way, the first way's first."""
        if stage.name not in self.chosen:
            self.chosen[stage.name] = [
                next((norm for norm in stage.norms if norm.applies(facts)), None)
                for facts in (
                    self.facts,
                    *({**self.facts, **(way.facts or {})} for way in self.ways),
                )
            ]
        return self.chosen[stage.name]

    def _options(self, run: Run) -> list[Option]:
        """What may be the clock of a run under way, without repetition."""
        started, first_wait = run.origin
        options: list[Option] = []
        for norm, way in zip(self._norms(run.stage), (None, *self.ways), strict=True):
            if norm is None or (norm.start, norm.ends) != (run.start, run.ends):
                continue
            option = Option(norm, started, first_wait)
            if way is not None and run.start == "received":
                before = sum(wait.asked < way.at for wait in self.waits)
                option = Option(norm, way, before)
            if option not in options:
                options.append(option)
        return options

    def _due(self, run: Run, option: Option) -> datetime | None:
        """When the option would be due; None where what it refers to has no clock."""
        run.started, run.first_wait = option.started, option.first_wait
        due = self._count_or_refer(run, option.norm)
        return due and due.at

    def _shortest(self, run: Run, options: list[Option]) -> Option | None:
        """The option due first; the run counts by it afterwards."""
        best = options[0] if options else None
        if len(options) > 1:
            dues = [(self._due(run, option), option) for option in options]
            dated = [pair for pair in dues if pair[0] is not None]
            best = min(dated, key=lambda pair: pair[0])[1] if dated else best
        if best:
            run.started, run.first_wait = best.started, best.first_wait
        else:
            run.started, run.first_wait = run.origin
        return best

    def _kept(self, run: Run, options: list[Option], best: Option | None) -> bool:
        """Whether the running clock of the run goes on beside these options."""
        clock: RunningClock = run.clock
        own = [
            o for o in options if o.norm is clock.norm and o.started.at == clock.start
        ]
        if best is None or not own:
            return False
        if best not in own:
            due = self._due(run, best)
            if due is not None and due < clock.due:
                return False
        run.started, run.first_wait = own[0].started, own[0].first_wait
        return True

    def _count_or_refer(self, run: Run, norm: Norm) -> Due | None:
        raise NotImplementedError
