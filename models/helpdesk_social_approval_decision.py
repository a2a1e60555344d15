from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import plaintext2html

from .helpdesk_social_approval_step import MAY_BE_OUTSIDE


class HelpdeskSocialApproval(models.Model):
    """The decisions: of a person here, or from outside through the curator."""

    _inherit = "helpdesk.social.approval"

    # -- a person here -----------------------------------------------------------

    def _check_approver(self):
        """Refuse a decision to whoever it is not asked of.

        Raises AccessError for another person and UserError where nothing is asked.
        """
        # sudo: who was quicker may have taken the message out of this person's sight.
        asked = self.sudo()
        for approval in asked:
            principals = self.env.user._social_principals()
            if approval.outside or not principals & approval.approver_ids:
                approval._refuse_person()
        asked._require_waiting()
        for approval in asked:
            # Today's appointments count, not those of the day it was asked.
            approvers = approval.step_id._approvers(approval.ticket_id)
            if self.env.user not in approvers:
                approval._refuse_person()
        self.ticket_id.check_access("read")

    def _refuse_person(self):
        raise AccessError(
            self.env._(
                "Only the person asked may agree this reply: %s.", self._role_label()
            )
        )

    def action_approve(self):
        """Agree the text as it stands: «Согласовать»."""
        self._check_approver()
        for approval in self:
            approval._agreed(fields.Datetime.now())
        return True

    def action_refuse(self):
        """Ask for the remarks of a refusal in a small wizard."""
        self.ensure_one()
        return self._wizard("action_refuse_reply")

    def refuse(self, remarks):
        """Send the reply back for rework, with remarks."""
        self._check_approver()
        if not (remarks or "").strip():
            raise UserError(self.env._("Write what has to be changed."))
        for approval in self:
            approval._refused(fields.Datetime.now(), remarks)
        return True

    # -- somebody outside --------------------------------------------------------

    def action_send_outside(self):
        """Show the prepared letter to the superior curator."""
        self.ensure_one()
        return self._wizard("action_superior_send")

    def action_answer(self):
        """Ask what the superior curator has answered."""
        self.ensure_one()
        return self._wizard("action_superior_answer")

    def action_remind(self):
        """Ask again, and ask whoever holds the role now.

        Where nobody here does any more and the role may be held outside, the curator
        goes on with a letter.
        """
        self.ticket_id._check_curator()
        self._require_waiting()
        # sudo: rows are written by the procedure alone.
        for approval in self.sudo().filtered(lambda row: not row.outside):
            step = approval.step_id
            holders = step._holders(approval.ticket_id)
            if not holders and step.role not in MAY_BE_OUTSIDE:
                approval.ticket_id._refuse_nobody(step)
            approval.approver_ids = holders
            approval._forget_asking()
            if holders:
                approval._notify_approvers()
            else:
                approval.write({"outside": True, "sent_at": False})
        return True

    def _wizard(self, name):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"helpdesk_mgmt_social.{name}"
        )
        action["context"] = {"default_approval_id": self.id}
        return action

    def _check_outside(self):
        """Refuse a curator's step on an agreement that is decided here."""
        self.ticket_id._check_curator()
        self._require_waiting()
        if not all(self.mapped("outside")):
            raise UserError(
                self.env._("A person here decides this step: the answer is theirs.")
            )

    def send_by_email(self, address, subject, body):
        """Send the text to ``address`` for agreement; it leaves after the commit."""
        self.ensure_one()
        self._check_outside()
        address = (address or "").strip()
        if "@" not in address:
            raise UserError(self.env._("Enter the e-mail of the superior curator."))
        if not (body or "").strip():
            raise UserError(self.env._("The letter has no text."))
        # sudo: mails are closed to curators; what this one says was shown to one.
        mail = self.env["mail.mail"].sudo()
        mail = mail.create(
            {
                "subject": subject,
                "body_html": plaintext2html(body),
                "email_to": address,
                "email_from": self.env.user.email_formatted
                or self.company_id.email_formatted,
                "reply_to": self.env.user.email_formatted,
                "attachment_ids": [(6, 0, self._letter_files().ids)],
                "auto_delete": False,
            }
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        self._sent_outside(address, mail)
        return True

    def _letter_files(self):
        """What goes with the letter: the files of the drafts."""
        self.ensure_one()
        return self.ticket_id.sudo()._approved_replies().attachment_ids

    def mark_sent(self, way):
        """The text was sent by other means; ``way`` says how."""
        self.ensure_one()
        self._check_outside()
        if not (way or "").strip():
            raise UserError(self.env._("Say how the reply was sent."))
        self._sent_outside(way.strip(), self.env["mail.mail"])
        return True

    def _sent_outside(self, way, mail):
        now = fields.Datetime.now()
        again = bool(self.sent_at)
        # sudo: rows are written by the procedure alone.
        self.sudo().write({"sent_at": now, "sent_to": way, "mail_id": mail.id})
        if not again:
            self.ticket_id._record_event("sent_to_superior", at=now, note=way)

    def record_answer(self, agreed, at, **evidence):
        """Record what the superior curator has answered, at ``at`` (UTC).

        ``evidence`` may hold ``answered_by``, ``evidence`` (number or link of the
        letter), ``remarks`` and ``evidence_file_ids`` (records); one of the last
        three must be there, and remarks where the reply is refused.
        """
        self.ensure_one()
        self._check_outside()
        files = evidence.pop("evidence_file_ids", None) or self.env["ir.attachment"]
        texts = {name: (text or "").strip() for name, text in evidence.items()}
        remarks = texts.pop("remarks", "")
        if not agreed and not remarks:
            raise UserError(self.env._("Write what has to be changed."))
        if not (remarks or texts.get("evidence") or files):
            raise UserError(
                self.env._(
                    "Name the letter, attach it, or write how the answer was given."
                )
            )
        self._check_answered_at(at, fields.Datetime.now())
        known = {name: texts.get(name) for name in ("answered_by", "evidence")}
        self._check_own_files(files)
        # sudo: rows are written by the procedure alone, and what was uploaded for
        # them belongs to them.
        row = self.sudo()
        row.write({**known, "evidence_file_ids": [(6, 0, files.ids)]})
        uploaded = files.sudo().filtered(lambda file: not file.res_id)
        uploaded.write({"res_model": row._name, "res_id": row.id})
        if agreed:
            self._agreed(at, remarks)
        else:
            self._refused(at, remarks)
        return True

    def _check_own_files(self, files):
        """Refuse files that this user did not bring: what is kept with the answer is
        closed to changes from then on."""
        # sudo: whose they are, not what is in them.
        for file in files.sudo():
            if file.create_uid != self.env.user:
                raise AccessError(
                    self.env._("Attach your own files: «%s» is not yours.", file.name)
                )

    def _check_answered_at(self, at, now):
        """Refuse an answer before it was asked for, in the future, or before a step
        that clocks follow: such a step was judged without it."""
        if not self.sent_at:
            raise UserError(
                self.env._("The reply has not been sent to the superior curator yet.")
            )
        if not at or at > now or at < self.sent_at:
            raise UserError(
                self.env._(
                    "The answer came after the reply was sent and not in the future: "
                    "check the time."
                )
            )
        events = self.ticket_id._effective_events()
        if any(event.at > at for event in events if event.type != "substituted"):
            raise UserError(
                self.env._(
                    "Something was changed after that moment. Name one after the last "
                    "step of the history."
                )
            )

    # -- what follows ------------------------------------------------------------

    def _close(self, state, at, remarks):
        """Write the decision on the row."""
        # sudo: rows are written by the procedure alone.
        self.sudo().write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "on_behalf_id": self._on_behalf(self.env.user).id,
                "decided_at": at,
                "remarks": remarks or False,
            }
        )
        # Before the next step is asked: one decision is awaited at a time.
        self.flush_recordset(["state"])
        self._forget_asking()

    def _agreed(self, at, remarks=None):
        self.ensure_one()
        self._close("approved", at, remarks)
        # sudo: with the decision, the approver may lose sight of the message.
        ticket = self.sudo().ticket_id
        if self.role == "superior_curator":
            ticket._record_event(
                "superior_approved",
                at=at,
                note=remarks or None,
                on_behalf_id=self.on_behalf_id.id,
            )
        else:
            for assignment in ticket.assignment_ids.filtered("is_live"):
                ticket._record_event(
                    "approved",
                    at=at,
                    assignment=assignment,
                    reply=assignment.reply_id,
                    note=self._role_label(),
                    on_behalf_id=self.on_behalf_id.id,
                )
        ticket._ask_next(self.text)

    def _refused(self, at, remarks):
        """The reply goes back to all who drafted it, whoever has refused it."""
        self.ensure_one()
        label = self._role_label()
        self._close("refused", at, remarks)
        # sudo: as above; an approver has no right to drafts.
        ticket = self.sudo().ticket_id
        behalf = self.on_behalf_id.id
        if self.role == "superior_curator":
            ticket._record_event(
                "superior_rejected", at=at, note=remarks, on_behalf_id=behalf
            )
        none = self.env["helpdesk.social.rework.reason"]
        live = ticket.assignment_ids.filtered("is_live")
        live._send_back(none, f"{label}: {remarks}", on_behalf_id=behalf)
