from odoo import fields, models

from .res_users import GROUP_CURATOR, GROUP_EXECUTOR


class ResCompany(models.Model):
    """Appointments of an administration, and who has none."""

    _inherit = "res.company"

    social_appointment_ids = fields.One2many(
        "helpdesk.social.appointment", "company_id", "Appointments"
    )

    def _social_asks_appointments(self):
        """Whether a regulation in use here asks that roles rest on local acts."""
        self.ensure_one()
        # sudo: an administration's pages are no concern of who asks.
        pages = self.env["helpdesk.social.account"].sudo()
        pages = pages.search([("company_id", "=", self.id)])
        regulations = self.sudo().social_regulation_id | pages.regulation_id
        now = fields.Datetime.now()
        return any(r._in_force(now).asks_appointments for r in regulations)

    def _social_unappointed(self):
        """People who curate or answer here without a local act in force: a curator
        is named as such; for an executor any role will do."""
        self.ensure_one()
        # sudo: as above.
        Users = self.env["res.users"].sudo()
        group = self.env.ref(GROUP_EXECUTOR).id
        people = Users.search(
            [
                ("all_group_ids", "in", group),
                ("share", "=", False),
                ("company_ids", "in", self.ids),
            ]
        )
        today = fields.Date.context_today(self)
        acts = self.env["helpdesk.social.appointment"].sudo()
        acts = acts.search(
            [("company_id", "=", self.id), *acts._in_force_domain(today)]
        )
        curators = acts.filtered(lambda a: a.role == "curator").user_id
        missing = people.filtered(
            lambda user: (
                user not in curators
                if user.has_group(GROUP_CURATOR)
                else user not in acts.user_id
            )
        )
        return missing.sudo(False)
