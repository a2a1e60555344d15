from odoo import api, fields, models

STAGES = [
    ("assign", "Assignment to an executor"),
    ("accept", "Acceptance"),
    ("draft", "Draft reply"),
    ("review", "Review"),
    ("rework", "Rework"),
    ("superior", "Sending to the superior curator"),
    ("publish", "Publication"),
    ("total", "Whole term"),
    ("final", "Final draft after an interim reply"),
    ("manual", "Term set by the curator"),
    ("promise", "Promise to the author"),
]


class HelpdeskSocialDeadline(models.Model):
    """A clock: derived from the events, stored to be searched, shown and alarmed.

    Instants are UTC.  A clock that has ended is evidence and is not changed again,
    but by the reversal of the very step that ended it.
    """

    _name = "helpdesk.social.deadline"
    _description = "Deadline"
    _inherit = ["helpdesk.social.procedural"]
    _order = "start, id"

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        required=True,
        index=True,
        ondelete="cascade",
        bypass_search_access=True,
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True)
    assignment_id = fields.Many2one(
        "helpdesk.social.assignment", index="btree_not_null", ondelete="cascade"
    )
    norm_id = fields.Many2one("helpdesk.social.norm", ondelete="restrict")
    norm_code = fields.Char("Code of the norm", required=True)
    clause = fields.Char(related="norm_id.clause")
    stage = fields.Selection(STAGES, required=True)
    start = fields.Datetime(required=True)
    due = fields.Datetime(required=True)
    done = fields.Datetime("Ended")
    state = fields.Selection(
        [
            ("running", "Running"),
            ("met", "Met"),
            ("breached", "Missed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
    )
    provisional = fields.Boolean(
        help="Counted beyond the years of the known calendar: it may still move."
    )
    is_overdue = fields.Boolean(
        "Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )

    _running_idx = models.Index("(due) WHERE state = 'running'")

    @api.depends("stage", "assignment_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["stage"]._description_selection(self.env))
        for deadline in self:
            words = (labels.get(deadline.stage), deadline.assignment_id.display_name)
            deadline.display_name = ": ".join(word for word in words if word)

    @api.depends("due", "state")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for deadline in self:
            deadline.is_overdue = deadline.state == "running" and deadline.due < now

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        overdue = fields.Domain("state", "=", "running") & fields.Domain(
            "due", "<", now
        )
        return fields.Domain.OR(
            overdue if wanted else ~overdue for wanted in set(value)
        )

    def _key(self):
        """What tells one clock of a ticket from another."""
        return (self.norm_code, self.assignment_id.id, self.start)


def write_changed(record, vals):
    """Write those of ``vals`` that differ: a clock seldom moves with every step."""
    changed = {}
    for name, value in vals.items():
        present = record[name]
        if isinstance(present, models.BaseModel):
            present = present.id
        if (present or False) != (value or False):
            changed[name] = value
    if changed:
        record.write(changed)
