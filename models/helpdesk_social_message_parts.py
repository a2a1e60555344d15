from odoo import fields, models
from odoo.exceptions import UserError


class HelpdeskSocialMessage(models.Model):
    """A reply too long for the network goes out as several rows of the outbox.

    They are one reply: a part waits for those before it, the files go with the first,
    and the reply is published when its last part is.  Once a part stands on the
    network, the rest can only follow.
    """

    _inherit = "helpdesk.social.message"

    part = fields.Integer(
        readonly=True, help="Number of this part of a long reply; 0 for a whole one."
    )

    def _parts(self):
        """All rows of this row's reply that are meant to be published, in order."""
        self.ensure_one()
        if not self.part:
            return self
        rows = self.reply_id.outbox_ids.filtered(
            lambda row: row.outbox_state != "withdrawn" and row.part
        )
        return (rows | self).sorted("part")

    def _files(self):
        """The files that this row carries."""
        self.ensure_one()
        first = self.part <= 1
        return self.reply_id.attachment_ids if first else self.env["ir.attachment"]

    def _earlier_pending(self):
        earlier = self._parts().filtered(lambda row: row.part < self.part)
        if any(row.outbox_state != "sent" for row in earlier):
            return True
        return super()._earlier_pending()

    def _reply_is_whole(self):
        """Whether every part of the reply stands on the network."""
        self.ensure_one()
        waiting = self._parts().filtered(lambda row: row.outbox_state != "sent")
        if waiting:
            self._trigger_sending()
        return not waiting

    def action_withdraw(self):
        """Withdraw all parts of a reply, or none."""
        self.ticket_id._check_curator()
        rows = self.browse()
        for row in self:
            parts = row._parts()
            if row.part and any(part.outbox_state == "sent" for part in parts):
                raise UserError(
                    self.env._(
                        "A part of this reply stands on the network: the rest must "
                        "follow. Try again, or publish the rest by hand and mark it "
                        "as sent."
                    )
                )
            rows |= parts
        return super(HelpdeskSocialMessage, rows).action_withdraw()
