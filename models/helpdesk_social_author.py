from odoo import fields, models


class HelpdeskSocialAuthor(models.Model):
    """A citizen (or a community) as the network shows them.

    No contact card is made: the network's name and address are all that is known,
    and all that is needed to answer.
    """

    _name = "helpdesk.social.author"
    _description = "Author on a social network"
    _order = "name, id"

    name = fields.Char(required=True)
    network = fields.Char(required=True, readonly=True)
    external_id = fields.Char("Id on the network", required=True, readonly=True)
    url = fields.Char("Page", readonly=True)
    is_community = fields.Boolean(readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, string="Administration"
    )
    ticket_ids = fields.One2many("helpdesk.ticket", "author_id", string="Messages")
    message_ids = fields.One2many(
        "helpdesk.social.message", "author_id", string="Items on the network"
    )
    ticket_count = fields.Integer(compute="_compute_ticket_count")

    _external_uniq = models.UniqueIndex(
        "(company_id, network, external_id)", "The author is known already."
    )

    def _compute_ticket_count(self):
        counts = dict(
            self.env["helpdesk.ticket"]._read_group(
                [("author_id", "in", self.ids)], ["author_id"], ["__count"]
            )
        )
        for author in self:
            author.ticket_count = counts.get(author, 0)

    def action_view_tickets(self):
        """Open the author's other messages."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_ticket_all"
        )
        action["domain"] = [("author_id", "=", self.id)]
        action["display_name"] = self.name
        return action
