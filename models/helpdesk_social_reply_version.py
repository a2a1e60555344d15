from odoo import api, fields, models

from ..language.difference import difference


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
    signed_by_id = fields.Many2one("res.users")
    signed_at = fields.Datetime()
    decision = fields.Selection(
        [
            ("approved", "Approved"),
            ("rework", "Sent back for rework"),
            ("returned", "Returned without signature"),
            ("corrected", "Corrected after publication"),
        ]
    )
    decided_by_id = fields.Many2one("res.users")
    decided_at = fields.Datetime()
    reason_ids = fields.Many2many("helpdesk.social.rework.reason", string="Reasons")
    remarks = fields.Text()
    checks = fields.Json(
        help="What the checks remarked when this text was submitted: code and params "
        "of each remark, with its severity and clause at that time.",
    )
    difference = fields.Json(
        compute="_compute_difference",
        help="How the text differs from the version before: (same|gone|new, text).",
    )

    @api.depends("body", "reply_id.version_ids.body")
    def _compute_difference(self):
        for version in self:
            earlier = version.reply_id.version_ids.filtered(
                lambda other, version=version: other.id < version.id
            )
            before = earlier.sorted("id")[-1:]
            version.difference = (
                difference(before.body, version.body) if before else False
            )
