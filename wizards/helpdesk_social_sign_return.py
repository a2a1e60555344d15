from odoo import fields, models


class HelpdeskSocialSignReturn(models.TransientModel):
    """Give a draft back to its author without a signature."""

    _name = "helpdesk.social.sign.return"
    _description = "Return a draft without signature"

    assignment_id = fields.Many2one("helpdesk.social.assignment", required=True)
    remarks = fields.Text(required=True)

    def action_confirm(self):
        left = self.assignment_id.sign_return(self.remarks)
        return left if left is not True else {"type": "ir.actions.act_window_close"}
