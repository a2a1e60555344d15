from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..networks import Consequence
from .outbox_after import LOST, TEXT, AfterCase, error

RIGHT = "Яму засыплем до 25 марта."
REASON = "В дате была опечатка."


@tagged("post_install", "-at_install")
class TestCorrected(AfterCase):
    """A published reply gets another text on the network, and here after that."""

    def setUp(self):
        super().setUp()
        self.ticket = self.published()
        self.row = self.rows(self.ticket)

    def correct(self, text=RIGHT, **kwargs):
        changes = self.ticket.correct_reply(text, REASON, **kwargs)
        self.later(minutes=1)
        return changes

    def test_text_of_the_network_and_history(self):
        clocks = [
            (d.norm_code, d.start, d.due, d.done, d.state)
            for d in self.ticket.deadline_ids.sorted("id")
        ]
        change = self.correct()
        self.assertEqual(self.ticket.reply_ids.body, TEXT, "not before the network")
        self.assertFalse(self.ticket.can_change_reply)
        self.send()
        self.assertEqual(self.network.texts(), {self.row.external_id: RIGHT})
        self.assertEqual(len(self.network.sent), 1, "changed, not sent anew")
        self.assertEqual((change.state, change.done_by_id.id), ("done", False))
        reply = self.row.reply_id
        self.assertEqual((reply.body, reply.state), (RIGHT, "published"))
        last = reply.version_ids.sorted("id")[-1:]
        self.assertEqual((last.decision, last.remarks), ("corrected", REASON))
        self.assertIn(["gone", "15 "], [list(piece) for piece in last.difference])
        self.assertEqual(self.row.version_ids.mapped("text"), [TEXT])
        event = self.ticket.event_ids.sorted("id")[-1:]
        self.assertEqual(event.type, "reply_corrected")
        self.assertEqual((event.user_id, event.note), (self.curator, REASON))
        after = [
            (d.norm_code, d.start, d.due, d.done, d.state)
            for d in self.ticket.deadline_ids.sorted("id")
        ]
        self.assertEqual(after, clocks)
        self.assertEqual(self.ticket._replay_differences(), [])
        self.assertTrue(self.ticket.can_change_reply)

    def test_again(self):
        self.correct()
        self.send()
        self.correct("Яму засыплем до 30 марта.")
        self.send()
        self.assertEqual(len(self.network.calls), 2)
        self.assertEqual(
            self.row.version_ids.sorted("at").mapped("text"), [TEXT, RIGHT]
        )

    def test_refused(self):
        with self.assertRaisesRegex(UserError, "as it was published"):
            self.correct(TEXT)
        with self.assertRaisesRegex(UserError, "Say why"):
            self.ticket.correct_reply(RIGHT, " ")
        with self.assertRaisesRegex(UserError, "right text"):
            self.correct(" ")
        with self.assertRaisesRegex(UserError, "template leaves open"):
            self.correct("Яму засыплем до {дата}.")
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.roads).correct_reply(RIGHT, REASON)
        self.assertFalse(self.ticket.change_ids)

    def test_checked_as_at_publication(self):
        with self.assertRaisesRegex(UserError, r"clause 3\.7\.1"):
            self.correct("Спасибо за обращение!")

    def test_one_at_a_time(self):
        self.correct()
        with self.assertRaisesRegex(UserError, "under way"):
            self.correct("Ещё иначе.")

    def test_too_long_for_what_stands_there(self):
        with self.assertRaisesRegex(UserError, "needs 2 items"):
            self.correct("Яму засыплем. " * 400)

    def test_lost_answer_is_looked_for(self):
        self.network.change_failures = [(error(LOST), True)]
        change = self.correct()
        self.send()
        self.assertEqual(change.state, "queued")
        self.later(minutes=2)
        self.send()
        self.assertEqual(change.state, "done")
        self.assertEqual(len(self.network.calls), 1, "seen there, not done again")

    def test_lost_call_is_done_again(self):
        self.network.change_failures = [(error(LOST), False)]
        change = self.correct()
        self.send()
        self.later(minutes=2)
        self.send()
        self.assertEqual(change.state, "done")
        self.assertEqual(self.network.texts(), {self.row.external_id: RIGHT})

    def test_killed_process(self):
        change = self.correct().sudo()
        with self.sending():
            now = self.later(seconds=1)
            self.assertTrue(change._claim(now))
            client, parts = change._prepare()
            change._do(client, *parts[0])
        self.later(seconds=1)
        self.send()
        self.assertEqual(change.state, "sending", "another process has it")
        self.later(minutes=10)
        self.send()
        self.assertEqual(change.state, "done")
        self.assertEqual(len(self.network.calls), 1)

    def test_taken_by_one_process(self):
        change = self.correct().sudo()
        now = self.later(seconds=1)
        self.assertTrue(change._claim(now))
        self.assertFalse(change._claim(now))
        with self.assertRaisesRegex(UserError, "not waiting"):
            change.with_user(self.curator).action_cancel()

    def test_not_allowed_becomes_a_task(self):
        self.network.change_failures = [(error(Consequence.TOO_LATE), False)]
        change = self.correct()
        self.send()
        self.assertEqual(change.state, "hand")
        task = self.activities(self.ticket, "change")
        self.assertEqual(task.user_id, self.curator)
        self.assertEqual(self.row.reply_id.body, TEXT)
        change.action_done_by_hand()
        self.assertEqual((change.state, change.done_by_id), ("done", self.curator))
        self.assertEqual((self.row.reply_id.body, self.row.text), (RIGHT, RIGHT))
        self.assertFalse(self.activities(self.ticket, "change"))

    def test_refused_text_is_corrected_otherwise(self):
        self.network.change_failures = [(error(Consequence.CONTENT), False)]
        change = self.correct()
        self.send()
        self.assertEqual(change.state, "failed")
        self.assertIn("refuses this text", change.problem)
        change.action_cancel()
        self.assertEqual(self.row.reply_id.body, TEXT)
        self.correct("Засыплем 25 марта.")
        self.send()
        self.assertEqual(self.row.text, "Засыплем 25 марта.")

    def test_failed_is_tried_again(self):
        self.network.change_failures = [(error(Consequence.CREDENTIALS), False)]
        change = self.correct()
        self.send()
        self.assertEqual(change.state, "failed")
        self.assertEqual(self.account.health, "stopped")
        change.action_retry()
        self.send()
        self.assertEqual(change.state, "done")

    def test_network_cannot(self):
        self.network.able = frozenset({"reply"})
        change = self.correct()
        self.assertEqual(change.state, "hand")
        self.send()
        self.assertFalse(self.network.calls)
        change.action_done_by_hand()
        self.assertEqual(self.row.reply_id.body, RIGHT)

    def test_page_published_by_hand(self):
        ticket = self.approved(external_id="wall-1_10_r2", at="2024-03-11 06:30")
        ticket.publish_by_hand(TEXT, "https://vk.com/wall-1_10?reply=77")
        change = ticket.correct_reply(RIGHT, REASON)
        self.assertEqual(change.state, "hand")
        self.assertEqual(change.link, "https://vk.com/wall-1_10?reply=77")
        change.action_done_by_hand()
        self.assertEqual(ticket.reply_ids.body, RIGHT)
        self.assertEqual(ticket.event_ids.sorted("id")[-1:].type, "reply_corrected")

    def test_wizard(self):
        action = self.ticket.action_correct_reply()
        Wizard = self.env[action["res_model"]].with_user(self.curator)
        Wizard = Wizard.with_context(**action["context"])
        shown = Wizard.new(Wizard.default_get(list(Wizard._fields)))
        self.assertEqual((shown.text, shown.published_text), (TEXT, TEXT))
        self.assertTrue(shown.by_network)
        wizard = Wizard.create({"text": RIGHT, "reason": REASON})
        wizard.action_confirm()
        self.assertEqual(self.ticket.change_ids.text, RIGHT)

    def test_act_with_a_chain_asks_who_agreed(self):
        step = self.env["helpdesk.social.approval.step"].sudo()
        step.create(
            {
                "regulation_id": self.ticket.regulation_id.id,
                "role": "superior_curator",
                "clause": "9",
            }
        )
        self.ticket.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "who agreed"):
            self.correct()
        change = self.correct(agreed_with="Иванова, письмо № 5")
        self.send()
        self.assertEqual(change.state, "done")
        self.assertIn("письмо № 5", self.ticket.event_ids.sorted("id")[-1:].note)


@tagged("post_install", "-at_install")
class TestParts(AfterCase):
    """A long reply stands in several items; each is changed."""

    def setUp(self):
        super().setUp()
        text = ("Яму засыплем. " * 400).strip()
        self.ticket = self.published(text, split=True)
        self.parts = self.rows(self.ticket)
        self.assertEqual(len(self.parts), 2)

    def test_shorter_takes_the_rest_off(self):
        self.ticket.correct_reply("Засыплем 25 марта.", REASON)
        self.send()
        first, second = self.parts
        self.assertEqual(
            self.network.texts(), {first.external_id: "Засыплем 25 марта."}
        )
        self.assertTrue(second.taken_off_at)
        self.assertFalse(first.taken_off_at)

    def test_each_is_corrected_once(self):
        """What fails at the second part goes on there."""
        text = ("Свет починим. " * 400).strip()
        self.network.change_failures = [
            (None, True),
            (error(Consequence.RETRY), False),
        ]
        change = self.ticket.correct_reply(text, REASON)
        self.send()
        self.assertEqual((change.state, change.parts_done), ("queued", 1))
        with self.assertRaisesRegex(UserError, "changed already"):
            change.action_cancel()
        self.later(minutes=2)
        self.send()
        self.assertEqual(change.state, "done")
        ids = [external_id for _name, external_id in self.network.calls]
        first, second = self.parts.mapped("external_id")
        self.assertEqual(ids, [first, second, second])
        self.assertEqual(" ".join(self.network.texts().values()), text)

    def test_withdrawn_from_the_end(self):
        self.ticket.withdraw_reply(REASON)
        self.send()
        self.assertFalse(self.network.wall)
        ids = [external_id for _name, external_id in self.network.calls]
        self.assertEqual(ids, self.parts[::-1].mapped("external_id"))


@tagged("post_install", "-at_install")
class TestWithdrawn(AfterCase):
    """A published reply is taken off the network."""

    def setUp(self):
        super().setUp()
        self.ticket = self.published()
        self.row = self.rows(self.ticket)

    def withdraw(self):
        change = self.ticket.withdraw_reply(REASON)
        self.later(minutes=1)
        self.send()
        return change

    def test_gone_and_told(self):
        ended = self.ticket.deadline_ids.mapped("done")
        change = self.withdraw()
        self.assertEqual(change.state, "done")
        self.assertFalse(self.network.wall)
        self.assertEqual(self.row.reply_id.state, "withdrawn")
        self.assertFalse(self.ticket.published_link)
        event = self.ticket.event_ids.sorted("id")[-1:]
        self.assertEqual((event.type, event.note), ("reply_withdrawn", REASON))
        self.assertEqual(self.ticket.social_state, "published")
        self.assertEqual(self.ticket.deadline_ids.mapped("done"), ended)
        self.assertEqual(self.ticket._replay_differences(), [])
        self.assertFalse(self.ticket.can_change_reply)

    def test_gone_already_is_fine(self):
        self.network.wall.clear()
        self.network.change_failures = [(error(Consequence.GONE), True)]
        self.assertEqual(self.withdraw().state, "done")

    def test_answered_anew_as_a_new_message(self):
        self.assertFalse(self.ticket.answer_lost)
        with self.assertRaisesRegex(UserError, "its reply stands"):
            self.ticket.action_take_back()
        self.withdraw()
        self.assertTrue(self.ticket.answer_lost)
        self.ticket.action_take_back()
        again = self.ticket.taken_back_id
        self.assertEqual(again.social_state, "to_triage")
        none = self.env["res.users"]
        again.assign([(self.unit_roads, none)])
        self.drafted(again, text=RIGHT).with_user(self.curator).action_approve()
        row = again.publish(RIGHT, self.account)
        self.assertEqual(row.parent_id, self.row.parent_id)
        self.send()
        self.assertEqual(again.social_state, "published")
        self.assertEqual(list(self.network.texts().values()), [RIGHT])

    def test_withdrawn_by_hand(self):
        self.network.able = frozenset({"reply"})
        change = self.withdraw()
        self.assertEqual(change.state, "hand")
        self.assertEqual(self.row.reply_id.state, "published")
        change.action_done_by_hand()
        self.assertEqual(self.row.reply_id.state, "withdrawn")

    def test_interim_leaves_the_work_going(self):
        ticket = self.assigned(external_id="wall-1_10_r5", at="2024-03-11 06:00")
        share = self.holding(ticket, self.roads)
        share.action_accept()
        share.write(
            {
                "draft_text": "Проверяем.",
                "draft_kind": "interim",
                "draft_interim_reason": "Ждём подрядчика.",
                "draft_promised_date": "2024-03-20",
            }
        )
        share.action_submit()
        share.with_user(self.curator).action_approve()
        ticket.publish("Проверяем.", self.account)
        self.send()
        self.assertEqual(ticket.social_state, "in_progress")
        change = ticket.withdraw_reply(REASON)
        self.send()
        self.assertEqual(change.state, "done")
        self.assertEqual(ticket.social_state, "in_progress")
        self.assertFalse(ticket.answer_lost)
        self.assertEqual(ticket._replay_differences(), [])
