from odoo import fields, models
from odoo.exceptions import UserError


class HelpdeskSocialReply(models.Model):
    """A question to the author: proposed by an executor, asked by the curator.

    In the state «submitted» it lies with the curator; no draft of an assignment, no
    approval chain and no reply is touched by it.
    """

    _inherit = "helpdesk.social.reply"

    private = fields.Boolean(
        "Asked in private",
        readonly=True,
        help="A question that was asked in a private message.",
    )

    def action_ask(self):
        """Open the question, to be edited and asked."""
        self.ensure_one()
        return self.ticket_id.action_ask_author(self)

    def action_dismiss(self):
        """Do not ask this question; its executor sees that."""
        self.ticket_id._check_curator()
        for reply in self:
            if reply.kind != "clarification" or reply.state != "submitted":
                raise UserError(self.env._("This question is not waiting to be asked."))
        # sudo: replies are written by the procedure alone.
        self.sudo().state = "withdrawn"
        self.ticket_id._forget_clarification()
        return True

    def _after_sent(self, row, link, at):
        if self.kind != "clarification":
            return super()._after_sent(row, link, at)
        row.ticket_id._asked(self, at, "network", link=link, row=row)
        return None

    def _after_withdrawn(self):
        """A question goes back to where it can be edited and asked again."""
        questions = self.filtered(lambda reply: reply.kind == "clarification")
        questions.write({"state": "submitted"})
        return super(HelpdeskSocialReply, self - questions)._after_withdrawn()
