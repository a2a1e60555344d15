"""The deadline engine: norms, a ticket's history and a calendar give clocks.

Plain Python. A deadline is a pure function of (act, facts, events, calendar):

>>> act = Act.from_data(data)
>>> calendar = russian_calendar(act.tz)
>>> events = [Event.from_data(item, act.tz) for item in history]
>>> for clock in replay(act, {"intake": "page"}, events, calendar, now):
...     print(clock.norm, clock.due, clock.state)

`waiting` tells what a question to the author does to clocks, `instants` of the clocks
no act contains: the curator's own terms and the promises of interim replies.
"""

from .calendars import Day, WeekCalendar, WorkingTime
from .clocks import Clock, Step, clocks_as_data
from .errors import CalendarError, DeadlineError, HistoryError, RegulationError
from .events import Event, parse_instant
from .norms import Act, Condition, Norm, Stage, Term
from .production import (
    OFFICE_HOURS,
    production_days,
    read_table,
    russian_calendar,
    statutory_day,
)
from .replay import replay
from .vocabulary import (
    DRAFT_KINDS,
    END_SIGNALS,
    EVENT_TYPES,
    FACTS,
    MANUAL,
    OPERATORS,
    PROMISE,
    REPLY_KINDS,
    START_SIGNALS,
    TERMINAL,
    UNITS,
    WAITING,
)
from .worktime import CountedDay, Due, counted_days, due_of

__all__ = [
    "DRAFT_KINDS",
    "END_SIGNALS",
    "EVENT_TYPES",
    "FACTS",
    "MANUAL",
    "OFFICE_HOURS",
    "OPERATORS",
    "PROMISE",
    "REPLY_KINDS",
    "START_SIGNALS",
    "TERMINAL",
    "UNITS",
    "WAITING",
    "Act",
    "CalendarError",
    "Clock",
    "Condition",
    "CountedDay",
    "Day",
    "DeadlineError",
    "Due",
    "Event",
    "HistoryError",
    "Norm",
    "RegulationError",
    "Stage",
    "Step",
    "Term",
    "WeekCalendar",
    "WorkingTime",
    "clocks_as_data",
    "counted_days",
    "due_of",
    "parse_instant",
    "production_days",
    "read_table",
    "replay",
    "russian_calendar",
    "statutory_day",
]
