from odoo import fields, models

from .helpdesk_social_regulation import HelpdeskSocialRegulation as Regulation


class HelpdeskSocialRegulation(models.Model):
    """Who is warned when a deadline of this act comes near or passes."""

    _inherit = "helpdesk.social.regulation"

    escalation_step_ids = fields.One2many(
        "helpdesk.social.escalation.step", "regulation_id", "Escalation", copy=True
    )

    # Steps move no clock: they may change while messages are under work.
    _ALWAYS = Regulation._ALWAYS | {"escalation_step_ids"}

    def _plan_alerts(self):
        """Plan the alerts of all clocks that run by these regulations anew."""
        # sudo: the plan covers all messages, whoever changes the steps.
        Deadline = self.env["helpdesk.social.deadline"].sudo()
        Deadline.search(
            [("state", "=", "running"), ("ticket_id.regulation_id", "in", self.ids)]
        )._plan_alerts()
