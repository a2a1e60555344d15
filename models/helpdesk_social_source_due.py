from odoo import models

from ..deadlines import MANUAL


class HelpdeskSocialDeadline(models.Model):
    """A deadline that the source has set says so, not that the curator did."""

    _inherit = "helpdesk.social.deadline"

    def _compute_explanation(self):
        res = super()._compute_explanation()
        curator = self.env._("The act sets no term here; the curator set this one.")
        for row in self.filtered(lambda r: r.norm_code == MANUAL and r.explanation):
            # sudo: whoever may read a clock may read why it is so.
            ways = row.sudo().ticket_id.intake_ids
            way = ways.filtered(lambda w, due=row.due: w.source_due == due)[:1]
            if way:
                source = self.env._("Set by the source: %s", way.display_name)
                row.explanation = row.explanation.replace(curator, source)
        return res
