from datetime import datetime

import pytz

from odoo.tests import TransactionCase, tagged

YEKATERINBURG = pytz.timezone("Asia/Yekaterinburg")

#: Official working time of the year, hours of a 40-hour week.
NORMS = {2022: 1973, 2023: 1973, 2024: 1979, 2025: 1972, 2026: 1972, 2027: 1972}


def local(*args):
    return YEKATERINBURG.localize(datetime(*args))


@tagged("post_install", "-at_install")
class TestProductionCalendar(TransactionCase):
    """The production calendar feeds Odoo's own methods and the engine alike."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env.ref("helpdesk_mgmt_social.calendar_perm")
        cls.other = cls.calendar.copy({"production_calendar": False})
        cls.Day = cls.env["helpdesk.social.calendar.day"]

    def hours(self, calendar, start, end):
        return calendar.get_work_hours_count(start, end)

    def test_hours_of_the_year(self):
        for year, hours in NORMS.items():
            with self.subTest(year=year):
                counted = self.hours(
                    self.calendar, local(year, 1, 1), local(year + 1, 1, 1)
                )
                self.assertEqual(counted, hours)

    def test_other_calendars_are_not_touched(self):
        counted = self.hours(self.other, local(2026, 1, 1), local(2027, 1, 1))
        self.assertEqual(counted, 2088)

    def test_engine_reads_the_same_hours(self):
        working_time = self.calendar._social_working_time()
        for year in (2024, 2026):
            total = 0
            for month in range(1, 13):
                working_time.intervals(datetime(year, month, 1).date())
            for day, pairs in working_time._days.items():
                if day.year == year:
                    total += sum((b - a).total_seconds() for a, b in pairs)
            self.assertEqual(total / 3600, NORMS[year])

    def test_plan_hours_goes_round_a_holiday(self):
        # 7 March 2024 is one hour shorter, 8 March is off: 1 h 30 of Thursday.
        end = self.calendar.plan_hours(2, local(2024, 3, 7, 15, 30), True)
        self.assertEqual(end.astimezone(YEKATERINBURG), local(2024, 3, 11, 9, 30))

    def test_clipped_range_of_a_short_day(self):
        self.assertEqual(
            self.hours(self.calendar, local(2024, 3, 7, 14), local(2024, 3, 7, 16)), 2
        )
        self.assertEqual(
            self.hours(self.calendar, local(2024, 3, 7, 16), local(2024, 3, 7, 18)), 1
        )

    def test_working_saturday_takes_the_hours_of_its_day_off(self):
        # 2 November 2024 stands in for 30 April, the eve of a holiday: seven hours.
        for day, hours in (((2024, 4, 27), 8), ((2024, 11, 2), 7), ((2024, 11, 9), 0)):
            with self.subTest(day=day):
                start = local(*day)
                end = start.replace(hour=23)
                self.assertEqual(self.hours(self.calendar, start, end), hours)
        working_time = self.calendar._social_working_time()
        self.assertEqual(working_time.kind(datetime(2024, 11, 2).date()), "short")
        self.assertEqual(working_time.kind(datetime(2024, 3, 8).date()), "holiday")
        self.assertEqual(working_time.kind(datetime(2024, 3, 9).date()), "weekend")

    def test_own_exception_wins(self):
        self.Day.create(
            {"date": "2024-03-12", "kind": "off", "calendar_id": self.calendar.id}
        )
        self.Day.create(
            {"date": "2024-03-08", "kind": "work", "calendar_id": self.calendar.id}
        )
        self.assertEqual(
            self.hours(self.calendar, local(2024, 3, 12), local(2024, 3, 13)), 0
        )
        self.assertEqual(
            self.hours(self.calendar, local(2024, 3, 8), local(2024, 3, 9)), 8
        )

    def test_unknown_year_follows_the_labour_code(self):
        working_time = self.calendar._social_working_time()
        self.assertFalse(working_time.known(datetime(2031, 1, 3).date()))
        self.assertTrue(working_time.known(datetime(2026, 1, 3).date()))
        self.assertEqual(
            self.hours(self.calendar, local(2031, 1, 1), local(2031, 1, 9)), 0
        )
        self.assertEqual(
            self.hours(self.calendar, local(2031, 3, 7), local(2031, 3, 8)), 7
        )

    def test_loading_again_changes_nothing(self):
        before = self.Day.search_count([])
        self.Day._load_shipped()
        self.assertEqual(self.Day.search_count([]), before)

    def test_leave_of_the_administration_counts_for_it_alone(self):
        company = self.env.company
        other = self.env["res.company"].create({"name": "Other"})
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Day of the town",
                "calendar_id": self.calendar.id,
                "company_id": company.id,
                "date_from": "2024-06-10 00:00:00",
                "date_to": "2024-06-10 19:00:00",
            }
        )
        day = datetime(2024, 6, 10).date()
        mine = self.calendar._social_working_time(company=company)
        theirs = self.calendar._social_working_time(company=other)
        self.assertFalse(mine.intervals(day))
        self.assertEqual(len(theirs.intervals(day)), 2)
