from odoo import fields, models

from ..language.splitting import split


class HelpdeskSocialReply(models.Model):
    """A published reply that was corrected or taken off afterwards."""

    _inherit = "helpdesk.social.reply"

    change_ids = fields.One2many(
        "helpdesk.social.change", "reply_id", "Changes after publication", readonly=True
    )

    def _standing_rows(self):
        """What stands of this reply on the network by our doing, in order."""
        self.ensure_one()
        return self.outbox_ids.filtered(
            lambda row: row.outbox_state == "sent" and not row.taken_off_at
        ).sorted(lambda row: (row.part, row.id))

    def _split_for(self, network, text):
        """``text`` as the items that ``network`` takes it in."""
        limit = self._text_limit(network)
        return split(text, limit) if limit and len(text) > limit else [text]

    def _corrected(self, change):
        """Keep the text that ``change`` has brought to the network, with the earlier
        one as a version."""
        self.ensure_one()
        last = self._last_version()
        if last.body != self.body:
            # Smoothed before publication, or put together by the curator.
            who = self.approved_by_id or change.requested_by_id
            at = self.published_at or change.requested_at
            self._version(self.body, who, at, decision="approved")
        self._version(
            change.text,
            change.requested_by_id,
            change.requested_at,
            decision="corrected",
            decided_by_id=change.requested_by_id.id,
            decided_at=change.done_at,
            remarks=change.reason,
        )
        self.body = change.text

    def _version(self, body, who, at, **vals):
        return self.env["helpdesk.social.reply.version"].create(
            {
                "reply_id": self.id,
                "body": body,
                "kind": self.kind,
                "submitted_by_id": who.id,
                "submitted_at": at,
                **vals,
            }
        )

    def _taken_off(self, change):
        """The reply does not stand on the network any more, by our own doing."""
        self.state = "withdrawn"
