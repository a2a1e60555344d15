from odoo import api, fields, models

from ..models.res_users import GROUP_CURATOR


class HelpdeskSocialSource(models.TransientModel):
    """The step in the system that a message came from: the text, and what was done."""

    _name = "helpdesk.social.source"
    _description = "Step in the source system"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True)
    # Not as superuser: whoever opens the wizard names the ticket.
    intake = fields.Selection(related="ticket_id.intake", related_sudo=False)
    number = fields.Char(related="ticket_id.number", related_sudo=False)
    state = fields.Selection(related="ticket_id.social_state", related_sudo=False)
    mode = fields.Selection(related="ticket_id.source_mode", related_sudo=False)
    clause = fields.Char(related="ticket_id.source_clause", related_sudo=False)
    has_chain = fields.Boolean(related="ticket_id.has_chain", related_sudo=False)
    is_curator = fields.Boolean(compute="_compute_is_curator")
    text = fields.Text("Text to enter", required=True)
    at = fields.Datetime("When", required=True, default=fields.Datetime.now)
    reference = fields.Char("Number or link in the source")
    link = fields.Char(
        "Reply on the network", help="If the reply stands there as well."
    )

    @api.model
    def default_get(self, fields_list):
        defaults = super().default_get(fields_list)
        ticket = self.env["helpdesk.ticket"].browse(defaults.get("ticket_id"))
        if ticket:
            ticket.check_access("read")
            defaults.setdefault("text", ticket._source_text())
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        """A text that the form only shows does not come back from it."""
        for vals in vals_list:
            ticket = self.env["helpdesk.ticket"].browse(vals.get("ticket_id"))
            if ticket and "text" not in vals:
                ticket.check_access("read")
                vals["text"] = ticket._source_text()
        return super().create(vals_list)

    @api.depends_context("uid")
    def _compute_is_curator(self):
        """An executor who may place the answer enters the approved text as it is."""
        self.is_curator = self.env.user.has_group(GROUP_CURATOR)

    def action_confirm(self):
        self.ensure_one()
        self.ticket_id.confirm_source(
            self.at, self.reference, link=self.link, text=self.text
        )
        return {"type": "ir.actions.act_window_close"}
