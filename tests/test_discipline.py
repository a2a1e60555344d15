from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import MODULE, SocialCommon, comment

APPOINTMENT = "helpdesk.social.appointment"
NOW = "2024-03-07 05:00:00"  # 10:00 in the zone of the act, a Thursday


@tagged("post_install", "-at_install")
class TestFlaws(SocialCommon):
    """Flaws recorded by themselves, explained and closed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.act = cls.regulation.copy({"company_id": cls.env.company.id})
        cls.act.write({"records_flaws": True, "flaws_clause": "12"})
        cls.account.regulation_id = cls.act
        cls.deputy = cls._user("s_deputy", "group_head")
        cls.unit_roads.user_id = cls.roads
        cls.formal = cls.env["helpdesk.social.rework.reason"].create(
            {"name": "Says nothing", "requirement_kind": "substance", "clause": "9"}
        )
        cls.none = cls.env["helpdesk.social.rework.reason"]

    def appoint(self, user, **vals):
        return self.env[APPOINTMENT].create(
            {
                "user_id": user.id,
                "role": "deputy_head",
                "act_number": "7",
                "act_date": "2024-01-01",
                "date_from": "2024-01-01",
                **vals,
            }
        )

    def rejected(self, times, ticket=None):
        ticket = ticket or self.assigned()
        for _time in range(times):
            share = self.drafted(ticket)
            share.with_user(self.curator).request_rework(self.none, "Когда?")
        return ticket

    def shown(self, ticket):
        """The flaws that drafts have shown; the routing of a test is always late."""
        return ticket.flaw_ids.filtered(lambda flaw: not flaw.deadline_id)

    def test_second_rejection(self):
        ticket = self.rejected(1)
        self.assertFalse(self.shown(ticket))
        self.rejected(1, ticket)
        flaw = self.shown(ticket)
        self.assertEqual(flaw.kind, "rejected")
        self.assertEqual(flaw.clause, "12")
        self.assertTrue(flaw.automatic)
        self.assertEqual(flaw.responsible_id, self.roads)
        self.assertEqual(flaw.sudo().activity_ids.user_id, self.roads)
        self.rejected(1, ticket)
        self.assertEqual(self.shown(ticket), flaw)

    def test_formal_reply(self):
        ticket = self.assigned()
        share = self.drafted(ticket).with_user(self.curator)
        share.request_rework(self.formal, "")
        self.assertEqual(self.shown(ticket).kind, "formal")
        self.assertEqual(self.shown(ticket).clause, "9")

    def test_act_that_records_none(self):
        self.account.regulation_id = self.regulation
        ticket = self.rejected(2)
        share = self.drafted(ticket).with_user(self.curator)
        share.request_rework(self.formal, "")
        self.assertFalse(ticket.flaw_ids)

    def test_clock_that_ends_late(self):
        with freeze_time("2024-03-07 05:00:00"):
            ticket = self.receive(comment(at="2024-03-07 04:59")).with_user(
                self.curator
            )
        with freeze_time("2024-03-07 06:30:00"):
            ticket.assign([(self.unit_roads, self.env["res.users"])])
        flaw = ticket.flaw_ids
        self.assertEqual(flaw.deadline_id.stage, "assign")
        self.assertEqual((flaw.kind, flaw.clause), ("late", "3.1"))
        self.assertEqual(flaw.at, datetime(2024, 3, 7, 6, 30))
        # Routing is the curator's own step: no executor answers for it.
        self.assertEqual(flaw.responsible_id, self.curator)
        # The same clock's alert adds no second flaw.
        flaw._record_late(flaw.deadline_id, fields.Datetime.now())
        self.assertEqual(ticket.flaw_ids, flaw)

    def test_explained_and_closed(self):
        flaw = self.shown(self.rejected(2))
        self.appoint(self.deputy)
        for user in (self.roads_2, self.curator, self.head, self.deputy):
            with self.assertRaises(AccessError):
                flaw.with_user(user).explain("Не я")
        for user in (self.roads, self.curator, self.head, self.social_admin):
            with self.assertRaises(AccessError):
                flaw.with_user(user).close("Забыть")
        with self.assertRaisesRegex(UserError, "how it came"):
            flaw.with_user(self.roads).explain(" ")
        flaw.with_user(self.roads).explain("Болел")
        self.assertEqual(flaw.state, "explained")
        self.assertEqual(flaw.sudo().activity_ids.user_id, self.deputy)
        self.assertTrue(flaw.with_user(self.deputy).may_close)
        with self.assertRaisesRegex(UserError, "what was done"):
            flaw.with_user(self.deputy).close("")
        flaw.with_user(self.deputy).close("Назначен замещающий")
        self.assertEqual(flaw.state, "closed")
        self.assertEqual(flaw.closed_by_id, self.deputy)
        self.assertFalse(flaw.sudo().activity_ids)
        with self.assertRaisesRegex(UserError, "closed already"):
            flaw.with_user(self.roads).explain("Поздно")

    def test_deputy_of_the_unit_comes_first(self):
        flaw = self.shown(self.rejected(2))
        other = self._user("s_deputy_2", "group_head")
        self.appoint(other, unit_id=self.unit_light.id)
        self.assertEqual(
            flaw._closers(), self.env[APPOINTMENT]._heads(self.env.company)
        )
        self.appoint(self.deputy, unit_id=self.unit_roads.id)
        self.appoint(self.head)
        self.assertEqual(flaw._closers(), self.deputy)

    def test_explained_after_the_answer(self):
        """Who must explain sees the flaw, though the message is out of sight."""
        ticket = self.rejected(2)
        flaw = self.shown(ticket)
        self.holding(ticket, self.roads).decline("Не наше")
        with self.assertRaises(AccessError):
            ticket.with_user(self.roads).read(["name"])
        mine = flaw.with_user(self.roads)
        self.assertEqual(mine.ticket_number, ticket.number)
        shown = mine.web_read({"ticket_id": {"fields": {"display_name": {}}}})
        self.assertEqual(shown[0]["ticket_id"]["display_name"], ticket.number)
        mine.explain("Улица не наша")
        self.assertFalse(flaw.with_user(self.light).search([("id", "=", flaw.id)]))

    def test_recorded_by_hand_says_nothing_of_the_steps(self):
        ticket = self.assigned()
        vals = {"ticket_id": ticket.id, "kind": "other", "note": "Грубо"}
        forged = {"state": "closed", "decision": "Забыть", "responsible_id": 1}
        flaw = self.env["helpdesk.social.flaw"].with_user(self.curator)
        flaw = flaw.create({**vals, **forged})
        self.assertEqual((flaw.state, flaw.decision), ("open", False))
        self.assertEqual(flaw.responsible_id, self.curator)

    def test_nobody_writes_the_steps(self):
        flaw = self.shown(self.rejected(2))
        for user in (self.roads, self.curator, self.head, self.social_admin):
            with self.subTest(user.login), self.assertRaises(AccessError):
                flaw.with_user(user).write({"state": "closed"})


@tagged("post_install", "-at_install")
class TestPageReview(SocialCommon):
    """A line for each day and page, and who has reviewed it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.act = cls.env.ref(f"{MODULE}.regulation_vereshchagino")
        cls.account.regulation_id = cls.act
        cls.Review = cls.env["helpdesk.social.page.review"]

    def plan(self, at):
        with freeze_time(at):
            self.Review._cron_plan()
        return self.Review.search([("account_id", "=", self.account.id)])

    def test_once_a_day_in_the_organisations_zone(self):
        first = self.plan(NOW)
        self.assertEqual(first.day, fields.Date.to_date("2024-03-07"))
        self.assertEqual(first.clause, "1")
        self.assertEqual(first.activity_ids.user_id, self.curator)
        self.assertEqual(self.plan("2024-03-07 18:59:00"), first)
        # Midnight where the organisation is.
        self.assertEqual(len(self.plan("2024-03-07 19:01:00")), 2)
        # A Sunday: the act says every day.
        self.assertEqual(len(self.plan("2024-03-10 05:00:00")), 3)

    def test_working_days_alone(self):
        act = self.act.copy({"page_review": "working"})
        self.account.regulation_id = act
        self.assertTrue(self.plan(NOW))
        self.assertEqual(len(self.plan("2024-03-08 05:00:00")), 1)  # a holiday
        self.assertEqual(len(self.plan("2024-03-11 05:00:00")), 2)

    def test_act_that_asks_for_none(self):
        self.account.regulation_id = self.regulation
        self.assertFalse(self.plan(NOW))

    def test_who_is_on_duty_is_asked(self):
        second = self._user("s_curator_2", "group_curator")
        self.desk.user_ids |= second
        self.env["helpdesk.social.duty"].create(
            {
                "user_id": second.id,
                "start": "2024-03-07 00:00:00",
                "stop": "2024-03-08 00:00:00",
            }
        )
        self.assertEqual(self.plan(NOW).activity_ids.user_id, second)

    def test_reviewed(self):
        review = self.plan(NOW)
        for user in (self.head, self.social_admin, self.roads):
            with self.subTest(user.login), self.assertRaises(AccessError):
                review.with_user(user).action_done()
        with freeze_time("2024-03-07 06:00:00"):
            review.with_user(self.curator).action_done()
        self.assertEqual(review.state, "done")
        self.assertEqual(review.user_id, self.curator)
        self.assertEqual(review.done_at, datetime(2024, 3, 7, 6))
        self.assertFalse(review.activity_ids)
        with self.assertRaisesRegex(UserError, "reviewed already"):
            review.with_user(self.curator).action_done()
        with self.assertRaisesRegex(UserError, "who and when"):
            review.with_user(self.curator).write({"done_at": NOW})

    def test_missed(self):
        review = self.plan(NOW)
        with freeze_time("2024-03-07 15:00:00"):
            self.assertFalse(review.is_missed)
        review.invalidate_recordset()
        with freeze_time("2024-03-08 05:00:00"):
            self.assertTrue(review.is_missed)
            self.assertIn(review, self.Review.search([("is_missed", "=", True)]))

    def test_one_page_never_stops_the_others(self):
        other = self.account.copy({"external_id": "4343"})
        plan = type(self.Review)._plan

        def fails(model, account, now):
            if account == self.account:
                raise ValueError("broken")
            return plan(model, account, now)

        with (
            patch.object(type(self.Review), "_plan", fails),
            self.assertLogs("odoo.addons", "ERROR"),
        ):
            self.plan(NOW)
        self.assertEqual(self.Review.search([]).account_id, other)
