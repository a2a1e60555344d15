from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .agreement import DAY, LINK, AgreementCommon
from .common import MODULE, comment


@tagged("post_install", "-at_install")
class TestAgreementSteps(AgreementCommon):
    """What voids an agreement, who is asked, and the letter to the outside."""

    def test_rework_by_the_curator_cancels_the_step(self):
        ticket = self.sent_up()
        row = self.asked(ticket, self.director)
        none = self.env["helpdesk.social.rework.reason"]
        share = ticket.assignment_ids.with_user(self.curator)
        share.request_rework(none, "Когда?")
        self.assertEqual(row.sudo().state, "cancelled")
        self.assertFalse(ticket.sudo().approval_ids.activity_ids)
        with self.assertRaisesRegex(UserError, "no longer asked"):
            row.action_approve()
        # The same words again are another draft: they are agreed anew.
        self.drafted(ticket).with_user(self.curator).action_approve()
        self.assertEqual(ticket.agreement_next, "compose")
        ticket.send_to_agreement(ticket._merged_text())
        self.assertEqual(ticket.agreement_next, "wait")
        self.check(ticket)

    def test_executor_added_voids_the_agreement(self):
        ticket = self.at_superior()
        ticket.assign([(self.unit_light, self.env["res.users"])])
        self.assertFalse(self.waiting(ticket))
        self.assertEqual(ticket.social_state, "in_progress")
        self.holding(ticket, self.light).decline("Не наше")
        self.assertEqual(ticket.agreement_next, "compose")
        self.check(ticket)

    def test_interim_reply_passes_the_chain(self):
        ticket = self.assigned()
        share = self.holding(ticket, self.roads)
        share.action_accept()
        share.write(
            {
                "draft_text": "Проверяем, ответим 20 марта.",
                "draft_kind": "interim",
                "draft_interim_reason": "Ждём подрядчика.",
                "draft_promised_date": "2030-03-20",
            }
        )
        share.action_submit()
        share.with_user(self.curator).action_approve()
        self.assertEqual(ticket.social_state, "agreement")
        ticket.send_to_agreement(ticket._merged_text())
        self.assertEqual(self.waiting(ticket).reply_kind, "interim")
        self.asked(ticket, self.director).action_approve()
        self.waiting(ticket).mark_sent("СЭД")
        self.waiting(ticket).record_answer(True, fields.Datetime.now(), evidence="1")
        ticket.publish_by_hand(ticket._merged_text(), LINK)
        self.assertEqual(ticket.event_ids[-1].type, "interim_published")
        self.drafted(ticket, text="Яму засыпали 14 марта.").with_user(
            self.curator
        ).action_approve()
        self.assertEqual(ticket.agreement_next, "compose")
        self.assertEqual(ticket._merged_text(), "Яму засыпали 14 марта.")
        self.check(ticket)

    def test_acts_without_the_chain(self):
        self.leader = self.unit_roads.user_id = self._user("s_lead", "group_executor")
        for name in ("perm", "purovsky", "palana", "vereshchagino"):
            with self.subTest(act=name):
                self.account.regulation_id = self.env.ref(f"{MODULE}.regulation_{name}")
                ticket = self.assigned(external_id=f"wall-1_10_r{len(name)}")
                text = f"Яму засыплем до 15 марта. № {ticket.number}"
                share = self.drafted(ticket, text=text).with_user(self.curator)
                if share.state == "sign_off":
                    share.with_user(self.leader).action_sign()
                share.action_approve()
                self.assertEqual(ticket.social_state, "approved")
                self.assertFalse(ticket.has_chain)
                for step in (
                    ticket.action_agree,
                    lambda ticket=ticket: ticket.send_to_agreement("Да."),
                ):
                    with self.assertRaisesRegex(UserError, "asks nobody after"):
                        step()
        self.env.company.social_regulation_id = self.account.regulation_id
        Ticket = self.env["helpdesk.ticket"]
        others = self.env["helpdesk.social.account"].search([]) - self.account
        others.sudo().regulation_id = self.account.regulation_id
        self.assertNotIn("agreement", Ticket._group_expand_social_state([], []))
        self.account.regulation_id = self.act
        self.assertIn("agreement", Ticket._group_expand_social_state([], []))

    def test_no_review_clock_is_disturbed(self):
        """An act of one's own with a review clock and the chain."""
        act = self.act.copy({"code": "own"})
        review = self.env.ref(f"{MODULE}.norm_perm_review")
        review.copy({"regulation_id": act.id, "code": "own.review"})
        self.account.regulation_id = act
        with freeze_time(f"{DAY} 06:00:00"):
            ticket = self.assigned(at=f"{DAY} 06:00")
            share = self.drafted(ticket)
        with freeze_time(f"{DAY} 06:10:00"):
            share.with_user(self.curator).action_approve()
            ticket.send_to_agreement(ticket._merged_text())
        clocks = self.clock(ticket, "own.review")
        self.assertEqual(clocks, [(f"{DAY} 06:30:00", "met")])
        done = ticket.deadline_ids.filtered(lambda d: d.norm_code == "own.review").done
        with freeze_time(f"{DAY} 06:50:00"):
            self.asked(ticket, self.director).action_approve()
        self.assertEqual(self.clock(ticket, "own.review"), clocks)
        rows = ticket.deadline_ids.filtered(lambda d: d.norm_code == "own.review")
        self.assertEqual(rows.done, done)
        self.check(ticket)

    def test_nobody_appointed(self):
        self.env["helpdesk.social.appointment"].search(
            [("role", "=", "managing_director")]
        ).date_to = "2024-02-01"
        ticket = self.approved()
        with self.assertRaisesRegex(UserError, "Nobody is appointed"):
            ticket.send_to_agreement("Да.")
        # An appointment gives no rights by itself.
        self.appoint(self.roads, "managing_director")
        with self.assertRaisesRegex(UserError, "Nobody is appointed"):
            ticket.send_to_agreement("Да.")

    def test_text_is_checked_before_it_goes_up(self):
        ticket = self.approved()
        with self.assertRaisesRegex(UserError, "no text"):
            ticket.send_to_agreement("  ")
        limit = ticket._social_text_limit()
        with self.assertRaisesRegex(UserError, "characters"):
            ticket.send_to_agreement("я" * (limit + 1))

    def test_new_person_in_the_role(self):
        ticket = self.sent_up()
        row = self.asked(ticket, self.director)
        self.env["helpdesk.social.appointment"].search(
            [("role", "=", "managing_director")]
        ).date_to = "2024-02-01"
        other = self._user("s_director_2", "group_approver")
        self.appoint(other, "managing_director")
        with self.assertRaises(AccessError):
            row.action_approve()
        self.assertFalse(self.asked(ticket, other))
        self.waiting(ticket).action_remind()
        self.assertEqual(ticket.sudo().approval_ids.activity_ids.user_id, other)
        self.asked(ticket, other).action_approve()
        self.assertEqual(ticket.agreement_next, "send")

    def test_excluded_and_restored(self):
        ticket = self.sent_up()
        row = self.asked(ticket, self.director)
        self.assertEqual(ticket.sudo().approval_ids.activity_ids.user_id, self.director)
        ticket.exclude(self.env.ref(f"{MODULE}.exclusion_obscene"))
        self.assertFalse(ticket.sudo().approval_ids.activity_ids)
        self.assertFalse(ticket.with_user(self.director).has_access("read"))
        with self.assertRaises(UserError):
            row.action_approve()
        ticket.action_restore()
        self.assertEqual(ticket.agreement_next, "wait")
        self.assertEqual(ticket.sudo().approval_ids.activity_ids.user_id, self.director)
        row.action_approve()
        self.check(ticket)

    def test_director_is_told_and_follows_nothing(self):
        ticket = self.sent_up()
        activity = ticket.sudo().approval_ids.activity_ids
        self.assertEqual(activity.user_id, self.director)
        partner = self.director.partner_id
        followers = ticket.sudo().message_partner_ids
        followers |= ticket.sudo().approval_ids.message_partner_ids
        self.assertNotIn(partner, followers)
        row = self.asked(ticket, self.director)
        view = row.action_open_ticket()["views"][0][0]
        self.assertEqual(view, self.env.ref(f"{MODULE}.view_ticket_social_form").id)
        row.action_approve()
        self.assertFalse(ticket.sudo().approval_ids.activity_ids)

    def test_order_of_the_chain(self):
        act = self.act.copy({"code": "own"})
        with self.assertRaisesRegex(ValidationError, "goes upwards"):
            act.approval_step_ids.filtered(
                lambda step: step.role == "superior_curator"
            ).sequence = 1
        with self.assertRaisesRegex(ValidationError, "goes upwards"):
            act.approval_step_ids = [
                (0, 0, {"role": "curator", "clause": "1", "sequence": 90})
            ]

    def test_letter(self):
        ticket = self.at_superior()
        wizard = self.env["helpdesk.social.superior.send"].with_user(self.curator)
        row = self.waiting(ticket)
        wizard = wizard.with_context(default_approval_id=row.id).create({})
        self.assertEqual(wizard.address, "curator@region.example")
        for part in (ticket.number, ticket.original_text, row.text):
            self.assertIn(part, wizard.body)
        wizard.action_confirm()
        mail = row.sudo().mail_id
        self.assertEqual(mail.email_to, "curator@region.example")
        mail.write({"state": "exception", "failure_reason": "No such mailbox"})
        row.invalidate_recordset(["mail_problem"])
        self.assertEqual(row.mail_problem, "No such mailbox")

    def test_answer_with_a_file(self):
        ticket = self.at_superior()
        row = self.waiting(ticket)
        row.mark_sent("СЭД")
        Attachment = self.env["ir.attachment"].with_user(self.curator)
        file = Attachment.create({"name": "letter.pdf", "raw": b"%PDF-"})
        wizard = self.env["helpdesk.social.superior.answer"].with_user(self.curator)
        wizard.create(
            {"approval_id": row.id, "evidence_file_ids": [(6, 0, file.ids)]}
        ).action_confirm()
        self.assertEqual(row.evidence_file_ids, file)
        self.assertEqual((file.res_model, file.res_id), (row._name, row.id))
        self.assertEqual(ticket.social_state, "approved")

    def test_answer_steals_no_file(self):
        ticket = self.at_superior()
        row = self.waiting(ticket)
        row.mark_sent("СЭД")
        Attachment = self.env["ir.attachment"].with_user(self.roads)
        file = Attachment.create({"name": "own.pdf", "raw": b"%PDF-"})
        with self.assertRaises(AccessError):
            row.record_answer(
                True,
                fields.Datetime.now(),
                evidence_file_ids=file.with_user(self.curator),
            )

    def test_received_on_the_page(self):
        """The page's own messages pass the chain, too; their acts set fewer terms."""
        ticket = self.receive(comment())
        self.assertEqual(ticket.regulation_id, self.act)
        self.assertTrue(ticket.has_chain)

    def test_superior_here_no_more(self):
        """Nobody here holds the role any more: the letter goes outside."""
        appointment = self.appoint(self.superior, "superior_curator")
        ticket = self.at_superior()
        row = self.waiting(ticket)
        self.assertFalse(row.outside)
        appointment.date_to = "2024-02-01"
        row.action_remind()
        self.assertEqual(ticket.agreement_next, "send")
        self.assertFalse(self.asked(ticket, self.superior))
        row.mark_sent("СЭД")
        row.record_answer(True, fields.Datetime.now(), evidence="1")
        self.assertEqual(ticket.social_state, "approved")
        self.check(ticket)
