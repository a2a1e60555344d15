from odoo import api, fields, models


class HelpdeskSocialResolve(models.TransientModel):
    """End messages without a reply: none is needed, or none is due."""

    _name = "helpdesk.social.resolve"
    _description = "End without a reply"

    ticket_ids = fields.Many2many("helpdesk.ticket", string="Messages", required=True)
    resolution = fields.Selection(
        [("no_reaction", "Needs no reaction"), ("excluded", "Not subject to a reply")],
        required=True,
    )
    no_reaction_reason_id = fields.Many2one(
        "helpdesk.social.no.reaction.reason", "Reason"
    )
    exclusion_reason_id = fields.Many2one("helpdesk.social.exclusion.reason", "Ground")
    exclusion_choice_ids = fields.Many2many(
        "helpdesk.social.exclusion.reason", compute="_compute_exclusion_choice_ids"
    )
    note = fields.Text()

    @api.depends("ticket_ids")
    def _compute_exclusion_choice_ids(self):
        """The grounds of the act, or the common ones where it names none."""
        Reason = self.env["helpdesk.social.exclusion.reason"]
        for wizard in self:
            wizard.exclusion_choice_ids = Reason._grounds(
                wizard.ticket_ids.regulation_id
            )

    def action_confirm(self):
        if self.resolution == "no_reaction":
            self.ticket_ids.no_reaction(self.no_reaction_reason_id, self.note)
        else:
            self.ticket_ids.exclude(self.exclusion_reason_id, self.note)
        return {"type": "ir.actions.act_window_close"}
