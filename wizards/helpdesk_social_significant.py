from odoo import fields, models


class HelpdeskSocialSignificant(models.TransientModel):
    """Say why a message is socially significant, or why it no longer is."""

    _name = "helpdesk.social.significant"
    _description = "Socially significant message"

    ticket_id = fields.Many2one("helpdesk.ticket", "Message", required=True)
    step = fields.Selection(
        [("mark", "Mark as significant"), ("unmark", "Take the mark back")],
        required=True,
        default="mark",
    )
    reason = fields.Char(required=True)

    def action_confirm(self):
        if self.step == "mark":
            self.ticket_id.mark_significant(self.reason)
        else:
            self.ticket_id.unmark_significant(self.reason)
        return {"type": "ir.actions.act_window_close"}
