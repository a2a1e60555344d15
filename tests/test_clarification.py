from datetime import datetime

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import MODULE, SocialCommon, comment

LINK = "https://vk.com/wall-1_10_r9"
THREAD = "wall-1_10_r1"
#: Monday, 10:00 in Perm.  A draft on the head's page takes four hours.
POSTED, ASSIGNED = "2024-06-03 05:00", "2024-06-03 05:10:00"
ASKED, DUE = "2024-06-03 06:10:00", "2024-06-03 09:10:00"


class ClarificationCase(SocialCommon):
    """A message with the executors, on the head's page, and questions about it."""

    stops = False

    def setUp(self):
        super().setUp()
        self.account.page_owner = "head"
        if self.stops:
            own = self.regulation.copy({"code": "own"})
            own.write({"waiting": "stops", "waiting_days": 7})
            self.account.regulation_id = own

    def work(self, **item):
        with freeze_time(ASSIGNED):
            return self.assigned(at=POSTED, **item)

    def ask(self, ticket, at=ASKED, **kwargs):
        """Ask, and let the outbox send it; returns its row."""
        with freeze_time(at):
            row = ticket.ask_author("Какой дом?", **kwargs)
        self.send(at)
        return row

    def send(self, at):
        with freeze_time(at), self.sending() as outbox:
            outbox._cron_send()

    def answer(self, at, number=2, stored=None, **item):
        """The author writes at ``at``, read at ``stored``; returns a ticket made."""
        item = {"thread": THREAD, "text": "Дом 5", "at": at[:16], **item}
        with freeze_time(stored or at):
            return self.receive(comment(f"wall-1_10_r{number}", **item))

    def types(self, ticket):
        kinds = ticket.sudo().event_ids.sorted("id").mapped("type")
        return [kind for kind in kinds if kind.startswith("clarification")]

    def draft_due(self, ticket):
        rows = ticket.sudo().deadline_ids.filtered(lambda d: d.stage == "draft")
        return [(str(row.due), row.state) for row in rows.sorted("id")]

    def check(self, ticket):
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(ticket.sudo()._replay_differences(), [])


@tagged("post_install", "-at_install")
class TestQuestion(ClarificationCase):
    """From the executor's proposal to the author's answer."""

    def test_proposed_edited_asked_answered(self):
        ticket = self.work()
        share = self.holding(ticket, self.roads)
        with freeze_time("2024-06-03 05:30:00"):
            share.action_accept()
            share.propose_clarification("Какой дом")
        self.assertEqual(share.state, "accepted")
        self.assertNotIn("draft_submitted", ticket.event_ids.mapped("type"))
        self.assertEqual(ticket.question_ids.body, "Какой дом")
        self.assertFalse(share.can_propose_question)
        wizard = self.env["helpdesk.social.ask"].with_user(self.curator)
        action = ticket.action_ask_author()
        wizard = wizard.with_context(**action["context"]).create({})
        self.assertEqual((wizard.text, wizard.way), ("Какой дом", "public"))
        self.assertEqual(wizard.ways, ["public", "hand"])
        with freeze_time(ASKED):
            wizard.text = "Скажите, пожалуйста, какой дом?"
            wizard.action_confirm()
        self.assertFalse(ticket.question_ids)
        self.assertFalse(ticket.waiting_since, "not before the network took it")
        self.send(ASKED)
        (sent,) = self.network.sent
        self.assertEqual(sent.text, "Скажите, пожалуйста, какой дом?")
        self.assertEqual((sent.kind, sent.parent_id), ("feed", THREAD))
        self.assertEqual(self.types(ticket), ["clarification_published"])
        self.assertEqual(str(ticket.waiting_since), ASKED)
        self.assertEqual(ticket.social_state, "in_progress")
        self.assertEqual(share.question_ids.state, "published")
        self.assertNotEqual(share.reply_id, share.question_ids)
        with freeze_time("2024-06-05 07:00:00"):
            ticket.invalidate_recordset()
            self.assertEqual(ticket.waiting_day_count, 2)
        self.answer("2024-06-05 07:00:00", stored="2024-06-05 07:03:00")
        event = ticket.event_ids.sorted("id")[-1]
        self.assertEqual(event.type, "clarification_answered")
        self.assertEqual(str(event.at), "2024-06-05 07:00:00")
        self.assertFalse(event.user_id)
        self.assertFalse(ticket.waiting_since)
        self.assertTrue(ticket.follow_up)
        told = self.env["mail.activity"].search(
            [("activity_type_id", "=", self.kind().id)]
        )
        mine = told.filtered(
            lambda a: a.res_model == "helpdesk.ticket" and a.res_id == ticket.id
        )
        self.assertEqual(mine.user_id, self.curator)
        self.check(ticket)

    def kind(self):
        return self.env.ref(f"{MODULE}.activity_clarification")

    def test_executor_is_told_of_the_answer(self):
        self.unit_roads.user_id = self.roads
        ticket = self.work()
        self.ask(ticket)
        self.answer("2024-06-03 07:00:00")
        share = ticket.sudo().assignment_ids
        self.assertEqual(
            share.activity_ids.filtered(
                lambda a: a.activity_type_id == self.kind()
            ).user_id,
            self.roads,
        )
        share.ticket_id.with_user(self.roads).action_follow_up_seen()
        self.assertNotIn(self.kind(), share.activity_ids.activity_type_id)

    def test_one_proposal_at_a_time_and_dismissal(self):
        ticket = self.work()
        share = self.holding(ticket, self.roads)
        question = share.propose_clarification("Какой дом?")
        with self.assertRaisesRegex(UserError, "with the curator already"):
            share.propose_clarification("И подъезд?")
        with self.assertRaisesRegex(UserError, "Write the question"):
            share.propose_clarification(" ")
        with self.assertRaisesRegex(UserError, "no longer being written"):
            question.with_user(self.roads).body = "иначе"
        question.with_user(self.curator).action_dismiss()
        self.assertFalse(ticket.question_ids)
        self.assertTrue(share.can_propose_question)
        self.assertEqual(self.types(ticket), [])
        with self.assertRaisesRegex(UserError, "not waiting to be asked"):
            ticket.ask_author("Какой дом?", question=question)
        other = self.receive(comment("wall-1_10_r5", author="777"))
        second = share.propose_clarification("Какой подъезд?")
        with self.assertRaisesRegex(UserError, "another message"):
            other.with_user(self.curator).ask_author("Да?", question=second)

    def test_only_while_drafting(self):
        ticket = self.work()
        share = self.drafted(ticket)
        self.assertFalse(share.can_propose_question)
        with self.assertRaisesRegex(UserError, "not possible now"):
            share.propose_clarification("Какой дом?")

    def test_who_may_what(self):
        """The executor proposes; the curator does all; nobody else anything."""
        ticket = self.work()
        share = ticket.assignment_ids
        for user, may_propose in (
            (self.roads, True),
            (self.light, False),
            (self.curator, False),
            (self.head, False),
            (self.social_admin, False),
        ):
            with self.subTest(user=user.login), self.env.cr.savepoint() as savepoint:
                mine = share.with_user(user)
                if may_propose:
                    mine.propose_clarification("Какой дом?")
                else:
                    with self.assertRaises(AccessError):
                        mine.propose_clarification("Какой дом?")
                savepoint.rollback()
        question = self.holding(ticket, self.roads).propose_clarification("Какой дом?")
        row = self.ask(ticket, question=question)
        steps = (
            lambda t: t.ask_author("А?"),
            lambda t: t.ask_author_by_hand("А?", LINK),
            lambda t: t.action_ask_author(),
            lambda t: t.record_answer("Пять"),
            lambda t: t.action_answer(),
            lambda t: t.action_close_unanswered(),
            lambda t: question.with_env(t.env).action_dismiss(),
            lambda t: question.with_env(t.env).action_ask(),
            lambda t: row.with_env(t.env).action_withdraw(),
        )
        for user in (self.roads, self.light, self.head, self.social_admin):
            for number, step in enumerate(steps):
                with self.subTest(user=user.login, step=number):
                    with self.assertRaises(AccessError):
                        step(ticket.with_user(user))
        with self.assertRaises(UserError):
            ticket.write({"waiting_since": False})
        with self.assertRaises(UserError):
            ticket.write({"close_proposed": True})

    def test_public_message_asked_in_private(self):
        ticket = self.work()
        self.assertEqual(self.ways(ticket), ["public", "hand"])
        with self.assertRaisesRegex(UserError, "cannot be asked in this way"):
            ticket.ask_author("Какой дом?", private=True)
        # The author has written to the page in private once.
        dialogue = {"thread": "im501", "kind": "private", "text": "Спасибо"}
        other = self.answer("2024-06-03 05:40:00", 7, **dialogue)
        self.assertEqual(other.kind, "private")
        self.assertEqual(self.ways(ticket), ["public", "private", "hand"])
        self.ask(ticket, private=True)
        (sent,) = self.network.sent
        self.assertEqual((sent.kind, sent.thread_id), ("private", "im501"))
        # The answer comes there, and joins what it answers.
        self.assertFalse(self.answer("2024-06-03 07:00:00", 8, **dialogue))
        self.assertEqual(self.types(ticket)[-1], "clarification_answered")
        rows = ticket.sudo().social_message_ids.filtered(lambda m: m.kind == "private")
        self.assertEqual(len(rows), 2)
        # Whoever is no curator of the page reads the message, not these.
        page_curator = self._user("s_page_curator", "group_curator")
        self.account.curator_ids = page_curator
        seen = ticket.social_message_ids.with_user(self.curator).search(
            [("ticket_id", "=", ticket.id)]
        )
        self.assertFalse(seen & rows)
        self.assertTrue(seen)
        seen = seen.with_user(page_curator).search([("ticket_id", "=", ticket.id)])
        self.assertEqual(seen & rows, rows)
        self.assertEqual(self.ways(ticket), ["public", "hand"])
        # The reply goes where everybody sees it.
        with freeze_time("2024-06-03 07:10:00"):
            self.drafted(ticket).with_user(self.curator).action_approve()
            ticket.publish("Засыплем.", self.account)
        self.send("2024-06-03 07:10:00")
        self.assertEqual(self.network.sent[-1].kind, "feed")
        self.check(ticket)

    def ways(self, ticket):
        Wizard = self.env["helpdesk.social.ask"].with_user(self.curator)
        return Wizard._ways_of(ticket.with_user(self.curator))

    def test_private_message_is_asked_in_private_only(self):
        ticket = self.work(kind="private", thread="im501")
        self.assertEqual(self.ways(ticket), ["private", "hand"])
        self.ask(ticket)
        self.assertEqual(self.network.sent[0].kind, "private")

    def test_private_answer_to_a_public_question(self):
        ticket = self.work()
        self.ask(ticket)
        new = self.answer("2024-06-03 07:00:00", 7, thread="im501", kind="private")
        self.assertEqual(self.types(ticket)[-1], "clarification_answered")
        self.assertFalse(ticket.waiting_since)
        self.assertEqual(new.possible_repeat_id, ticket)
        self.assertIn(new.number, ticket.event_ids.sorted("id")[-1].note)
        # The private words are on the private message alone.
        self.assertNotIn("private", ticket.social_message_ids.mapped("kind"))
        self.check(ticket)

    def test_private_words_wake_nothing_where_two_wait(self):
        first = self.work()
        with freeze_time(ASSIGNED):
            item = comment("wall-1_10_r20", at=POSTED, text="Фонарь")
            second = self.receive(item).with_user(self.curator)
        self.ask(first)
        self.ask(second)
        self.answer("2024-06-03 07:00:00", 7, thread="im501", kind="private")
        self.assertTrue(first.waiting_since and second.waiting_since)
        # Somebody else's answer is none, either.
        self.answer("2024-06-03 07:05:00", 9, author="777")
        self.assertTrue(first.waiting_since)

    def test_by_hand(self):
        self.account.publish_mode = "hand"
        ticket = self.work()
        self.assertEqual(self.ways(ticket), ["hand"])
        with freeze_time("2024-06-03 07:00:00"):
            with self.assertRaisesRegex(UserError, "cannot be asked in this way"):
                ticket.ask_author("Какой дом?")
            for vals, words in (
                ({"link": ""}, "Paste the link"),
                ({"link": LINK, "at": datetime(2024, 6, 3, 8)}, "in the future"),
                ({"link": LINK, "at": datetime(2024, 6, 3, 5, 5)}, "Steps were taken"),
            ):
                with self.assertRaisesRegex(UserError, words):
                    ticket.ask_author_by_hand("Какой дом?", **vals)
            at = fields.Datetime.to_datetime(ASKED)
            ticket.ask_author_by_hand("Какой дом?", LINK, at=at)
            event = ticket.event_ids[-1]
            self.assertEqual(event.published_where, "hand")
            self.assertEqual((event.link, event.note), (LINK, "Какой дом?"))
            self.assertEqual(str(ticket.waiting_since), ASKED)
            for at, words in (
                (datetime(2024, 6, 3, 6), "comes after the question"),
                (datetime(2024, 6, 3, 8), "in the future"),
            ):
                with self.assertRaisesRegex(UserError, words):
                    ticket.record_answer("Пять", at=at)
            with self.assertRaisesRegex(UserError, "Write what"):
                ticket.record_answer("")
            ticket.record_answer("Пять", at=datetime(2024, 6, 3, 6, 30))
        event = ticket.event_ids[-1]
        self.assertEqual((event.note, event.user_id), ("Пять", self.curator))
        with self.assertRaisesRegex(UserError, "No question"):
            ticket.record_answer("Шесть")
        self.check(ticket)

    def test_too_long(self):
        with self.assertRaisesRegex(UserError, "nothing is cut"):
            self.work().ask_author("а" * 20000)

    def test_asking_takes_into_work(self):
        with freeze_time(ASSIGNED):
            ticket = self.receive(comment(at=POSTED)).with_user(self.curator)
        self.ask(ticket)
        self.assertEqual(ticket.social_state, "registered")
        self.assertTrue(ticket.waiting_since)

    def test_an_earlier_addition_is_no_answer(self):
        ticket = self.work()
        self.ask(ticket)
        self.answer("2024-06-03 06:09:00", stored="2024-06-03 06:12:00")
        self.assertTrue(ticket.follow_up)
        self.assertTrue(ticket.waiting_since)

    def test_deleted_answer_was_an_answer(self):
        ticket = self.work()
        self.ask(ticket)
        self.answer("2024-06-03 07:00:00")
        with freeze_time("2024-06-03 07:05:00"):
            self.receive(
                comment("wall-1_10_r2", thread=THREAD, deleted=True, change="delete")
            )
            self.assertFalse(ticket.waiting_since)
            self.assertEqual(len(self.types(ticket)), 2)
            self.drafted(ticket).with_user(self.curator).action_approve()
            ticket.publish("Засыплем.", self.account)
        self.send("2024-06-03 07:06:00")
        # Nothing is placed under what is gone.
        self.assertEqual(self.network.sent[-1].parent_id, THREAD)

    def test_an_answer_deleted_before_it_was_read_is_none(self):
        ticket = self.work()
        self.ask(ticket)
        self.answer("2024-06-03 07:00:00", deleted=True)
        self.assertTrue(ticket.waiting_since)

    def test_whatever_ends_the_course_ends_waiting(self):
        ticket = self.work()
        self.ask(ticket)
        with freeze_time("2024-06-03 07:00:00"):
            ticket.exclude(self.env.ref(f"{MODULE}.exclusion_obscene"))
            self.assertFalse(ticket.waiting_since)
            ticket.action_restore()
            self.assertEqual(str(ticket.waiting_since), ASKED)
            self.drafted(ticket).with_user(self.curator).action_approve()
            ticket.publish_by_hand("Засыплем.", LINK)
        self.assertFalse(ticket.waiting_since or ticket.waiting_until)
        # What the author writes now is a new message, marked as before.
        new = self.answer("2024-06-03 08:00:00")
        self.assertEqual(new.possible_repeat_id, ticket)
        self.check(ticket)
