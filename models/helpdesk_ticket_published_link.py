from odoo import models


class HelpdeskTicket(models.Model):
    """Links to what a person has published lead to the network it was published on."""

    _inherit = "helpdesk.ticket"

    def publish_by_hand(self, text, link, where="hand", at=None, account=None):
        self.ensure_one()
        self._check_publisher(text or "")
        # In a source system the link is whatever that system has.
        if where == "hand" and (link or "").strip():
            link = self._check_link(link)
            # sudo: the address of the page alone.
            page = (account or self.social_account_id).sudo()
            network = page.network or self.network
            if network:
                page._check_link_to(link, network)
        return super().publish_by_hand(text, link, where=where, at=at, account=account)


class HelpdeskSocialMessage(models.Model):
    _inherit = "helpdesk.social.message"

    def action_mark_sent(self, link):
        self.ensure_one()
        self._check_waiting()
        link = self.ticket_id._check_link(link)
        page = self.sudo().account_id  # sudo: the address of the page alone.
        page._check_link_to(link, page.network)
        return super().action_mark_sent(link)
