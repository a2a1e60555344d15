from odoo import fields, models


class HelpdeskSocialMessageVersion(models.Model):
    """An earlier text of a message that its author edited."""

    _name = "helpdesk.social.message.version"
    _description = "Earlier text of a message"
    _inherit = ["helpdesk.social.procedural"]
    _order = "at, id"

    message_id = fields.Many2one(
        "helpdesk.social.message",
        required=True,
        index=True,
        ondelete="cascade",
        bypass_search_access=True,
    )
    company_id = fields.Many2one(related="message_id.company_id", store=True)
    text = fields.Text(required=True)
    at = fields.Datetime("Written")
