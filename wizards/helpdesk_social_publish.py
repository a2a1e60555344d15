from odoo import api, fields, models


class HelpdeskSocialPublish(models.TransientModel):
    """Publish a reply: by the software, or by hand with the link recorded."""

    _name = "helpdesk.social.publish"
    _description = "Publish a reply"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True)
    # Not as superuser: whoever opens the wizard names the ticket.
    company_id = fields.Many2one(related="ticket_id.company_id", related_sudo=False)
    permalink = fields.Char(related="ticket_id.permalink", related_sudo=False)
    original_text = fields.Text(related="ticket_id.original_text", related_sudo=False)
    mode = fields.Selection(
        [("network", "On the network"), ("hand", "By hand")],
        required=True,
        default="network",
    )
    can_send = fields.Boolean(compute="_compute_can_send")
    account_id = fields.Many2one("helpdesk.social.account", "Page that answers")
    text = fields.Text("Reply", required=True)
    length = fields.Integer(compute="_compute_length")
    max_length = fields.Integer(compute="_compute_length")
    link = fields.Char("Link to the published reply")
    published_at = fields.Datetime("Published", default=fields.Datetime.now)

    @api.model
    def default_get(self, fields_list):
        defaults = super().default_get(fields_list)
        ticket = self.env["helpdesk.ticket"].browse(defaults.get("ticket_id"))
        if ticket:
            account = ticket.social_account_id
            defaults["text"] = ticket._merged_text()
            if ticket._can_be_sent():
                defaults["account_id"] = account.id
            else:
                defaults["mode"] = "hand"
        return defaults

    @api.depends("ticket_id")
    def _compute_can_send(self):
        for wizard in self:
            wizard.can_send = wizard.ticket_id._can_be_sent()

    @api.depends("text", "ticket_id", "account_id")
    def _compute_length(self):
        for wizard in self:
            wizard.length = len(wizard.text or "")
            wizard.max_length = wizard.ticket_id._social_text_limit(
                wizard.account_id.network
            )

    def action_confirm(self):
        self.ensure_one()
        ticket = self.ticket_id
        if self.mode == "network":
            ticket.publish(self.text, self.account_id)
        else:
            ticket.publish_by_hand(self.text, self.link, at=self.published_at)
        return {"type": "ir.actions.act_window_close"}
