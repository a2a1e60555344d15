from odoo import fields, models


class HelpdeskSocialReport(models.TransientModel):
    """Choose the part on own posts."""

    _inherit = "helpdesk.social.report"

    own_posts = fields.Boolean(
        "Own posts", default=True, help="Shown where the act asks for posts."
    )

    def _parts(self):
        return super()._parts() + ["own_posts"] * self.own_posts
