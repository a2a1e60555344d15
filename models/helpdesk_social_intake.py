from odoo import api, fields, models

from .helpdesk_ticket import INTAKES


class HelpdeskSocialIntake(models.Model):
    """One way by which a message reached the administration.

    A message that came by its page alone has no row: the ticket says all there is to
    say.  With the second way, or with a number in the source, there is one for each.
    """

    _name = "helpdesk.social.intake"
    _description = "Way a message came in"
    _inherit = ["helpdesk.social.procedural"]
    _order = "received_at, id"
    _rec_name = "intake"

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        "Message",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        bypass_search_access=True,
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True)
    intake = fields.Selection(INTAKES, required=True, readonly=True)
    is_first = fields.Boolean("The first way", readonly=True)
    received_at = fields.Datetime("Received", required=True, readonly=True)
    source_number = fields.Char("Number in the source", readonly=True)
    permalink = fields.Char("Link", readonly=True)
    source_due = fields.Datetime("Deadline set by the source", readonly=True)
    how = fields.Selection(
        [
            ("page", "By the page itself"),
            ("hand", "By hand"),
            ("file", "From a file"),
            ("mail", "By mail"),
            ("api", "By another system"),
        ],
        "Entered",
        required=True,
        readonly=True,
        default="hand",
    )
    note = fields.Char(readonly=True, help="Name of the file, or of the sender.")
    user_id = fields.Many2one("res.users", "Entered by", readonly=True)
    sender_ids = fields.Many2many(
        "res.users",
        "helpdesk_social_intake_sender_rel",
        string="Sent by the systems",
        readonly=True,
        help="The integrations that have sent it and may ask how it stands.",
    )
    recorded_at = fields.Datetime(
        "Entered on", required=True, readonly=True, default=fields.Datetime.now
    )
    exported_at = fields.Datetime(
        "Answer exported", readonly=True, help="When the answer was last exported."
    )

    _number_uniq = models.UniqueIndex(
        "(company_id, intake, source_number) WHERE source_number IS NOT NULL",
        "A message with this number of the source has been entered already.",
    )
    _user_idx = models.Index("(user_id, ticket_id)")

    @api.depends("intake", "source_number")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["intake"]._description_selection(self.env))
        for row in self:
            parts = [labels.get(row.intake, ""), row.source_number]
            row.display_name = " ".join(filter(None, parts))
