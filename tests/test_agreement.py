from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .agreement import DAY, LINK, AgreementCommon


@tagged("post_install", "-at_install")
class TestAgreement(AgreementCommon):
    """The chain after the curator, its refusals, and what is published."""

    def test_whole_chain_with_its_clocks(self):
        with freeze_time(f"{DAY} 06:00:00"):
            ticket = self.from_superior()
        with freeze_time(f"{DAY} 07:00:00"):
            share = self.drafted(ticket)
        self.assertEqual(
            self.clock(ticket, "myasnikovsky.superior"),
            [(f"{DAY} 07:30:00", "running")],
        )
        with freeze_time(f"{DAY} 07:05:00"):
            share.with_user(self.curator).action_approve()
            self.assertEqual(ticket.social_state, "agreement")
            self.assertEqual(ticket.agreement_next, "compose")
            with self.assertRaisesRegex(UserError, "not possible now"):
                ticket.publish_by_hand(ticket._merged_text(), LINK)
            ticket.send_to_agreement("Яму засыплем до 15 марта. Спасибо.")
        self.assertEqual(ticket.agreement_next, "wait")
        self.assertEqual(ticket.agreement_with, "Managing director")
        with freeze_time(f"{DAY} 07:10:00"):
            self.asked(ticket, self.director).action_approve()
        self.assertEqual(ticket.agreement_next, "send")
        running = [(f"{DAY} 07:30:00", "running")]
        self.assertEqual(self.clock(ticket, "myasnikovsky.superior"), running)
        row = self.waiting(ticket)
        self.assertTrue(row.outside)
        with freeze_time(f"{DAY} 07:20:00"):
            row.send_by_email("curator@region.example", "Ответ", "Прошу согласовать")
        self.assertEqual(
            self.clock(ticket, "myasnikovsky.superior"), [(f"{DAY} 07:30:00", "met")]
        )
        self.assertEqual(ticket.agreement_next, "answer")
        mail = row.sudo().mail_id
        self.assertEqual(mail.email_to, "curator@region.example")
        self.assertIn("Прошу согласовать", mail.body_html)
        with freeze_time(f"{DAY} 08:00:00"):
            row.record_answer(
                True,
                fields.Datetime.to_datetime(f"{DAY} 07:50:00"),
                answered_by="Иванова",
                evidence="12-45",
            )
        self.assertEqual(ticket.social_state, "approved")
        self.assertEqual(fields.Datetime.to_string(row.decided_at), f"{DAY} 07:50:00")
        self.assertEqual(row.decided_by_id, self.curator)
        with freeze_time(f"{DAY} 08:10:00"):
            text = ticket._merged_text()
            self.assertEqual(text, "Яму засыплем до 15 марта. Спасибо.")
            ticket.publish_by_hand(text, LINK)
        self.assertEqual(ticket.social_state, "published")
        self.assertEqual(
            self.clock(ticket, "myasnikovsky.total"), [("2024-06-04 06:00:00", "met")]
        )
        types = ticket.event_ids.mapped("type")
        self.assertEqual(
            types[types.index("draft_submitted") :],
            [
                "draft_submitted",
                "approved",
                "approved",
                "sent_to_superior",
                "superior_approved",
                "published",
            ],
        )
        agreed = ticket.event_ids.filtered(lambda e: e.type == "approved")[-1]
        self.assertEqual(agreed.user_id, self.director)
        self.assertEqual(agreed.note, "Managing director")
        self.assertEqual(ticket.approval_ids.mapped("state"), ["approved"] * 2)
        self.check(ticket)

    def test_superior_with_an_account_here(self):
        self.appoint(self.superior, "superior_curator")
        with freeze_time(f"{DAY} 06:00:00"):
            ticket = self.from_superior()
            self.drafted(ticket).with_user(self.curator).action_approve()
            ticket.send_to_agreement("Засыплем до 15 марта.")
        with freeze_time(f"{DAY} 06:31:00"):
            self.asked(ticket, self.director).action_approve()
        # With the person's screen, it is with the superior curator: a minute late.
        self.assertEqual(
            self.clock(ticket, "myasnikovsky.superior"),
            [(f"{DAY} 06:30:00", "breached")],
        )
        row = self.waiting(ticket)
        with self.assertRaisesRegex(UserError, "decides this step"):
            row.record_answer(True, fields.Datetime.now(), evidence="1")
        with freeze_time(f"{DAY} 06:40:00"):
            self.asked(ticket, self.superior).action_approve()
        self.assertEqual(ticket.social_state, "approved")
        self.assertEqual(ticket.event_ids[-1].type, "superior_approved")
        self.assertEqual(ticket.event_ids[-1].user_id, self.superior)
        self.check(ticket)

    def test_director_refuses(self):
        with freeze_time(f"{DAY} 06:00:00"):
            ticket = self.from_superior(self.unit_roads, self.unit_light)
            for user in (self.roads, self.light):
                self.drafted(ticket, user).with_user(self.curator).action_approve()
            ticket.send_to_agreement(ticket._merged_text())
        with freeze_time(f"{DAY} 06:10:00"):
            row = self.asked(ticket, self.director)
            with self.assertRaisesRegex(UserError, "has to be changed"):
                row.refuse(" ")
            row.refuse("Нет сроков")
        self.assertEqual(ticket.social_state, "in_progress")
        self.assertEqual(set(ticket.assignment_ids.mapped("state")), {"rework"})
        remarks = self.holding(ticket, self.roads).rework_remarks
        self.assertEqual(remarks, "Managing director: Нет сроков")
        self.assertEqual(
            self.clock(ticket, "myasnikovsky.rework"),
            [(f"{DAY} 06:40:00", "running")] * 2,
        )
        self.assertEqual(
            self.clock(ticket, "myasnikovsky.superior"),
            [(f"{DAY} 06:30:00", "cancelled")],
        )
        self.assertEqual(ticket.event_ids[-1].user_id, self.director)
        with freeze_time(f"{DAY} 06:30:00"):
            for user in (self.roads, self.light):
                share = self.drafted(ticket, user, "Засыплем 15 марта.")
                share.with_user(self.curator).action_approve()
        self.assertEqual(
            self.clock(ticket, "myasnikovsky.rework"), [(f"{DAY} 06:40:00", "met")] * 2
        )
        # The chain begins anew, with the clock of the new drafts.
        self.assertEqual(ticket.agreement_next, "compose")
        self.assertEqual(
            self.clock(ticket, "myasnikovsky.superior")[-1],
            (f"{DAY} 07:00:00", "running"),
        )
        ticket.send_to_agreement(ticket._merged_text())
        self.assertEqual(
            ticket.approval_ids.sorted("id").mapped("state"), ["refused", "waiting"]
        )
        self.check(ticket)

    def test_superior_refuses(self):
        with freeze_time(f"{DAY} 06:00:00"):
            ticket = self.at_superior()
            row = self.waiting(ticket)
            with self.assertRaisesRegex(UserError, "not been sent"):
                row.record_answer(True, fields.Datetime.now(), evidence="1")
            row.mark_sent("СЭД № 5")
        with freeze_time(f"{DAY} 06:20:00"):
            now = fields.Datetime.now()
            with self.assertRaisesRegex(UserError, "has to be changed"):
                row.record_answer(False, now, evidence="12-45")
            with self.assertRaisesRegex(UserError, "Name the letter"):
                row.record_answer(True, now)
            for wrong in (f"{DAY} 05:59:00", f"{DAY} 06:21:00"):
                at = fields.Datetime.to_datetime(wrong)
                with self.assertRaisesRegex(UserError, "check the time"):
                    row.record_answer(True, at, evidence="12-45")
            row.record_answer(False, now, remarks="Нет правового акта")
        types = ticket.event_ids.mapped("type")
        self.assertEqual(
            types[-3:], ["sent_to_superior", "superior_rejected", "rework_requested"]
        )
        self.assertEqual(
            self.clock(ticket, "myasnikovsky.rework"),
            [(f"{DAY} 06:50:00", "running")],
        )
        self.assertFalse(any(ticket.approval_ids.mapped("standing")))
        self.check(ticket)

    def test_answer_of_the_superior_is_not_set_before_other_steps(self):
        with freeze_time(f"{DAY} 06:00:00"):
            ticket = self.at_superior()
            row = self.waiting(ticket)
            row.mark_sent("СЭД № 5")
        with freeze_time(f"{DAY} 06:30:00"):
            ticket.importance = "high"
        with freeze_time(f"{DAY} 06:40:00"):
            at = fields.Datetime.to_datetime(f"{DAY} 06:20:00")
            with self.assertRaisesRegex(UserError, "after that moment"):
                row.record_answer(True, at, evidence="12-45")
            row.record_answer(True, fields.Datetime.now(), evidence="12-45")
        self.check(ticket)

    def test_sent_again_counts_once(self):
        ticket = self.at_superior()
        row = self.waiting(ticket)
        row.mark_sent("СЭД № 5")
        row.send_by_email("curator@region.example", "Ответ", "Прошу согласовать")
        self.assertEqual(ticket.event_ids.mapped("type").count("sent_to_superior"), 1)
        with self.assertRaisesRegex(UserError, "e-mail"):
            row.send_by_email("nobody", "Ответ", "Прошу")

    def test_changed_text_begins_anew(self):
        ticket = self.at_superior()
        row = self.waiting(ticket)
        ticket.send_to_agreement("Яму засыплем до 20 марта.")
        self.assertEqual(row.state, "cancelled")
        self.assertEqual(self.waiting(ticket).role, "managing_director")
        self.assertEqual(self.waiting(ticket).text, "Яму засыплем до 20 марта.")
        first = ticket.approval_ids.sorted("id")[0]
        self.assertEqual((first.state, first.standing), ("approved", False))
        self.asked(ticket, self.director).action_approve()
        self.waiting(ticket).mark_sent("СЭД")
        self.waiting(ticket).record_answer(True, fields.Datetime.now(), evidence="1")
        self.assertEqual(ticket.social_state, "approved")
        for text in ("Яму засыплем до 15 марта.", "Яму засыпали 14 марта."):
            with self.assertRaisesRegex(UserError, "not the text that was agreed"):
                ticket.publish(text, self.account)
            with self.assertRaisesRegex(UserError, "not the text that was agreed"):
                ticket.publish_by_hand(text, LINK)
        with self.assertRaisesRegex(UserError, "This very text"):
            ticket.send_to_agreement(" Яму засыплем до  20 марта.\n")
        # Agreed by all, changed in the window of publication.
        wizard = self.env["helpdesk.social.publish"].with_user(self.curator)
        wizard = wizard.with_context(default_ticket_id=ticket.id).create({})
        self.assertEqual(wizard.text, "Яму засыплем до 20 марта.")
        self.assertFalse(wizard.differs)
        wizard.text = "Яму засыпали 14 марта."
        self.assertTrue(wizard.differs)
        wizard.action_agree_anew()
        self.assertEqual(ticket.social_state, "agreement")
        self.assertEqual(self.waiting(ticket).text, "Яму засыпали 14 марта.")

    def test_blanks_do_not_matter(self):
        ticket = self.at_superior()
        self.waiting(ticket).mark_sent("СЭД")
        self.waiting(ticket).record_answer(True, fields.Datetime.now(), evidence="1")
        ticket.publish(" Яму  засыплем\nдо 15 марта. ", self.account)
        with self.sending() as outbox:
            outbox._cron_send()
        self.assertEqual(ticket.social_state, "published")
        self.check(ticket)

    def test_publication_before_the_agreement_is_refused(self):
        with freeze_time(f"{DAY} 06:00:00"):
            ticket = self.at_superior()
            self.waiting(ticket).mark_sent("СЭД")
        with freeze_time(f"{DAY} 06:30:00"):
            now = fields.Datetime.now()
            self.waiting(ticket).record_answer(True, now, evidence="1")
        with freeze_time(f"{DAY} 06:40:00"):
            at = fields.Datetime.to_datetime(f"{DAY} 06:10:00")
            text = ticket._merged_text()
            with self.assertRaises(UserError):
                ticket.publish_by_hand(text, LINK, at=at)
