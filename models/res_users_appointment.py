from odoo import fields, models


class ResUsers(models.Model):
    """People whose role here rests on no local act, where the regulation asks one."""

    _inherit = "res.users"

    social_unappointed = fields.Boolean(
        "Without appointment",
        compute="_compute_social_unappointed",
        search="_search_social_unappointed",
        groups="helpdesk_mgmt_social.group_admin",
    )

    def _social_all_unappointed(self):
        companies = self.env.companies.filtered(
            lambda company: company._social_asks_appointments()
        )
        return self.env["res.users"].union(
            *(company._social_unappointed() for company in companies)
        )

    def _compute_social_unappointed(self):
        missing = self._social_all_unappointed()
        for user in self:
            user.social_unappointed = user in missing

    def _search_social_unappointed(self, operator, value):
        if operator != "in":
            return NotImplemented
        missing = fields.Domain("id", "in", self._social_all_unappointed().ids)
        return fields.Domain.OR(
            missing if wanted else ~missing for wanted in set(value)
        )
