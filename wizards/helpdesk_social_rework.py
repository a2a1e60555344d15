from odoo import fields, models


class HelpdeskSocialRework(models.TransientModel):
    """Send a draft back with the reasons of the act."""

    _name = "helpdesk.social.rework"
    _description = "Send back for rework"

    assignment_id = fields.Many2one("helpdesk.social.assignment", required=True)
    regulation_id = fields.Many2one(
        related="assignment_id.ticket_id.regulation_id", related_sudo=False
    )
    reason_ids = fields.Many2many("helpdesk.social.rework.reason", string="Reasons")
    remarks = fields.Text()

    def action_confirm(self):
        self.assignment_id.request_rework(self.reason_ids, self.remarks)
        return {"type": "ir.actions.act_window_close"}
