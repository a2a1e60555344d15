from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .res_users import LIVE_STATES

#: What whoever holds an assignment may write without a step of the procedure: the
#: draft that the screen shows inside it.
EDITABLE = {"draft_text", "draft_kind", "draft_promised_date"}
EDITABLE |= {"draft_attachment_ids"}
EDITABLE |= {"draft_interim_reason"}

#: States in which the draft is in the executor's hands.
DRAFTING_STATES = ("assigned", "accepted", "rework")

#: The activity that tells an executor of a new assignment.
ACTIVITY = "helpdesk_mgmt_social.activity_assignment"


class HelpdeskSocialAssignment(models.Model):
    """One executor's share of one message."""

    _name = "helpdesk.social.assignment"
    _description = "Assignment"
    _inherit = [
        "helpdesk.social.procedural",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "next_due, id"

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
    unit_id = fields.Many2one("helpdesk.ticket.team", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Person", readonly=True, index="btree_not_null"
    )
    substitute_id = fields.Many2one("res.users", readonly=True, index="btree_not_null")
    state = fields.Selection(
        [
            ("assigned", "Awaiting acceptance"),
            ("accepted", "Being drafted"),
            ("sign_off", "Awaiting signature"),
            ("submitted", "Under review"),
            ("rework", "In rework"),
            ("approved", "Approved"),
            ("done", "Answered"),
            ("declined", "Declined"),
            ("cancelled", "Cancelled"),
        ],
        default="assigned",
        required=True,
        readonly=True,
        index=True,
    )
    is_live = fields.Boolean(compute="_compute_is_live")
    note = fields.Text("Curator's note", readonly=True)
    assigned_at = fields.Datetime(required=True, readonly=True)
    decline_reason = fields.Text(readonly=True)
    reply_ids = fields.One2many("helpdesk.social.reply", "assignment_id")
    reply_id = fields.Many2one("helpdesk.social.reply", "Current draft", readonly=True)
    # None of these is read as superuser: the form's onchange takes whatever
    # ``reply_id`` and ``ticket_id`` it is told.
    draft_text = fields.Text(
        related="reply_id.body", readonly=False, related_sudo=False
    )
    draft_kind = fields.Selection(
        related="reply_id.kind",
        readonly=False,
        related_sudo=False,
        string="Kind of reply",
    )
    draft_promised_date = fields.Date(
        related="reply_id.promised_date", readonly=False, related_sudo=False
    )
    draft_attachment_ids = fields.Many2many(
        related="reply_id.attachment_ids",
        readonly=False,
        related_sudo=False,
        string="Files of the reply",
    )
    draft_max_length = fields.Integer(related="reply_id.max_length", related_sudo=False)
    draft_version_ids = fields.One2many(
        related="reply_id.version_ids", related_sudo=False
    )
    rework_remarks = fields.Text(compute="_compute_rework")
    rework_reason_ids = fields.Many2many(
        "helpdesk.social.rework.reason", compute="_compute_rework"
    )
    deadline_ids = fields.One2many(
        "helpdesk.social.deadline", "assignment_id", "Clocks"
    )
    next_due = fields.Datetime("Deadline", readonly=True, index="btree_not_null")
    next_stage = fields.Char(readonly=True)
    next_stage_label = fields.Char(compute="_compute_next_stage_label")
    can_delegate = fields.Boolean(compute="_compute_can_delegate")
    is_mine = fields.Boolean(compute="_compute_is_mine", search="_search_is_mine")

    # What the executor must see of the message, without opening it.
    ticket_number = fields.Char(related="ticket_id.number", related_sudo=False)
    ticket_kind = fields.Selection(related="ticket_id.kind", store=True)
    ticket_state = fields.Selection(
        related="ticket_id.social_state",
        related_sudo=False,
        string="State of the message",
    )
    ticket_text = fields.Text(related="ticket_id.original_text", related_sudo=False)
    ticket_list_text = fields.Text(related="ticket_id.list_text", related_sudo=False)
    ticket_network = fields.Selection(related="ticket_id.network", related_sudo=False)
    ticket_permalink = fields.Char(related="ticket_id.permalink", related_sudo=False)
    ticket_importance = fields.Selection(
        related="ticket_id.importance", related_sudo=False
    )
    ticket_deadline_ids = fields.One2many(
        related="ticket_id.deadline_ids", related_sudo=False
    )
    topic_id = fields.Many2one(
        related="ticket_id.category_id", related_sudo=False, string="Topic"
    )
    territory_id = fields.Many2one(related="ticket_id.territory_id", related_sudo=False)
    author_id = fields.Many2one(related="ticket_id.author_id", related_sudo=False)
    received_at = fields.Datetime(related="ticket_id.received_at", related_sudo=False)
    message_thread_ids = fields.One2many(
        related="ticket_id.social_message_ids", related_sudo=False
    )
    photo_ids = fields.Many2many(related="ticket_id.photo_ids", related_sudo=False)

    @api.depends("state")
    def _compute_is_live(self):
        for assignment in self:
            assignment.is_live = assignment.state in LIVE_STATES

    @api.depends("unit_id", "user_id")
    def _compute_display_name(self):
        for assignment in self:
            unit, person = assignment.unit_id.name or "", assignment.user_id.name
            assignment.display_name = f"{unit} ({person})" if person else unit

    @api.depends("next_stage")
    @api.depends_context("lang")
    def _compute_next_stage_label(self):
        field = self.env["helpdesk.social.deadline"]._fields["stage"]
        labels = dict(field._description_selection(self.env))
        for assignment in self:
            assignment.next_stage_label = labels.get(assignment.next_stage, "")

    @api.depends("state", "reply_id.version_ids.remarks")
    def _compute_rework(self):
        for assignment in self:
            # Whatever happened to the next draft inside the unit since then.
            decided = assignment.reply_id.version_ids.filtered(
                lambda version: version.decision == "rework"
            )
            version = decided.sorted("id")[-1:]
            waiting = assignment.state == "rework"
            assignment.rework_remarks = version.remarks if waiting else False
            assignment.rework_reason_ids = version.reason_ids if waiting else False

    @api.depends_context("uid")
    @api.depends("user_id", "substitute_id", "unit_id", "state")
    def _compute_is_mine(self):
        # sudo: who stands in for whom, and who is absent, is not for all to read.
        domain = [("id", "in", self.ids), *self.env.user._social_holder_domain()]
        mine = self.sudo().search(domain).sudo(self.env.su)
        for assignment in self:
            assignment.is_mine = assignment in mine

    def _compute_can_delegate(self):
        user = self.env.user
        principals = user._social_principals()
        for assignment in self:
            assignment.can_delegate = (
                assignment.is_mine
                and assignment.state in DRAFTING_STATES
                and assignment._delegated_by(user, principals)
                and bool(assignment._may_be_delegated_to())
            )

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: as above; the search around it keeps to the rules.
        mine = self.sudo()._search(self.env.user._social_holder_domain())
        mine = fields.Domain("id", "in", mine)
        return fields.Domain.OR(mine if wanted else ~mine for wanted in set(value))

    # -- access ------------------------------------------------------------------

    def write(self, vals):
        if not self.env.su and set(vals) - EDITABLE - self._mail_fields():
            raise UserError(
                self.env._(
                    "An assignment changes only by the steps of the procedure: "
                    "accept, decline, submit."
                )
            )
        return super().write(vals)

    def _mail_fields(self):
        """Fields that following and planned activities write."""
        prefixes = ("message_", "activity_", "my_activity_")
        return {name for name in self._fields if name.startswith(prefixes)}

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("An assignment is part of the history and cannot be deleted.")
        )

    def _check_holder(self):
        """Refuse a step to anybody who does not hold these assignments.

        Raises AccessError for another's assignment and UserError for one that has
        ended.
        """
        self.ticket_id.check_access("read")
        for assignment in self:
            if not assignment.is_live:
                raise UserError(
                    self.env._("This assignment has ended: nothing is asked of you.")
                )
            if not assignment.is_mine:
                raise AccessError(
                    self.env._(
                        "Only the executor of this assignment may do that: %s.",
                        assignment.display_name,
                    )
                )

    def _check_curator(self):
        self.ticket_id._check_curator()

    def _require(self, states, step):
        """Refuse ``step`` (a sentence) unless every assignment is in ``states``."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        for assignment in self:
            if assignment.state not in states:
                raise UserError(
                    self.env._(
                        "%(step)s is not possible now: the assignment of %(who)s is "
                        "in the state «%(state)s».",
                        step=step,
                        who=assignment.display_name,
                        state=labels[assignment.state],
                    )
                )
            assignment.ticket_id._require_open(step)

    def _engine_key(self):
        """How the deadline engine names this executor."""
        self.ensure_one()
        return str(self.id)

    # -- the executor's steps ----------------------------------------------------

    def action_accept(self):
        """Take the assignment: «Принять в работу»."""
        self._check_holder()
        self._require(["assigned"], self.env._("Accepting"))
        self._step("accepted", state="accepted")
        return True

    def save_draft(self, text):
        """Keep what is being typed; called by the editor while a person writes."""
        self.ensure_one()
        self._check_holder()
        if self.state not in DRAFTING_STATES:
            raise UserError(self.env._("This draft is already under review."))
        self.draft_text = text
        return True

    def action_submit(self):
        """Send the draft to the curator: «На согласование»."""
        self._check_holder()
        self._require(DRAFTING_STATES, self.env._("Submitting"))
        now = fields.Datetime.now()
        for assignment in self:
            assignment._check_draft()
            assignment._hand_in(now)
        return True

    def _hand_in(self, now):
        """Let the finished draft go to whoever decides about it; a hook."""
        self.ensure_one()
        # sudo: versions are written by the procedure alone.
        reply = self.reply_id.sudo()
        reply.write({"state": "submitted", "drafted_by_id": self.env.uid})
        reply._save_version(now)
        self._step("draft_submitted", state="submitted", at=now)

    def _check_draft(self):
        """Refuse a draft that cannot be reviewed; a hook for further checks."""
        self.ensure_one()
        if not (self.draft_text or "").strip():
            raise UserError(self.env._("Write the draft reply before submitting it."))
        if self.draft_kind == "interim" and not self.draft_promised_date:
            raise UserError(
                self.env._("An interim reply names the date of the final one.")
            )
        self.ticket_id._check_length(self.draft_text)

    # -- common ------------------------------------------------------------------

    def _step(self, event_type, state=None, at=None, note=None, **vals):
        """Record ``event_type`` for each assignment and move it to ``state``.

        ``vals`` are further fields of the event.
        """
        at = at or fields.Datetime.now()
        for assignment in self:
            # sudo: executors have no right to write tickets, events or states; who
            # acts was checked by the step and is kept in the event.
            record = assignment.sudo()
            if state:
                record.state = state
            record.ticket_id._record_event(
                event_type,
                at=at,
                assignment=record,
                note=note,
                reply=record.reply_id,
                reply_kind=(
                    record.reply_id.kind if event_type == "draft_submitted" else None
                ),
                **vals,
            )

    def _notify_executor(self):
        """Tell whoever is in charge that there is something to do."""
        for assignment, user in self._in_charge().items():
            assignment._plan(ACTIVITY, user)

    def _plan(self, activity, user):
        """Plan an ``activity`` (external id) for ``user`` on this assignment."""
        self.ensure_one()
        # The activity names the message: only for who may see it.
        if self.ticket_id._social_readers(user.partner_id.ids):
            self.activity_schedule(
                activity, user_id=user.id, summary=self.ticket_id.name
            )

    def _in_charge(self):
        """The person named, or the unit's leader, by assignment; a hook."""
        return {a: a.user_id or a.unit_id.user_id for a in self}

    def _new_draft(self, kind="final"):
        """Start the next draft of each assignment."""
        for assignment in self:
            assignment.reply_id = self.env["helpdesk.social.reply"].create(
                {
                    "ticket_id": assignment.ticket_id.id,
                    "assignment_id": assignment.id,
                    "kind": kind,
                }
            )

    def action_open_form(self):
        """Open the assignment on the executor's screen."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }
