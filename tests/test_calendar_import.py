import base64
from datetime import date
from pathlib import Path

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import Form, TransactionCase, new_test_user, tagged

from .. import deadlines

try:
    import holidays
except ImportError:
    holidays = None

MODULE = "helpdesk_mgmt_social"
SHIPPED = Path(deadlines.__file__).parent / "data" / "production_calendar_ru.csv"


@tagged("post_install", "-at_install")
class TestCalendarImport(TransactionCase):
    """Later years come from a file; somebody is told when they have not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.admin = new_test_user(
            cls.env, login="s_admin", groups=f"{MODULE}.group_admin"
        )
        cls.other = new_test_user(
            cls.env, login="s_admin_2", groups=f"{MODULE}.group_admin"
        )
        cls.env = cls.env(user=cls.admin, context={"lang": "en_US"})
        cls.Day = cls.env["helpdesk.social.calendar.day"]

    def read(self, text, encoding="utf-8"):
        wizard = self.env["helpdesk.social.calendar.import"]
        content = base64.b64encode(text.encode(encoding))
        return wizard.create({"file": content, "filename": "days.csv"})

    def day(self, text):
        return self.Day.search([("date", "=", text), ("calendar_id", "=", False)])

    # -- import ------------------------------------------------------------------

    def test_a_year_is_read(self):
        calendar = self.env.ref(f"{MODULE}.calendar_perm")
        self.assertFalse(calendar._social_working_time().known(date(2028, 1, 3)))
        wizard = self.read(
            "date,kind,hours_of\n2028-01-03,off,\n2028-02-22,short,\n"
            "\n2028-02-26,work,2028-02-28\n2026-04-30,short,\n2026-05-08,off,\n"
        )
        self.assertFalse(wizard.problem)
        self.assertEqual(
            (wizard.new_count, wizard.changed_count, wizard.same_count), (3, 1, 1)
        )
        self.assertIn("Sat, 26 February 2028", wizard.changes)
        self.assertIn("with the hours of 02/28/2028", wizard.changes)
        self.assertFalse(self.day("2028-01-03"), "shown before it is done")
        wizard.action_confirm()
        self.assertEqual(self.day("2028-02-26").hours_of, date(2028, 2, 28))
        self.assertEqual(self.day("2026-05-08").kind, "off")
        working_time = calendar._social_working_time()
        self.assertTrue(working_time.known(date(2028, 1, 3)))
        self.assertTrue(working_time.intervals(date(2028, 2, 26)))
        wizard = self.read("date,kind\n2028-01-03,off\n")
        self.assertEqual((wizard.same_count, wizard.changes), (1, False))

    def test_unreadable_lines_are_named_and_nothing_is_written(self):
        wizard = self.read(
            "date,kind,hours_of\n2028-01-03,off,\n2028-13-01,off,\n"
            "2028-01-04,holiday,\n2028-02-26,work,\n2028-01-03,off,\n"
        )
        problems = wizard.problem.split("\n")
        self.assertEqual(len(problems), 4)
        for number, words in (
            (3, "«2028-13-01» is no date"),
            (4, "«holiday» is no kind of day; write off (Day off), work"),
            (5, "a weekend is worked"),
            (6, "twice"),
        ):
            line = next(line for line in problems if f"Line {number}:" in line)
            self.assertIn(words, line)
        with self.assertRaisesRegex(UserError, "Line 3"):
            wizard.action_confirm()
        self.assertFalse(self.day("2028-01-03"))

    def test_what_office_programs_write(self):
        wizard = self.read("date;kind;hours_of\r\n03.01.2028;Off;\r\n", "utf-8-sig")
        self.assertFalse(wizard.problem)
        self.assertEqual(wizard.new_count, 1)
        self.assertIn("columns", self.read("день;вид\n1;2\n", "cp1251").problem)
        self.assertIn("no days", self.read("date,kind,hours_of\n").problem)
        with self.assertRaisesRegex(UserError, "Choose a file"):
            self.env["helpdesk.social.calendar.import"].create({}).action_confirm()

    def test_the_shipped_table_is_such_a_file(self):
        wizard = self.read(SHIPPED.read_text(encoding="utf-8"))
        self.assertFalse(wizard.problem)
        self.assertGreater(wizard.same_count, 100)
        self.assertFalse(wizard.changes)

    def test_own_exceptions_in_the_form_of_the_schedule(self):
        manager = new_test_user(
            self.env(su=True),
            login="s_boss",
            groups=f"{MODULE}.group_admin,base.group_system",
        )
        calendar = self.env.ref(f"{MODULE}.calendar_perm").with_user(manager).copy()
        view = "resource.resource_calendar_form"
        with Form(calendar, view=view) as form:
            self.assertTrue(form.production_calendar)
            with form.exception_day_ids.new() as day:
                day.date = "2026-06-11"
                day.kind = "off"
        self.assertEqual(calendar.exception_day_ids.date, date(2026, 6, 11))
        self.assertFalse(calendar._social_working_time().intervals(date(2026, 6, 11)))
        preset = self.env.ref(f"{MODULE}.calendar_perm")
        self.assertTrue(preset._social_working_time().intervals(date(2026, 6, 11)))

    # -- the alert ---------------------------------------------------------------

    def told(self, user, year=2028):
        activities = self.Day.sudo()._warnings(year)
        return activities.filtered(lambda a: a.user_id == user and a.active)

    def warn(self, today):
        with freeze_time(f"{today} 06:00:00"):
            self.Day.sudo()._cron_warn()

    def test_alert_from_december_on_once(self):
        preset = self.env.ref(f"{MODULE}.regulation_perm")
        self.env.company.sudo().social_regulation_id = preset
        self.warn("2027-11-30")
        self.assertFalse(self.told(self.admin))
        self.warn("2026-12-01")
        self.assertFalse(self.told(self.admin, 2027), "2027 is shipped")
        self.warn("2027-12-01")
        self.assertEqual(len(self.told(self.admin)), 1)
        self.assertIn("2028", self.told(self.admin).summary)
        self.assertEqual(self.told(self.admin).date_deadline, date(2027, 12, 31))
        self.warn("2027-12-02")
        self.assertEqual(len(self.told(self.admin)), 1)
        self.assertEqual(len(self.told(self.other)), 1)
        # Done by hand is done: nobody is told again.
        self.told(self.other).action_feedback()
        self.warn("2027-12-03")
        self.assertFalse(self.told(self.other))
        # The import settles it for everybody.
        self.read("date,kind\n2028-01-03,off\n").action_confirm()
        self.assertFalse(self.told(self.admin))
        self.warn("2027-12-04")
        self.assertFalse(self.told(self.admin))

    def test_no_alert_where_nobody_follows_the_calendar(self):
        env = self.env(su=True)
        Regulation = env["helpdesk.social.regulation"].with_context(active_test=False)
        followed = [("social_regulation_id", "!=", False)]
        env["res.company"].search(followed).social_regulation_id = False
        pages = env["helpdesk.social.account"].search([("regulation_id", "!=", False)])
        pages.regulation_id = False
        own = Regulation.search([("is_preset", "=", False)])
        own.calendar_id.production_calendar = False
        presets = Regulation.search([("is_preset", "=", True)]).calendar_id
        followed = env["resource.calendar"].search(
            [("production_calendar", "=", True), ("id", "not in", presets.ids)]
        )
        followed.production_calendar = False
        self.warn("2027-12-01")
        self.assertFalse(self.told(self.admin))
        env["resource.calendar"].create({"name": "Ours", "production_calendar": True})
        self.warn("2027-12-02")
        self.assertTrue(self.told(self.admin))

    # -- another source ----------------------------------------------------------

    def test_days_off_are_those_of_another_source(self):
        if holidays is None:
            self.skipTest("the package holidays is missing: script/setup installs it")
        russia = holidays.country_holidays("RU", years=range(2022, 2028))
        off = {day for day in russia if day.weekday() < 5}
        ours = {
            day.date
            for day in self.Day.search(
                [
                    ("calendar_id", "=", False),
                    ("kind", "=", "off"),
                    ("year", ">=", 2022),
                    ("year", "<=", 2027),
                ]
            )
            if day.date.weekday() < 5
        }
        self.assertEqual(sorted(map(str, off ^ ours)), [])
