import shutil
from contextlib import contextmanager
from datetime import datetime
from unittest import skipUnless
from unittest.mock import patch

import psycopg2
from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.helpdesk_social_mailing_run import ACTIVITY
from ..models.helpdesk_social_mailing_run import HelpdeskSocialMailing as Run
from .test_figures import FiguresCase

PDF = b"%PDF-1.4 made up"
#: Nine o'clock of Moscow on the first of April
DUE = datetime(2024, 4, 1, 6, 0)


@tagged("post_install", "-at_install")
class TestMailing(FiguresCase):
    """The monthly report goes out once for each period and recipient."""

    def setUp(self):
        super().setUp()
        self.pdf = self.startPatcher(patch.object(Run, "_pdf", return_value=PDF))
        with self.at("2024-03-20 10:00:00"):
            self.mailing = self.made()
        self.outsider = self.env["res.partner"].create(
            {"name": "Район", "email": "district@example.com"}
        )

    def made(self, user=None, **vals):
        Mailing = self.env["helpdesk.social.mailing"].with_user(user or self.head)
        return Mailing.create({"user_ids": [(6, 0, self.head.ids)], **vals}).sudo()

    @contextmanager
    def at(self, now):
        """Whatever is done, and computed of it, is done at ``now``."""
        with freeze_time(now):
            yield
            self.env.flush_all()

    def lane(self, now):
        with self.at(now), self.committing(careful=True):
            self.env["helpdesk.social.mailing"]._cron_mail()

    def sent(self):
        return self.mailing.sent_ids

    def told(self):
        return self.mailing.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref(ACTIVITY)
        )

    # -- when --------------------------------------------------------------------

    def test_day_and_hour_are_of_the_zone(self):
        self.assertEqual(self.mailing.next_run, DUE)
        with self.at("2024-02-10 10:00:00"):
            self.mailing.day = 31
        self.assertEqual(self.mailing.next_run, datetime(2024, 2, 29, 6))
        run = self.mailing.next_run
        self.assertEqual(self.mailing._run_after(run), datetime(2024, 3, 31, 6))
        first, last = self.mailing._period_of(DUE)
        self.assertEqual((str(first), str(last)), ("2024-03-01", "2024-03-31"))
        # One o'clock at night of Moscow is still the day before by UTC.
        with self.at("2024-03-20 10:00:00"):
            self.mailing.write({"day": 1, "hour": 1})
        self.assertEqual(self.mailing.next_run, datetime(2024, 3, 31, 22))
        first, _last = self.mailing._period_of(self.mailing.next_run)
        self.assertEqual(str(first), "2024-03-01")

    def test_changes_count_from_now_on(self):
        with self.at("2024-06-10 10:00:00"):
            self.mailing.active = False
            self.env.flush_all()
            self.mailing.active = True
        self.assertEqual(self.mailing.next_run, datetime(2024, 7, 1, 6))

    # -- once --------------------------------------------------------------------

    def test_sent_once(self):
        self.lane("2024-04-01 05:59:00")
        self.assertFalse(self.sent())
        self.lane("2024-04-01 06:10:00")
        row = self.sent()
        self.assertEqual(row.partner_id, self.head.partner_id)
        self.assertEqual((str(row.first), str(row.last)), ("2024-03-01", "2024-03-31"))
        self.assertEqual(row.attachment_id.raw, PDF)
        self.assertEqual(row.mail_id.attachment_ids, row.attachment_id)
        self.assertEqual(row.mail_id.recipient_ids, self.head.partner_id)
        self.assertEqual(row.state, "queued")
        self.assertEqual(self.mailing.next_run, datetime(2024, 5, 1, 6))
        self.lane("2024-04-01 07:10:00")
        self.assertEqual(self.sent(), row)
        # A later day of the same month asks for the same period once more.
        with self.at("2024-04-01 08:00:00"):
            self.mailing.day = 15
        self.lane("2024-04-15 07:00:00")
        self.assertEqual(self.sent(), row)
        self.assertEqual(self.pdf.call_count, 1)

    def test_the_database_refuses_a_second_one(self):
        self.lane("2024-04-01 06:10:00")
        with self.assertRaises(psycopg2.errors.UniqueViolation):
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self.sent().copy()

    def test_another_process_is_at_it(self):
        with self.at("2024-04-01 06:05:00"):
            self.assertTrue(self.mailing._lease_take(datetime.now(), 1800))
        self.lane("2024-04-01 06:10:00")
        self.assertFalse(self.sent())

    def test_missed_months_are_made_up_for(self):
        self.lane("2024-05-20 10:00:00")
        self.lane("2024-05-20 11:00:00")
        self.assertEqual(
            sorted(map(str, self.sent().mapped("first"))), ["2024-03-01", "2024-04-01"]
        )

    # -- trouble -----------------------------------------------------------------

    def test_a_failure_is_told_once_and_tried_again(self):
        self.pdf.side_effect = UserError("Нет принтера")
        with mute_logger("odoo.addons.helpdesk_mgmt_social.models"):
            with patch.object(self.env.cr, "rollback", lambda: None):
                self.lane("2024-04-01 06:10:00")
                self.lane("2024-04-01 07:10:00")
        self.assertFalse(self.sent())
        self.assertEqual(self.mailing.problem, "Нет принтера")
        self.assertEqual(self.told().user_id & self.social_admin, self.social_admin)
        self.assertEqual(len(self.told()), len(self.told().user_id))
        self.pdf.side_effect = None
        self.lane("2024-04-01 08:10:00")
        self.assertEqual(len(self.sent()), 1)
        self.assertFalse(self.mailing.problem)
        self.assertFalse(self.told())

    def test_what_became_of_the_letter(self):
        self.lane("2024-04-01 06:10:00")
        row = self.sent()
        row.mail_id.write({"state": "exception", "failure_reason": "Mailbox full"})
        self.lane("2024-04-01 07:10:00")
        self.assertEqual((row.state, row.mail_id.state), ("queued", "outgoing"))
        self.assertEqual(row.problem, "Mailbox full")
        self.assertIn("Mailbox full", self.mailing.problem)
        self.assertTrue(self.told())
        row.mail_id.state = "sent"
        self.lane("2024-04-01 08:10:00")
        self.assertEqual(row.state, "sent")
        self.assertTrue(row.sent_at)
        self.assertFalse(row.problem or self.mailing.problem or self.told())

    def test_a_letter_is_given_up_and_sent_again_by_hand(self):
        self.lane("2024-04-01 06:10:00")
        row = self.sent()
        row.tries = 24
        row.mail_id.write({"state": "exception", "failure_reason": "No such box"})
        self.lane("2024-04-01 07:10:00")
        self.assertEqual(row.state, "failed")
        with self.assertRaises(AccessError):
            row.with_user(self.curator).action_send_again()
        row.with_user(self.head).action_send_again()
        self.assertEqual((row.state, row.mail_id.state), ("queued", "outgoing"))

    # -- who ---------------------------------------------------------------------

    def test_recipients_may_read_figures(self):
        with self.assertRaisesRegex(ValidationError, "may not read the figures"):
            self.mailing.user_ids = self.roads
        with self.assertRaisesRegex(ValidationError, "to whom"):
            self.mailing.user_ids = False

    def test_whoever_lost_the_right_gets_nothing(self):
        self.mailing.user_ids = self.head | self.curator
        group = self.env.ref("helpdesk_mgmt_social.group_curator")
        self.curator.write({"group_ids": [(3, group.id)]})
        self.lane("2024-04-01 06:10:00")
        self.assertEqual(self.sent().partner_id, self.head.partner_id)

    def test_a_report_is_made_by_whoever_may(self):
        chief = self._user("m_chief", "group_head")
        self.mailing.user_ids = chief
        self.head.active = False
        with mute_logger("odoo.addons.helpdesk_mgmt_social.models"):
            with patch.object(self.env.cr, "rollback", lambda: None):
                self.lane("2024-04-01 06:10:00")
        self.assertFalse(self.sent())
        self.assertIn("Choose somebody else", self.mailing.problem)

    def test_outside_recipients_are_confirmed(self):
        mailing = self.mailing.with_user(self.head)
        with self.assertRaisesRegex(ValidationError, "Confirm"):
            mailing.partner_ids = self.outsider
        mailing.write(
            {"partner_ids": [(6, 0, self.outsider.ids)], "outside_confirmed": True}
        )
        self.assertEqual(mailing.outside_confirmed_by_id, self.head)
        self.assertTrue(mailing.outside_confirmed_at)
        other = self.outsider.copy({"name": "Область", "email": "o@example.com"})
        with self.assertRaises(ValidationError):
            mailing.partner_ids = [(4, other.id)]
        self.lane("2024-04-01 06:10:00")
        self.assertEqual(self.sent().partner_id, self.head.partner_id | self.outsider)

    def test_access(self):
        self.made(self.social_admin)
        self.lane("2024-04-01 06:10:00")
        row = self.sent()
        self.assertEqual(row.with_user(self.head).state, "queued")
        self.assertEqual(row.attachment_id.with_user(self.head).raw, PDF)
        for user in (self.curator, self.roads):
            with self.assertRaises(AccessError):
                self.made(user)
            with self.assertRaises(AccessError):
                row.with_user(user).read(["state"])
            with self.assertRaises(AccessError):
                row.attachment_id.with_user(user).read(["raw"])
        with self.assertRaises(AccessError):
            row.with_user(self.social_admin).state = "sent"
        with self.assertRaises(AccessError):
            self.mailing.with_user(self.head).unlink()

    def test_another_administration(self):
        company = self.env["res.company"].create({"name": "Соседи"})
        stranger = self._user("m_stranger", "group_head")
        stranger.write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
        with self.assertRaises(AccessError):
            self.mailing.with_user(stranger).with_company(company).read(["name"])
        with self.assertRaises(ValidationError):
            self.mailing.user_ids = stranger


@tagged("post_install", "-at_install")
class TestMailingPdf(FiguresCase):
    @skipUnless(shutil.which("wkhtmltopdf"), "nothing that prints")
    def test_real_paper(self):
        mailing = self.env["helpdesk.social.mailing"].create(
            {"user_ids": [(6, 0, self.head.ids)], "responsible_id": self.head.id}
        )
        mailing = mailing.with_context(force_report_rendering=True)
        first, last = mailing._period_of(datetime(2024, 4, 1, 6))
        self.assertTrue(mailing._pdf(first, last).startswith(b"%PDF"))
