from odoo import api, fields, models


class HelpdeskSocialAsk(models.TransientModel):
    """Ask the author: in the thread, in private, or by hand."""

    _name = "helpdesk.social.ask"
    _description = "Ask the author"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True)
    question_id = fields.Many2one("helpdesk.social.reply", "Proposed question")
    # Not as superuser: whoever opens the wizard names the ticket.
    permalink = fields.Char(related="ticket_id.permalink", related_sudo=False)
    original_text = fields.Text(related="ticket_id.original_text", related_sudo=False)
    ticket_kind = fields.Selection(related="ticket_id.kind", related_sudo=False)
    text = fields.Text("Question", required=True)
    way = fields.Selection(
        [
            ("public", "In the thread"),
            ("private", "In a private message"),
            ("hand", "By hand"),
        ],
        "How",
        required=True,
        default="hand",
    )
    ways = fields.Json("Possible ways", compute="_compute_ways")
    max_length = fields.Integer(compute="_compute_max_length")
    link = fields.Char("Link to the question")
    asked_at = fields.Datetime("Asked the author", default=fields.Datetime.now)

    @api.model
    def default_get(self, fields_list):
        defaults = super().default_get(fields_list)
        ticket = self.env["helpdesk.ticket"].browse(defaults.get("ticket_id"))
        question = self.env["helpdesk.social.reply"].browse(defaults.get("question_id"))
        if question:
            defaults["text"] = question.body
        if ticket:
            defaults["way"] = self._ways_of(ticket)[0]
        return defaults

    @api.model
    def _ways_of(self, ticket):
        """The ways in which the author can be asked, the best first."""
        account = ticket.social_account_id
        ways = ["hand"]
        if ticket._question_target(account, private=True):
            ways.insert(0, "private")
        if ticket.kind != "private" and ticket._question_target(account):
            ways.insert(0, "public")
        return ways

    @api.depends("ticket_id")
    def _compute_ways(self):
        for wizard in self:
            ticket = wizard.ticket_id
            wizard.ways = self._ways_of(ticket) if ticket else []

    @api.depends("ticket_id", "way")
    def _compute_max_length(self):
        for wizard in self:
            by_network = wizard.way != "hand"
            limit = wizard.ticket_id._social_text_limit() if by_network else 0
            wizard.max_length = limit

    def action_confirm(self):
        """Ask, or record that a person has asked."""
        self.ensure_one()
        ticket = self.ticket_id
        if self.way == "hand":
            ticket.ask_author_by_hand(
                self.text, self.link, at=self.asked_at, question=self.question_id
            )
        else:
            ticket.ask_author(
                self.text, private=self.way == "private", question=self.question_id
            )
        return {"type": "ir.actions.act_window_close"}
