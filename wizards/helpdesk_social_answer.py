from odoo import fields, models


class HelpdeskSocialAnswer(models.TransientModel):
    """Record an answer of the author that no page of ours brought."""

    _name = "helpdesk.social.answer"
    _description = "Answer received"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True)
    text = fields.Text("What the author answered", required=True)
    answered_at = fields.Datetime(
        "Answered", required=True, default=fields.Datetime.now
    )

    def action_confirm(self):
        self.ticket_id.record_answer(self.text, at=self.answered_at)
        return {"type": "ir.actions.act_window_close"}
