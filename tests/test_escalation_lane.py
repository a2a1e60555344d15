from datetime import datetime
from unittest.mock import patch

import psycopg2
from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MODULE
from .escalation import DUE, EscalationCase

LANE = f"odoo.addons.{MODULE}.models.helpdesk_social_deadline_alert"
DIGEST = f"odoo.addons.{MODULE}.models.helpdesk_social_alert_digest"


@tagged("post_install", "-at_install")
class TestLane(EscalationCase):
    """What is due fires once, and the people hear of it."""

    def test_fires_once(self):
        self.step()
        later = self.step("head", "after", minutes=60)
        ticket = self.work()
        clock = self.clock(ticket)
        self.run_lane("2024-06-03 09:09:59")
        self.assertFalse(self.alerts(ticket))
        self.run_lane(DUE)
        alert = self.alerts(ticket)
        self.assertEqual(alert.deadline_id, clock)
        self.assertEqual(str(alert.due_at), DUE)
        self.assertFalse(alert.late)
        self.assertEqual(alert.user_ids, self.roads)
        self.assertTrue(alert.told_at)
        self.assertEqual(str(clock.next_alert), "2024-06-03 10:10:00")
        self.run_lane("2024-06-03 09:11:00")
        self.assertEqual(self.alerts(ticket), alert)
        self.assertEqual(len(self.inbox(self.roads)), 1)
        self.run_lane("2024-06-03 10:10:30")
        self.assertEqual((self.alerts(ticket) - alert).step_id, later)
        self.assertEqual(len(self.inbox(self.head)), 1)
        self.assertFalse(clock.next_alert)

    def test_moved_deadline_does_not_fire_again(self):
        self.step(moment="before", minutes=60)
        ticket = self.work()
        self.run_lane("2024-06-03 08:10:00")
        self.assertEqual(len(self.alerts(ticket)), 1)
        with freeze_time("2024-06-03 08:30:00"):
            due = datetime(2024, 6, 4, 8, 0)
            ticket.change_term(due, "Сложно", self.clock(ticket))
        self.assertFalse(self.clock(ticket).next_alert)
        self.run_lane("2024-06-04 07:30:00")
        self.assertEqual(len(self.alerts(ticket)), 1)

    def test_shortened_term_fires_at_once(self):
        self.step(moment="before", minutes=60)
        ticket = self.work()
        with freeze_time("2024-06-03 06:00:00"):
            due = datetime(2024, 6, 3, 6, 30)
            ticket.change_term(due, "Срочно", self.clock(ticket))
        self.run_lane("2024-06-03 06:00:30")
        self.assertEqual(len(self.alerts(ticket)), 1)

    def test_stops_with_the_clock(self):
        self.step(channel="activity", moment="share", share=75)
        self.step("head")
        ticket = self.work()
        self.run_lane("2024-06-03 08:10:00")
        activity = self.activities(self.roads)
        self.assertEqual(activity.res_id, ticket.assignment_ids.id)
        with freeze_time("2024-06-03 08:30:00"):
            self.drafted(ticket)
        self.assertFalse(activity.exists(), "nothing is left to be done")
        count = len(self.alerts())
        self.run_lane("2024-06-03 20:00:00")
        self.assertEqual(len(self.alerts()), count)
        self.assertFalse(self.inbox(self.head))

    def test_ended_between_firing_and_telling(self):
        self.step()
        ticket = self.work()
        with freeze_time(DUE):
            self.env["helpdesk.social.deadline"]._fire_batch()
            self.drafted(ticket)
            self.env["helpdesk.social.alert"]._tell_batch()
        alert = self.alerts(ticket)
        self.assertTrue(alert.told_at)
        self.assertFalse(alert.user_ids)
        self.assertFalse(self.inbox(self.roads))

    def test_restored_message(self):
        """The clocks have run on: what came meanwhile is told once, late."""
        self.step()
        self.step(moment="before", minutes=60)
        ticket = self.work()
        self.run_lane("2024-06-03 08:10:00")
        with freeze_time("2024-06-03 08:20:00"):
            ticket.exclude(self.env.ref(f"{MODULE}.exclusion_obscene"))
            self.assertFalse(self.clock(ticket).next_alert)
        self.run_lane("2024-06-03 10:00:00")
        with freeze_time("2024-06-03 11:10:00"):
            ticket.action_restore()
        self.run_lane("2024-06-03 11:10:30")
        first, second = self.alerts(ticket)
        self.assertFalse(first.late)
        self.assertTrue(second.late)

    def test_late_after_downtime(self):
        self.step(moment="before", minutes=60)
        self.step()
        ticket = self.work()
        self.run_lane("2024-06-03 12:15:00")
        self.assertEqual(self.alerts(ticket).mapped("late"), [True, True])
        (body,) = self.inbox(self.roads)
        self.assertEqual(body.count("<li>"), 1, "one line per clock")
        self.assertIn("overdue by 3 h 5 min", body)
        self.assertIn("this warning is late by 3 h 5 min", body)
        self.assertIn("deadline 3 June, 14:10", body)

    def test_digest(self):
        """A burst is one digest per person and channel, however many batches."""
        for channel in ("inbox", "email", "activity"):
            self.step(channel=channel)
        tickets = [self.work(external_id=f"wall-1_10_r{n}") for n in range(1, 6)]
        light = self.work(self.unit_light, external_id="wall-1_10_r9")
        with patch(f"{LANE}.BATCH", 2):
            self.run_lane("2024-06-03 09:10:30")
        self.assertEqual(len(self.alerts()), 18)
        (body,) = self.inbox(self.roads)
        (mail,) = self.env["mail.mail"].search(
            [("recipient_ids", "in", self.roads.partner_id.ids)]
        )
        activity = self.activities(self.roads)
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(activity.summary, "Deadlines: 5, overdue: 5")
        for text in (body, mail.body_html, activity.note):
            for ticket in tickets:
                self.assertEqual(text.count(f"Message {ticket.number}"), 1)
                self.assertIn(f"res_id={ticket.assignment_ids.id}", text)
            self.assertNotIn(light.number, text)
            self.assertNotIn("Яма", text, "no words of citizens")
        self.assertFalse(activity.res_model, "no other reader of a message sees it")
        self.assertEqual(activity.user_id, self.roads)
        # It goes when the last of its clocks has ended.
        with freeze_time("2024-06-03 09:30:00"):
            for ticket in tickets[1:]:
                self.drafted(ticket)
            self.assertTrue(activity.exists())
            self.drafted(tickets[0])
        self.assertFalse(activity.exists())
        self.assertEqual(len(self.inbox(self.light)), 1)

    def test_long_digest(self):
        self.step()
        for number in range(1, 4):
            self.work(external_id=f"wall-1_10_r{number}")
        with patch(f"{DIGEST}.LINES", 2):
            self.run_lane(DUE)
        (body,) = self.inbox(self.roads)
        self.assertEqual(body.count("<li>"), 2)
        self.assertIn("And 1 more.", body)

    def test_single_message(self):
        self.step("curator", channel="activity")
        self.step("curator", channel="email")
        ticket = self.work()
        ticket.sudo().user_id = self.curator
        followers = ticket.sudo().message_partner_ids
        self.run_lane(DUE)
        activity = self.activities(self.curator)
        self.assertEqual(
            (activity.res_model, activity.res_id), (ticket._name, ticket.id)
        )
        mail = self.env["mail.mail"].search(
            [("recipient_ids", "in", self.curator.partner_id.ids)]
        )
        self.assertEqual(
            mail.subject, f"The deadline of message {ticket.number} is near"
        )
        self.assertFalse(mail.model, "not in the ticket's history")
        self.assertEqual(ticket.sudo().message_partner_ids, followers)

    def test_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.roads.lang = "fr_FR"
        self.step()
        self.work()
        self.run_lane(DUE)
        self.assertIn("3 juin, 14:10", self.inbox(self.roads)[0])

    def test_no_address_no_mail(self):
        self.step(channel="email")
        self.roads.email = False
        ticket = self.work()
        self.run_lane(DUE)
        self.assertEqual(len(self.inbox(self.roads)), 1)
        self.assertEqual(self.alerts(ticket).user_ids, self.roads)

    def test_priority(self):
        self.step(raise_priority=True)
        self.step("head", "after", minutes=60, raise_priority=True)
        self.step("head", "after", minutes=120, raise_priority=True)
        ticket = self.work()
        self.assertEqual(ticket.priority, "1")
        self.run_lane(DUE)
        self.assertEqual(ticket.priority, "2")
        # Two steps at once, and no level above the highest.
        self.run_lane("2024-06-03 12:00:00")
        self.assertEqual(ticket.priority, "3")

    def test_flaw(self):
        self.step()
        self.step(moment="after", minutes=10, record_flaw=True)
        self.step(moment="after", minutes=20, record_flaw=True)
        ticket = self.work()
        self.run_lane(DUE)
        self.assertFalse(ticket.sudo().flaw_ids)
        self.run_lane("2024-06-03 09:20:00")
        self.run_lane("2024-06-03 09:30:00")
        flaw = ticket.sudo().flaw_ids
        self.assertEqual(len(flaw), 1, "once per clock")
        self.assertEqual(flaw.kind, "late")
        self.assertTrue(flaw.automatic)
        self.assertEqual(flaw.clause, "3.2.1")
        self.assertEqual(flaw.deadline_id, self.clock(ticket))
        self.assertEqual(flaw.assignment_id, ticket.sudo().assignment_ids)
        self.assertEqual(str(flaw.at), "2024-06-03 09:20:00")

    def test_one_clock_that_fails(self):
        """It keeps the others from nothing, and is tried again later."""
        self.step()
        bad, good = (self.work(external_id=f"wall-1_10_r{n}") for n in (1, 2))
        cls = type(self.env["helpdesk.social.deadline"])
        vals_of = cls._alert_vals

        def failing(deadline, *args):
            if deadline.ticket_id.id == bad.id:
                raise ValueError("broken")
            return vals_of(deadline, *args)

        with (
            patch.object(cls, "_alert_vals", failing),
            mute_logger(LANE),
        ):
            self.run_lane(DUE)
        self.assertTrue(self.alerts(good))
        self.assertFalse(self.alerts(bad))
        self.assertEqual(str(self.clock(bad).next_alert), "2024-06-03 09:25:00")
        self.run_lane("2024-06-03 09:25:00")
        self.assertEqual(len(self.alerts(bad)), 1)
        self.assertEqual(len(self.alerts(good)), 1)

    def test_one_digest_that_fails(self):
        """The others get theirs; what failed is told with the next run."""
        self.unit_roads.user_id = False
        self.step()
        ticket = self.work()
        cls = type(self.env["helpdesk.social.alert"])
        tell = cls._tell_user

        def failing(alerts, user, *args):
            if user == self.roads_2:
                raise ValueError("broken")
            return tell(alerts, user, *args)

        with (
            patch.object(cls, "_tell_user", failing),
            mute_logger(DIGEST),
        ):
            self.run_lane(DUE)
        alert = self.alerts(ticket)
        self.assertEqual(alert.user_ids, self.roads)
        self.assertFalse(alert.told_at)
        self.run_lane("2024-06-03 09:11:00")
        self.assertEqual(alert.user_ids, self.roads | self.roads_2)
        self.assertTrue(alert.told_at)
        self.assertEqual(len(self.inbox(self.roads)), 1)
        self.assertEqual(len(self.inbox(self.roads_2)), 1)

    def test_conflict_with_another_server(self):
        """The lane ends well, and tries no more than so often."""
        calls = []

        def conflict(_deadlines):
            calls.append(1)
            raise psycopg2.errors.SerializationFailure("could not serialize")

        self.step()
        self.work()
        self.env.flush_all()
        cls = type(self.env["helpdesk.social.deadline"])
        with (
            patch.object(cls, "_fire_batch", conflict),
            patch.object(self.env.cr, "rollback", lambda: None),
            mute_logger(LANE),
        ):
            self.run_lane(DUE)
        self.assertEqual(len(calls), 20)
        self.assertFalse(self.alerts())

    @mute_logger("odoo.sql_db")
    def test_the_database_is_the_last_guard(self):
        step = self.step()
        clock = self.clock(self.work())
        self.run_lane(DUE)
        vals = clock._alert_vals(step, clock.due, clock.due)
        with self.assertRaises(psycopg2.errors.UniqueViolation):
            with self.env.cr.savepoint():
                self.alerts().create(vals)

    def test_queries(self):
        """A hundred due alerts cost a handful of queries per batch and person."""
        self.step(raise_priority=True)
        self.step("curator", "after", minutes=1, record_flaw=True, channel="email")
        tickets = [self.work(external_id=f"wall-1_10_r{n}") for n in range(1, 51)]
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(90):
            self.run_lane("2024-06-03 09:20:00")
        self.assertEqual(len(self.alerts()), 100)
        self.assertEqual(len(self.inbox(self.roads)), 1)
        self.assertEqual({ticket.priority for ticket in tickets}, {"2"})

    def test_scheduled_action(self):
        action = self.env.ref(f"{MODULE}.cron_alert")
        self.assertEqual((action.interval_number, action.interval_type), (1, "minutes"))
        self.step()
        self.work()
        with self.enter_registry_test_mode(), freeze_time(DUE):
            self.assertIs(action.method_direct_trigger(), True)
        self.assertEqual(len(self.alerts()), 1)
