from odoo import api, fields, models


class HelpdeskSocialResolve(models.TransientModel):
    """What the screening found is proposed as the reason; a curator decides."""

    _inherit = "helpdesk.social.resolve"

    # Not as superuser: whoever opens the wizard names the messages.
    exclusion_reason_id = fields.Many2one(
        compute="_compute_proposal",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    note = fields.Text(
        compute="_compute_proposal",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    second_person = fields.Boolean(compute="_compute_second_person")
    second_clause = fields.Char(compute="_compute_second_person")
    threat = fields.Boolean(compute="_compute_second_person")

    @api.depends("ticket_ids", "resolution")
    def _compute_proposal(self):
        for wizard in self:
            excluding = wizard.ticket_ids.finding_ids._excluding()
            if wizard.resolution == "excluded" and excluding:
                choice = wizard.exclusion_choice_ids
                wizard.exclusion_reason_id = choice._origin._matching(excluding)
                wizard.note = excluding._in_words()
            else:
                wizard.exclusion_reason_id = wizard.exclusion_reason_id
                wizard.note = wizard.note

    @api.depends("ticket_ids")
    def _compute_second_person(self):
        for wizard in self:
            acts = wizard.ticket_ids.regulation_id
            acts = acts.filtered("exclusion_second_person")
            wizard.second_person = bool(acts)
            wizard.second_clause = acts[:1].exclusion_clause
            wizard.threat = any(wizard.ticket_ids.mapped("threat_hint"))
