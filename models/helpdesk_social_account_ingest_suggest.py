from odoo import models


class HelpdeskSocialAccount(models.Model):
    """What a page brings is looked at piece by piece, not message by message."""

    _inherit = "helpdesk.social.account"

    def _store_batch(self, client, batch):
        stored = super(
            HelpdeskSocialAccount, self.with_context(social_batch=True)
        )._store_batch(client, batch)
        ids = [item.external_id for item in batch.items]
        messages = self.env["helpdesk.social.message"].search_fetch(
            [("account_id", "=", self.id), ("external_id", "in", ids)], ["ticket_id"]
        )
        # A message that joined an older ticket has been looked at before.
        fresh = messages.ticket_id.filtered(lambda t: not t.suggestion_data)
        fresh._look_at()
        return stored
