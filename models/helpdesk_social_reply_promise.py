from odoo import fields, models
from odoo.exceptions import UserError


class HelpdeskSocialReply(models.Model):
    """What an interim reply says besides its text: why, and by when the final one."""

    _inherit = "helpdesk.social.reply"

    interim_reason = fields.Text(
        "Reason", help="Why the final reply cannot be given yet."
    )

    def _check_promise(self, at):
        """Refuse an interim reply whose promise has passed at ``at`` (UTC)."""
        for reply in self:
            if reply.kind != "interim" or not reply.promised_date:
                continue
            if reply.ticket_id._promised_instant(reply.promised_date) <= at:
                raise UserError(
                    self.env._(
                        "The promised date has passed: promise the final reply by a "
                        "later one."
                    )
                )
