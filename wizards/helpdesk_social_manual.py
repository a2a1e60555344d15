from odoo import api, fields, models

from ..models.helpdesk_ticket import IMPORTANCES, INTAKES, KINDS, PAGE_OWNERS
from ..models.helpdesk_ticket import NETWORKS as NETWORK_SELECTION
from ..networks import NETWORKS as CLIENTS


class HelpdeskSocialManual(models.TransientModel):
    """Enter a message that no page of ours received."""

    _name = "helpdesk.social.manual"
    _description = "New message"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    permalink = fields.Char("Link to the message")
    existing_id = fields.Many2one("helpdesk.ticket", compute="_compute_existing_id")
    network = fields.Selection(
        NETWORK_SELECTION, compute="_compute_network", store=True, readonly=False
    )
    original_text = fields.Text("Citizen's words")
    author = fields.Char()
    received_at = fields.Datetime(
        "Received", required=True, default=fields.Datetime.now
    )
    intake = fields.Selection(INTAKES, required=True, default="manual")
    page_owner = fields.Selection(
        PAGE_OWNERS, "Whose page", required=True, default="third_party"
    )
    kind = fields.Selection(KINDS, required=True, default="feed")
    importance = fields.Selection(IMPORTANCES, required=True, default="normal")
    category_id = fields.Many2one("helpdesk.ticket.category", "Topic")
    territory_id = fields.Many2one("helpdesk.social.territory", "Location")

    @api.depends("permalink")
    def _compute_network(self):
        for wizard in self:
            found = wizard.env["helpdesk.social.account"]._network_of_link(
                wizard.permalink or ""
            )
            kept = wizard.network
            if wizard.permalink and kept in CLIENTS:
                # What an earlier link said; this one leads elsewhere.
                kept = False
            wizard.network = found or kept

    @api.depends("permalink", "company_id")
    def _compute_existing_id(self):
        for wizard in self:
            wizard.existing_id = self.env["helpdesk.ticket"]._find_by_link(
                wizard.company_id, wizard.permalink
            )

    def action_confirm(self):
        """Enter the message and open its ticket, old or new."""
        self.ensure_one()
        names = ("network", "intake", "page_owner", "kind", "importance")
        vals = {name: self[name] for name in names}
        vals.update(
            permalink=self.permalink,
            original_text=self.original_text,
            received_at=self.received_at,
            company_id=self.company_id.id,
            category_id=self.category_id.id,
            territory_id=self.territory_id.id,
        )
        author = self._author()
        if author:
            vals["author_id"] = author.id
        ticket = self._enter(vals)
        return ticket.get_formview_action()

    def _author(self):
        """The author as a person has named them; may be empty."""
        author = (self.author or "").strip()
        if not author:
            return self.env["helpdesk.social.author"]
        return self.env["helpdesk.ticket"]._social_author(
            self.company_id, self.network, author
        )

    def _enter(self, vals):
        """Hook: enter the message; returns its ticket."""
        return self.env["helpdesk.ticket"].enter_by_hand(vals)
