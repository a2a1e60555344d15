from odoo import api, fields, models


class HelpdeskSocialDelegate(models.TransientModel):
    """Hand an assignment to another member of the unit."""

    _name = "helpdesk.social.delegate"
    _description = "Delegate an assignment"

    assignment_id = fields.Many2one("helpdesk.social.assignment", required=True)
    member_ids = fields.Many2many("res.users", compute="_compute_member_ids")
    user_id = fields.Many2one("res.users", "To whom", required=True)

    @api.depends("assignment_id")
    def _compute_member_ids(self):
        for wizard in self:
            assignment = wizard.assignment_id
            members = assignment._may_be_delegated_to() if assignment else False
            wizard.member_ids = members

    def action_confirm(self):
        self.assignment_id.delegate(self.user_id)
        return {"type": "ir.actions.act_window_close"}
