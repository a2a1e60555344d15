"""Whether a page has gone silent: judged by its own habits, in figures.

A page is compared with itself only: how many messages usually come in the hours of the
week that have passed since the last one, and what the longest pause has been.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

#: Weeks looked back.
WEEKS = 8
#: With less than this nothing is said: days from the first message, and messages.
LEAST_DAYS, LEAST_MESSAGES = 14, 40
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Silence:
    """How a pause compares with the page's habits.

    :param since: the last message.
    :param expected: messages that usually come in the hours that have passed since.
    :param longest: the longest pause between two messages so far.
    :param messages: how many messages this rests on.
    """

    since: datetime
    expected: float
    longest: timedelta
    messages: int

    def unusual(self, now: datetime, missing: float) -> bool:
        """Whether at least ``missing`` messages should have come, and the pause is
        longer than any before."""
        return self.expected >= missing and now - self.since > self.longest


def silence(
    hours: Mapping[datetime, int],
    last: datetime,
    longest: timedelta,
    now: datetime,
    zone: tzinfo,
) -> Silence | None:
    """How the pause since ``last`` compares; None with too little history.

    :param hours: messages of each past hour (aware, its beginning) that had any.
    :param last: the last message; all instants are aware.
    :param zone: the organisation's zone, whose days and hours people live by.

    >>> from datetime import timezone
    >>> day = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
    >>> hours = {day + timedelta(days=n): 5 for n in range(28)}
    >>> last = day + timedelta(days=27)
    >>> now = last + timedelta(days=2, hours=1)
    >>> pause = silence(hours, last, timedelta(days=1), now, timezone.utc)
    >>> round(pause.expected), pause.unusual(now, 8)
    (10, True)
    """
    messages = sum(hours.values())
    if not hours or messages < LEAST_MESSAGES:
        return None
    first = min(hours)
    if last - first < timedelta(days=LEAST_DAYS):
        return None
    usual: dict[tuple[int, int], int] = {}
    for hour, number in hours.items():
        slot = _slot(hour, zone)
        usual[slot] = usual.get(slot, 0) + number
    weeks = (last - first) / timedelta(weeks=1)
    # The pause of one year is not looked through hour by hour.
    start = max(last, now - timedelta(weeks=WEEKS))
    expected = 0.0
    while start < now:
        end = min(_next_hour(start), now)
        expected += usual.get(_slot(start, zone), 0) / weeks * ((end - start) / HOUR)
        start = end
    return Silence(last, expected, longest, messages)


def _slot(instant: datetime, zone: tzinfo) -> tuple[int, int]:
    local = instant.astimezone(zone)
    return local.weekday(), local.hour


def _next_hour(instant: datetime) -> datetime:
    return instant.replace(minute=0, second=0, microsecond=0) + HOUR
