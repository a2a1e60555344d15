from odoo import models
from odoo.tools import plaintext2html

from .helpdesk_social_mailbox import letter_text


class HelpdeskTicket(models.Model):
    """Letters that answer something in the history of a message."""

    _inherit = "helpdesk.ticket"

    def message_update(self, msg_dict, update_vals=None):
        """Keep a letter from whom this message is open to, as plain text.

        Of anybody else's only that it came: whoever has seen one letter of the
        history could write any.  Nobody is subscribed by a letter.
        """
        social = self.filtered("is_social")
        if not social:
            return super().message_update(msg_dict, update_vals=update_vals)
        if all(ticket._hears_letter(msg_dict) for ticket in social):
            text = letter_text(msg_dict.get("body"))
        else:
            env = self.with_context(lang=social[0].company_id._social_lang()).env
            text = env._("A letter was not taken in: its sender has no part here.")
            msg_dict["attachments"] = []
        msg_dict["body"] = plaintext2html(text.strip())
        return True

    def _hears_letter(self, msg_dict):
        """Whether the sender may read this message, or is a source heard by mail."""
        self.ensure_one()
        # sudo: the gateway asks on behalf of whoever wrote.
        partner = self.env["res.partner"].sudo().browse(msg_dict.get("author_id") or 0)
        if any(map(self._may_be_read_by, partner.user_ids)):
            return True
        boxes = self.env["helpdesk.social.mailbox"].sudo()
        boxes = boxes.search([("company_id", "=", self.company_id.id)])
        return any(box._hears(msg_dict.get("email_from")) for box in boxes)
