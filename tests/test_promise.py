from datetime import date, datetime

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import MODULE, SocialCommon

LINK = "https://vk.com/wall-1_10_r9"
#: Monday, 10:00 in Perm, whose office hours end at 18:00, 13:00 UTC.
POSTED, ASSIGNED = "2024-06-03 05:00", "2024-06-03 05:10:00"


class PromiseCase(SocialCommon):
    """Interim replies under the act of the page."""

    def setUp(self):
        super().setUp()
        self.account.page_owner = "head"

    def interim(self, day, *units, at=ASSIGNED, reason="Ждём подрядчика."):
        """A message whose interim draft, promising ``day``, is approved."""
        with freeze_time(at):
            ticket = self.assigned(*units, at=POSTED)
            self.submit(ticket, self.roads, day, reason)
            return ticket

    def submit(self, ticket, user, day, reason="Ждём подрядчика."):
        assignment = self.holding(ticket, user)
        if assignment.state == "assigned":
            assignment.action_accept()
        assignment.write(
            {
                "draft_text": "Проверяем.",
                "draft_kind": "interim",
                "draft_promised_date": day,
                "draft_interim_reason": reason,
            }
        )
        assignment.action_submit()
        assignment.with_user(self.curator).action_approve()

    def promises(self, ticket):
        rows = ticket.sudo().deadline_ids.filtered(lambda d: d.stage == "promise")
        return [(str(row.due), row.state) for row in rows.sorted("id")]

    def publish(self, ticket, at, text="Проверяем."):
        with freeze_time(at):
            ticket.publish_by_hand(text, LINK)


@tagged("post_install", "-at_install")
class TestPromise(PromiseCase):
    """The promise of an interim reply is a clock of its own."""

    def test_clock_by_the_network(self):
        ticket = self.interim("2024-06-05")
        with freeze_time("2024-06-03 05:20:00"):
            ticket.publish("Проверяем.", self.account)
            with self.sending() as outbox:
                outbox._cron_send()
        self.assertEqual(self.promises(ticket), [("2024-06-05 13:00:00", "running")])
        event = ticket.event_ids[-1]
        self.assertEqual(event.type, "interim_published")
        self.assertEqual(event.note, "Ждём подрядчика.")
        self.assertIn("promised by 05.06.2024 18:00", event.sentence)
        clock = ticket.deadline_ids.filtered(lambda d: d.stage == "promise")
        self.assertIn("promised it to the author", clock.explanation)
        self.assertEqual(ticket._replay_differences(), [])

    def test_the_executor_sees_what_is_promised(self):
        ticket = self.interim("2024-06-05")
        share = self.holding(ticket, self.roads)
        self.assertFalse(share.promised_due, "nobody has promised the citizen yet")
        self.publish(ticket, "2024-06-03 05:20:00")
        self.assertEqual(str(share.promised_due), "2024-06-05 13:00:00")
        with freeze_time("2024-06-04 05:20:00"):
            self.drafted(ticket).with_user(self.curator).action_approve()
        self.publish(ticket, "2024-06-04 05:30:00", "Засыпали.")
        self.assertFalse(share.promised_due)

    def test_the_promised_instant(self):
        ticket = self.interim("2024-06-05")
        for day, instant in (
            ("2024-06-05", "2024-06-05 13:00:00"),
            ("2024-06-11", "2024-06-11 12:00:00"),  # an eve, an hour shorter
            ("2024-06-12", "2024-06-12 19:00:00"),  # a day off: to 24:00
            ("2024-06-08", "2024-06-08 19:00:00"),
        ):
            promised = ticket._promised_instant(date.fromisoformat(day))
            self.assertEqual(str(promised), instant)
        ticket.sudo().regulation_id = False
        ticket.sudo().company_id.partner_id.tz = "Asia/Kamchatka"
        self.assertEqual(
            ticket._promised_instant(date(2024, 6, 5)), datetime(2024, 6, 5, 12)
        )

    def test_kept_and_broken(self):
        for at, state in (("13:00:00", "met"), ("13:00:01", "breached")):
            with self.subTest(at=at), self.env.cr.savepoint() as savepoint:
                ticket = self.interim("2024-06-05")
                self.publish(ticket, "2024-06-03 05:20:00")
                with freeze_time("2024-06-04 05:20:00"):
                    self.assertFalse(ticket.has_broken_promise)
                    self.drafted(ticket).with_user(self.curator).action_approve()
                self.publish(ticket, f"2024-06-05 {at}", "Засыпали.")
                self.assertEqual(
                    self.promises(ticket), [("2024-06-05 13:00:00", state)]
                )
                broken = state == "breached"
                self.assertEqual(ticket.has_broken_promise, broken)
                self.assertEqual(self.broken(ticket), ticket if broken else ticket[:0])
                self.assertEqual(ticket._replay_differences(), [])
                savepoint.rollback()

    def broken(self, ticket):
        domain = [("has_broken_promise", "=", True), ("id", "in", ticket.ids)]
        return ticket.search(domain)

    def test_past_due_is_broken_before_it_ends(self):
        ticket = self.interim("2024-06-05")
        self.publish(ticket, "2024-06-03 05:20:00")
        with freeze_time("2024-06-05 13:00:00"):
            self.assertFalse(self.broken(ticket))
        with freeze_time("2024-06-05 13:00:01"):
            ticket.invalidate_recordset()
            self.assertTrue(ticket.has_broken_promise)
            self.assertEqual(self.broken(ticket), ticket)
            self.assertEqual(
                ticket.search(
                    [("has_broken_promise", "=", False), ("id", "=", ticket.id)]
                ),
                ticket[:0],
            )
            Deadline = self.env["helpdesk.social.deadline"]
            rows = Deadline.search(Deadline._broken_promise_domain())
            self.assertIn(ticket, rows.ticket_id)

    def test_next_due_and_another_promise(self):
        ticket = self.interim("2024-06-03", at="2024-06-03 05:10:00")
        self.publish(ticket, "2024-06-03 05:20:00")
        # Nearer than the draft, which the interim reply gave a day more.
        self.assertEqual(str(ticket.next_due), "2024-06-03 13:00:00")
        self.assertEqual(ticket.next_stage, "promise")
        with freeze_time("2024-06-03 06:00:00"):
            self.submit(ticket, self.roads, "2024-06-07", "Ждём ещё.")
        self.publish(ticket, "2024-06-03 06:10:00")
        self.assertEqual(
            self.promises(ticket),
            [
                ("2024-06-03 13:00:00", "cancelled"),
                ("2024-06-07 13:00:00", "running"),
            ],
        )
        self.assertEqual(ticket._replay_differences(), [])

    def test_reason_and_date_are_asked_for(self):
        with freeze_time(ASSIGNED):
            ticket = self.assigned(at=POSTED)
            assignment = self.holding(ticket, self.roads)
            assignment.action_accept()
            assignment.write({"draft_text": "Проверяем.", "draft_kind": "interim"})
            with self.assertRaisesRegex(UserError, "names the date"):
                assignment.action_submit()
            assignment.draft_promised_date = "2024-06-04"
            with self.assertRaisesRegex(UserError, "names the reason"):
                assignment.action_submit()
            assignment.draft_interim_reason = "Ждём подрядчика."
            assignment.draft_promised_date = "2024-06-02"
            with self.assertRaisesRegex(UserError, "promised date has passed"):
                assignment.action_submit()
        with freeze_time("2024-06-03 13:00:00"):
            # Today, but working time is over.
            assignment.draft_promised_date = "2024-06-03"
            with self.assertRaisesRegex(UserError, "promised date has passed"):
                assignment.action_submit()
        with freeze_time("2024-06-03 12:59:00"):
            assignment.action_submit()
        self.assertEqual(assignment.state, "submitted")

    def test_no_question_by_the_kind_of_a_draft(self):
        with freeze_time(ASSIGNED):
            assignment = self.holding(self.assigned(at=POSTED), self.roads)
            assignment.action_accept()
            assignment.write({"draft_text": "Где?", "draft_kind": "clarification"})
            with self.assertRaisesRegex(UserError, "Question to the author"):
                assignment.action_submit()

    def test_a_promise_past_by_the_publication_is_refused(self):
        ticket = self.interim("2024-06-04")
        with freeze_time("2024-06-04 14:00:00"):
            for publish in (
                lambda: ticket.publish("Проверяем.", self.account),
                lambda: ticket.publish_by_hand("Проверяем.", LINK),
            ):
                with self.assertRaisesRegex(UserError, "promised date has passed"):
                    publish()
            # Placed in time, recorded late.
            ticket.publish_by_hand("Проверяем.", LINK, at=datetime(2024, 6, 4, 12, 59))
        self.assertEqual(self.promises(ticket), [("2024-06-04 13:00:00", "running")])

    def test_several_parts_are_promised_by_the_latest(self):
        ticket = self.interim("2024-06-05", self.unit_roads, self.unit_light)
        with freeze_time("2024-06-03 05:30:00"):
            self.submit(ticket, self.light, "2024-06-07", "Нет опор.")
        self.publish(ticket, "2024-06-03 05:40:00", ticket._merged_text())
        self.assertEqual(self.promises(ticket), [("2024-06-07 13:00:00", "running")])
        whole = ticket.reply_ids.filtered(lambda r: not r.assignment_id)
        self.assertEqual(whole.interim_reason, "Ждём подрядчика.\nНет опор.")

    def test_not_moved_by_hand(self):
        ticket = self.interim("2024-06-03")
        self.publish(ticket, "2024-06-03 05:20:00")
        clock = ticket.deadline_ids.filtered(lambda d: d.stage == "promise")
        self.assertEqual(ticket.next_deadline_id, clock)
        action = ticket.action_change_term()
        self.assertFalse(action["context"]["default_deadline_id"])
        with freeze_time("2024-06-03 06:00:00"):
            with self.assertRaisesRegex(UserError, "not moved"):
                ticket.change_term(datetime(2024, 6, 9), "Решено", clock)

    def test_alarmed_like_every_clock(self):
        own = self.regulation.copy()
        own.escalation_step_ids.unlink()
        self.env["helpdesk.social.escalation.step"].create(
            {"regulation_id": own.id, "recipient": "executor", "stage": "promise"}
        )
        self.account.regulation_id = own
        self.unit_roads.user_id = self.roads
        ticket = self.interim("2024-06-05")
        self.publish(ticket, "2024-06-03 05:20:00")
        with freeze_time("2024-06-05 13:00:30"), self.sending():
            self.env["helpdesk.social.deadline"]._cron_alert()
        alert = self.env["helpdesk.social.alert"].search(
            [("ticket_id", "=", ticket.id)]
        )
        self.assertEqual(alert.deadline_id.stage, "promise")
        self.assertEqual(alert.user_ids, self.roads)

    def test_each_act_knows_it(self):
        for code in ("purovsky", "myasnikovsky", "palana", "vereshchagino"):
            with self.subTest(code), self.env.cr.savepoint() as savepoint:
                act = self.env.ref(f"{MODULE}.regulation_{code}").copy()
                # The norms are looked at here, not the chain and the wording.
                act.approval_step_ids.filtered(lambda s: s.role != "curator").unlink()
                act.requirement_ids.unlink()
                self.account.regulation_id = act
                ticket = self.interim("2024-06-05")
                with freeze_time("2024-06-03 05:20:00"):
                    ticket.publish("Проверяем.", self.account)
                    with self.sending() as outbox:
                        outbox._cron_send()
                self.assertEqual(
                    [state for _due, state in self.promises(ticket)], ["running"]
                )
                self.assertEqual(ticket._replay_differences(), [])
                savepoint.rollback()
