from odoo import models
from odoo.exceptions import UserError


class HelpdeskTicket(models.Model):
    """A reply of which only a part stands on the network can only be finished."""

    _inherit = "helpdesk.ticket"

    def _check_not_publishing(self):
        for ticket in self:
            rows = ticket.sudo().social_message_ids  # sudo: any holder may ask.
            begun = rows.filtered(lambda row: row.part and row.outbox_state == "sent")
            if any(
                part.outbox_state == "failed" for row in begun for part in row._parts()
            ):
                raise UserError(
                    self.env._(
                        "A part of the reply to message %s stands on the network, the "
                        "rest has failed. Finish it in the outbox first.",
                        ticket.number,
                    )
                )
        return super()._check_not_publishing()
