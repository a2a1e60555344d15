"""Working time of an organisation, day by day."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta, timezone
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from .errors import CalendarError

Interval = tuple[datetime, datetime]
Hours = Mapping[int, Sequence[tuple[time, time]]]

DAY = timedelta(days=1)
SHORTENING = timedelta(hours=1)


class WorkingTime(Protocol):
    """What the engine asks of a calendar.

    `tz` is the organisation's zone: all day borders are local to it.
    """

    tz: ZoneInfo

    def intervals(self, day: date) -> Sequence[Interval]:
        """The day's working intervals, aware UTC, in order, none empty."""

    def known(self, day: date) -> bool:
        """Whether the day's kind is settled; a deadline that rests on an
        unsettled day is provisional."""

    def kind(self, day: date) -> str:
        """ "work", "short", "weekend" or "holiday": for explanations only."""


class Day(NamedTuple):
    """A day that differs from its weekday.

    :param kind: "off"; "work" (a full working day); "short" (one hour less at
        the end)
    :param hours_of: the day whose weekday gives the hours; needed where the
        day itself has none
    """

    kind: str
    hours_of: date | None = None


def local_instant(day: date, at: time, tz: ZoneInfo, *, last: bool = False) -> datetime:
    """The UTC instant of a local time.

    An hour that occurs twice gives its first occurrence, or the last one with
    `last`. A time that the clocks skip gives the instant of the jump.
    """
    local = datetime.combine(day, at, tz)
    instant = local.replace(fold=int(last)).astimezone(timezone.utc)
    if instant.astimezone(tz).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    # In a gap `fold` picks the offset before or after the jump, and reading
    # the time with either brackets the jump.
    low = local.replace(fold=1).astimezone(timezone.utc)
    high = local.replace(fold=0).astimezone(timezone.utc)
    offset = high.astimezone(tz).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if middle <= low:
            break
        if middle.astimezone(tz).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return high


class WeekCalendar:
    """A week's hours with exceptional days; intervals are cached per day.

    :param hours: weekday (0 is Monday) -> local (begin, end) pairs in order;
        an end of 00:00 is the end of the day
    :param exceptions: date -> `Day`, or just its kind
    :param known_years: years whose exceptions are complete; None means all
    :param otherwise: gives the exceptions of all other years
    """

    def __init__(
        self,
        tz: ZoneInfo,
        hours: Hours,
        exceptions: Mapping[date, Day | str] | None = None,
        known_years: Collection[int] | None = None,
        otherwise: Callable[[date], Day | None] | None = None,
    ):
        self.tz = tz
        self._hours = {weekday: tuple(pairs) for weekday, pairs in hours.items()}
        self._exceptions = {
            day: exception if isinstance(exception, Day) else Day(exception)
            for day, exception in (exceptions or {}).items()
        }
        for day, exception in self._exceptions.items():
            if exception.kind not in ("off", "work", "short"):
                raise CalendarError(f"Unknown kind of day {day}: {exception.kind!r}")
        self._known_years = None if known_years is None else frozenset(known_years)
        self._otherwise = otherwise
        self._cache: dict[date, tuple[Interval, ...]] = {}

    def known(self, day: date) -> bool:
        """Whether the year's exceptions are complete."""
        return self._known_years is None or day.year in self._known_years

    def kind(self, day: date) -> str:
        """ "work", "short", "weekend" or "holiday"."""
        exception = self._exception(day)
        if exception is not None and exception.kind != "off":
            return exception.kind if self.intervals(day) else "weekend"
        if not self._hours.get(day.weekday()):
            return "weekend"
        return "work" if exception is None else "holiday"

    def intervals(self, day: date) -> tuple[Interval, ...]:
        """The day's working intervals, aware UTC, in order, none empty."""
        found = self._cache.get(day)
        if found is None:
            found = self._cache[day] = tuple(self._compute(day))
        return found

    def _exception(self, day: date) -> Day | None:
        exception = self._exceptions.get(day)
        if exception is None and self._otherwise and not self.known(day):
            exception = self._otherwise(day)
        return exception

    def _compute(self, day: date) -> list[Interval]:
        exception = self._exception(day)
        if exception is not None and exception.kind == "off":
            return []
        model = exception.hours_of if exception and exception.hours_of else day
        intervals = []
        for begin, end in self._hours.get(model.weekday(), ()):
            first = local_instant(day, begin, self.tz)
            end_day = day + DAY if end == time.min else day
            # Midnight belongs to the next day: its first occurrence ends ours.
            last = local_instant(end_day, end, self.tz, last=end_day == day)
            if intervals:
                # A break inside an hour that occurs twice is no break.
                first = max(first, intervals[-1][1])
            if first < last:
                intervals.append((first, last))
        if exception is not None and exception.kind == "short":
            intervals = _shortened(intervals)
        return intervals


def _shortened(intervals: list[Interval]) -> list[Interval]:
    """The intervals without the last hour of working time."""
    cut = SHORTENING
    kept = list(intervals)
    while kept and cut:
        begin, end = kept.pop()
        if end - begin > cut:
            kept.append((begin, end - cut))
            break
        cut -= end - begin
    return kept
