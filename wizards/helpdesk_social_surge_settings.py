from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..models.res_users import GROUP_ADMIN

#: Settings of the administration that this window shows.
NAMES = ("social_surge_hours", "social_surge_least", "social_surge_factor")


class HelpdeskSocialSurgeSettings(models.TransientModel):
    """Say what counts as a surge."""

    _name = "helpdesk.social.surge.settings"
    _description = "What counts as a surge"

    company_id = fields.Many2one(
        "res.company",
        "Administration",
        required=True,
        default=lambda self: self.env.company,
    )
    social_surge_hours = fields.Integer(
        "Hours looked at", help="0: surges are not looked for."
    )
    social_surge_least = fields.Integer("Messages at least")
    social_surge_factor = fields.Float("Times the usual at least")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        # sudo: three numbers, for whoever is to see this window.
        company = self.env.company.sudo()
        return {**{name: company[name] for name in NAMES if name in fields}, **values}

    def action_save(self):
        self.ensure_one()
        if not self.env.user.has_group(GROUP_ADMIN):
            raise AccessError(self.env._("Only a social administrator sets this."))
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._("This is not one of the administrations you work for.")
            )
        # sudo: a social administrator keeps these settings of the administration.
        self.company_id.sudo().write({name: self[name] for name in NAMES})
        return {"type": "ir.actions.act_window_close"}
