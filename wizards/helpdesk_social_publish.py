from odoo import api, fields, models

from ..language.splitting import split
from ..models.res_users import GROUP_CURATOR


class HelpdeskSocialPublish(models.TransientModel):
    """Publish a reply: by the software, or by hand with the link recorded."""

    _name = "helpdesk.social.publish"
    _description = "Publish a reply"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True)
    # Not as superuser: whoever opens the wizard names the ticket.
    company_id = fields.Many2one(related="ticket_id.company_id", related_sudo=False)
    permalink = fields.Char(related="ticket_id.permalink", related_sudo=False)
    original_text = fields.Text(related="ticket_id.original_text", related_sudo=False)
    mode = fields.Selection(
        [("network", "On the network"), ("hand", "By hand")],
        required=True,
        default="network",
    )
    can_send = fields.Boolean(compute="_compute_can_send")
    is_curator = fields.Boolean(compute="_compute_is_curator")
    account_id = fields.Many2one("helpdesk.social.account", "Page that answers")
    account_choice_ids = fields.Many2many(
        "helpdesk.social.account", compute="_compute_account_choice_ids"
    )
    own_account_id = fields.Many2one(
        related="ticket_id.social_account_id", related_sudo=False
    )
    split = fields.Boolean(
        "Publish in parts", help="Several items one after the other, nothing cut off."
    )
    parts_count = fields.Integer(compute="_compute_length")
    attachment_ids = fields.Many2many(
        "ir.attachment", string="Files", compute="_compute_attachment_ids"
    )
    text = fields.Text("Reply", required=True)
    # A field of that name, no length of a field.
    length = fields.Integer(compute="_compute_length")  # pylint: disable=attribute-deprecated
    max_length = fields.Integer(compute="_compute_length")
    link = fields.Char("Link to the published reply")
    published_at = fields.Datetime("Published", default=fields.Datetime.now)
    differs = fields.Boolean(compute="_compute_differs")

    @api.model
    def default_get(self, fields_list):
        defaults = super().default_get(fields_list)
        ticket = self.env["helpdesk.ticket"].browse(defaults.get("ticket_id"))
        if ticket:
            account = ticket.social_account_id
            defaults["text"] = ticket._merged_text()
            defaults["account_id"] = account.id
            if not ticket._can_be_sent():
                defaults["mode"] = "hand"
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        """A text that the form only shows does not come back from it."""
        for vals in vals_list:
            ticket = self.env["helpdesk.ticket"].browse(vals.get("ticket_id"))
            if ticket and "text" not in vals:
                ticket.check_access("read")
                vals["text"] = ticket._merged_text()
        return super().create(vals_list)

    @api.depends_context("uid")
    def _compute_is_curator(self):
        """An executor who may publish publishes the approved text as it is."""
        self.is_curator = self.env.user.has_group(GROUP_CURATOR)

    @api.depends("ticket_id", "account_id")
    def _compute_can_send(self):
        for wizard in self:
            ticket = wizard.ticket_id
            own = ticket and wizard.account_id == ticket.social_account_id
            wizard.can_send = own and ticket._can_be_sent()

    @api.depends("ticket_id")
    def _compute_account_choice_ids(self):
        """The pages this curator answers from, in the message's network first."""
        for wizard in self:
            company = wizard.ticket_id.company_id
            if not wizard.is_curator:
                wizard.account_choice_ids = wizard.own_account_id
                continue
            found = wizard.account_id.search([("company_id", "=", company.id)])
            wizard.account_choice_ids = found.filtered("may_publish")

    @api.depends("ticket_id")
    def _compute_attachment_ids(self):
        for wizard in self:
            ticket = wizard.ticket_id
            replies = ticket._approved_replies() if ticket else ticket.reply_ids
            wizard.attachment_ids = replies.attachment_ids

    @api.onchange("account_id")
    def _onchange_account_id(self):
        # Another page cannot answer under this message by itself.
        self.mode = "network" if self.can_send else "hand"

    @api.depends("text", "ticket_id", "account_id")
    def _compute_length(self):
        for wizard in self:
            wizard.length = len(wizard.text or "")
            limit = wizard.ticket_id._social_text_limit(wizard.account_id.network)
            wizard.max_length = limit
            long = limit and wizard.length > limit
            wizard.parts_count = len(split(wizard.text, limit)) if long else 1

    @api.depends("text", "ticket_id")
    def _compute_differs(self):
        for wizard in self:
            ticket = wizard.ticket_id
            differs = ticket and ticket._differs_from_agreed(wizard.text)
            wizard.differs = bool(differs)

    def action_agree_anew(self):
        """The text was changed after it had been agreed: begin the chain anew."""
        self.ensure_one()
        self.ticket_id.send_to_agreement(self.text)
        return {"type": "ir.actions.act_window_close"}

    def action_confirm(self):
        self.ensure_one()
        ticket = self.ticket_id
        if self.mode == "network":
            ticket.publish(self.text, self.account_id, split=self.split)
        else:
            ticket.publish_by_hand(
                self.text, self.link, at=self.published_at, account=self.account_id
            )
        return {"type": "ir.actions.act_window_close"}
