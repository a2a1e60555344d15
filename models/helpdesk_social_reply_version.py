from odoo import fields, models


class HelpdeskSocialReplyVersion(models.Model):
    """A draft as it was submitted, and what the curator decided about it."""

    _name = "helpdesk.social.reply.version"
    _description = "Version of a reply"
    _inherit = ["helpdesk.social.procedural"]
    _order = "submitted_at desc, id desc"

    reply_id = fields.Many2one(
        "helpdesk.social.reply", required=True, index=True, ondelete="cascade"
    )
    ticket_id = fields.Many2one(
        related="reply_id.ticket_id", store=True, index=True, bypass_search_access=True
    )
    company_id = fields.Many2one(related="reply_id.company_id", store=True)
    body = fields.Text(required=True)
    kind = fields.Char()
    submitted_by_id = fields.Many2one("res.users", required=True)
    submitted_at = fields.Datetime(required=True)
    decision = fields.Selection(
        [("approved", "Approved"), ("rework", "Sent back for rework")]
    )
    decided_by_id = fields.Many2one("res.users")
    decided_at = fields.Datetime()
    reason_ids = fields.Many2many("helpdesk.social.rework.reason", string="Reasons")
    remarks = fields.Text()
