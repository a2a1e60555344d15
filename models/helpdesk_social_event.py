from odoo import api, fields, models
from odoo.exceptions import UserError

#: The whole vocabulary.  What no norm names moves no clock, but is history.
EVENT_TYPES = [
    ("received", "Message received"),
    ("registered", "Taken into work"),
    ("no_reaction", "Marked as needing no reaction"),
    ("facts_changed", "Facts changed"),
    ("term_changed", "Term changed"),
    ("assigned", "Executor assigned"),
    ("accepted", "Accepted"),
    ("declined", "Assignment declined"),
    ("draft_submitted", "Draft submitted"),
    ("rework_requested", "Sent back for rework"),
    ("approved", "Draft approved"),
    ("sent_to_superior", "Sent to the superior curator"),
    ("superior_approved", "Agreed by the superior curator"),
    ("superior_rejected", "Refused by the superior curator"),
    ("signed_off", "Signed off in the unit"),
    ("substituted", "Substitute named"),
    ("clarification_published", "Clarification asked"),
    ("clarification_answered", "Clarification answered"),
    ("interim_published", "Interim reply published"),
    ("published", "Reply published"),
    ("source_notified", "Source told"),
    ("reply_corrected", "Published reply corrected"),
    ("reply_withdrawn", "Published reply taken off"),
    ("excluded", "Message excluded"),
    ("restored", "Message restored"),
    ("closed", "Message closed"),
]


class HelpdeskSocialEvent(models.Model):
    """One step in a ticket's history: append-only, the truth all clocks follow."""

    _name = "helpdesk.social.event"
    _description = "Event of a social message"
    _inherit = ["helpdesk.social.procedural"]
    _order = "at, id"
    _rec_name = "type"

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        required=True,
        index=True,
        ondelete="restrict",
        bypass_search_access=True,
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True)
    type = fields.Selection(EVENT_TYPES, required=True)
    at = fields.Datetime("When", required=True)
    user_id = fields.Many2one(
        "res.users", string="Who", help="Empty where a citizen or the network acted."
    )
    assignment_id = fields.Many2one(
        "helpdesk.social.assignment", index=True, ondelete="restrict"
    )
    reply_id = fields.Many2one("helpdesk.social.reply", ondelete="restrict")
    reply_kind = fields.Char()
    facts = fields.Json(help="The facts that changed, with their new values.")
    norm_code = fields.Char("Norm")
    due = fields.Datetime(
        "New deadline", help="Of an interim reply: by when it promises the final one."
    )
    since = fields.Datetime(
        "Received there",
        help="Of a further way in: when the message was received by it.",
    )
    published_where = fields.Selection(
        [
            ("network", "On the network"),
            ("source", "In the source system"),
            ("hand", "By hand"),
        ]
    )
    link = fields.Char()
    on_behalf_id = fields.Many2one(
        "res.users", string="On behalf of", help="Whom the actor stood in for."
    )
    note = fields.Text(help="Reason, remarks or note given with the step.")
    sentence = fields.Char(compute="_compute_sentence")

    @api.depends(
        "type",
        "assignment_id",
        "note",
        "reply_kind",
        "facts",
        "link",
        "on_behalf_id",
        "since",
    )
    @api.depends_context("lang")
    def _compute_sentence(self):
        for event in self:
            event.sentence = event._sentence()

    def _sentence(self):
        """The step in one plain sentence, without its instant and actor."""
        self.ensure_one()
        labels = dict(self._fields["type"]._description_selection(self.env))
        parts = [labels[self.type]]
        if self.type == "draft_submitted" and self.reply_kind == "interim":
            parts = [self.env._("Interim draft submitted")]
        if self.assignment_id:
            parts.append(self.assignment_id.display_name)
        if self.on_behalf_id:
            parts.append(self.env._("for %s", self.on_behalf_id.name))
        if self.facts:
            parts.append(self._facts_sentence())
        if self.since:
            parts.append(self.env._("there since %s", self._moment(self.since)))
        if self.due:
            due = self._moment(self.due)
            if self.type == "interim_published":
                due = self.env._("the final reply is promised by %s", due)
            parts.append(due)
        if self.link:
            parts.append(self.link)
        if self.note:
            parts.append(self.note)
        return ": ".join([parts[0], " · ".join(parts[1:])]) if parts[1:] else parts[0]

    def _moment(self, instant):
        """An instant of this event in words, in the organisation's zone."""
        record = self.with_context(tz=self.ticket_id._social_tz())
        local = fields.Datetime.context_timestamp(record, instant)
        return local.strftime("%d.%m.%Y %H:%M")

    def _facts_sentence(self):
        """The changed facts in the reader's language."""
        Ticket = self.env["helpdesk.ticket"]
        fact = self.env["helpdesk.social.norm.condition"]._fields["fact"]
        labels = dict(fact._description_selection(self.env))
        words = []
        for name, value in self.facts.items():
            field = Ticket._fields.get(name)
            label = labels.get(name, name)
            if field is not None:
                label = field._description_string(self.env)
            if isinstance(value, bool):
                value = self.env._("yes") if value else self.env._("no")
            elif field is not None and field.type == "selection":
                value = dict(field._description_selection(self.env)).get(value, value)
            words.append(f"{label} — {value}")
        return ", ".join(words)

    def _engine_data(self, zone):
        """The event in the form of the deadline engine; ``zone`` is UTC."""
        self.ensure_one()
        data = {"type": self.type, "at": self.at.replace(tzinfo=zone)}
        if self.assignment_id:
            data["executor"] = self.assignment_id._engine_key()
        if self.reply_kind:
            data["reply_kind"] = self.reply_kind
        if self.facts:
            data["facts"] = self.facts
        if self.norm_code:
            data["norm"] = self.norm_code
        if self.due:
            data["due"] = self.due.replace(tzinfo=zone)
        if self.since:
            data["since"] = self.since.replace(tzinfo=zone)
        return data

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("The history of a message cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The history of a message cannot be deleted."))
