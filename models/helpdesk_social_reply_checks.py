from odoo import models


class HelpdeskSocialReply(models.Model):
    """Drafts keep what the checks remarked when they were submitted."""

    _inherit = "helpdesk.social.reply"

    _published_idx = models.Index("(company_id, id) WHERE state = 'published'")

    def _shown_attachment_count(self):
        """How many photos and videos go with these replies."""
        # sudo: an attachment counts whoever may open it.
        files = self.sudo().attachment_ids
        kinds = ("image/", "video/")
        return len(files.filtered(lambda one: (one.mimetype or "").startswith(kinds)))

    def _save_version(self, now):
        version = super()._save_version(now)
        # Once more, so that no other way of submitting forgets it.
        version.checks = self.ticket_id._text_remarks(self.body, self.kind, self)
        return version
