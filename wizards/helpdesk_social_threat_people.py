from odoo import fields, models
from odoo.exceptions import AccessError

from ..models.res_users import GROUP_ADMIN


class HelpdeskSocialThreatPeople(models.TransientModel):
    """Name who is told of threats at once."""

    _name = "helpdesk.social.threat.people"
    _description = "Who is told of threats"

    company_id = fields.Many2one(
        "res.company",
        "Administration",
        required=True,
        default=lambda self: self.env.company,
    )
    user_ids = fields.Many2many(
        "res.users",
        "helpdesk_social_threat_people_user_rel",
        string="Told of threats",
        default=lambda self: self.env.company.social_threat_user_ids,
    )

    def action_save(self):
        self.ensure_one()
        if not self.env.user.has_group(GROUP_ADMIN):
            raise AccessError(self.env._("Only a social administrator names them."))
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._("This is not one of the administrations you work for.")
            )
        # sudo: a social administrator keeps this one setting of the administration.
        self.company_id.sudo().social_threat_user_ids = self.user_ids
        return {"type": "ir.actions.act_window_close"}
