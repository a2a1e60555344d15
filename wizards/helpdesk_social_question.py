from odoo import fields, models


class HelpdeskSocialQuestion(models.TransientModel):
    """An executor's question to the author, which the curator asks."""

    _name = "helpdesk.social.question"
    _description = "Propose a question to the author"

    assignment_id = fields.Many2one("helpdesk.social.assignment", required=True)
    text = fields.Text("Question", required=True)

    def action_confirm(self):
        self.assignment_id.propose_clarification(self.text)
        return {"type": "ir.actions.act_window_close"}
