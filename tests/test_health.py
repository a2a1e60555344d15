from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.helpdesk_social_account_health import ACTIVITY
from ..models.helpdesk_social_account_silence import ACTIVITY as SILENT
from ..networks import Consequence, NetworkError, Verdict
from .common import SocialCommon, comment, utc

START = fields.Datetime.to_datetime("2024-03-07 07:00:00")
MAINTENANCE = NetworkError(
    "The answer is no JSON", consequence=Consequence.RETRY, code="not_json"
)
CAPTCHA = NetworkError("Captcha needed", consequence=Consequence.PERSON, code=14)
TOKEN = NetworkError("Token expired", consequence=Consequence.CREDENTIALS, code=5)
RIGHT = NetworkError("No access", consequence=Consequence.PERMISSION, code=15)


@tagged("post_install", "-at_install")
class TestHealth(SocialCommon):
    """A page in trouble tells once, and recovers by itself or by the one action."""

    def setUp(self):
        super().setUp()
        self.second_admin = self._user("s_admin_2", "group_admin")
        self.now = START

    def poll(self, error=None, minutes=1):
        """Read the page some minutes later."""
        self.now += timedelta(minutes=minutes)
        self.network.error = error
        with freeze_time(self.now):
            self.account.poll()

    def planned(self, kind=ACTIVITY, user=None):
        activities = self.account.activity_search([kind])
        return activities.filtered(lambda a: a.user_id == (user or self.social_admin))

    def test_each_class_ends_in_one_notice(self):
        for error, words in (
            (TOKEN, "key"),
            (CAPTCHA, "person"),
            (RIGHT, "right"),
            (MAINTENANCE, "not fetched"),
        ):
            with self.subTest(error=error.message):
                self.poll()
                self.assertFalse(self.planned())
                for _time in range(8):
                    self.poll(error)
                self.assertEqual(len(self.planned()), 1)
                self.assertEqual(len(self.planned(user=self.second_admin)), 1)
                self.assertIn(words, self.planned().summary)
                self.assertIn(error.message, str(self.planned().note))
                self.assertFalse(self.planned(user=self.curator))
                self.poll()
                self.assertFalse(self.planned())
                self.assertFalse(self.planned(user=self.second_admin))
                self.assertEqual(self.account.health, "ok")
                self.assertFalse(self.account.trouble_since)
                # The next episode is told of anew.
                for _time in range(3):
                    self.poll(error)
                self.assertEqual(len(self.planned()), 1)
                self.poll()

    def test_dismissed_notice_does_not_come_back(self):
        for _time in range(4):
            self.poll(MAINTENANCE)
        self.planned().unlink()
        for _time in range(4):
            self.poll(MAINTENANCE)
        self.assertFalse(self.planned())

    def test_passing_trouble_is_not_told(self):
        self.poll()
        for _time in range(2):
            self.poll(MAINTENANCE)
            self.assertFalse(self.planned())
        self.assertTrue(self.account.trouble_since)
        self.poll()
        self.assertFalse(self.account.trouble_since)

    def test_slow_down_waits_and_tells_nobody(self):
        self.poll()
        slow = NetworkError(
            "Too many", consequence=Consequence.SLOW_DOWN_LONG, retry_after=7200
        )
        self.poll(slow)
        self.assertGreaterEqual(
            self.account.next_poll, self.now + timedelta(seconds=7200)
        )
        self.assertFalse(self.planned())

    def test_pauses_grow(self):
        waits = []
        for _time in range(6):
            self.poll(MAINTENANCE)
            waits.append(self.account.next_poll - self.now)
        self.assertGreater(waits[-1], 8 * waits[0])

    def test_another_cause_in_the_same_episode(self):
        for _time in range(4):
            self.poll(MAINTENANCE)
        activity = self.planned()
        self.poll(TOKEN)
        self.assertEqual(self.planned(), activity)
        self.assertIn("key", activity.summary)

    def test_new_key_ends_the_episode(self):
        self.poll(TOKEN)
        self.assertEqual(self.account.health, "stopped")
        page = self.account.with_user(self.social_admin)
        with freeze_time(self.now + timedelta(minutes=1)):
            self.assertNotIn(self.account, page.search(page._due_domain()))
            page.set_secrets({"access_token": "new"})
            self.assertIn(self.account, self.account.search(self.account._due_domain()))
        self.poll()
        self.assertFalse(self.planned())

    def test_a_part_that_is_left_out(self):
        self.network.problems = (
            Verdict(False, "private_messages", "messages_denied", "[15]"),
        )
        for _time in range(3):
            self.poll()
        self.assertEqual(len(self.planned()), 1)
        self.assertIn("a part", self.planned().summary)
        self.network.problems = ()
        self.poll()
        self.assertFalse(self.planned())

    # -- not read ----------------------------------------------------------------

    def watch(self, at):
        with freeze_time(at):
            self.env["helpdesk.social.account"]._cron_health()

    def test_nobody_reads_the_page(self):
        self.poll()
        self.watch(self.now + timedelta(minutes=20))
        self.assertFalse(self.planned())
        for minutes in (31, 46, 61):
            self.watch(self.now + timedelta(minutes=minutes))
            self.assertEqual(len(self.planned()), 1)
        self.assertEqual(self.account.trouble_since, self.account.last_success)
        with freeze_time(self.now + timedelta(minutes=31)):
            found = self.account.search([("is_stalled", "=", True)])
            self.assertIn(self.account, found)
        self.poll(minutes=70)
        self.assertFalse(self.planned())

    def test_threshold_of_reading(self):
        self.poll()
        self.account.unread_minutes = 0
        self.watch(self.now + timedelta(days=9))
        self.assertFalse(self.planned())
        with self.assertRaises(ValidationError):
            self.account.unread_minutes = -1

    # -- silence -----------------------------------------------------------------

    def habits(self, days=35, each=5):
        """Messages of some weeks: on workdays from 9 to 14 o'clock UTC, and at noon
        on Saturdays."""
        rows = []
        for day in range(days):
            date = START.replace(hour=9) - timedelta(days=days - day)
            hours = range(each) if date.weekday() < 5 else (3,)
            hours = () if date.weekday() == 6 else hours
            rows += [date + timedelta(hours=hour) for hour in hours]
        self.env["helpdesk.social.message"].create(
            [
                {
                    "account_id": self.account.id,
                    "direction": "in",
                    "external_id": f"old{number}",
                    "item_type": "comment",
                    "posted_at": at,
                }
                for number, at in enumerate(rows)
            ]
        )
        self.now = rows[-1]
        return rows[-1]

    def watched(self, at):
        self.account.last_success = at
        self.watch(at)

    def test_silence_is_told_once_and_in_figures(self):
        # The last one came on Wednesday, 6 March, at 13 o'clock.
        last = self.habits()
        self.assertEqual(last.isoweekday(), 3)
        self.watched(last + timedelta(days=1, hours=3))
        self.assertFalse(self.account.silent_since, "a day of five is missing")
        for hours in (51, 52, 60):
            self.watched(last + timedelta(hours=hours))
            self.assertEqual(len(self.planned(SILENT)), 1)
        self.assertEqual(self.account.silent_since, last)
        figures = self.account.silence_figures
        self.assertEqual((figures["expected"], figures["longest"]), (11, 45))
        self.assertIn("11 usually come", self.account.silence_words)
        self.assertIn("45 h", str(self.planned(SILENT).note))
        self.now = last + timedelta(hours=61)
        self.network.inbox = [comment(at=str(self.now)[:16])]
        self.poll()
        self.watched(self.now)
        self.assertFalse(self.account.silent_since)
        self.assertFalse(self.planned(SILENT))

    def test_quiet_days_are_no_silence(self):
        """From Saturday noon to Monday morning nothing ever comes."""
        last = self.habits()
        # On Saturday the pause is longer than any, but of that day one is missing.
        self.account.silence_missing = 13
        self.watched(last + timedelta(days=3))
        self.assertFalse(self.account.silent_since)
        self.account.silence_missing = 12
        self.watched(last + timedelta(days=3))
        self.assertTrue(self.account.silent_since)

    def test_little_history_says_nothing(self):
        last = self.habits(days=10)
        self.watched(last + timedelta(days=9))
        self.assertFalse(self.account.silent_since)

    def test_switched_off(self):
        last = self.habits()
        self.account.silence_missing = 0
        self.watched(last + timedelta(days=9))
        self.assertFalse(self.account.silent_since)

    def test_what_is_not_read_is_not_silent(self):
        last = self.habits()
        self.account.last_success = last
        self.watch(last + timedelta(days=9))
        self.assertFalse(self.account.silent_since)
        self.assertTrue(self.planned())

    # -- lag ---------------------------------------------------------------------

    def test_lag(self):
        self.poll()
        self.account.first_success = START
        old = comment("wall-1_10_r1", at="2023-01-01 10:00")
        items = [
            comment(
                f"wall-1_10_r{number + 2}",
                posted_at=utc("2024-03-07 08:00") - timedelta(seconds=10 * number),
            )
            for number in range(5)
        ]
        with freeze_time("2024-03-07 08:00:20"):
            self.receive(old, *items)
        with freeze_time("2024-03-07 09:00:00"):
            account = self.account
            account.invalidate_recordset()
            self.assertEqual(account.lag_median, 40)
            self.assertEqual(account.lag_max, 60)
            self.assertAlmostEqual(account.lag_95, 58)
            self.assertIn("half within 40 s", account.lag_words)
        with freeze_time("2024-03-09 09:00:00"):
            account.invalidate_recordset()
            self.assertFalse(account.lag_words)
            self.assertEqual(account.lag_week_max, 60)

    # -- the board ---------------------------------------------------------------

    def test_board(self):
        self.approved().with_user(self.curator).publish("Засыплем.", self.account)
        board = self.account.with_user(self.curator)
        self.assertEqual(board.outbox_waiting_count, 1)
        for view in ("kanban", "list"):
            xmlid = f"helpdesk_mgmt_social.view_social_health_{view}"
            board.get_view(self.env.ref(xmlid).id, view)
        names = ["lag_words", "broken_count", "is_stalled", "silence_words", "advice"]
        board.read(names)
        with self.assertRaises(AccessError):
            board.with_user(self.curator).silence_missing = 3

    def test_board_begins_with_what_is_worst(self):
        kinds = ("ok", "new", "silent", "warning", "failing", "stopped")
        pages = self.account
        for number, kind in enumerate(kinds):
            page = self.account.copy({"name": kind, "external_id": str(9000 + number)})
            page.health = "ok" if kind == "silent" else kind
            page.silent_since = kind == "silent" and START
            pages |= page
        pages -= self.account
        shown = pages.search([("id", "in", pages.ids)], order="health_order, sequence")
        self.assertEqual(
            shown.mapped("name"),
            ["stopped", "failing", "warning", "silent", "new", "ok"],
        )
        page = pages.filtered(lambda one: one.name == "failing")
        page.health = "ok"
        self.assertGreater(page.health_order, 4)

    def test_board_costs_the_same_for_many_pages(self):
        self.poll()
        pages = self.account
        for number in range(9):
            pages |= self.account.copy({"external_id": f"9{number}"})
        names = ["lag_words", "broken_count", "outbox_failed_count", "is_stalled"]
        counts = []
        for some in (pages[:1], pages):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.with_user(self.curator).read(names)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)

    def test_one_page_keeps_no_other_from_being_looked_at(self):
        other = self.account.copy({"external_id": "77"})
        for page in self.account | other:
            page.last_success = START

        def watch(account, now):
            if account == self.account:
                raise ValueError("broken")
            return original(account, now)

        kind = type(self.account)
        original = kind._watch_stalled
        self.patch(kind, "_watch_stalled", watch)
        with mute_logger("odoo.addons.helpdesk_mgmt_social.models"
                         ".helpdesk_social_account_health"):  # fmt: skip
            self.watch(START + timedelta(hours=2))
        self.assertTrue(other.activity_search([ACTIVITY]))
