from odoo import fields, models


class HelpdeskSocialReply(models.Model):
    """How long a reply took to the network, all its parts included."""

    _inherit = "helpdesk.social.reply"

    publish_seconds = fields.Integer(
        "Published after, s",
        compute="_compute_publish_seconds",
        help="From the place in the outbox until the last part stood on the network.",
    )

    def _compute_publish_seconds(self):
        for reply in self:
            timed = reply.outbox_ids.filtered("is_timed")
            reply.publish_seconds = max(timed.mapped("publish_seconds"), default=0)

    def _approved_at(self):
        """When the text was last approved or agreed (UTC); None where it was not."""
        # sudo: the history is whole, whoever asks.
        events = self.sudo().ticket_id.event_ids.filtered(
            lambda event: event.type in ("approved", "superior_approved")
        )
        return max(events.mapped("at"), default=None)
