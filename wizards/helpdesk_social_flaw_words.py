from odoo import fields, models


class HelpdeskSocialFlawWords(models.TransientModel):
    """Explain a flaw, or close it with what was done."""

    _name = "helpdesk.social.flaw.words"
    _description = "Words on a flaw"

    flaw_id = fields.Many2one("helpdesk.social.flaw", required=True)
    step = fields.Selection(
        [("explain", "Explanation"), ("close", "Decision")], required=True
    )
    explanation = fields.Text(related="flaw_id.explanation", related_sudo=False)
    text = fields.Text(required=True)

    def action_confirm(self):
        if self.step == "explain":
            self.flaw_id.explain(self.text)
        else:
            self.flaw_id.close(self.text)
        return {"type": "ir.actions.act_window_close"}
