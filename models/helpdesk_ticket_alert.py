from odoo import fields, models


class HelpdeskTicket(models.Model):
    """What the clocks have said of a message."""

    _inherit = "helpdesk.ticket"

    alert_ids = fields.One2many(
        "helpdesk.social.alert", "ticket_id", "Alerts", readonly=True
    )
    flaw_ids = fields.One2many(
        "helpdesk.social.flaw", "ticket_id", "Flaws", readonly=True
    )

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """An alert asks for something; it makes nobody a follower."""
        if self.env.context.get("social_alert"):
            return True
        return super().message_subscribe(
            partner_ids=partner_ids, subtype_ids=subtype_ids
        )


class HelpdeskSocialAssignment(models.Model):
    _inherit = "helpdesk.social.assignment"

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """As on the message."""
        if self.env.context.get("social_alert"):
            return True
        return super().message_subscribe(
            partner_ids=partner_ids, subtype_ids=subtype_ids
        )
