from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MODULE, SocialCommon, comment

LANE = f"odoo.addons.{MODULE}.models.helpdesk_social_replay"
#: Monday, 10:10 in Perm: eight office hours end on Tuesday at 10:10.
NOW = "2024-06-03 05:10:00"
DUE = "2024-06-04 05:10:00"
#: The same with the Tuesday off.
MOVED = "2024-06-05 05:10:00"


@tagged("post_install", "-at_install")
class TestReplay(SocialCommon):
    """A changed calendar moves running clocks, and the ticket tells."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.regulation.calendar_id
        cls.env["resource.calendar"].search([]).social_replay = 0

    def work(self, number=1, at="2024-06-03 05:00"):
        with freeze_time(NOW):
            return self.assigned(external_id=f"wall-1_10_r{number}", at=at)

    def day_off(self, calendar=None, day="2024-06-04"):
        calendar = self.calendar if calendar is None else calendar
        return self.env["helpdesk.social.calendar.day"].create(
            {"date": day, "kind": "off", "calendar_id": calendar.id}
        )

    def run_lane(self, now="2024-06-03 06:00:00"):
        with freeze_time(now), self.sending():
            self.env["helpdesk.ticket"]._cron_replay()

    def due(self, ticket, code="perm.draft.office"):
        rows = ticket.deadline_ids.filtered(lambda d: d.norm_code == code)
        return [fields.Datetime.to_string(due) for due in rows.mapped("due")]

    def notes(self, ticket):
        note = self.env.ref("mail.mt_note")
        return ticket.sudo().message_ids.filtered(
            lambda m: m.subtype_id == note and "calendar changed" in (m.body or "")
        )

    def test_running_clock_moves_and_is_logged(self):
        ticket = self.work()
        self.assertEqual(self.due(ticket), [DUE])
        before = self.env["ir.cron.trigger"].search_count([])
        with freeze_time("2024-06-03 05:30:00"):
            day = self.day_off()
        self.assertEqual(self.env["ir.cron.trigger"].search_count([]), before + 1)
        self.run_lane()
        self.assertEqual(self.due(ticket), [MOVED])
        self.assertEqual(fields.Datetime.to_string(ticket.next_due), MOVED)
        note = self.notes(ticket)
        self.assertEqual(len(note), 1)
        self.assertIn("Draft reply", note.body)
        self.assertIn("from 4 June 2024, 10:10 to 5 June 2024, 10:10", note.body)
        self.assertFalse(self.calendar.social_replay)
        self.assertFalse(ticket._replay_differences())
        day.unlink()
        self.run_lane()
        self.assertEqual(self.due(ticket), [DUE])
        self.assertEqual(len(self.notes(ticket)), 2)

    def test_ended_clock_stays(self):
        ticket = self.work()
        with freeze_time("2024-06-04 04:00:00"):
            self.drafted(ticket)
        with freeze_time("2024-06-05 05:00:00"):
            self.day_off()
        self.run_lane("2024-06-05 06:00:00")
        draft = ticket.deadline_ids.filtered(lambda d: d.stage == "draft")
        self.assertEqual((self.due(ticket), draft.state), ([DUE], "met"))
        self.assertFalse(self.notes(ticket))
        self.assertFalse(ticket._replay_differences())
        # The rest of the evidence is compared as before.
        draft.sudo().done = "2024-06-04 04:30:00"
        self.assertEqual(len(ticket._replay_differences()), 2)

    def test_ended_clock_is_compared_while_the_calendar_stays(self):
        self.calendar.social_changed_at = False
        ticket = self.work()
        with freeze_time("2024-06-04 04:00:00"):
            self.drafted(ticket)
        draft = ticket.deadline_ids.filtered(lambda d: d.stage == "draft")
        draft.sudo().due = MOVED
        self.assertEqual(len(ticket._replay_differences()), 2)

    def test_ended_clock_stays_after_a_restoration(self):
        with freeze_time("2024-06-03 05:05:00"):
            ticket = self.receive(comment(at="2024-06-03 05:00"))
            ticket = ticket.with_user(self.curator)
            ticket.exclude(self.env.ref(f"{MODULE}.exclusion_obscene"))
            ticket.action_restore()
        with freeze_time(NOW):
            ticket.assign([(self.unit_roads, self.env["res.users"])])
        with freeze_time("2024-06-04 04:00:00"):
            self.drafted(ticket)
        with freeze_time("2024-06-05 05:00:00"):
            self.day_off()
        self.run_lane("2024-06-05 06:00:00")
        self.assertEqual(self.due(ticket), [DUE])

    def test_other_calendars_are_left_alone(self):
        ticket = self.work()
        other = self.env.ref(f"{MODULE}.calendar_palana")
        steps = ticket.steps
        self.day_off(other)
        self.assertTrue(other.social_replay)
        self.assertFalse(self.calendar.social_replay)
        self.run_lane()
        self.assertEqual((self.due(ticket), ticket.steps), ([DUE], steps))
        self.assertFalse(self.notes(ticket))

    def test_unmoved_deadline_leaves_no_note(self):
        ticket = self.work()
        self.day_off(day="2024-07-04")
        self.run_lane()
        self.assertFalse(self.calendar.social_replay)
        self.assertEqual(self.due(ticket), [DUE])
        self.assertFalse(self.notes(ticket))

    def test_common_day_marks_those_that_follow(self):
        own = self.env.ref(f"{MODULE}.calendar_palana")
        own.production_calendar = False
        own.social_replay = 0
        ticket = self.work()
        day = self.env["helpdesk.social.calendar.day"].search(
            [("date", "=", "2024-06-04"), ("calendar_id", "=", False)]
        )
        self.assertFalse(day)
        day = self.day_off(self.env["resource.calendar"])
        self.assertFalse(own.social_replay)
        self.run_lane()
        self.assertEqual(self.due(ticket), [MOVED])
        day.kind = "short"
        self.run_lane()
        self.assertEqual(self.due(ticket), [DUE])

    def test_what_marks(self):
        def marked(step):
            self.calendar.social_replay = 0
            step()
            return bool(self.calendar.social_replay)

        Leave = self.env["resource.calendar.leaves"]
        span = {"date_from": "2024-06-03 19:00:00", "date_to": "2024-06-04 19:00:00"}
        person = self.env["resource.resource"].create({"name": "R", "tz": "UTC"})
        attendance = self.calendar.attendance_ids[0]
        company = self.env.company
        self.assertTrue(marked(lambda: attendance.write({"hour_from": 8})))
        self.assertTrue(marked(attendance.unlink))
        self.assertTrue(marked(lambda: self.calendar.write({"tz": "Asia/Omsk"})))
        self.assertFalse(marked(lambda: self.calendar.write({"name": "Other"})))
        self.assertTrue(
            marked(lambda: Leave.create({**span, "calendar_id": self.calendar.id}))
        )
        self.assertTrue(
            marked(lambda: Leave.create({**span, "company_id": company.id}))
        )
        self.assertFalse(
            marked(lambda: Leave.create({**span, "resource_id": person.id}))
        )
        nobodys = self.env["resource.calendar"].create({"name": "Nobody's"})
        self.day_off(nobodys)
        self.assertFalse(nobodys.social_replay)

    def test_day_off_of_the_administration(self):
        ticket = self.work()
        leave = self.env["resource.calendar.leaves"].create(
            {
                "company_id": ticket.company_id.id,
                "calendar_id": False,
                "date_from": "2024-06-03 19:00:00",
                "date_to": "2024-06-04 19:00:00",
            }
        )
        self.run_lane()
        self.assertEqual(self.due(ticket), [MOVED])
        leave.unlink()
        self.run_lane()
        self.assertEqual(self.due(ticket), [DUE])

    def test_broken_ticket_does_not_stop_the_others(self):
        first, broken, last = (self.work(number) for number in (1, 2, 3))
        Ticket = type(self.env["helpdesk.ticket"])
        clocks = Ticket._clocks

        def failing(ticket, *args, **kwargs):
            if ticket == broken:
                raise ValueError("broken")
            return clocks(ticket, *args, **kwargs)

        self.day_off()
        with patch.object(Ticket, "_clocks", failing), mute_logger(LANE):
            self.run_lane()
        self.assertEqual(self.due(first) + self.due(last), [MOVED, MOVED])
        self.assertEqual(self.due(broken), [DUE])
        self.assertFalse(self.calendar.social_replay)

    def test_goes_on_where_it_stopped(self):
        tickets = [self.work(number) for number in (1, 2, 3)]
        self.day_off()
        batch = self.env["helpdesk.ticket"]
        with patch(f"{LANE}.BATCH", 1):
            while not self.calendar.social_replay_after >= tickets[1].id:
                batch._replay_batch()
            self.assertEqual(self.due(tickets[1]), [MOVED])
            self.assertEqual(self.due(tickets[2]), [DUE])
            self.run_lane()
        self.assertEqual(self.due(tickets[2]), [MOVED])
        self.assertEqual(len(self.notes(tickets[0])), 1)

    def test_step_before_the_lane_logs_first(self):
        ticket = self.work()
        with freeze_time("2024-06-03 05:30:00"):
            self.day_off()
        with freeze_time("2024-06-03 05:31:00"):
            self.holding(ticket, self.roads).action_accept()
        self.assertEqual(self.due(ticket), [MOVED])
        self.assertEqual(len(self.notes(ticket)), 1)
        self.run_lane()
        self.assertEqual(len(self.notes(ticket)), 1, "told once")
