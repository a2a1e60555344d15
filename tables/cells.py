"""What a cell means: texts, instants."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, timezone, tzinfo

#: Days from here are what a spreadsheet keeps of a date.
EPOCH = datetime(1899, 12, 30)
#: Before it, nobody wrote on a network.
FIRST_YEAR = 2000
#: Numbers taken for such days: the years from 2000 to 2100.
SERIALS = (36526, 73051)
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "янв jan",
            "фев feb",
            "мар mar",
            "апр apr",
            "май мая may",
            "июн jun",
            "июл jul",
            "авг aug",
            "сен sep",
            "окт oct",
            "ноя nov",
            "дек dec",
        ),
        1,
    )
    for name in names.split()
}
TIME = r"(?:[ t,в]*\s*(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?)?"
ZONE = r"\s*(z|[+-]\d{2}:?\d{2})?"
NUMERIC = re.compile(rf"(\d{{1,2}})([./-])(\d{{1,2}})\2(\d{{4}}|\d{{2}}){TIME}{ZONE}")
ISO = re.compile(rf"(\d{{4}})([./-])(\d{{1,2}})\2(\d{{1,2}}){TIME}{ZONE}")
WORDS = re.compile(
    rf"(\d{{1,2}})\s+([a-zа-яё]{{3,}})\.?,?\s+(\d{{4}})(?:\s*г(?:ода|\.)?)?,?{TIME}{ZONE}"
)
CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?")


def plain(value: object) -> str:
    """The text of a cell; a whole number has no decimals."""
    if value is None or value is False:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def day_first(values: Iterable[object]) -> bool:
    """Whether dates with slashes name the day before the month.

    As Russians write it, unless the column has a date that cannot be read so and
    none that can be read only so.
    """
    found = [m for m in (NUMERIC.fullmatch(plain(v)) for v in values) if m]
    slashes = [(int(m[1]), int(m[3])) for m in found if m[2] == "/"]
    american = any(second > 12 for _first, second in slashes)
    return not american or any(first > 12 for first, _second in slashes)


def instant(
    value: object, tz: tzinfo, clock: object = None, *, days_first: bool = True
) -> datetime | None:
    """The aware UTC instant that a cell names; None for an empty one.

    :param tz: the zone of what names none itself
    :param clock: the time of day, where it stands in a cell of its own
    :raises ValueError: for what is no date
    """
    moment = _moment(value, days_first)
    if moment is None:
        return None
    moment = _with_clock(moment, clock)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=tz)
    moment = moment.astimezone(timezone.utc).replace(microsecond=0)
    if moment.year < FIRST_YEAR:
        raise ValueError(value)
    return moment


def _moment(value: object, days_first: bool) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if SERIALS[0] <= value < SERIALS[1]:
            # Spreadsheets keep a second as a fraction that is never quite one.
            return EPOCH + timedelta(seconds=round(value * 86400))
        raise ValueError(value)
    text = " ".join(plain(value).lower().split())
    text = re.sub(r"\s*\(?(мск|msk)\)?$", " +0300", text)
    if not text:
        return None
    if match := ISO.fullmatch(text):
        year, _sep, month, day, *rest = match.groups()
    elif match := NUMERIC.fullmatch(text):
        day, separator, month, year, *rest = match.groups()
        if separator == "/" and not days_first:
            day, month = month, day
    elif match := WORDS.fullmatch(text):
        day, name, year, *rest = match.groups()
        month = MONTHS.get(name[:3])
        if not month:
            raise ValueError(text)
    else:
        raise ValueError(text)
    year = int(year) + (2000 if len(year) == 2 else 0)
    moment = datetime(
        year, int(month), int(day), *(int(part or 0) for part in rest[:3])
    )
    return _in_zone(moment, rest[3])


def _in_zone(moment: datetime, zone: str | None) -> datetime:
    if not zone:
        return moment
    if zone == "z":
        return moment.replace(tzinfo=timezone.utc)
    digits = zone[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return moment.replace(tzinfo=timezone(-offset if zone[0] == "-" else offset))


def _with_clock(moment: datetime, clock: object) -> datetime:
    if isinstance(clock, datetime):
        clock = clock.time()
    if isinstance(clock, time):
        return moment.replace(hour=clock.hour, minute=clock.minute, second=clock.second)
    if isinstance(clock, (int, float)) and 0 <= clock < 1:
        seconds = round(clock * 86400)
        return moment.replace(
            hour=seconds // 3600 % 24, minute=seconds // 60 % 60, second=seconds % 60
        )
    text = plain(clock)
    if not text:
        return moment
    match = CLOCK.fullmatch(text)
    if not match:
        raise ValueError(text)
    hour, minute, second = (int(part or 0) for part in match.groups())
    return moment.replace(hour=hour, minute=minute, second=second)
