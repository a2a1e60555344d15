from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: What a curator says of a flaw recorded by hand.
BY_HAND = {"ticket_id", "assignment_id", "deadline_id", "kind", "clause"}
BY_HAND |= {"note", "at"}


class HelpdeskSocialFlaw(models.Model):
    """A shortcoming in the work on a message: found by the clock or by a curator."""

    _name = "helpdesk.social.flaw"
    _description = "Flaw"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "at desc, id desc"
    _rec_name = "kind"

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        "Message",
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True)
    assignment_id = fields.Many2one(
        "helpdesk.social.assignment",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('ticket_id', '=', ticket_id)]",
    )
    deadline_id = fields.Many2one(
        "helpdesk.social.deadline",
        index="btree_not_null",
        ondelete="set null",
        domain="[('ticket_id', '=', ticket_id)]",
    )
    kind = fields.Selection(
        [
            ("late", "Late step"),
            ("rejected", "Rejected twice"),
            ("promise", "Broken promise"),
            ("formal", "Formal reply"),
            ("other", "Other"),
        ],
        required=True,
    )
    clause = fields.Char(help="Clause of the act that was not kept.")
    note = fields.Text()
    at = fields.Datetime("When", required=True, default=fields.Datetime.now)
    automatic = fields.Boolean("Recorded by the clock", readonly=True)
    user_id = fields.Many2one(
        "res.users", "Recorded by", readonly=True, help="Empty: by the clock."
    )

    _late_once = models.UniqueIndex(
        "(deadline_id) WHERE automatic",
        "A late step is recorded once per deadline.",
    )
    _draft_once = models.UniqueIndex(
        "(assignment_id, kind) WHERE automatic AND deadline_id IS NULL",
        "What the drafts of an assignment show is recorded once.",
    )

    @api.constrains("ticket_id", "assignment_id", "deadline_id")
    def _check_ticket(self):
        for flaw in self:
            # sudo: whether they belong together, not who may read them.
            parts = flaw.sudo()
            tickets = parts.assignment_id.ticket_id | parts.deadline_id.ticket_id
            if tickets - parts.ticket_id:
                raise ValidationError(
                    self.env._("The assignment or deadline is another message's.")
                )
            if not parts.ticket_id.is_social:
                raise ValidationError(
                    self.env._("Flaws are recorded on citizens' messages only.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            # Whom a flaw concerns reads it; only who reads the message records one.
            ids = [vals["ticket_id"] for vals in vals_list if vals.get("ticket_id")]
            self.env["helpdesk.ticket"].browse(ids).check_access("read")
            # By hand: whatever the client says, it was this person.
            vals_list = [
                {**vals, "automatic": False, "user_id": self.env.uid}
                for vals in vals_list
            ]
        return super().create(vals_list)

    @api.model
    def default_get(self, fields):
        """What the clock records, and what steps write, no client's context says."""
        if self.env.su:
            own = (self._fields[name] for name in fields if name in self._fields)
            return {f.name: f.default(self) for f in own if f.default}
        return super().default_get([name for name in fields if name in BY_HAND])
