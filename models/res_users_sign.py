from odoo import models

#: Roles in a local act that sign for a unit, besides its leader.
SIGNING_ROLES = ("signatory", "deputy_head")


class ResUsers(models.Model):
    """Who signs a unit's drafts before the curator gets them."""

    _inherit = "res.users"

    def _social_signatory_domain(self):
        """Domain of the assignments whose drafts this user may sign, as one
        condition: as leader of the unit, by appointment for the unit or for the
        whole administration, or standing in for one of these."""
        self.ensure_one()
        who = ["|", ("id", "=", self.id), *self._social_replaced_domain()]
        appointed = [
            ("user_id", "any", who),
            ("role", "in", SIGNING_ROLES),
            ("date_from", "<=", "today"),
            "|",
            ("date_to", "=", False),
            ("date_to", ">=", "today"),
        ]
        whole = [("unit_id", "=", False), *appointed]
        return [
            "|",
            ("unit_id.user_id", "any", who),
            "|",
            ("unit_id.social_appointment_ids", "any", appointed),
            ("company_id.social_appointment_ids", "any", whole),
        ]

    def _social_to_sign_domain(self):
        """Domain of the assignments that await this user's signature."""
        # What follows the share of another message is signed there.
        own = ("mirror_of_id", "=", False)
        return [
            ("state", "=", "sign_off"),
            "&",
            own,
            *self._social_signatory_domain(),
        ]

    def _social_part_domain(self):
        """A signatory outside the unit sees what awaits the signature, no more."""
        holder = super()._social_part_domain()
        return ["|", "&", *holder, "&", *self._social_to_sign_domain()]
