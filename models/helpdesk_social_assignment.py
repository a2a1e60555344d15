from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .res_users import LIVE_STATES

#: What whoever holds an assignment may write without a step of the procedure: the
#: draft that the screen shows inside it.
EDITABLE = {"draft_text", "draft_kind", "draft_promised_date"}

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
    unit_id = fields.Many2one(
        "helpdesk.ticket.team", string="Unit", required=True, readonly=True
    )
    user_id = fields.Many2one(
        "res.users", string="Person", readonly=True, index="btree_not_null"
    )
    substitute_id = fields.Many2one("res.users", readonly=True, index="btree_not_null")
    state = fields.Selection(
        [
            ("assigned", "Awaiting acceptance"),
            ("accepted", "Being drafted"),
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
            version = assignment.reply_id._last_version()
            waiting = assignment.state == "rework"
            assignment.rework_remarks = version.remarks if waiting else False
            assignment.rework_reason_ids = version.reason_ids if waiting else False

    @api.depends_context("uid")
    @api.depends("user_id", "substitute_id", "unit_id", "state")
    def _compute_is_mine(self):
        mine = self.search(
            [("id", "in", self.ids), *self.env.user._social_holder_domain()]
        )
        for assignment in self:
            assignment.is_mine = assignment in mine

    def _compute_can_delegate(self):
        user = self.env.user
        for assignment in self:
            holders = assignment.user_id | assignment.unit_id.user_id
            assignment.can_delegate = (
                user in holders
                and assignment.is_mine
                and assignment.state in ("assigned", "accepted", "rework")
            )

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        mine = fields.Domain(self.env.user._social_holder_domain())
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

    def action_decline(self):
        """Ask for the reason of a refusal in a small wizard."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_decline"
        )
        action["context"] = {"default_assignment_id": self.id}
        return action

    def decline(self, reason):
        """Give the assignment back to the curator, with a reason.

        The holder loses sight of the message at once.
        """
        self._check_holder()
        self._require(["assigned", "accepted", "rework"], self.env._("Declining"))
        if not (reason or "").strip():
            raise UserError(self.env._("Say why this is not your competence."))
        # sudo: with this step the holder loses the right to write here.
        for assignment in self.sudo():
            assignment.decline_reason = reason
            assignment.reply_id.state = "withdrawn"
            assignment.activity_unlink([ACTIVITY])
        tickets = self.sudo().ticket_id
        self._step("declined", state="declined", note=reason)
        tickets._forget_blind()
        return True

    def save_draft(self, text):
        """Keep what is being typed; called by the editor while a person writes."""
        self.ensure_one()
        self._check_holder()
        if self.state not in ("assigned", "accepted", "rework"):
            raise UserError(self.env._("This draft is already under review."))
        self.draft_text = text
        return True

    def action_submit(self):
        """Send the draft to the curator: «На согласование»."""
        self._check_holder()
        self._require(["assigned", "accepted", "rework"], self.env._("Submitting"))
        now = fields.Datetime.now()
        for assignment in self:
            assignment._check_draft()
            # sudo: versions are written by the procedure alone.
            reply = assignment.reply_id.sudo()
            reply.write({"state": "submitted", "drafted_by_id": self.env.uid})
            reply._save_version(now)
            assignment._step("draft_submitted", state="submitted", at=now)
        return True

    def _check_draft(self):
        """Refuse a draft that cannot be reviewed; a hook for further checks."""
        self.ensure_one()
        if not (self.draft_text or "").strip():
            raise UserError(self.env._("Write the draft reply before submitting it."))
        if self.draft_kind == "interim" and not self.draft_promised_date:
            raise UserError(
                self.env._("An interim reply names the date of the final one.")
            )
        limit = self.draft_max_length
        if limit and len(self.draft_text) > limit:
            raise UserError(
                self.env._(
                    "The draft has %(length)d characters; the network takes "
                    "%(limit)d. Make it shorter: nothing is cut off by itself.",
                    length=len(self.draft_text),
                    limit=limit,
                )
            )

    def delegate(self, user):
        """Hand the assignment to another member of the unit.

        For the named person or the leader of the unit: a head who holds an
        assignment passes it on like this.
        """
        self._check_holder()
        self._require(["assigned", "accepted", "rework"], self.env._("Delegating"))
        for assignment in self:
            unit = assignment.unit_id
            if self.env.user not in (assignment.user_id | unit.user_id):
                raise AccessError(
                    self.env._("Only the person named or the unit's leader delegates.")
                )
            assignment._check_member(unit, user)
        # sudo: an assignment is written by the procedure alone; whoever hands a
        # private message on loses sight of it.
        assignments = self.sudo()
        assignments.user_id = user
        self._step("substituted", note=self.env._("Delegated to %s", user.name))
        assignments.activity_unlink([ACTIVITY])
        assignments._notify_executor()
        assignments.ticket_id._forget_blind()
        return True

    @api.model
    def _check_member(self, unit, user):
        if user not in (unit.user_ids | unit.user_id):
            raise UserError(
                self.env._(
                    "%(user)s is not in the unit «%(unit)s».",
                    user=user.name,
                    unit=unit.name,
                )
            )

    # -- common ------------------------------------------------------------------

    def _step(self, event_type, state=None, at=None, note=None):
        """Record ``event_type`` for each assignment and move it to ``state``."""
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
            )

    def _notify_executor(self):
        """Tell the person, or the unit's leader, that there is something to do."""
        for assignment in self:
            user = assignment.user_id or assignment.unit_id.user_id
            # The activity names the message: only for who may see it.
            if assignment.ticket_id._social_readers(user.partner_id.ids):
                assignment.activity_schedule(
                    ACTIVITY, user_id=user.id, summary=assignment.ticket_id.name
                )

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
