"""The Russian production calendar.

The table lists the days that differ from an ordinary week (Saturdays and
Sundays off) in the years for which the government has settled them:

- ``off``: a weekday off, a public holiday or a day off moved onto it;
- ``work``: a Saturday worked, full length;
- ``short``: worked one hour less at the end, because a public holiday follows
  or because the day took the length of such a day.

A working Saturday takes the length of the day to which its day off was moved:
``hours_of`` names that day.
"""

import csv
from collections.abc import Iterable
from datetime import date, time
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from .calendars import DAY, Day, Hours, WeekCalendar
from .errors import CalendarError

TABLE = Path(__file__).parent / "data" / "production_calendar_ru.csv"

#: Labour Code, article 112: (month, day).
PUBLIC_HOLIDAYS = frozenset(
    [(1, day) for day in range(1, 9)]
    + [(2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)]
)

OFFICE_DAY = ((time(9), time(13)), (time(14), time(18)))

#: Monday to Friday, eight hours with an hour's break.
OFFICE_HOURS: Hours = {weekday: OFFICE_DAY for weekday in range(5)}


def read_table(lines: Iterable[str]) -> dict[date, Day]:
    """Exceptional days from CSV lines ``date,kind[,hours_of]``.

    Raises `CalendarError` naming the line that cannot be read.
    """
    days = {}
    reader = csv.DictReader(lines)
    for row in reader:
        try:
            kind = row["kind"]
            if kind not in ("off", "work", "short"):
                raise ValueError(kind)
            like = row.get("hours_of")
            days[date.fromisoformat(row["date"])] = Day(
                kind, date.fromisoformat(like) if like else None
            )
        except (KeyError, TypeError, ValueError) as error:
            raise CalendarError(
                f"Production calendar, line {reader.line_num}: {error}"
            ) from error
    return days


@lru_cache(maxsize=1)
def production_days() -> dict[date, Day]:
    """The exceptional days of the shipped years."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return read_table(lines)


def statutory_day(day: date) -> Day | None:
    """The rule for a year without a table: public holidays and short eves."""
    if (day.month, day.day) in PUBLIC_HOLIDAYS:
        return Day("off")
    eve_of = day + DAY
    if day.weekday() < 5 and (eve_of.month, eve_of.day) in PUBLIC_HOLIDAYS:
        return Day("short")
    return None


def russian_calendar(tz: ZoneInfo, hours: Hours = OFFICE_HOURS) -> WeekCalendar:
    """A week's hours under the production calendar.

    Years outside the table follow `statutory_day`; their days are not `known`.
    """
    days = production_days()
    years = {day.year for day in days}
    return WeekCalendar(tz, hours, days, years, statutory_day)
