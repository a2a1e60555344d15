from odoo import fields, models


class HelpdeskSocialAccountSecret(models.Model):
    """Keys of an official page.

    No access right is given on this model to anybody, administrators included: the
    page's own methods read it as superuser, for the network's client alone.
    """

    _name = "helpdesk.social.account.secret"
    _description = "Secret of an official page"
    _rec_name = "name"

    account_id = fields.Many2one(
        "helpdesk.social.account", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="account_id.company_id", store=True)
    name = fields.Char(required=True)
    value = fields.Char(required=True)

    _account_name_uniq = models.UniqueIndex(
        "(account_id, name)", "A page has one secret of each name."
    )
