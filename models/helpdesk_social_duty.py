from odoo import api, fields, models


class HelpdeskSocialDuty(models.Model):
    """A turn of duty: who minds the messages from when to when.

    Nights and weekends need somebody, since terms of minutes run round the clock.
    Turns may overlap: then everybody on duty is told.
    """

    _name = "helpdesk.social.duty"
    _description = "Turn of duty"
    _order = "start desc, id desc"

    user_id = fields.Many2one("res.users", "On duty", required=True, index=True)
    start = fields.Datetime("From", required=True)
    stop = fields.Datetime("Until", required=True)
    note = fields.Char(help="How to reach the person, say.")
    company_id = fields.Many2one(
        "res.company",
        "Administration",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )

    _stop_after_start = models.Constraint(
        "CHECK(stop > start)", "A turn of duty ends after it has begun."
    )
    _turn_idx = models.Index("(company_id, start, stop)")

    @api.depends("user_id")
    def _compute_display_name(self):
        for duty in self:
            duty.display_name = duty.user_id.name

    @api.model
    def _on_duty(self, company, now):
        """The people on duty in ``company`` at ``now`` (UTC)."""
        # sudo: an alert looks for whoever is on duty, on nobody's behalf.
        turns = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("start", "<=", now),
                ("stop", ">", now),
            ]
        )
        return turns.user_id.filtered("active")
