from odoo import api, fields, models


class HelpdeskSocialAgree(models.TransientModel):
    """Compose the whole reply and send it up the approval chain."""

    _name = "helpdesk.social.agree"
    _description = "Send a reply for agreement"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True)
    # Not as superuser: whoever opens the wizard names the ticket.
    original_text = fields.Text(related="ticket_id.original_text", related_sudo=False)
    text = fields.Text("Reply", required=True)
    # A field of that name, no length of a field.
    length = fields.Integer(compute="_compute_length")  # pylint: disable=attribute-deprecated
    max_length = fields.Integer(compute="_compute_length")
    chain = fields.Char("Who agrees", compute="_compute_chain")
    anew = fields.Boolean(compute="_compute_chain")

    @api.model
    def default_get(self, fields_list):
        defaults = super().default_get(fields_list)
        ticket = self.env["helpdesk.ticket"].browse(defaults.get("ticket_id"))
        if ticket and not defaults.get("text"):
            ticket.check_access("read")
            defaults["text"] = ticket._merged_text()
        return defaults

    @api.depends("ticket_id")
    @api.depends_context("lang")
    def _compute_chain(self):
        field = self.env["helpdesk.social.approval.step"]._fields["role"]
        labels = dict(field._description_selection(self.env))
        for wizard in self:
            ticket = wizard.ticket_id
            steps = ticket._chain() if ticket else ()
            wizard.chain = " → ".join(labels[step.role] for step in steps)
            wizard.anew = bool(ticket and ticket._agreed_text())

    @api.depends("text", "ticket_id")
    def _compute_length(self):
        for wizard in self:
            wizard.length = len(wizard.text or "")
            wizard.max_length = wizard.ticket_id._social_text_limit()

    def action_confirm(self):
        self.ensure_one()
        self.ticket_id.send_to_agreement(self.text)
        return {"type": "ir.actions.act_window_close"}
