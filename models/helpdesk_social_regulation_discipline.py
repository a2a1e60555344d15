from odoo import fields, models


class HelpdeskSocialRegulation(models.Model):
    """What an act says of flaws in the work and of reviewing own pages."""

    _inherit = "helpdesk.social.regulation"

    records_flaws = fields.Boolean(
        "Flaws are recorded",
        help="Late steps, drafts sent back twice, broken promises and formal replies "
        "are recorded by themselves and reported to the deputy head.",
    )
    flaws_clause = fields.Char("Clause on flaws")
    page_review = fields.Selection(
        [("daily", "Every day"), ("working", "Every working day")],
        "Own pages are looked through",
    )
    page_review_clause = fields.Char("Clause on looking through pages")
