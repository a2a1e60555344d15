from odoo import api, fields, models
from odoo.exceptions import UserError

from .helpdesk_ticket import OPEN_STATES

#: Why an earlier message is proposed; the words of a likeness are kept beside.
REASONS = [
    ("thread", "The author wrote on in the same thread"),
    ("words", "The same words"),
    ("house", "The same words and house"),
    ("other_house", "The same words, another house"),
    ("hand", "Named by the curator"),
]


class HelpdeskSocialRepeat(models.Model):
    """An earlier message that another one may repeat.

    The software proposes it with a score and the words that both share; the curator
    confirms or rejects it.  It is seen by those alone who may read both messages.
    """

    _name = "helpdesk.social.repeat"
    _description = "Possible repeat"
    _inherit = ["helpdesk.social.procedural"]
    _order = "score desc, id"
    _rec_name = "earlier_id"

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        string="Message",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        bypass_search_access=True,
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True)
    earlier_id = fields.Many2one(
        "helpdesk.ticket",
        string="Earlier message",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        bypass_search_access=True,
    )
    score = fields.Float(
        "Likeness", readonly=True, digits=(3, 2), help="From 0 to 1.", aggregator="max"
    )
    percent = fields.Integer("Likeness, %", compute="_compute_percent")
    reason = fields.Selection(REASONS, required=True, readonly=True)
    words = fields.Char("Shared words", readonly=True)
    same_author = fields.Boolean("Same author", readonly=True)
    state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("confirmed", "Confirmed"),
            ("rejected", "Rejected"),
        ],
        required=True,
        readonly=True,
        default="proposed",
    )
    decided_by_id = fields.Many2one(
        "res.users", "Decided by", readonly=True, help="Empty where nobody decided."
    )
    decided_at = fields.Datetime("Decided", readonly=True)

    # What the curator must see of the earlier message, read with their own rights.
    earlier_number = fields.Char(related="earlier_id.number", related_sudo=False)
    # As lists show it: without obscenities and personal data.
    earlier_text = fields.Text(related="earlier_id.list_text", related_sudo=False)
    earlier_author_id = fields.Many2one(
        related="earlier_id.author_id", related_sudo=False
    )
    earlier_received_at = fields.Datetime(
        related="earlier_id.received_at", related_sudo=False
    )
    earlier_state = fields.Selection(
        related="earlier_id.social_state",
        related_sudo=False,
        string="State of the earlier message",
    )
    can_join = fields.Boolean(
        "One reply to both is possible", compute="_compute_can_join"
    )

    _pair_uniq = models.UniqueIndex(
        "(ticket_id, earlier_id)", "This earlier message is proposed already."
    )

    @api.depends("score")
    def _compute_percent(self):
        for repeat in self:
            repeat.percent = round(100 * repeat.score)

    @api.depends("earlier_id.social_state", "ticket_id.lead_id", "ticket_id.kind")
    def _compute_can_join(self):
        """Whether one reply to both is possible now."""
        for repeat in self:
            lead = repeat.earlier_id.lead_id or repeat.earlier_id
            repeat.can_join = not repeat.ticket_id._join_obstacle(lead)

    # -- the curator's decisions -------------------------------------------------

    def _check_decidable(self):
        """Refuse a decision to whoever may not work with both messages."""
        self.ticket_id._check_curator()
        self.earlier_id.check_access("read")
        self.ticket_id._require_state(OPEN_STATES, self.env._("Deciding on a repeat"))

    def action_confirm(self):
        """«Repeated message»: link to the earlier one, take over topic and place."""
        self._check_decidable()
        for repeat in self:
            repeat.ticket_id.repeat_of_id = repeat.earlier_id
        return True

    def action_reject(self):
        """«Not a repeat»: hide the proposal."""
        self._check_decidable()
        confirmed = self.filtered(lambda repeat: repeat.state == "confirmed")
        if confirmed:
            raise UserError(
                self.env._("Empty «Repeats» on the message to undo a confirmed repeat.")
            )
        self._decide("rejected")
        return True

    def action_join(self):
        """Answer the message together with the earlier one."""
        self.ensure_one()
        self._check_decidable()
        self.ticket_id.join(self.earlier_id)
        return True

    def action_open_earlier(self):
        """Open the earlier message."""
        self.ensure_one()
        return self.earlier_id.get_formview_action()

    def _decide(self, state):
        """Keep the decision with who made it and when."""
        user = self.env["helpdesk.ticket"]._acting_user()
        # sudo: proposals are written by the procedure alone.
        self.sudo().write(
            {
                "state": state,
                "decided_by_id": user.id,
                "decided_at": fields.Datetime.now(),
            }
        )
        self.ticket_id.sudo()._point_to_repeat()
