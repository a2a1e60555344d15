from odoo import models

from ..networks import clean


class HelpdeskSocialAccount(models.Model):
    """What a page brings is looked at piece by piece, not message by message."""

    _inherit = "helpdesk.social.account"

    def _store_batch(self, client, batch):
        Ticket = self.env["helpdesk.ticket"].with_context(active_test=False)
        newest = Ticket.search([], order="id desc", limit=1).id or 0
        stored = super(
            HelpdeskSocialAccount, self.with_context(social_batch=True)
        )._store_batch(client, batch)
        ids = [clean(item.external_id) for item in batch.items]
        messages = self.env["helpdesk.social.message"].search_fetch(
            [("account_id", "=", self.id), ("external_id", "in", ids)], ["ticket_id"]
        )
        # A message that joined an older ticket has been looked at before.
        messages.ticket_id.filtered(lambda t: t.id > newest)._look_at()
        return stored
