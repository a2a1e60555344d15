from odoo import api, fields, models
from odoo.exceptions import UserError

from ..deadlines import PROMISE


class HelpdeskSocialAssignment(models.Model):
    """What is asked of an interim draft, and by when the final one was promised."""

    _inherit = "helpdesk.social.assignment"

    # Not as superuser, like all that the form shows of the draft.
    draft_interim_reason = fields.Text(
        related="reply_id.interim_reason",
        readonly=False,
        related_sudo=False,
        string="Reason for an interim reply",
    )

    promised_due = fields.Datetime("Final reply promised", compute="_compute_promised")

    @api.depends("ticket_id.deadline_ids.state", "ticket_id.deadline_ids.due")
    def _compute_promised(self):
        """By when an interim reply has promised the final one that is still owed."""
        for assignment in self:
            promises = assignment.ticket_id.deadline_ids.filtered(
                lambda clock: clock.stage == PROMISE and clock.state == "running"
            )
            dues = promises.mapped("due")
            assignment.promised_due = assignment.is_live and min(dues, default=False)

    def _check_draft(self):
        super()._check_draft()
        if self.draft_kind == "clarification":
            raise UserError(
                self.env._("A question to the author goes by «Question to the author».")
            )
        if self.draft_kind != "interim":
            return
        if not (self.draft_interim_reason or "").strip():
            raise UserError(
                self.env._(
                    "An interim reply names the reason why the final one cannot be "
                    "given yet."
                )
            )
        self.reply_id._check_promise(fields.Datetime.now())
