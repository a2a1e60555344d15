from odoo import fields, models


class HelpdeskSocialRefuse(models.TransientModel):
    """Refuse to agree a reply, with remarks."""

    _name = "helpdesk.social.refuse"
    _description = "Refuse a reply"

    approval_id = fields.Many2one("helpdesk.social.approval", required=True)
    text = fields.Text(related="approval_id.text", related_sudo=False)
    remarks = fields.Text(required=True)

    def action_confirm(self):
        self.ensure_one()
        self.approval_id.refuse(self.remarks)
        return {"type": "ir.actions.act_window_close"}
