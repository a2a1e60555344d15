from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .helpdesk_social_assignment import ACTIVITY, DRAFTING_STATES
from .helpdesk_ticket import OPEN_STATES


class HelpdeskSocialAssignment(models.Model):
    """An assignment given back to the curator, or handed on inside the unit."""

    _inherit = "helpdesk.social.assignment"

    proposed_unit_id = fields.Many2one(
        "helpdesk.ticket.team",
        "Proposed unit",
        readonly=True,
        help="Whose competence it is, in the opinion of the unit that declined.",
    )
    declined_at = fields.Datetime(readonly=True)
    time_used = fields.Char("Lay with the unit", compute="_compute_time_used")
    can_assign_proposed = fields.Boolean(compute="_compute_can_assign_proposed")

    @api.depends("assigned_at", "declined_at")
    @api.depends_context("lang")
    def _compute_time_used(self):
        for assignment in self:
            used = False
            if assignment.declined_at:
                span = assignment.declined_at - assignment.assigned_at
                # Less than a minute is a minute, too: the words are for people.
                used = self.env["helpdesk.social.regulation"]._span(span)
                used = used or self.env._("less than a minute")
            assignment.time_used = used

    @api.depends("state", "proposed_unit_id", "ticket_id.social_state")
    @api.depends_context("uid")
    def _compute_can_assign_proposed(self):
        """Whether the proposal still stands: nobody has followed it, or overtaken
        it by asking that unit afterwards."""
        for assignment in self:
            unit, ticket = assignment.proposed_unit_id, assignment.ticket_id
            asked = ticket.assignment_ids.filtered(
                lambda a, unit=unit, own=assignment: (
                    a.unit_id == unit and (a.is_live or a.id > own.id)
                )
            )
            assignment.can_assign_proposed = bool(
                unit
                and assignment.state == "declined"
                and ticket.social_state in OPEN_STATES
                and not ticket.outbox_pending
                and not asked
            )

    # -- giving back -------------------------------------------------------------

    def action_decline(self):
        """Ask for the reason of a refusal in a small wizard."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_decline"
        )
        action["context"] = {"default_assignment_id": self.id}
        return action

    def decline(self, reason, proposed_unit=None):
        """Give the assignment back to the curator, with a reason.

        ``proposed_unit`` is whose competence it is, where the holder knows; it is
        reason enough.  The holder loses sight of the message at once.
        """
        self._check_holder()
        self._require(DRAFTING_STATES, self.env._("Declining"))
        proposed = proposed_unit or self.env["helpdesk.ticket.team"]
        reason = (reason or "").strip() or self._proposal_words(proposed)
        if not reason:
            raise UserError(self.env._("Say why this is not your competence."))
        self._check_proposed(proposed)
        # sudo: with this step the holder loses the right to write here.
        for assignment in self.sudo():
            assignment.decline_reason = reason
            assignment.proposed_unit_id = proposed
            assignment.declined_at = fields.Datetime.now()
            assignment.reply_id.state = "withdrawn"
            assignment.activity_unlink([ACTIVITY])
        tickets = self.sudo().ticket_id
        self._step("declined", state="declined", note=reason)
        tickets._forget_blind()
        return True

    def _proposal_words(self, unit):
        """The reason of a refusal that names nothing but whose competence it is."""
        return self.env._("Competence of «%s».", unit.name) if unit else ""

    def _check_proposed(self, unit):
        """Refuse the proposal of what is no other unit of this administration."""
        for assignment in self:
            known = not unit or (
                unit.is_social_unit
                and unit != assignment.unit_id
                and unit.company_id.id in (False, assignment.company_id.id)
            )
            if not known:
                raise UserError(
                    self.env._("Propose another unit that answers messages.")
                )

    def action_assign_proposed(self):
        """Assign the unit that the declining one has proposed, with the same note."""
        self.ensure_one()
        self._check_curator()
        if not self.can_assign_proposed:
            raise UserError(
                self.env._("No proposal of another unit waits for a decision here.")
            )
        self.ticket_id.assign(
            [(self.proposed_unit_id, self.env["res.users"])], note=self.note
        )
        return True

    # -- handing on --------------------------------------------------------------

    def delegate(self, user):
        """Hand the assignment to another member of the unit.

        For the named person or the leader of the unit: a head who holds an
        assignment passes it on like this.
        """
        self._check_holder()
        self._require(DRAFTING_STATES, self.env._("Delegating"))
        for assignment in self:
            if not assignment._delegated_by(self.env.user):
                raise AccessError(
                    self.env._("Only the person named or the unit's leader delegates.")
                )
            assignment._check_member(assignment.unit_id, user)
        # sudo: an assignment is written by the procedure alone; whoever hands a
        # private message on loses sight of it.
        assignments = self.sudo()
        note = self.env._("Delegated to %s", user.name)
        for assignment in assignments:
            behalf = assignment._on_behalf(self.env.user)
            assignment.user_id = user
            # Named for the former person, who works on it no more.
            assignment.substitute_id = False
            assignment._step("substituted", note=note, on_behalf_id=behalf.id)
        assignments.activity_unlink([ACTIVITY])
        assignments._notify_executor()
        assignments.ticket_id._forget_blind()
        return True

    def _delegated_by(self, user, principals=None):
        """Whether ``user`` may hand this assignment on to another member: the person
        named, the leader of the unit, and whoever stands in for one of them."""
        self.ensure_one()
        if user == self.substitute_id:
            return True
        holders = self.user_id | self.unit_id.user_id
        return bool((principals or user._social_principals()) & holders)

    def _may_be_delegated_to(self):
        """The members of the unit who could take this assignment over."""
        self.ensure_one()
        members = self.unit_id.user_ids | self.unit_id.user_id
        return members - self.user_id - self.env.user

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
