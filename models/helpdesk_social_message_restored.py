from odoo import api, fields, models

from .helpdesk_social_message_outbox import PENDING


class HelpdeskSocialMessage(models.Model):
    """Rows of an outbox that does not know what was published since its backup."""

    _inherit = "helpdesk.social.message"

    @api.model
    def _held_domain(self):
        """Rows of which nobody knows whether they were published."""
        return [("outbox_state", "in", (*PENDING, "failed"))]

    @api.model
    def _doubt_all(self):
        """Make every waiting row one of unclear outcome, to be read back.

        It is looked for since the citizen wrote: it may have been published long
        before this copy of it was tried.  A failed one may have been tried again with
        success; it waits for a person, whose next try reads back, too.
        """
        now = fields.Datetime.now()
        rows = self.search(self._held_domain())
        answered = self.search(
            [
                ("account_id", "in", rows.account_id.ids),
                ("external_id", "in", rows.mapped("parent_id")),
            ]
        )
        asked_at = {
            (item.account_id.id, item.external_id): item.posted_at for item in answered
        }
        for row in rows:
            asked = asked_at.get((row.account_id.id, row.parent_id))
            known = filter(None, (row.first_attempt_at, row.stored_at, asked))
            row.write(
                {
                    "outbox_state": "unknown",
                    "first_attempt_at": min(known),
                    "next_try": False if row.outbox_state == "failed" else now,
                    "attempts": 0,
                    "lease_owner": False,
                    "lease_until": False,
                }
            )
