from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import SocialCommon, comment


@tagged("post_install", "-at_install")
class TestClocks(SocialCommon):
    """Clocks follow the events by the regulation of the page."""

    def clock(self, ticket, code):
        rows = ticket.deadline_ids.filtered(lambda d: d.norm_code == code)
        return [
            (fields.Datetime.to_string(row.due), row.state) for row in rows.sorted("id")
        ]

    def test_triage_runs_from_posting(self):
        with freeze_time("2024-03-07 09:40:00"):
            ticket = self.receive(comment(at="2024-03-07 09:10"))
            self.assertEqual(
                self.clock(ticket, "perm.assign"), [("2024-03-07 10:10:00", "running")]
            )
            self.assertEqual(ticket.next_due, ticket.deadline_ids.due)
            self.assertFalse(ticket.is_overdue)
        with freeze_time("2024-03-07 10:30:00"):
            ticket.invalidate_recordset()
            self.assertTrue(ticket.is_overdue)
            found = ticket.search([("is_overdue", "=", True), ("id", "=", ticket.id)])
            self.assertEqual(found, ticket)
            ticket = ticket.with_user(self.curator)
            ticket.assign([(self.unit_roads, self.env["res.users"])])
            self.assertEqual(
                self.clock(ticket, "perm.assign"),
                [("2024-03-07 10:10:00", "breached")],
            )
            # From 15:30 local: 1 h 30 of the eve, which is an hour shorter, none of
            # the holiday and the weekend, 6 h 30 of Monday.
            self.assertEqual(
                self.clock(ticket, "perm.draft.office"),
                [("2024-03-11 11:30:00", "running")],
            )
            assignment = ticket.assignment_ids
            self.assertEqual(assignment.next_due, ticket.next_due)
            self.assertEqual(assignment.next_stage, "draft")

    def test_head_page_and_rework(self):
        self.account.page_owner = "head"
        with freeze_time("2024-06-03 05:10:00"):
            ticket = self.assigned(at="2024-06-03 05:00")
        with freeze_time("2024-06-03 06:00:00"):
            assignment = self.drafted(ticket)
        with freeze_time("2024-06-03 06:20:00"):
            assignment.with_user(self.curator).request_rework(
                self.env["helpdesk.social.rework.reason"], "Когда?"
            )
        self.assertEqual(
            self.clock(ticket, "perm.draft.feed"), [("2024-06-03 09:10:00", "met")]
        )
        self.assertEqual(
            self.clock(ticket, "perm.review"), [("2024-06-03 06:30:00", "met")]
        )
        self.assertEqual(
            self.clock(ticket, "perm.rework"), [("2024-06-03 10:20:00", "running")]
        )
        self.assertEqual(
            self.clock(ticket, "perm.publish"),
            [("2024-06-03 06:30:00", "cancelled")],
        )

    def test_changed_fact_moves_running_clock(self):
        with freeze_time("2024-06-03 05:10:00"):
            ticket = self.assigned(at="2024-06-03 05:00")
            ticket.needs_photo = True
        self.assertEqual(
            self.clock(ticket, "perm.draft.office"),
            [("2024-06-04 05:10:00", "cancelled")],
        )
        self.assertEqual(
            self.clock(ticket, "perm.draft.photo"),
            [("2024-06-11 19:00:00", "running")],
        )

    def test_replay_gives_what_is_stored(self):
        with freeze_time("2024-06-03 05:10:00"):
            ticket = self.assigned(at="2024-06-03 05:00")
        before = ticket.deadline_ids.read(["norm_code", "start", "due", "state"])
        ticket.sudo()._replay_clocks()
        after = ticket.deadline_ids.read(["norm_code", "start", "due", "state"])
        self.assertEqual(before, after)

    def test_published_leaves_no_clock(self):
        ticket = self.approved()
        ticket.publish_by_hand("Засыплем.", "https://vk.com/wall-1_10_r9")
        self.assertNotIn("running", ticket.deadline_ids.mapped("state"))
        self.assertFalse(ticket.next_due)
        self.assertFalse(ticket.no_term)

    def test_no_term_is_said(self):
        """Perm's act sets no term for a draft to what was found on others' pages."""
        self.env.company.social_regulation_id = self.regulation
        ticket = self.env["helpdesk.ticket"].with_user(self.curator)
        ticket = ticket.enter_by_hand({"original_text": "Свет"})
        self.assertFalse(ticket.no_term)
        ticket.assign([(self.unit_light, self.env["res.users"])])
        self.assertEqual(ticket.deadline_ids.mapped("norm_code"), ["perm.assign"])
        self.assertTrue(ticket.no_term)

    def test_without_regulation_there_is_no_term(self):
        self.env.company.social_regulation_id = False
        ticket = self.env["helpdesk.ticket"].with_user(self.curator)
        ticket = ticket.enter_by_hand({"original_text": "Свет"})
        self.assertFalse(ticket.deadline_ids)
        self.assertTrue(ticket.no_term)

    def test_preview(self):
        facts = {"intake": "page", "page_owner": "administration", "kind": "feed"}
        facts.update(importance="normal", needs_photo=False)
        events = [
            {"type": "received", "at": "2024-06-03T10:00:00"},
            {"type": "assigned", "at": "2024-06-03T10:10:00+05:00", "executor": "a"},
        ]
        clocks = self.regulation.preview_deadlines(
            facts, events, now="2024-06-03T10:11:00+05:00"
        )
        self.assertEqual(
            clocks,
            [
                {
                    "norm": "perm.assign",
                    "stage": "assign",
                    "executor": None,
                    "start": "2024-06-03T05:00:00Z",
                    "due": "2024-06-03T06:00:00Z",
                    "done": "2024-06-03T05:10:00Z",
                    "state": "met",
                },
                {
                    "norm": "perm.draft.office",
                    "stage": "draft",
                    "executor": "a",
                    "start": "2024-06-03T05:10:00Z",
                    "due": "2024-06-04T05:10:00Z",
                    "done": None,
                    "state": "running",
                },
            ],
        )
        with self.assertRaises(ValidationError):
            self.regulation.preview_deadlines(facts, [{"type": "assigned"}])

    def test_explanation(self):
        with freeze_time("2024-03-07 10:30:00"):
            ticket = self.assigned(at="2024-03-07 09:10")
        ticket = ticket.with_context(lang="en_US")
        late, draft = ticket.deadline_ids.sorted("id")
        self.assertEqual(
            late.explanation.split("\n"),
            [
                "Counted from «Message received», 7 March, 14:10.",
                "Term by clause 3.1: 1 hr.",
                "Ended by «Executor assigned», 7 March, 15:30: late by 20 min.",
            ],
        )
        self.assertEqual(
            draft.explanation.split("\n"),
            [
                "Counted from «Executor assigned», 7 March, 15:30.",
                "Term by clause 3.3: 8 office hr.",
                "Not counted: 8 March (day off by the production calendar), "
                "9 March (weekend), 10 March (weekend).",
                "One hour shorter: 7 March.",
            ],
        )
        # An executor who may not read the regulation's drafts of others reads why.
        self.assertEqual(draft.with_user(self.roads).explanation, draft.explanation)

    def test_term_by_hand(self):
        with freeze_time("2024-06-03 05:10:00"):
            ticket = self.assigned(at="2024-06-03 05:00")
            draft = ticket.deadline_ids.filtered(lambda d: d.state == "running")
            due = fields.Datetime.to_datetime("2024-06-03 08:00:00")
            with self.assertRaisesRegex(UserError, "Say why"):
                ticket.change_term(due, " ", draft)
            with self.assertRaises(AccessError):
                ticket.with_user(self.roads).change_term(due, "Срочно", draft)
            ticket.change_term(due, "Срочно", draft)
        self.assertEqual(
            self.clock(ticket, "perm.draft.office"), [(str(due), "running")]
        )
        self.assertEqual(ticket.next_due, due)
        self.assertIn("Moved by «Term changed»", draft.explanation)
        count = len(ticket.event_ids)
        with freeze_time("2024-06-03 09:00:00"):
            later = fields.Datetime.to_datetime("2024-06-04 08:00:00")
            with self.assertRaisesRegex(UserError, "has passed"):
                ticket.change_term(later, "Поздно", draft)
        self.assertEqual(len(ticket.event_ids), count, "no history of a refused step")

    def test_own_term_where_the_act_sets_none(self):
        self.env.company.social_regulation_id = self.regulation
        ticket = self.env["helpdesk.ticket"].with_user(self.curator)
        ticket = ticket.enter_by_hand({"original_text": "Свет"})
        ticket.assign([(self.unit_light, self.env["res.users"])])
        self.assertTrue(ticket.no_term)
        ticket.change_term(fields.Datetime.add(fields.Datetime.now(), days=2), "Решено")
        self.assertFalse(ticket.no_term)
        self.assertEqual(ticket.next_deadline_id.stage, "manual")
        ticket.exclude(self.env.ref("helpdesk_mgmt_social.exclusion_obscene"))
        self.assertEqual(ticket.deadline_ids[-1].state, "cancelled")

    def test_stored_clocks_are_those_of_a_replay(self):
        ticket = self.approved()
        ticket.publish_by_hand("Засыплем.", "https://vk.com/wall-1_10_r9")
        other = self.receive(comment("wall-1_10_r8"))
        self.assertFalse((ticket | other)._replay_differences())
        other.deadline_ids.sudo().due = "2030-01-01 00:00:00"
        self.assertEqual(len(other._replay_differences()), 2)
