from datetime import datetime

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import MODULE
from .escalation import DUE, EscalationCase


@tagged("post_install", "-at_install")
class TestPlan(EscalationCase):
    """When a clock's alerts come."""

    def next_alert(self, ticket):
        return fields.Datetime.to_string(self.clock(ticket).next_alert)

    def test_moments(self):
        for vals, expected in (
            ({"moment": "before", "minutes": 30}, "2024-06-03 08:40:00"),
            ({"moment": "at"}, DUE),
            ({"moment": "after", "minutes": 90}, "2024-06-03 10:40:00"),
            ({"moment": "share", "share": 75}, "2024-06-03 08:10:00"),
        ):
            with self.subTest(vals), self.env.cr.savepoint() as savepoint:
                self.step(**vals)
                ticket = self.work()
                self.assertEqual(self.next_alert(ticket), expected)
                self.env.invalidate_all()
                savepoint.rollback()

    def test_share_of_office_hours_is_of_the_time_that_passes(self):
        """From Friday 14:00 to Monday 13:00 of office hours: half is Saturday."""
        self.account.page_owner = "administration"
        self.step(moment="share", share=50)
        # 8 office hours from Thursday 15:10 local are over on Friday 15:10.
        ticket = self.work(at="2024-06-06 10:10:00")
        clock = self.clock(ticket)
        self.assertEqual(str(clock.due), "2024-06-07 10:10:00")
        self.assertEqual(self.next_alert(ticket), "2024-06-06 22:10:00")

    def test_stage_and_short_terms(self):
        self.step(stage="review")
        self.step(moment="before", minutes=241)
        self.assertFalse(self.clock(self.work()).next_alert)
        self.step(moment="before", minutes=239)
        ticket = self.work(at="2024-06-04 05:10:00", external_id="wall-1_10_r2")
        self.assertEqual(self.next_alert(ticket), "2024-06-04 05:11:00")

    def test_follows_the_clock(self):
        self.step()
        self.step(moment="before", minutes=60)
        ticket = self.work()
        self.assertEqual(self.next_alert(ticket), "2024-06-03 08:10:00")
        with freeze_time("2024-06-03 06:00:00"):
            later = datetime(2024, 6, 3, 12, 0)
            ticket.change_term(later, "Сложно", self.clock(ticket))
            self.assertEqual(self.next_alert(ticket), "2024-06-03 11:00:00")
            self.drafted(ticket)
        self.assertEqual(self.clock(ticket).state, "met")
        self.assertFalse(self.clock(ticket).next_alert)

    def test_changed_steps_count_for_running_clocks(self):
        admin = self.env.ref("base.user_admin")
        ticket = self.work()
        step = self.step().with_user(admin)
        self.assertEqual(self.next_alert(ticket), DUE)
        step.write({"moment": "after", "minutes": 5})
        self.assertEqual(self.next_alert(ticket), "2024-06-03 09:15:00")
        self.regulation.with_user(admin).write(
            {"escalation_step_ids": [(1, step.id, {"minutes": 6})]}
        )
        self.assertEqual(self.next_alert(ticket), "2024-06-03 09:16:00")
        step.unlink()
        self.assertFalse(self.clock(ticket).next_alert)

    def test_presets(self):
        """Every preset warns; its steps are copied with it, and changed in the copy."""
        admin = self.env.ref("base.user_admin")
        for code in ("perm", "purovsky", "myasnikovsky", "palana", "vereshchagino"):
            preset = self.env.ref(f"{MODULE}.regulation_{code}").with_user(admin)
            steps = preset.escalation_step_ids
            self.assertGreaterEqual(len(steps), 4, code)
            self.assertIn("head", steps.mapped("recipient"))
            with self.assertRaisesRegex(UserError, "Duplicate it"):
                steps[0].share = 50
            with self.assertRaisesRegex(UserError, "Duplicate it"):
                steps[0].unlink()
            with self.assertRaises(UserError), self.env.cr.savepoint():
                steps[0].copy()
            copy = preset.copy()
            self.assertEqual(
                copy.escalation_step_ids.sorted("sequence").mapped("display_name"),
                steps.mapped("display_name"),
            )
            copy.escalation_step_ids[0].share = 50

    def test_senseless_steps(self):
        for vals in (
            {"moment": "share", "share": 0},
            {"moment": "share", "share": 101},
            {"moment": "before", "minutes": 0},
            {"moment": "after", "minutes": -5},
            {"moment": "at", "record_flaw": True},
        ):
            with self.subTest(vals), self.assertRaises(ValidationError):
                self.step(**vals)

    def test_name(self):
        step = self.step("head", "share", share=75, channel="email")
        self.assertEqual(
            step.display_name, "Draft reply · at 75 % of the term · Head · E-mail"
        )
