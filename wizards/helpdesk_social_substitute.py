from odoo import api, fields, models


class HelpdeskSocialSubstitute(models.TransientModel):
    """Name who stands in for the executor of one assignment."""

    _name = "helpdesk.social.substitute"
    _description = "Name a substitute"

    assignment_id = fields.Many2one("helpdesk.social.assignment", required=True)
    # Not as superuser: whoever opens the wizard names the assignment.
    person_id = fields.Many2one(
        related="assignment_id.user_id", related_sudo=False, string="Person"
    )
    user_id = fields.Many2one(
        "res.users",
        "Substitute",
        required=True,
        domain=lambda self: self.env["helpdesk.social.substitution"]._domain_people(),
    )
    absence_note = fields.Char(compute="_compute_absence_note")

    @api.depends("user_id")
    def _compute_absence_note(self):
        for wizard in self:
            ticket = wizard.assignment_id.ticket_id
            tz = ticket._social_tz() if ticket else None
            words = wizard.user_id._social_absence_words(tz)
            wizard.absence_note = " ".join(words)

    def action_confirm(self):
        self.assignment_id.substitute(self.user_id)
        return {"type": "ir.actions.act_window_close"}
