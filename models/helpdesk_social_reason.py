from odoo import fields, models


class HelpdeskSocialReasonMixin(models.AbstractModel):
    """What the reference books of reasons have in common."""

    _name = "helpdesk.social.reason.mixin"
    _description = "Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    clause = fields.Char(help="The clause of the act that this reason comes from.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", string="Administration")
    regulation_id = fields.Many2one(
        "helpdesk.social.regulation",
        ondelete="cascade",
        help="Leave empty for a reason that every regulation knows.",
    )


class HelpdeskSocialReworkReason(models.Model):
    """Why a draft goes back to its executor."""

    _name = "helpdesk.social.rework.reason"
    _inherit = "helpdesk.social.reason.mixin"
    _description = "Rework reason"


class HelpdeskSocialExclusionReason(models.Model):
    """Why a message is not subject to a reply."""

    _name = "helpdesk.social.exclusion.reason"
    _inherit = "helpdesk.social.reason.mixin"
    _description = "Exclusion reason"


class HelpdeskSocialNoReactionReason(models.Model):
    """Why a message needs no reaction."""

    _name = "helpdesk.social.no.reaction.reason"
    _inherit = "helpdesk.social.reason.mixin"
    _description = "Reason for no reaction"
