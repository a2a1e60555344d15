from odoo import SUPERUSER_ID, api, models


class HelpdeskSocialMessage(models.Model):
    """The name of an item bears its words, so it is for its readers alone."""

    _inherit = "helpdesk.social.message"

    @api.depends_context("uid")
    def _compute_display_name(self):
        res = super()._compute_display_name()
        # Names of linked records are read as superuser.  Whoever may not see an
        # item must not get its words by linking something to it.
        if self.env.su and self.env.uid != SUPERUSER_ID:
            stored = self._origin
            seen = stored.with_user(self.env.uid)._filtered_access("read")
            for message in self:
                if message._origin in stored - seen:
                    message.display_name = message.account_id.name
        return res
