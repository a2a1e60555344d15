from odoo import fields, models


class HelpdeskSocialAssignment(models.Model):
    """What the citizen was answered before, for who drafts the reply to a repeat."""

    _inherit = "helpdesk.social.assignment"

    is_repeated = fields.Boolean(
        "Repeated message", compute="_compute_earlier_reply", compute_sudo=False
    )
    earlier_reply_text = fields.Text(
        "Earlier reply", compute="_compute_earlier_reply", compute_sudo=False
    )
    earlier_reply_at = fields.Datetime(
        "Replied before at", compute="_compute_earlier_reply", compute_sudo=False
    )
    earlier_reply_link = fields.Char(
        "Link to the earlier reply",
        compute="_compute_earlier_reply",
        compute_sudo=False,
    )

    def _compute_earlier_reply(self):
        """The reply published to the message that this one repeats, and only that.

        The drafter need not have held the earlier message.  A form's onchange names
        any message it likes, so the stored one counts.
        """
        for assignment in self:
            ticket = assignment._origin.ticket_id._filtered_access("read")
            earlier, reply = ticket._earlier_reply()
            assignment.is_repeated = bool(earlier)
            assignment.earlier_reply_text = reply.body
            assignment.earlier_reply_at = reply.published_at
            assignment.earlier_reply_link = (
                reply.published_link or earlier.published_link if reply else False
            )


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def _earlier_reply(self):
        """The earlier message, and the last reply published to it or, where there is
        none, to what that one repeats; read as superuser.

        What was answered in a private conversation is told to its readers alone, and
        to who answers the same citizen in private again.
        """
        Reply = self.env["helpdesk.social.reply"].sudo()
        # sudo: of the earlier message only what was published is told.
        ticket = self.sudo()
        first = earlier = ticket.repeat_of_id
        while earlier:
            reply = earlier.reply_ids.filtered(
                lambda r: r.state == "published" and r.kind in ("final", "interim")
            )
            if reply:
                told = earlier.kind != "private" or (
                    ticket.kind == "private" and earlier.author_id == ticket.author_id
                )
                told = told or earlier.with_env(self.env).has_access("read")
                last = reply.sorted(lambda r: (r.kind == "final", r.published_at, r.id))
                return first, last[-1:] if told else Reply
            earlier = earlier.repeat_of_id
        return first, Reply
