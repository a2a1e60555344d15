from odoo import fields, models


class HelpdeskSocialTerm(models.TransientModel):
    """Set a deadline by hand."""

    _name = "helpdesk.social.term"
    _description = "Change a term"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True)
    deadline_id = fields.Many2one(
        "helpdesk.social.deadline",
        domain="[('ticket_id', '=', ticket_id), ('state', '=', 'running'), "
        "('stage', '!=', 'promise')]",
        help="Empty: a term of the curator's own, where the act sets none.",
    )
    due = fields.Datetime("New deadline", required=True)
    reason = fields.Text(required=True)

    def action_confirm(self):
        self.ticket_id.change_term(self.due, self.reason, self.deadline_id)
        return {"type": "ir.actions.act_window_close"}
