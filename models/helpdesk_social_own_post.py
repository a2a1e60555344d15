from odoo import fields, models


class HelpdeskSocialOwnPost(models.Model):
    """A post of our own on one of our pages: that there was one, and when.

    Some acts ask for so many a week.  Nothing is kept of what it said.
    """

    _name = "helpdesk.social.own.post"
    _description = "Post on an own page"
    _inherit = ["helpdesk.social.procedural"]
    _order = "posted_at desc, id desc"
    _rec_name = "external_id"

    account_id = fields.Many2one(
        "helpdesk.social.account",
        "Page",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="account_id.company_id", store=True)
    network = fields.Selection(related="account_id.network")
    external_id = fields.Char("Id on the network", required=True, readonly=True)
    posted_at = fields.Datetime("Posted", required=True, readonly=True)
    link = fields.Char(readonly=True)
    is_deleted = fields.Boolean(
        "Deleted", readonly=True, help="Deleted posts do not count."
    )

    _post_uniq = models.UniqueIndex(
        "(account_id, external_id)", "A post is counted once."
    )
    _posted_idx = models.Index("(account_id, posted_at)")
