from odoo import models


class HelpdeskSocialAccount(models.Model):
    _inherit = "helpdesk.social.account"

    def _can_fetch(self):
        """Whether messages can be fetched by their links with this page's keys."""
        self.ensure_one()
        if not self._has_client():
            return False
        # sudo: which keys there are, not what they are.
        return "fetch" in self.sudo()._client().abilities("feed")
