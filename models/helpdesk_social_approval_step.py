from odoo import fields, models

ROLES = [
    ("signatory", "Signatory of the unit"),
    ("curator", "Curator"),
    ("managing_director", "Managing director"),
    ("superior_curator", "Superior curator"),
]


class HelpdeskSocialApprovalStep(models.Model):
    """One step of the chain that a reply must pass, in the order of the act."""

    _name = "helpdesk.social.approval.step"
    _description = "Step of the approval chain"
    _inherit = "helpdesk.social.act.part"
    _order = "regulation_id, sequence, id"

    role = fields.Selection(ROLES, required=True)
