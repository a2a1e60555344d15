from odoo import api, fields, models

from .res_users import GROUP_HEAD

ROLES = [
    ("curator", "Curator"),
    ("executor", "Executor"),
    ("signatory", "Signatory of the unit"),
    ("managing_director", "Managing director"),
    ("superior_curator", "Superior curator"),
    ("deputy_head", "Deputy head"),
    ("head", "Head"),
]


class HelpdeskSocialAppointment(models.Model):
    """The local act that gives a person a role, with its dates of force.

    It says who is told and who signs; rights come from the groups of the user.
    """

    _name = "helpdesk.social.appointment"
    _description = "Appointment"
    _order = "role, date_from desc, id desc"

    user_id = fields.Many2one("res.users", "Person", required=True, index=True)
    role = fields.Selection(ROLES, required=True)
    unit_id = fields.Many2one(
        "helpdesk.ticket.team",
        help="Empty: for the whole administration. A deputy head with a unit is told "
        "of that unit's messages.",
    )
    act_number = fields.Char("Number of the act", required=True)
    act_date = fields.Date("Date of the act", required=True)
    date_from = fields.Date("In force from", required=True)
    date_to = fields.Date("In force until")
    company_id = fields.Many2one(
        "res.company",
        "Administration",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )

    _dates = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from)",
        "An appointment ends after it has come into force.",
    )

    @api.depends("role", "user_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        roles = dict(self._fields["role"]._description_selection(self.env))
        for record in self:
            record.display_name = f"{roles.get(record.role)}: {record.user_id.name}"

    @api.model
    def _in_force_domain(self, day):
        """Domain of the appointments in force on ``day``."""
        until = ["|", ("date_to", "=", False), ("date_to", ">=", day)]
        return [("date_from", "<=", day), *until]

    @api.model
    def _appointed(self, company, role, day):
        """The appointments to ``role`` that are in force in ``company`` on ``day``."""
        # sudo: an alert looks for whoever is in charge, on nobody's behalf.
        found = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("role", "=", role),
                *self._in_force_domain(day),
            ]
        )
        return found.filtered("user_id.active")

    @api.model
    def _heads(self, company):
        """Users with the role of a head, where no act names anybody."""
        # sudo: as above.
        return (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("all_group_ids", "in", self.env.ref(GROUP_HEAD).ids),
                    ("company_ids", "in", company.ids),
                    ("share", "=", False),
                ]
            )
        )
