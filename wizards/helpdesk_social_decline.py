from odoo import fields, models


class HelpdeskSocialDecline(models.TransientModel):
    """Give an assignment back to the curator."""

    _name = "helpdesk.social.decline"
    _description = "Decline an assignment"

    assignment_id = fields.Many2one("helpdesk.social.assignment", required=True)
    reason = fields.Text("Why it is not yours, and whose it is", required=True)

    def action_confirm(self):
        """Decline, and leave the message that is no longer one's own."""
        self.assignment_id.decline(self.reason)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_assignment_mine"
        )
        action["target"] = "main"
        return action
