from odoo import fields, models


class ResCompany(models.Model):
    """What counts as a surge in an administration, and whether its head is told."""

    _inherit = "res.company"

    social_surge_hours = fields.Integer(
        "Hours looked at", default=6, help="0: surges are not looked for."
    )
    social_surge_least = fields.Integer("Messages at least", default=5)
    social_surge_factor = fields.Float("Times the usual at least", default=2.0)

    _social_surge_sane = models.Constraint(
        "CHECK(social_surge_hours BETWEEN 0 AND 72 AND social_surge_least >= 2"
        " AND social_surge_factor >= 1)",
        "A surge is looked for within up to 72 hours; it has at least two messages, "
        "and no fewer than usual.",
    )

    def _social_acts_in_force(self, now):
        """Versions of regulations that messages of this administration come under."""
        self.ensure_one()
        # sudo: an administration's pages are no concern of who asks.
        pages = self.env["helpdesk.social.account"].sudo()
        pages = pages.search([("company_id", "=", self.id)])
        acts = self.sudo().social_regulation_id | pages.regulation_id
        found = acts.browse().union(*(act._in_force(now) for act in acts))
        return found.sorted("id")
