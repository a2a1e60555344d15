from odoo import api, fields, models

from .helpdesk_social_finding import Source


class HelpdeskSocialMessage(models.Model):
    """Screening of what the network brings, once it is stored."""

    _inherit = "helpdesk.social.message"

    screening_state = fields.Selection(
        [("pending", "To be screened"), ("done", "Screened"), ("failed", "Failed")],
        "Screening",
        readonly=True,
    )
    text_marks = fields.Json(compute="_compute_text_marks")

    _screening_idx = models.Index("(account_id) WHERE screening_state = 'pending'")

    @api.depends("text", "ticket_id.finding_ids")
    @api.depends_context("lang")
    def _compute_text_marks(self):
        for message in self:
            incoming = message.direction == "in"
            findings = message.ticket_id.finding_ids
            message.text_marks = findings._marks(message.text) if incoming else []

    @api.depends("author_id", "text", "direction")
    def _compute_display_name(self):
        res = super()._compute_display_name()
        Finding = self.env["helpdesk.social.finding"]
        for message in self.filtered(lambda m: m.direction == "in" and m.text):
            masked = Finding._masked(message.text, message.company_id)
            name = message.author_id.name or message.account_id.name
            message.display_name = f"{name}: {(masked or '…')[:60]}"
        return res

    @api.model
    def _incoming_vals(self, account, item):
        vals = super()._incoming_vals(account, item)
        return {**vals, "screening_state": "pending" if item.text else False}

    def _text_change(self, item):
        # An earlier text that comes late counts as well as a later one.
        return {**super()._text_change(item), "screening_state": "pending"}

    def _sources(self):
        """Every text these items have had."""
        sources = []
        for message in self:
            texts = [message.text, *message.version_ids.mapped("text")]
            sources += [
                Source(message.ticket_id, message, text)
                for text in dict.fromkeys(texts)
                if text
            ]
        return sources

    def _screen_stored(self):
        """Screen items that have a ticket; the outcome stays with each."""
        # First, so that it is written together with what else has changed.
        self.screening_state = "done"
        failed = self.ticket_id._screen(self._sources())
        broken = self.browse([source.message.id for source in failed])
        broken.screening_state = "failed"
