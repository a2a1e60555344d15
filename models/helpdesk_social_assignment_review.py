from odoo import fields, models
from odoo.exceptions import UserError


class HelpdeskSocialAssignment(models.Model):
    """The curator's steps on an executor's share: review and rework."""

    _inherit = "helpdesk.social.assignment"

    has_chain = fields.Boolean(related="ticket_id.has_chain", related_sudo=False)

    def action_approve(self):
        """Approve the draft: «Согласовать»."""
        self._check_curator()
        self._require(["submitted"], self.env._("Approving"))
        now = fields.Datetime.now()
        for assignment in self:
            # sudo: drafts are written by executors, decisions by the procedure.
            reply = assignment.reply_id.sudo()
            reply.write({"state": "approved", "approved_by_id": self.env.uid})
            reply._last_version().write(
                {
                    "decision": "approved",
                    "decided_by_id": self.env.uid,
                    "decided_at": now,
                }
            )
            assignment._step("approved", state="approved", at=now)
        return True

    def action_approve_publish(self):
        """Approve and publish in one go, where this was the last draft awaited."""
        self.ensure_one()
        self.action_approve()
        ticket = self.ticket_id
        if ticket.social_state == "agreement":
            return ticket.action_agree()
        if ticket.social_state != "approved":
            return True
        return ticket.action_publish()

    def action_rework(self):
        """Ask for the reasons of a rework in a small wizard."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_rework"
        )
        action["context"] = {"default_assignment_id": self.id}
        return action

    def request_rework(self, reasons, remarks):
        """Send the draft back with reasons of the act and remarks."""
        self._check_curator()
        self._require(["submitted", "approved"], self.env._("Sending for rework"))
        if not reasons and not (remarks or "").strip():
            raise UserError(
                self.env._("Name a reason or write what has to be changed.")
            )
        self._send_back(reasons, remarks)
        return True

    def _send_back(self, reasons, remarks, **vals):
        """Return the drafts to their executors; who may was checked by the step.

        ``vals`` are further fields of the event.
        """
        now = fields.Datetime.now()
        for assignment in self:
            assignment.ticket_id._check_not_publishing()
            assignment.ticket_id._withdraw_failed()
            reply = assignment.reply_id.sudo()
            reply.state = "rework"
            reply._last_version().write(
                {
                    "decision": "rework",
                    "decided_by_id": self.env.uid,
                    "decided_at": now,
                    "reason_ids": [(6, 0, reasons.ids)],
                    "remarks": remarks,
                }
            )
            words = [*reasons.mapped("name"), remarks or ""]
            assignment._step(
                "rework_requested",
                state="rework",
                at=now,
                note="; ".join(word for word in words if word),
                **vals,
            )

    # -- following ---------------------------------------------------------------

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Let only people who see the message follow an assignment."""
        for assignment in self:
            readers = assignment.ticket_id._social_readers(partner_ids or [])
            super(HelpdeskSocialAssignment, assignment).message_subscribe(
                partner_ids=readers.ids, subtype_ids=subtype_ids
            )
        return True

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Notify nobody who has lost sight of the message since following it."""
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        if not self:
            return recipients
        # sudo: whoever writes need not see what the others may read.
        return self.sudo().ticket_id._social_only_readers(recipients)
