from odoo import api, fields, models
from odoo.exceptions import UserError

from ..networks import NETWORKS, client_class

#: What an executor may change in a draft without a step of the procedure.
EDITABLE = {"body", "kind", "promised_date", "interim_reason", "attachment_ids"}


class HelpdeskSocialReply(models.Model):
    """A text on its way to the citizen: an executor's draft or the whole reply.

    A draft belongs to an assignment.  A reply without one was put together by the
    curator from the approved drafts of several executors.
    """

    _name = "helpdesk.social.reply"
    _description = "Reply"
    _inherit = ["helpdesk.social.procedural"]
    _order = "id desc"

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        bypass_search_access=True,
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True)
    assignment_id = fields.Many2one(
        "helpdesk.social.assignment", readonly=True, index=True, ondelete="restrict"
    )
    kind = fields.Selection(
        [
            ("final", "Reply"),
            ("interim", "Interim reply"),
            ("clarification", "Question to the author"),
        ],
        default="final",
        required=True,
    )
    body = fields.Text("Draft reply")
    promised_date = fields.Date(
        help="The day by which an interim reply promises the final one."
    )
    state = fields.Selection(
        [
            ("draft", "Being drafted"),
            ("sign_off", "Awaiting signature"),
            ("submitted", "Under review"),
            ("rework", "In rework"),
            ("approved", "Approved"),
            ("queued", "Being published"),
            ("published", "Published"),
            ("withdrawn", "Withdrawn"),
        ],
        default="draft",
        required=True,
        readonly=True,
    )
    attachment_ids = fields.Many2many(
        "ir.attachment", string="Attachments", bypass_search_access=True
    )
    version_ids = fields.One2many("helpdesk.social.reply.version", "reply_id")
    drafted_by_id = fields.Many2one("res.users", readonly=True)
    approved_by_id = fields.Many2one("res.users", readonly=True)
    outbox_ids = fields.One2many("helpdesk.social.message", "reply_id")
    published_at = fields.Datetime(readonly=True)
    published_link = fields.Char(readonly=True)
    # A field of that name, no length of a field.
    length = fields.Integer(compute="_compute_length")  # pylint: disable=attribute-deprecated
    max_length = fields.Integer(compute="_compute_length")

    @api.depends("body", "ticket_id.network")
    def _compute_length(self):
        for reply in self:
            reply.length = len(reply.body or "")
            reply.max_length = reply.ticket_id._social_text_limit()

    @api.depends("kind", "assignment_id")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for reply in self:
            unit = reply.assignment_id.display_name or reply.ticket_id.number or ""
            reply.display_name = f"{labels[reply.kind]}: {unit}"

    def write(self, vals):
        # Steps of the procedure write as superuser; a person edits a draft's text.
        if not self.env.su:
            self._check_editable(vals)
        return super().write(vals)

    def _check_editable(self, vals):
        """Refuse a change of a draft that is out of its author's hands."""
        for reply in self:
            if set(vals) - EDITABLE or reply.state not in ("draft", "rework"):
                raise UserError(
                    self.env._(
                        "The draft is no longer being written: it was submitted "
                        "or published. Ask the curator to send it back for rework."
                    )
                )

    def _save_version(self, now):
        """Keep the text as it is submitted at ``now`` (UTC)."""
        self.ensure_one()
        return self.env["helpdesk.social.reply.version"].create(
            {
                "reply_id": self.id,
                "body": self.body,
                "kind": self.kind,
                "submitted_by_id": self.env.uid,
                "submitted_at": now,
            }
        )

    def _last_version(self):
        """The text as it was submitted last; empty before the first time."""
        return self.version_ids.sorted("id")[-1:]

    def _after_sent(self, row, link, at):
        """Follow what the network took: ``row`` of the outbox, at ``at`` (UTC)."""
        row.ticket_id._published(self, link=link, at=at, where="network")

    def _after_withdrawn(self):
        """A person has taken these replies out of the outbox."""
        self.write({"state": "approved"})

    @api.model
    def _text_limit(self, network):
        """Longest text in characters that ``network`` takes; 0 where unknown."""
        if network not in NETWORKS:
            return 0
        return client_class(network).LIMITS.text_length
