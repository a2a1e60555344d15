"""The time rules, the production calendar, zones with clock changes."""

import unittest
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from .. import (
    OFFICE_HOURS,
    CalendarError,
    Day,
    Term,
    WeekCalendar,
    counted_days,
    due_of,
    read_table,
    replay,
    russian_calendar,
)
from .acts import ACTS
from .common import FACTS, history

MOSCOW = ZoneInfo("Europe/Moscow")
RUSSIA = russian_calendar(MOSCOW)
BERLIN = ZoneInfo("Europe/Berlin")


def due(unit, amount, start, calendar=RUSSIA):
    """The local deadline of a term, without a zone, and whether provisional."""
    local = datetime.fromisoformat(start).replace(tzinfo=calendar.tz)
    found = due_of(Term(unit, amount), local.astimezone(timezone.utc), calendar)
    at = found.at.astimezone(calendar.tz).replace(tzinfo=None)
    return at.isoformat(timespec="minutes"), found.provisional


class TestTerms(unittest.TestCase):
    def check(self, unit, amount, start, expected, calendar=RUSSIA):
        self.assertEqual(due(unit, amount, start, calendar)[0], expected)

    def test_office_time(self):
        for start, hours, expected in (
            ("2024-06-03T10:00", 3, "2024-06-03T13:00"),  # exactly at an end
            ("2024-06-03T13:00", 4, "2024-06-03T18:00"),  # starts in the break
            ("2024-06-03T18:00", 1, "2024-06-04T10:00"),
            ("2024-06-08T12:00", 8, "2024-06-10T18:00"),  # starts on a Saturday
            ("2024-06-11T15:00", 4, "2024-06-13T11:00"),  # a short eve, a holiday
            ("2024-11-02T09:00", 8, "2024-11-05T10:00"),  # a short Saturday
            ("2024-04-27T09:00", 8, "2024-04-27T18:00"),  # a full Saturday
        ):
            with self.subTest(start):
                self.check("office_hours", hours, start, expected)
        self.check("office_minutes", 90, "2024-06-03T12:00", "2024-06-03T14:30")

    def test_working_days(self):
        self.check("working_days", 1, "2024-06-03T23:59", "2024-06-04T18:00")
        self.check("working_days", 1, "2024-06-10T00:00", "2024-06-11T17:00")
        self.check("working_days", 2, "2024-06-10T00:00", "2024-06-13T18:00")
        self.check("working_days", 1, "2024-12-28T10:00", "2025-01-09T18:00")

    def test_within_the_working_day(self):
        for start, expected in (
            ("2024-06-03T00:00", "2024-06-03T18:00"),
            ("2024-06-03T13:30", "2024-06-03T18:00"),
            ("2024-06-03T18:00", "2024-06-04T18:00"),
            ("2024-06-11T16:59", "2024-06-11T17:00"),
            ("2024-06-11T17:00", "2024-06-13T18:00"),
        ):
            with self.subTest(start):
                self.check("working_day_end", 0, start, expected)

    def test_calendar_days(self):
        self.check("calendar_days", 8, "2024-04-26T00:00", "2024-05-05T00:00")
        self.check("calendar_days", 1, "2024-12-30T23:59", "2025-01-01T00:00")

    def test_elapsed(self):
        self.check("hours", 4, "2024-06-08T22:00", "2024-06-09T02:00")
        self.check("minutes", 30, "2024-12-31T23:45", "2025-01-01T00:15")

    def test_no_working_time_at_all(self):
        empty = WeekCalendar(MOSCOW, {})
        for unit, amount in (
            ("office_hours", 1),
            ("working_days", 1),
            ("working_day_end", 0),
        ):
            with self.assertRaisesRegex(CalendarError, "no working time"):
                due(unit, amount, "2024-06-03T10:00", empty)


class TestProductionCalendar(unittest.TestCase):
    def test_hours_of_the_year(self):
        for year, norm in {
            2022: 1973,
            2023: 1973,
            2024: 1979,
            2025: 1972,
            2026: 1972,
            2027: 1972,
        }.items():
            total = timedelta()
            day = date(year, 1, 1)
            while day.year == year:
                self.assertTrue(RUSSIA.known(day))
                for begin, end in RUSSIA.intervals(day):
                    total += end - begin
                day += timedelta(days=1)
            self.assertEqual(total, timedelta(hours=norm), year)

    def test_unknown_years(self):
        kinds = {
            "2028-02-22": "short",
            "2028-02-23": "holiday",
            "2028-04-30": "weekend",
            "2028-05-01": "holiday",
            "2028-05-08": "short",
            "2028-12-29": "work",
            "2029-12-31": "short",
        }
        for day, kind in kinds.items():
            self.assertEqual(RUSSIA.kind(date.fromisoformat(day)), kind, day)
            self.assertFalse(RUSSIA.known(date.fromisoformat(day)))

    def test_provisional(self):
        self.assertEqual(
            due("working_days", 1, "2027-12-30T10:00"), ("2028-01-10T18:00", True)
        )
        self.assertEqual(
            due("working_days", 1, "2027-12-29T10:00"), ("2027-12-30T18:00", False)
        )
        self.assertFalse(due("calendar_days", 9, "2027-12-30T10:00")[1])

        act = ACTS["palana"]
        events = history(act, "2027-12-28 10:00 registered")
        clocks = replay(act, FACTS, events, russian_calendar(act.tz))
        self.assertEqual([clock.provisional for clock in clocks], [False, True])

    def test_a_working_saturday_takes_the_hours_of_its_day(self):
        friday = {**OFFICE_HOURS, 0: ((time(8), time(12)),)}
        calendar = russian_calendar(MOSCOW, friday)
        # Its day off was moved to a Monday.
        self.check_hours(calendar, date(2024, 4, 27), ["08:00-12:00"])
        # Its day off was moved to a Tuesday, an eve.
        self.check_hours(calendar, date(2024, 11, 2), ["09:00-13:00", "14:00-17:00"])

    def test_a_short_day_loses_its_last_hour(self):
        for hours, expected in (
            ([(9, 13), (14, 18)], ["09:00-13:00", "14:00-17:00"]),
            ([(9, 17), (17.5, 18)], ["09:00-16:30"]),
            ([(9, 17), (17, 18)], ["09:00-17:00"]),
            ([(9, 10)], []),
        ):
            pairs = [
                (time(int(a), int(a % 1 * 60)), time(int(b), int(b % 1 * 60)))
                for a, b in hours
            ]
            day = date(2024, 6, 11)
            calendar = WeekCalendar(MOSCOW, {1: pairs}, {day: "short"})
            self.check_hours(calendar, day, expected)

    def test_a_table_that_cannot_be_read(self):
        for text in ("date,kind\n2024-13-01,off", "date,kind\n2024-01-01,party"):
            with self.assertRaisesRegex(CalendarError, "line 2"):
                read_table(text.splitlines())
        with self.assertRaisesRegex(CalendarError, "party"):
            WeekCalendar(MOSCOW, {}, {date(2024, 1, 1): Day("party")})

    def check_hours(self, calendar, day, expected):
        shown = [
            "-".join(f"{at.astimezone(calendar.tz):%H:%M}" for at in interval)
            for interval in calendar.intervals(day)
        ]
        self.assertEqual(shown, expected)


class TestClockChanges(unittest.TestCase):
    """Days of 23 and 25 hours; Berlin changes on 2024-03-31 and 2024-10-27."""

    ROUND = {weekday: ((time(0), time(0)),) for weekday in range(7)}

    def test_length_of_the_day(self):
        calendar = WeekCalendar(BERLIN, self.ROUND)
        for day, hours in (
            (date(2024, 3, 30), 24),
            (date(2024, 3, 31), 23),
            (date(2024, 10, 27), 25),
        ):
            ((begin, end),) = calendar.intervals(day)
            self.assertEqual(end - begin, timedelta(hours=hours))

    def test_office_hours_keep_their_local_time(self):
        calendar = WeekCalendar(BERLIN, OFFICE_HOURS)
        self.assertEqual(
            due("office_hours", 8, "2024-03-29T14:00", calendar)[0],
            "2024-04-01T13:00",
        )

    def test_hours_that_are_skipped_or_repeated(self):
        nights = {weekday: ((time(1), time(2, 30)),) for weekday in range(7)}
        calendar = WeekCalendar(BERLIN, nights)
        for day, minutes in (
            (date(2024, 3, 30), 90),
            (date(2024, 3, 31), 60),
            (date(2024, 10, 27), 150),
        ):
            ((begin, end),) = calendar.intervals(day)
            self.assertEqual(end - begin, timedelta(minutes=minutes), day)

    def test_midnight_that_is_skipped_or_repeated(self):
        for zone, start, expected in (
            # Beirut skips 00:00, Havana repeats the hour after it.
            ("Asia/Beirut", "2024-03-29T10:00", "2024-03-30T22:00+00:00"),
            ("America/Havana", "2024-11-01T10:00", "2024-11-03T04:00+00:00"),
        ):
            calendar = WeekCalendar(ZoneInfo(zone), OFFICE_HOURS)
            local = datetime.fromisoformat(start).replace(tzinfo=calendar.tz)
            found = due_of(
                Term("calendar_days", 1), local.astimezone(timezone.utc), calendar
            )
            self.assertEqual(found.at, datetime.fromisoformat(expected))

    def test_a_day_that_never_was(self):
        calendar = WeekCalendar(ZoneInfo("Pacific/Apia"), self.ROUND)
        self.assertEqual(calendar.intervals(date(2011, 12, 30)), ())


class TestExplanation(unittest.TestCase):
    def counted(self, unit, amount, start):
        at = datetime.fromisoformat(start).replace(tzinfo=MOSCOW)
        days = counted_days(Term(unit, amount), at.astimezone(timezone.utc), RUSSIA)
        return [(f"{day:%m-%d}", kind, counted) for day, kind, counted in days]

    def test_working_days(self):
        self.assertEqual(
            self.counted("working_days", 1, "2024-06-11T10:00"),
            [
                ("06-11", "short", False),
                ("06-12", "holiday", False),
                ("06-13", "work", True),
            ],
        )

    def test_office_hours(self):
        self.assertEqual(
            self.counted("office_hours", 3, "2024-06-07T16:00"),
            [
                ("06-07", "work", True),
                ("06-08", "weekend", False),
                ("06-09", "weekend", False),
                ("06-10", "work", True),
            ],
        )

    def test_calendar_days(self):
        self.assertEqual(
            self.counted("calendar_days", 2, "2024-06-07T16:00"),
            [
                ("06-07", "work", False),
                ("06-08", "weekend", True),
                ("06-09", "weekend", True),
            ],
        )
        self.assertEqual(self.counted("hours", 2, "2024-06-07T16:00"), [])
