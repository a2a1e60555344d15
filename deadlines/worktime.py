"""Time arithmetic of the terms: from a start instant to a deadline.

Every function takes and returns aware UTC datetimes and a `WorkingTime`
calendar whose zone gives the day borders, and returns a `Due`.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone
from typing import NamedTuple

from .calendars import DAY, WorkingTime, local_instant
from .errors import CalendarError
from .norms import Term

#: A calendar without any working time for so many days is a mistake.
HORIZON = 3660


class Due(NamedTuple):
    """A deadline, and whether it rests on days the calendar does not know."""

    at: datetime
    provisional: bool = False


class CountedDay(NamedTuple):
    """One local day between a start and a deadline.

    `kind` is the calendar's ("work", "short", "weekend", "holiday"); `counted`
    tells whether the term used it up.
    """

    day: date
    kind: str
    counted: bool


def _days(calendar: WorkingTime, first: date) -> Iterator[date]:
    """The days from `first` on, until the calendar proves empty."""
    day = first
    for _ in range(HORIZON):
        yield day
        day += DAY
    raise CalendarError(f"The calendar has no working time after {first}")


def local_day(calendar: WorkingTime, instant: datetime) -> date:
    """The organisation's date at an instant."""
    return instant.astimezone(calendar.tz).date()


def add_office_minutes(calendar: WorkingTime, start: datetime, minutes: int) -> Due:
    """Time that runs only inside working intervals."""
    return add_office_time(calendar, start, timedelta(minutes=minutes))


def add_office_time(calendar: WorkingTime, start: datetime, left: timedelta) -> Due:
    """Where a budget of working time is used up.

    One used up exactly at an interval's end is due at that end.
    """
    provisional = False
    for day in _days(calendar, local_day(calendar, start)):
        provisional = provisional or not calendar.known(day)
        for begin, end in calendar.intervals(day):
            if end <= start:
                continue
            begin = max(begin, start)
            if end - begin >= left:
                return Due(begin + left, provisional)
            left -= end - begin
    raise AssertionError("unreachable")


def office_time(calendar: WorkingTime, start: datetime, end: datetime) -> timedelta:
    """The working time between two instants."""
    worked = timedelta()
    day, last = local_day(calendar, start), local_day(calendar, end)
    while day <= last:
        for begin, finish in calendar.intervals(day):
            worked += max(min(finish, end) - max(begin, start), timedelta())
        day += DAY
    return worked


def last_day(calendar: WorkingTime, due: datetime) -> date:
    """The organisation's day that a deadline closes: 24:00 is still that day."""
    return local_day(calendar, due - timedelta.resolution)


def add_working_days(calendar: WorkingTime, start: datetime, days: int) -> Due:
    """The end of working time on the N-th working day after the start's day."""
    provisional = False
    left = days
    for day in _days(calendar, local_day(calendar, start) + DAY):
        provisional = provisional or not calendar.known(day)
        intervals = calendar.intervals(day)
        if intervals:
            left -= 1
            if not left:
                return Due(intervals[-1][1], provisional)
    raise AssertionError("unreachable")


def working_day_end(calendar: WorkingTime, start: datetime) -> Due:
    """The end of this working day, or of the next one if it is over."""
    provisional = False
    for day in _days(calendar, local_day(calendar, start)):
        provisional = provisional or not calendar.known(day)
        intervals = calendar.intervals(day)
        if intervals and start < intervals[-1][1]:
            return Due(intervals[-1][1], provisional)
    raise AssertionError("unreachable")


def add_calendar_days(calendar: WorkingTime, start: datetime, days: int) -> Due:
    """24:00 local time of the N-th day after the start's day."""
    day = local_day(calendar, start) + timedelta(days=days + 1)
    return Due(local_instant(day, time.min, calendar.tz))


def due_of(term: Term, start: datetime, calendar: WorkingTime) -> Due:
    """The deadline of any term but "before", which needs another clock."""
    unit, amount = term.unit, term.amount
    if unit == "minutes":
        return Due(start + timedelta(minutes=amount))
    if unit == "hours":
        return Due(start + timedelta(hours=amount))
    if unit == "office_minutes":
        return add_office_minutes(calendar, start, amount)
    if unit == "office_hours":
        return add_office_minutes(calendar, start, 60 * amount)
    if unit == "working_days":
        return add_working_days(calendar, start, amount)
    if unit == "working_day_end":
        return working_day_end(calendar, start)
    return add_calendar_days(calendar, start, amount)


def counted_days(
    term: Term, start: datetime, calendar: WorkingTime
) -> tuple[CountedDay, ...]:
    """The local days a term in days or office time ran through.

    Made for explanations, on demand; empty for terms that run round the clock
    or count back from another deadline.
    """
    if term.unit in ("minutes", "hours", "before"):
        return ()
    due = due_of(term, start, calendar).at
    first = local_day(calendar, start)
    last = last_day(calendar, due)
    days = []
    day = first
    while day <= last:
        if term.unit == "calendar_days":
            counted = day > first
        elif term.unit == "working_days":
            counted = day > first and bool(calendar.intervals(day))
        else:
            counted = any(
                begin < due and end > start for begin, end in calendar.intervals(day)
            )
        days.append(CountedDay(day, calendar.kind(day), counted))
        day += DAY
    return tuple(days)


def iso_utc(instant: datetime) -> str:
    """ISO 8601 in UTC with a "Z"."""
    text = instant.astimezone(timezone.utc).isoformat()
    return text.removesuffix("+00:00") + "Z"
