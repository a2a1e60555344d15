from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    social_waiting_days = fields.Integer(
        "Days to wait for an author's answer",
        required=True,
        default=7,
        help="After so many days without an answer to a question it is proposed to "
        "close the message. The regulation may say otherwise.",
    )

    _social_waiting_days_positive = models.Constraint(
        "CHECK(social_waiting_days > 0)",
        "At least one day is waited for an author's answer.",
    )
