from datetime import timedelta

import psycopg2
from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import comment
from .escalation import ASSIGNED, DUE, STEP, EscalationCase


@tagged("post_install", "-at_install")
class TestRecipients(EscalationCase):
    """Who is told, and who is not."""

    def told(self, ticket, recipient, stage="draft"):
        """Whom a step for ``recipient`` would tell of ``ticket`` now."""
        clock = self.clock(ticket, stage)
        step = self.step(recipient, stage=stage)
        alert = self.alerts().create(
            clock._alert_vals(step, clock.due, fields.Datetime.now())
        )
        return alert._recipients(fields.Datetime.now())[alert]

    def test_executor(self):
        ticket = self.work()
        self.assertEqual(self.told(ticket, "executor"), self.roads, "the leader")
        self.unit_roads.user_id = False
        self.assertEqual(self.told(ticket, "executor"), self.roads | self.roads_2)
        ticket.sudo().assignment_ids.user_id = self.roads_2
        self.assertEqual(self.told(ticket, "executor"), self.roads_2)
        self.roads_2.active = False
        self.assertEqual(self.told(ticket, "executor"), self.roads)

    def test_substitute(self):
        ticket = self.work()
        self.assertFalse(self.told(ticket, "substitute"))
        ticket.assignment_ids.substitute(self.light)
        self.assertEqual(self.told(ticket, "substitute"), self.light)
        self.assertEqual(self.told(ticket, "actor"), self.roads | self.light)

    def test_who_must_act(self):
        ticket = self.work()
        ticket.sudo().user_id = self.curator
        self.assertEqual(self.told(ticket, "actor"), self.roads)
        self.assertEqual(self.told(ticket, "actor", "assign"), self.curator)

    def test_unit_leader(self):
        ticket = self.work()
        self.assertEqual(self.told(ticket, "unit_leader"), self.roads)
        self.unit_roads.user_id = False
        self.assertEqual(self.told(ticket, "unit_leader"), self.curator)

    def test_duty(self):
        night = self._user("s_night", "group_curator")
        ticket = self.work()
        ticket.sudo().user_id = self.curator
        self.env["helpdesk.social.duty"].create(
            [
                {
                    "user_id": night.id,
                    "start": "2024-06-03 15:00:00",
                    "stop": "2024-06-04 03:00:00",
                },
                {
                    "user_id": self.head.id,
                    "start": "2024-06-03 20:00:00",
                    "stop": "2024-06-03 21:00:00",
                },
            ]
        )
        for at, expected in (
            ("2024-06-03 14:59:59", self.curator),
            ("2024-06-03 15:00:00", night),
            ("2024-06-03 20:30:00", night | self.head),
            ("2024-06-04 03:00:00", self.curator),
        ):
            with self.subTest(at), freeze_time(at):
                self.assertEqual(self.told(ticket, "duty"), expected)
        with freeze_time("2024-06-03 20:30:00"):
            self.assertEqual(self.told(ticket, "curator"), self.curator)
        ticket.sudo().user_id = False
        self.assertEqual(self.told(ticket, "duty"), self.desk.user_ids)

    def test_duty_of_another_administration(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._user("s_stranger", "group_curator")
        stranger.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        self.env["helpdesk.social.duty"].create(
            {
                "user_id": stranger.id,
                "start": "2024-06-03 00:00:00",
                "stop": "2024-06-04 00:00:00",
                "company_id": other.id,
            }
        )
        with freeze_time("2024-06-03 05:20:00"):
            self.assertEqual(self.told(self.work(), "duty"), self.curator)

    def test_heads(self):
        deputy = self._user("s_deputy", "group_head")
        deputy_roads = self._user("s_deputy_roads", "group_head")
        mayor = self._user("s_mayor", "group_head")
        ticket = self.work()
        self.assertIn(self.head, self.told(ticket, "head"))
        self.assertIn(self.head, self.told(ticket, "deputy_head"))

        def appoint(user, role, **vals):
            return self.env["helpdesk.social.appointment"].create(
                {
                    "user_id": user.id,
                    "role": role,
                    "act_number": "12",
                    "act_date": "2024-01-09",
                    "date_from": "2024-01-10",
                    **vals,
                }
            )

        appoint(mayor, "head", date_to="2024-06-03")
        appoint(deputy, "deputy_head")
        appoint(deputy_roads, "deputy_head", unit_id=self.unit_roads.id)
        with freeze_time("2024-06-03 18:59:00"):
            self.assertEqual(self.told(ticket, "head"), mayor)
            self.assertEqual(self.told(ticket, "deputy_head"), deputy_roads)
            light = self.work(self.unit_light, external_id="wall-1_10_r2")
            self.assertEqual(self.told(light, "deputy_head"), deputy)
        # The organisation's day is over, five hours before that of UTC.
        with freeze_time("2024-06-03 19:00:00"):
            self.assertNotEqual(self.told(ticket, "head"), mayor)

    def test_private_message(self):
        """Only who may still read it hears of it, and the next in line is told."""
        trusted = self._user("s_trusted", "group_curator")
        self.account.curator_ids = self.curator
        self.env["helpdesk.social.duty"].create(
            {
                "user_id": trusted.id,
                "start": "2024-06-03 00:00:00",
                "stop": "2024-06-06 00:00:00",
            }
        )
        self.step("duty", stage="draft")
        with freeze_time(ASSIGNED):
            ticket = self.receive(comment(kind="private", at=ASSIGNED[:16]))
            ticket = ticket.with_user(self.curator)
            ticket.assign([(self.unit_roads, self.roads)])
        clock = self.clock(ticket)
        self.run_lane(clock.due)
        self.assertFalse(self.inbox(trusted))
        self.assertEqual(len(self.inbox(self.curator)), 1)
        self.assertEqual(self.alerts(ticket).user_ids, self.curator)

    def test_outsider_is_told_nothing(self):
        outsider = new_test_user(
            self.env, "s_outsider", "helpdesk_mgmt.group_helpdesk_user"
        )
        self.unit_roads.user_id = outsider
        self.step("unit_leader")
        ticket = self.work()
        self.run_lane(DUE)
        self.assertEqual(self.alerts(ticket).user_ids, self.curator)
        self.assertFalse(self.inbox(outsider))


@tagged("post_install", "-at_install")
class TestEscalationAccess(EscalationCase):
    """What each role may do."""

    def setUp(self):
        super().setUp()
        self.step(moment="after", minutes=5, record_flaw=True)
        self.ticket = self.work()
        self.run_lane("2024-06-03 09:20:00")
        self.alert = self.alerts(self.ticket)
        self.flaw = self.ticket.sudo().flaw_ids

    def test_ledger_is_append_only(self):
        for user in (self.curator, self.roads, self.head, self.social_admin):
            alert = self.alert.with_user(user)
            with self.assertRaises(UserError):
                alert.late = True
            with self.assertRaises(UserError):
                alert.user_ids = False
            with self.assertRaises(UserError):
                alert.unlink()
            with self.assertRaises(UserError):
                alert.create({"ticket_id": self.ticket.id, "step_name": "x"})
        with self.assertRaises(UserError):
            self.alert.sudo().told_at = False
        with self.assertRaises(UserError):
            self.alert.sudo().unlink()

    def test_told_stays_told(self):
        """A step that is gone takes nothing out of the ledger."""
        name = self.alert.step_id.display_name
        self.alert.step_id.unlink()
        self.assertTrue(self.alert.exists())
        self.assertEqual(self.alert.step_name, name)

    def test_read_with_the_message(self):
        for user, seen in (
            (self.curator, True),
            (self.roads, True),
            (self.head, True),
            (self.social_admin, True),
            (self.light, False),
        ):
            for record in (self.alert, self.flaw):
                with self.subTest(user=user.login, model=record._name):
                    found = record.with_user(user).search([("id", "=", record.id)])
                    self.assertEqual(bool(found), seen)

    def test_flaws_by_hand(self):
        vals = {"ticket_id": self.ticket.id, "kind": "formal", "note": "Ни о чём"}
        Flaw = self.env["helpdesk.social.flaw"]
        forged = {**vals, "automatic": True, "user_id": self.head.id}
        flaw = Flaw.with_user(self.curator).create(forged)
        self.assertFalse(flaw.automatic)
        self.assertEqual(flaw.user_id, self.curator)
        for user in (self.roads, self.head, self.social_admin):
            with self.assertRaises(AccessError):
                Flaw.with_user(user).create(vals)
        for user in (self.curator, self.roads, self.head, self.social_admin):
            with self.assertRaises(AccessError):
                flaw.with_user(user).note = "x"
            with self.assertRaises(AccessError):
                flaw.with_user(user).unlink()
        other = self.work(external_id="wall-1_10_r2")
        with self.assertRaisesRegex(ValidationError, "another message"):
            Flaw.with_user(self.curator).create(
                {**vals, "assignment_id": other.assignment_ids.id}
            )

    def test_flaw_of_a_closed_message(self):
        """No flaw on a private message by a curator who may not read it."""
        self.account.curator_ids = self._user("s_other", "group_curator")
        self.ticket.sudo().kind = "private"
        with self.assertRaises(AccessError):
            self.env["helpdesk.social.flaw"].with_user(self.curator).create(
                {"ticket_id": self.ticket.id, "kind": "other"}
            )

    def test_steps_roster_appointments(self):
        vals = {
            STEP: {"regulation_id": self.regulation.id, "recipient": "head"},
            "helpdesk.social.duty": {
                "user_id": self.curator.id,
                "start": "2024-06-03 00:00:00",
                "stop": "2024-06-04 00:00:00",
            },
            "helpdesk.social.appointment": {
                "user_id": self.head.id,
                "role": "head",
                "act_number": "1",
                "act_date": "2024-01-01",
                "date_from": "2024-01-01",
            },
        }
        for model, writers in (
            (STEP, {"s_admin"}),
            ("helpdesk.social.duty", {"s_admin", "s_curator"}),
            ("helpdesk.social.appointment", {"s_admin"}),
        ):
            record = self.env[model].create(vals[model])
            for user in (self.curator, self.roads, self.head, self.social_admin):
                with self.subTest(model=model, user=user.login):
                    mine = record.with_user(user)
                    self.assertTrue(mine.display_name)
                    if user.login in writers:
                        mine.create(vals[model]).unlink()
                    else:
                        with self.assertRaises(AccessError):
                            mine.create(vals[model])
                        with self.assertRaises(AccessError):
                            mine.unlink()

    def test_other_administration(self):
        duty = self.env["helpdesk.social.duty"].create(
            {
                "user_id": self.curator.id,
                "start": "2024-06-03 00:00:00",
                "stop": "2024-06-04 00:00:00",
            }
        )
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._user("s_stranger", "group_curator", "group_head")
        stranger.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        for record in (duty, self.flaw, self.alert):
            with self.subTest(record._name):
                found = record.with_user(stranger).search([("id", "=", record.id)])
                self.assertFalse(found)

    @mute_logger("odoo.sql_db")
    def test_turn_of_duty_ends_after_its_start(self):
        now = fields.Datetime.now()
        with self.assertRaises(psycopg2.errors.CheckViolation):
            self.env["helpdesk.social.duty"].create(
                {
                    "user_id": self.curator.id,
                    "start": now,
                    "stop": now - timedelta(hours=1),
                }
            )
