from odoo import api, fields, models
from odoo.exceptions import UserError


class HelpdeskSocialJoin(models.TransientModel):
    """Answer several messages on one problem together."""

    _name = "helpdesk.social.join"
    _description = "Answer messages together"

    ticket_ids = fields.Many2many("helpdesk.ticket", string="Messages", required=True)
    lead_id = fields.Many2one(
        "helpdesk.ticket",
        "Leads",
        help="The executors work on this message; its reply is published to each.",
    )
    company_id = fields.Many2one("res.company")
    lead_text = fields.Text(related="lead_id.original_text", related_sudo=False)
    lead_state = fields.Selection(related="lead_id.social_state", related_sudo=False)

    @api.model
    def default_get(self, fields_list):
        defaults = super().default_get(fields_list)
        tickets = self.env["helpdesk.ticket"].browse(
            self.env.context.get("default_ticket_ids", [])
        )
        if tickets:
            defaults["company_id"] = tickets[:1].company_id.id
            lead = tickets._likely_lead() if len(tickets) > 1 else tickets.browse()
            lead = lead or tickets.proposed_repeat_ids[:1].earlier_id
            defaults["lead_id"] = lead.id
        return defaults

    def action_confirm(self):
        self.ensure_one()
        if not self.lead_id:
            raise UserError(self.env._("Choose the message that leads."))
        joining = self.ticket_ids - self.lead_id
        if not joining:
            raise UserError(
                self.env._("Choose another message: one alone has nothing to join.")
            )
        joining.join(self.lead_id)
        return {"type": "ir.actions.act_window_close"}
