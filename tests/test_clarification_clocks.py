from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..networks import Consequence
from .common import MODULE
from .test_clarification import ASKED, DUE, LINK, ClarificationCase
from .test_outbox import failing


@tagged("post_install", "-at_install")
class TestQuestionOutbox(ClarificationCase):
    """A question is sent once, whatever happens on the way."""

    def test_refused_and_asked_anew(self):
        ticket = self.work()
        self.network.failures = [failing(Consequence.CONTENT)]
        row = self.ask(ticket)
        self.assertEqual(row.outbox_state, "failed")
        self.assertTrue(ticket.outbox_problem and ticket.outbox_asks)
        self.assertIn("The question was not sent", ticket.message_ids[0].body)
        self.assertFalse(ticket.waiting_since)
        row.with_user(self.curator).action_withdraw()
        self.assertEqual(ticket.question_ids, row.reply_id)
        self.ask(ticket, question=ticket.question_ids)
        self.assertEqual(self.types(ticket), ["clarification_published"])
        self.assertEqual(
            ticket.reply_ids.filtered(lambda r: r.kind == "clarification").state,
            "published",
        )

    def test_refused_and_tried_again(self):
        ticket = self.work()
        self.network.failures = [failing(Consequence.CONTENT)]
        row = self.ask(ticket).with_user(self.curator)
        with freeze_time("2024-06-03 06:20:00"):
            row.action_retry()
        self.send("2024-06-03 06:20:00")
        self.assertEqual(row.outbox_state, "sent")
        self.assertEqual(str(ticket.waiting_since), "2024-06-03 06:20:00")
        self.assertNotIn("published", ticket.event_ids.mapped("type"))

    def test_failed_is_replaced_by_another(self):
        ticket = self.work()
        self.network.failures = [failing(Consequence.CONTENT)]
        row = self.ask(ticket)
        self.ask(ticket, at="2024-06-03 06:30:00")
        self.assertEqual(row.outbox_state, "withdrawn")
        self.assertEqual(len(self.types(ticket)), 1)

    def test_unclear_answered_meanwhile(self):
        """The answer comes before the outbox knows that the question arrived."""
        ticket = self.work()
        self.network.failures = [failing(Consequence.UNKNOWN, accepted=True)]
        row = self.ask(ticket)
        self.assertEqual(row.outbox_state, "unknown")
        self.assertEqual(self.types(ticket), [])
        self.assertFalse(self.answer("2024-06-03 06:10:20"))
        self.assertFalse(ticket.waiting_since)
        self.send("2024-06-03 06:12:00")
        self.assertEqual(row.outbox_state, "sent")
        self.assertEqual(
            self.types(ticket), ["clarification_published", "clarification_answered"]
        )
        self.assertFalse(ticket.waiting_since)
        self.assertEqual(len(self.network.wall), 1)
        self.check(ticket)

    def test_words_between_two_tries_are_no_answer(self):
        """The first try surely failed: nobody can have answered it."""
        ticket = self.work()
        self.network.failures = [failing(Consequence.RETRY)]
        row = self.ask(ticket)
        self.answer("2024-06-03 06:10:20")
        self.send("2024-06-03 06:20:00")
        self.assertEqual(row.outbox_state, "sent")
        self.assertEqual(self.types(ticket), ["clarification_published"])
        self.assertEqual(str(ticket.waiting_since), "2024-06-03 06:20:00")

    def test_unclear_settled_by_a_person(self):
        for outcome in ("published", "absent"):
            with self.subTest(outcome), self.env.cr.savepoint() as savepoint:
                ticket = self.work()
                self.network.failures = [failing(Consequence.UNKNOWN)]
                row = self.ask(ticket)
                wizard = self.env["helpdesk.social.outcome"].with_user(self.curator)
                vals = {"message_id": row.id, "outcome": outcome, "link": LINK}
                with freeze_time("2024-06-03 06:30:00"):
                    wizard.create(vals).action_confirm()
                self.send("2024-06-03 06:31:00")
                self.assertEqual(row.outbox_state, "sent")
                self.assertEqual(self.types(ticket), ["clarification_published"])
                self.assertEqual(ticket.social_state, "assigned")
                savepoint.rollback()
                self.network.__init__()

    def test_nothing_contradicts_a_question_on_its_way(self):
        ticket = self.work()
        with freeze_time(ASKED):
            ticket.ask_author("Какой дом?")
            self.assertTrue(ticket.outbox_pending and ticket.outbox_asks)
            for step in (
                lambda: ticket.ask_author("Ещё?"),
                lambda: ticket.ask_author_by_hand("Ещё?", LINK),
                lambda: ticket.exclude(self.env.ref(f"{MODULE}.exclusion_obscene")),
            ):
                with self.assertRaisesRegex(UserError, "being published"):
                    step()

    def test_no_settling_after_the_end(self):
        ticket = self.work()
        self.network.failures = [failing(Consequence.CONTENT)]
        row = self.ask(ticket).with_user(self.curator)
        with freeze_time("2024-06-03 07:00:00"):
            self.drafted(ticket).with_user(self.curator).action_approve()
            ticket.publish_by_hand("Засыплем.", LINK)
        self.assertEqual(row.outbox_state, "withdrawn")
        with self.assertRaises(UserError):
            row.action_retry()


@tagged("post_install", "-at_install")
class TestClocksRun(ClarificationCase):
    def test_nothing_moves(self):
        ticket = self.work()
        self.ask(ticket)
        self.assertEqual(self.draft_due(ticket), [(DUE, "running")])
        self.answer("2024-06-03 07:00:00")
        self.assertEqual(self.draft_due(ticket), [(DUE, "running")])
        self.check(ticket)


@tagged("post_install", "-at_install")
class TestClocksStop(ClarificationCase):
    """Under an act that lets clocks wait; what is stored is what a replay gives."""

    stops = True

    def test_stop_and_go_on(self):
        ticket = self.work()
        self.ask(ticket)
        self.assertEqual(self.draft_due(ticket), [("2024-06-10 09:10:00", "running")])
        self.assertEqual(str(ticket.next_due), "2024-06-10 09:10:00")
        self.check(ticket)
        clock = ticket.deadline_ids.filtered(lambda d: d.stage == "draft")
        self.assertIn("Clarification asked", clock.explanation)
        self.assertIn("for 7 days at most", clock.explanation)
        self.answer("2024-06-04 06:10:00", stored="2024-06-04 06:40:00")
        self.assertEqual(self.draft_due(ticket), [("2024-06-04 09:10:00", "running")])
        self.check(ticket)

    def test_late_answer(self):
        ticket = self.work()
        self.ask(ticket)
        self.answer("2024-06-20 06:10:00")
        self.assertEqual(self.draft_due(ticket), [("2024-06-10 09:10:00", "running")])
        self.assertFalse(ticket.waiting_since)
        self.check(ticket)

    def test_an_answer_read_after_a_step_does_not_condemn_it(self):
        """Nobody knew of the answer when the draft was submitted."""
        ticket = self.work()
        self.ask(ticket)
        with freeze_time("2024-06-03 15:00:00"):
            self.drafted(ticket)
        met = [("2024-06-10 09:10:00", "met")]
        self.assertEqual(self.draft_due(ticket), met)
        self.answer("2024-06-03 06:30:00", stored="2024-06-03 16:00:00")
        self.assertEqual(self.draft_due(ticket), met)
        event = ticket.event_ids.sorted("id")[-1]
        self.assertEqual(str(event.at), "2024-06-03 15:00:00")
        self.check(ticket)

    def test_second_question(self):
        ticket = self.work()
        self.ask(ticket)
        self.ask(ticket, at="2024-06-05 06:10:00")
        self.assertEqual(str(ticket.waiting_since), "2024-06-05 06:10:00")
        self.assertEqual(self.draft_due(ticket), [("2024-06-12 09:10:00", "running")])
        self.answer("2024-06-05 07:10:00")
        self.assertEqual(self.draft_due(ticket), [("2024-06-05 10:10:00", "running")])
        self.check(ticket)

    def test_unclear_answered_meanwhile(self):
        ticket = self.work()
        self.network.failures = [failing(Consequence.UNKNOWN, accepted=True)]
        self.ask(ticket)
        self.answer("2024-06-03 06:10:20")
        self.send("2024-06-03 06:12:00")
        self.assertEqual(self.draft_due(ticket), [(DUE, "running")])
        self.check(ticket)

    def test_the_act_says_how_long(self):
        own = self.account.regulation_id
        with self.assertRaisesRegex(ValidationError, "how many days"):
            own.copy({"waiting_days": 0})
        copy = own.copy({"code": "other"})
        self.assertEqual((copy.waiting, copy.waiting_days), ("stops", 7))
        admin = self.env.ref("base.user_admin")
        self.work()
        with self.assertRaisesRegex(UserError, "would move their"):
            own.with_user(admin).waiting = "runs"
        with self.assertRaisesRegex(UserError, "Duplicate it"):
            self.regulation.with_user(admin).waiting = "runs"


@tagged("post_install", "-at_install")
class TestSilence(ClarificationCase):
    """No answer for as long as is waited: closing is proposed, a person decides."""

    def lane(self, at):
        with freeze_time(at), self.sending():
            self.env["helpdesk.ticket"]._cron_waiting()

    def test_proposed_and_closed(self):
        ticket = self.work()
        self.ask(ticket)
        self.assertEqual(str(ticket.waiting_until), "2024-06-10 06:10:00")
        self.lane("2024-06-10 06:09:59")
        self.assertFalse(ticket.close_proposed)
        with freeze_time("2024-06-10 06:09:59"):
            with self.assertRaisesRegex(UserError, "is not over"):
                ticket.action_close_unanswered()
        self.lane("2024-06-10 06:10:00")
        self.assertTrue(ticket.close_proposed)
        self.assertEqual(ticket.social_state, "assigned", "a person decides")
        kind = self.env.ref(f"{MODULE}.activity_clarification")
        told = ticket.sudo().activity_ids.filtered(lambda a: a.activity_type_id == kind)
        self.assertEqual(told.user_id, self.curator)
        self.lane("2024-06-10 07:10:00")
        self.assertEqual(len(ticket.sudo().activity_ids & told), 1, "told once")
        with freeze_time("2024-06-11 06:10:00"):
            ticket.action_close_unanswered()
        self.assertEqual(ticket.social_state, "closed")
        self.assertIn("8 days", ticket.resolution_note)
        event = ticket.event_ids.sorted("id")[-1]
        self.assertEqual((event.type, event.note), ("closed", ticket.resolution_note))
        self.assertEqual(ticket.sudo().assignment_ids.state, "cancelled")
        self.assertFalse(ticket.sudo().activity_ids)
        self.assertFalse(ticket.waiting_since or ticket.close_proposed)
        self.check(ticket)
        new = self.answer("2024-06-12 06:10:00")
        self.assertEqual(new.possible_repeat_id, ticket)
        self.assertEqual(ticket.social_state, "closed")

    def test_an_answer_takes_the_proposal_back(self):
        ticket = self.work()
        self.ask(ticket)
        self.lane("2024-06-10 06:10:00")
        self.answer("2024-06-10 07:00:00")
        self.assertFalse(ticket.close_proposed)
        with self.assertRaisesRegex(UserError, "No question"):
            ticket.action_close_unanswered()

    def test_the_number_of_days(self):
        own = self.regulation.copy({"code": "own"})
        own.waiting_days = 3
        for regulation, days in ((self.regulation, 5), (own, 3)):
            with self.subTest(days=days), self.env.cr.savepoint() as savepoint:
                self.account.regulation_id = regulation
                self.env.company.social_waiting_days = 5
                ticket = self.work()
                self.ask(ticket)
                waited = ticket.waiting_until - ticket.waiting_since
                self.assertEqual(waited, timedelta(days=days))
                savepoint.rollback()

    def test_a_late_answer_still_counts(self):
        ticket = self.work()
        self.ask(ticket)
        self.answer("2024-06-30 07:00:00")
        self.assertEqual(self.types(ticket)[-1], "clarification_answered")
        self.check(ticket)
