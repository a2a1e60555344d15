from odoo import models

from .helpdesk_social_finding import TOGETHER


class HelpdeskSocialAccount(models.Model):
    """Each piece of reading is screened at once, in the transaction that stores it."""

    _inherit = "helpdesk.social.account"

    def _store_batch(self, client, batch):
        together = self.with_context(**{TOGETHER: True})
        stored = super(HelpdeskSocialAccount, together)._store_batch(client, batch)
        self.env["helpdesk.social.message"].search(
            [
                ("account_id", "=", self.id),
                ("screening_state", "=", "pending"),
                ("ticket_id", "!=", False),
            ]
        )._screen_stored()
        return stored
