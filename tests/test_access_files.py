from odoo import Command, fields
from odoo.tests import tagged

from .agreement import AgreementCommon
from .procedure import APPROVAL, ProcedureCase
from .rpc import RpcCase


@tagged("post_install", "-at_install")
class TestFiles(ProcedureCase):
    """What was submitted, agreed or kept as evidence stays as it was."""

    def attached(self, ticket):
        """A photo of the executor's own on the draft of ``ticket``."""
        share = self.share(ticket)
        photo = (
            self.env["ir.attachment"]
            .with_user(self.roads)
            .create(
                {
                    "name": "pit.png",
                    "raw": b"first",
                    "res_model": share._name,
                    "res_id": share.id,
                }
            )
        )
        share.with_user(self.roads).draft_attachment_ids = [Command.link(photo.id)]
        return share, photo

    def test_photo_is_not_swapped_after_the_approval(self):
        share, photo = self.attached(self.feed)
        caller = self.as_user(self.roads)
        caller.call("ir.attachment", "write", photo.ids, {"name": "Better.png"})
        share.with_user(self.roads).action_submit()
        share.with_user(self.curator).action_approve()
        for vals in ({"datas": "c2Vjb25k"}, {"res_id": 0}, {"name": "x"}):
            got = caller.outcome("ir.attachment", "write", photo.ids, vals)
            self.assertNotEqual(got, "ok", vals)
        got = caller.outcome("ir.attachment", "unlink", photo.ids)
        self.assertNotEqual(got, "ok")
        self.assertEqual(photo.sudo().raw, b"first")
        # Sent back, it is the executor's again.
        share.with_user(self.curator).request_rework(
            self.env["helpdesk.social.rework.reason"], "Another photo"
        )
        caller.call("ir.attachment", "write", photo.ids, {"name": "Again.png"})


@tagged("post_install", "-at_install")
class TestAgreementTricks(AgreementCommon, RpcCase):
    """The letter to a superior curator, and who is asked."""

    def test_letter_changes_no_other_message(self):
        """Defaults of the client do not tie the mail to somebody else's message."""
        other = self.env["mail.message"].create(
            {"subject": "Kept", "body": "x", "model": False}
        )
        ticket = self.at_superior()
        row = self.waiting(ticket)
        caller = self.as_user(self.curator)
        caller.call(
            APPROVAL,
            "send_by_email",
            row.ids,
            "curator@region.example",
            "Forged",
            "Text",
            context={"default_mail_message_id": other.id},
        )
        self.assertEqual(other.subject, "Kept")
        self.assertNotEqual(row.sudo().mail_id.mail_message_id, other)

    def test_evidence_is_the_curators_own(self):
        """Somebody else's file is not shut in as evidence, and evidence stays."""
        ticket = self.at_superior()
        row = self.waiting(ticket)
        row.mark_sent("By hand")
        foreign = self.env["ir.attachment"].create(
            {"name": "logo.png", "raw": b"x", "public": True}
        )
        Own = self.env["ir.attachment"].with_user(self.curator)
        own = Own.create({"name": "letter.pdf", "raw": b"letter"})
        caller = self.as_user(self.curator)
        model = "helpdesk.social.superior.answer"
        at = fields.Datetime.to_string(fields.Datetime.now())
        vals = {"approval_id": row.id, "answered_at": at}
        for file, expected in ((foreign, "AccessError"), (own, "ok")):
            files = {"evidence_file_ids": [(6, 0, file.ids)]}
            [wizard] = caller.call(model, "create", [{**vals, **files}])
            got = caller.outcome(model, "action_confirm", [wizard])
            self.assertEqual(got, expected)
        self.assertFalse(foreign.res_model)
        for method, args in (("write", ({"datas": "eA=="},)), ("unlink", ())):
            got = caller.outcome("ir.attachment", method, own.ids, *args)
            self.assertNotEqual(got, "ok", method)

    def test_asked_no_more(self):
        """Who is asked no more keeps nothing of the message."""
        ticket = self.sent_up()
        partner = self.director.partner_id
        ticket.sudo().message_subscribe(partner.ids)
        note = ticket.message_post(
            body="Secret",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=partner.ids,
        )
        ticket.sudo().activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.director.id, summary="Secret"
        )
        caller = self.as_user(self.director)
        self.assertTrue(caller.found("mail.message", [("id", "=", note.id)]))
        share = ticket.assignment_ids
        share.request_rework(self.env["helpdesk.social.rework.reason"], "No")
        self.assertFalse(caller.found("helpdesk.ticket", [("id", "=", ticket.id)]))
        self.assertFalse(caller.found("mail.message", [("id", "=", note.id)]))
        domain = [("user_id", "=", self.director.id)]
        self.assertFalse(caller.found("mail.activity", domain))
        self.assertNotIn(partner, ticket.sudo().message_partner_ids)

    def test_two_who_are_asked(self):
        """The second of two finds nothing left to decide."""
        second = self._user("s_director_2", "group_approver")
        self.appoint(second, "managing_director")
        ticket = self.sent_up()
        row = self.waiting(ticket)
        first = self.as_user(self.director)
        self.assertEqual(first.outcome(APPROVAL, "action_approve", row.ids), "ok")
        late = self.as_user(second)
        for method, args in (("action_approve", []), ("refuse", ["No"])):
            got = late.outcome(APPROVAL, method, row.ids, *args)
            self.assertEqual(got, "UserError")
