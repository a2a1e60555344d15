from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .helpdesk_social_approval_step import AFTER_CURATOR, ROLES


class HelpdeskSocialRegulation(models.Model):
    """Who agrees a reply, and which systems hear of it."""

    _inherit = "helpdesk.social.regulation"

    source_rule_ids = fields.One2many(
        "helpdesk.social.source.rule", "regulation_id", "Source systems", copy=True
    )

    def _chain_steps(self):
        """The steps that follow the curator's approval, in the order of the act."""
        # sudo: what is next does not depend on who makes the step before.
        steps = self.sudo().approval_step_ids.sorted(lambda s: (s.sequence, s.id))
        return steps.filtered(lambda step: step.role in AFTER_CURATOR)

    @api.constrains("approval_step_ids")
    def _check_chain_order(self):
        """Nobody is asked twice, and the higher after the lower."""
        order = [role for role, _label in ROLES]
        for regulation in self:
            steps = regulation.approval_step_ids
            ranks = [
                order.index(step.role)
                for step in steps.sorted(lambda s: (s.sequence, s.id))
            ]
            if ranks != sorted(set(ranks)):
                raise ValidationError(
                    self.env._(
                        "The approval chain goes upwards, and nobody stands in it "
                        "twice: signatory, curator, managing director, superior "
                        "curator."
                    )
                )
