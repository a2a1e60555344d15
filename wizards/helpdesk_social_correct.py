from odoo import api, fields, models

from ..language.difference import difference


class HelpdeskSocialCorrect(models.TransientModel):
    """Correct a published reply, or take it off the network."""

    _name = "helpdesk.social.correct"
    _description = "Change a published reply"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True)
    kind = fields.Selection(
        [("edit", "Correct"), ("withdraw", "Take off")], required=True, default="edit"
    )
    reply_id = fields.Many2one("helpdesk.social.reply", required=True)
    reply_choice_ids = fields.Many2many(
        "helpdesk.social.reply", compute="_compute_reply_choice_ids"
    )
    # Not as superuser: whoever opens the wizard names the ticket and the reply.
    published_text = fields.Text(
        "As published", related="reply_id.body", related_sudo=False
    )
    link = fields.Char(related="reply_id.published_link", related_sudo=False)
    has_chain = fields.Boolean(related="ticket_id.has_chain", related_sudo=False)
    text = fields.Text("New text")
    max_length = fields.Integer(compute="_compute_max_length")
    difference = fields.Json(compute="_compute_difference")
    reason = fields.Text()
    agreed_with = fields.Char(
        "Agreed with", help="Who agreed the new text, and where that is written down."
    )
    other_count = fields.Integer(compute="_compute_other_count")
    with_others = fields.Boolean("Also in the others' replies", default=True)
    by_network = fields.Boolean(compute="_compute_by_network")

    @api.model
    def default_get(self, fields_list):
        defaults = super().default_get(fields_list)
        ticket = self.env["helpdesk.ticket"].browse(defaults.get("ticket_id"))
        if ticket:
            ticket._check_curator()
            reply = ticket._changeable_replies()[-1:]
            defaults.setdefault("reply_id", reply.id)
            defaults.setdefault("text", reply.body)
        return defaults

    @api.depends("ticket_id")
    def _compute_reply_choice_ids(self):
        for wizard in self:
            ticket = wizard.ticket_id
            found = ticket._changeable_replies().ids if ticket else []
            wizard.reply_choice_ids = [(6, 0, found)]

    @api.onchange("reply_id")
    def _onchange_reply_id(self):
        self.text = self.reply_id.body

    @api.depends("ticket_id", "reply_id")
    def _compute_max_length(self):
        for wizard in self:
            network = wizard.reply_id.account_id.network
            limit = wizard.ticket_id._social_text_limit(network)
            # As many items as stand there can be said anew.
            rows = wizard.reply_id._standing_rows() if wizard.reply_id else ()
            wizard.max_length = limit * max(len(rows), 1)

    @api.depends("text", "reply_id")
    def _compute_difference(self):
        for wizard in self:
            wizard.difference = difference(
                wizard.published_text or "", wizard.text or ""
            )

    @api.depends("ticket_id", "reply_id")
    def _compute_other_count(self):
        for wizard in self:
            ticket, reply = wizard.ticket_id, wizard.reply_id
            others = ticket._same_replies(reply) if ticket and reply else reply
            wizard.other_count = len(others)

    @api.depends("reply_id", "kind")
    def _compute_by_network(self):
        """Whether the network will do it, or a person has to."""
        for wizard in self:
            wizard.by_network = wizard._can_be_sent()

    def _can_be_sent(self):
        self.ensure_one()
        if not (self.ticket_id and self.reply_id):
            return False
        self.ticket_id._check_curator()
        # sudo: what the page can do; nothing of it is shown.
        change = self.env["helpdesk.social.change"].sudo()
        return change._network_can(self.kind, self.reply_id._origin or self.reply_id)

    def action_confirm(self):
        self.ensure_one()
        ticket, reply = self.ticket_id, self.reply_id
        if self.kind == "edit":
            ticket.correct_reply(
                self.text,
                self.reason,
                reply=reply,
                followers=self.with_others,
                agreed_with=self.agreed_with,
            )
        else:
            ticket.withdraw_reply(self.reason, reply=reply, followers=self.with_others)
        return {"type": "ir.actions.act_window_close"}
