"""Dates and periods in a Russian text.

«до 15.03.2026», «5 марта», «в I квартале 2026 года», «во второй половине мая»,
«в течение 3 рабочих дней», «на следующей неделе», «завтра», «к 18:00».
"""

import calendar
import re
from datetime import date
from typing import NamedTuple

_MONTHS = (
    "январ феврал март апрел ма июн июл август сентябр октябр ноябр декабр".split()
)
_MONTH = (
    r"(?:(?:январ|феврал|апрел|июн|июл|сентябр|октябр|ноябр|декабр)(?:ь|я|е|ю|ем)"
    r"|(?:март|август)(?:а|е|у|ом)?|ма(?:й|я|е|ю|ем))\b"
)
_COUNT = (
    r"(?:\d{1,3}(?:\s?(?:-|–|—|до|или)\s?\d{1,3})?(?:-?(?:х|ми|ти))?|одного|одной|двух"
    r"|тр[её]х|четыр[её]х|пяти|шести|семи|восьми|девяти|десяти|пятнадцати|двадцати"
    r"|тридцати|сорока|полутора|один|одну|два|две|три|четыре|пять|шесть|семь|десять"
    r"|календарн\w{2}|рабоч\w{2,3}|банковск\w{2})"
)
_UNIT = (
    r"(?:минут\w?|час(?:а|ов)?|сутки|суток|день|дня|дней|недел[яиюье]|недель"
    r"|месяц(?:а|ев|е|у)?|квартал(?:а|е|у)?|полугоди[яеию]|год(?:а|у|ов)?|лет|смены"
    r"|декады)\b"
)
_THIS = (
    r"(?:эт(?:ой|ого|ом|у|от|им)|текущ(?:ей|его|ем|ую)|нынешн(?:ей|его|ем|юю)"
    r"|следующ(?:ей|его|ем|ую)|будущ(?:ей|его|ем|ую)|рабоч(?:ей|его|ем))"
)
_SEASON = r"(?:весн[аеуыо]й?|осен[ьи]ю?|зим[аеуыо]й?|лет[оа]м?)\b"
_WEEKDAY = (
    r"(?:понедельник[ауи]?|вторник[ауи]?|сред[уыеа]|четверг[ауи]?|пятниц[уыеа]"
    r"|суббот[уыеа]|воскресень[еяю])\b"
)
_ORDINAL = r"(?:перв|втор|треть|четв[её]рт)\w{1,3}"
_YEAR = r"(?:\s+(?P<year{0}>20\d\d))?"


def _pattern(*alternatives: str) -> re.Pattern:
    return re.compile("|".join(alternatives), re.IGNORECASE)


#: 15.03.2026, 15.03.26, 2026-03-15
_FULL = _pattern(
    r"(?<![\d.])(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>20\d\d|\d\d)(?![\d.]?\d)",
    r"(?<!\d)(?P<iso_year>20\d\d)-(?P<iso_month>\d\d)-(?P<iso_day>\d\d)(?!\d)",
)
#: до 15.03, с 1.04
_SHORT = re.compile(
    r"\b(?:до|с|к|по|на)\s(?P<day>[0-3]?\d)\.(?P<month>[01]\d)(?![\d.]?\d|\s?(?:час|м\b))",
    re.IGNORECASE,
)
#: 15 марта, 15-го марта 2026, с 1 по 15 марта
_WORDS = re.compile(
    r"(?<!\d)(?:\d{1,2}(?:-?го)?\s?(?:-|–|—|по|до|и)\s?)?"
    rf"(?P<day>\d{{1,2}})(?:-?(?:го|е|му))?\s+(?P<name>{_MONTH})" + _YEAR.format(""),
    re.IGNORECASE,
)
#: май 2026, в мае, до конца мая, во второй половине мая
_MONTHLY = re.compile(
    r"\b(?:(?P<part>начал[аеуо]|середин[аеуы]|кон(?:ца|це|цу|ец)"
    rf"|{_ORDINAL}\s(?:половин[аеуы]|декад[аеуы]|недел[яеюи]))\s+"
    rf"(?:этого\s|текущего\s)?|(?:в|до|к|с|на|по|за|течение|позднее|весь|или|и|[-–—])\s+)"
    rf"(?P<name>{_MONTH})"
    + _YEAR.format("")
    + rf"|\b(?P<other>{_MONTH})\s+(?P<with>20\d\d)",
    re.IGNORECASE,
)
_QUARTER = re.compile(
    rf"\b(?P<which>I{{1,3}}|IV|[1-4]|{_ORDINAL})(?:-?\w{{1,2}})?\s+"
    r"(?:квартал|полугоди)\w{0,2}" + _YEAR.format(""),
    re.IGNORECASE,
)
_PERIOD = _pattern(
    rf"\b(?:в\sтечени[еи]|через|за|не\s(?:позднее|позже|более)(?:\sчем)?(?:\sчерез)?"
    rf"|около|на\sпротяжении|в\sпределах|займ[её]т|займут|составля?[ей]т|срок|до)\s"
    rf"(?:(?:ближайш|эт|текущ|следующ|одн|вс)\w{{1,3}}\s)?(?P<count>(?:{_COUNT}\s){{1,3}})"
    rf"(?P<unit>{_UNIT})",
    rf"\b(?:в\sтечение|через|за)\s(?:эт\w{{2,3}}\s|текущ\w{{2,3}}\s|рабоч\w{{2,3}}\s)?"
    rf"(?P<one>{_UNIT})",
)
_RELATIVE = _pattern(
    r"\b(?:сегодня(?:шн\w{2,3})?|завтра(?:шн\w{2,3})?|послезавтра)\b",
    rf"\b(?:в|во|до|к|с|со|на|по)\s(?:(?:эт|ближайш|следующ)\w{{1,3}}\s)?{_WEEKDAY}",
    rf"\b(?:на|в|до|к|с|за)\s(?:начал[аеу]\s|конц[аеу]\s|кон[её]ц\s|середин[аеуы]\s)?"
    rf"{_THIS}\s(?:{_UNIT}|{_SEASON})",
    rf"\b(?:до|к|в)\sкон(?:ца|цу|це)\s(?:{_UNIT}|{_SEASON}|рабочего\sдня)",
    rf"\b{_THIS}\s{_SEASON}|\b(?:в|на)\sближайшие\s{_COUNT}\s{_UNIT}",
    rf"\b{_SEASON}\s20\d\d|\b{_ORDINAL}\sполовин[аеуы]\s(?:20\d\d\s)?(?:года|лета|{_UNIT})",
    r"\b(?:в|до|к|на|с)\s(?:начал[аеу]\s|конц[аеу]\s|кон[её]ц\s)?20\d\d(?:\s?[-–—]\s?20\d\d)?"
    r"\s?(?:г\b|год(?:а|у|ы|ах)?\b)",
    r"\b(?:к|до|в|с|после)\s[0-2]?\d(?::[0-5]\d|\sчас(?:ов|а|ам)\b)",
    r"\b(?:к\s(?:вечеру|обеду|полудню)|в\sночь\sна|кажд(?:ый|ую|ое|ого)\s\w{2,12}"
    r"|ежедневно|еженедельно|ежемесячно|круглосуточно)\b",
)
#: Dates of papers, which promise nothing: «постановление от 05.02.2024 № 12»
_PAPER = re.compile(r"(?:\bот|№|\bN)\s?$", re.IGNORECASE)


class Moment(NamedTuple):
    """A date or period in its place. Parts that the text does not tell are ``None``.

    ``count`` is the length of a period as told («3 рабочих дней»).
    """

    start: int
    end: int
    text: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    count: str | None = None
    part: str | None = None

    @property
    def exists(self) -> bool:
        """Whether the calendar has this day."""
        if self.month is None:
            return True
        if not 1 <= self.month <= 12:
            return False
        # Without a year 29 February may be meant.
        last = calendar.monthrange(self.year or 2024, self.month)[1]
        return self.day is None or 1 <= self.day <= last

    def last_day(self, today: date) -> date | None:
        """The last day that the date can mean, ``None`` where it cannot be told.

        Without a year the nearest such date is meant, up to four months back.
        """
        if self.month is None or not self.exists:
            return None
        year = self.year or today.year
        day = calendar.monthrange(year, self.month)[1]
        if self.part and self.day is None and not self.part.startswith("кон"):
            day = min(day, 20)
        last = date(year, self.month, min(self.day or day, day))
        if self.year is None and (today - last).days > 120:
            last = last.replace(year=year + 1, day=min(last.day, 28))
        return last


def moments(text: str) -> list[Moment]:
    """Dates and periods in the order of the text, each place once."""
    found = [*_full(text), *_short(text), *_named(text), *_quarters(text)]
    for match in _PERIOD.finditer(text):
        count = (match["count"] or "") + (match["unit"] or match["one"])
        found.append(Moment(*match.span(), match[0], count=count.lower()))
    for match in _RELATIVE.finditer(text):
        found.append(Moment(*match.span(), match[0]))
    found.sort(key=lambda moment: (moment.start, -moment.end))
    kept, end = [], 0
    for moment in found:
        if moment.start >= end and not _PAPER.search(
            text[max(0, moment.start - 4) : moment.start]
        ):
            kept.append(moment)
            end = moment.end
    return kept


def _full(text: str):
    for match in _FULL.finditer(text):
        year = int(match["year"] or match["iso_year"])
        yield Moment(
            *match.span(),
            match[0],
            year + 2000 if year < 100 else year,
            int(match["month"] or match["iso_month"]),
            int(match["day"] or match["iso_day"]),
        )


def _short(text: str):
    for match in _SHORT.finditer(text):
        moment = Moment(
            match.start("day"),
            match.end(),
            text[match.start("day") : match.end()],
            month=int(match["month"]),
            day=int(match["day"]),
        )
        if moment.exists:
            yield moment


def _named(text: str):
    for match in _WORDS.finditer(text):
        yield Moment(
            *match.span(),
            match[0],
            int(match["year"]) if match["year"] else None,
            _month(match["name"]),
            int(match["day"]),
        )
    for match in _MONTHLY.finditer(text):
        year = match["year"] or match["with"]
        yield Moment(
            *match.span(),
            match[0],
            int(year) if year else None,
            _month(match["name"] or match["other"]),
            part=(match["part"] or "").lower() or None,
        )


def _quarters(text: str):
    for match in _QUARTER.finditer(text):
        unit = "квартал" if "квартал" in match[0].lower() else "полугодие"
        yield Moment(
            *match.span(),
            match[0],
            int(match["year"]) if match["year"] else None,
            part=f"{match['which'].lower()} {unit}",
        )


def _month(name: str) -> int:
    name = name.lower()
    return next(
        number
        for number, stem in enumerate(_MONTHS, 1)
        if name.startswith(stem) and (stem != "ма" or not name.startswith("мар"))
    )


def differ(first: Moment, second: Moment) -> bool:
    """Whether the two cannot mean the same term."""
    if first.count and second.count:
        return first.count.split() != second.count.split()
    if first.month and second.month:
        if first.month != second.month:
            return True
        if first.year and second.year and first.year != second.year:
            return True
        return bool(first.day and second.day and first.day != second.day)
    if first.part and second.part and not first.month and not second.month:
        return first.part != second.part
    return False
