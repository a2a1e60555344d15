from odoo import api, fields, models


class HelpdeskSocialDecline(models.TransientModel):
    """Give an assignment back to the curator."""

    _name = "helpdesk.social.decline"
    _description = "Decline an assignment"

    assignment_id = fields.Many2one("helpdesk.social.assignment", required=True)
    company_id = fields.Many2one(related="assignment_id.company_id", related_sudo=False)
    unit_id = fields.Many2one(related="assignment_id.unit_id", related_sudo=False)
    proposed_unit_id = fields.Many2one("helpdesk.ticket.team", "Whose it is")
    reason = fields.Text("Why it is not yours")
    suggested = fields.Char(compute="_compute_suggested")

    @api.depends("proposed_unit_id")
    def _compute_suggested(self):
        """What the curator reads where nothing is written."""
        for wizard in self:
            wizard.suggested = wizard.assignment_id._proposal_words(
                wizard.proposed_unit_id
            )

    def action_confirm(self):
        """Decline, and leave the message that is no longer one's own."""
        self.assignment_id.decline(self.reason, self.proposed_unit_id)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_assignment_mine"
        )
        action["target"] = "main"
        return action
