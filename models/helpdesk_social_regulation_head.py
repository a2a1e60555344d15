from odoo import fields, models


class HelpdeskSocialRegulation(models.Model):
    """What an act says of telling the head at once, and of the own pages' posts."""

    _inherit = "helpdesk.social.regulation"

    reports_significant = fields.Boolean(
        "The head is told at once",
        help="Of messages that a curator has marked as socially significant, and of "
        "surges. Otherwise they are marked and listed, and nobody is told by itself.",
    )
    significant_clause = fields.Char("Clause on telling the head")
    posts_per_week = fields.Integer(
        "Posts of each own page a week",
        help="At least so many, from Monday to Sunday; 0 where the act asks nothing.",
    )
    posts_clause = fields.Char("Clause on own posts")

    _posts_per_week = models.Constraint(
        "CHECK(posts_per_week IS NULL OR posts_per_week >= 0)",
        "The number of posts cannot be negative.",
    )
