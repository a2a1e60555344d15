from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .res_users import GROUP_CURATOR


class HelpdeskTicket(models.Model):
    """Executors: proposals of those who declined, late routing, and publishing by
    the executor itself."""

    _inherit = "helpdesk.ticket"

    returned_id = fields.Many2one(
        "helpdesk.social.assignment",
        "Returned with a proposal",
        compute="_compute_returned_id",
        help="The last refusal whose proposal of another unit waits for a decision.",
    )
    returned_unit_id = fields.Many2one(
        "helpdesk.ticket.team", "Proposed unit", compute="_compute_returned_id"
    )
    returned_reason = fields.Text("Why not theirs", compute="_compute_returned_id")
    returned_by = fields.Char("Returned by", compute="_compute_returned_id")
    returned_after = fields.Char("Lay with the unit", compute="_compute_returned_id")
    routed_late = fields.Boolean(
        "Routed late", compute="_compute_routed_late", search="_search_routed_late"
    )

    @api.depends("assignment_ids.state", "assignment_ids.proposed_unit_id")
    def _compute_returned_id(self):
        for ticket in self:
            open_ones = ticket.assignment_ids.filtered("can_assign_proposed")
            last = open_ones.sorted("id")[-1:]
            ticket.returned_id = last
            ticket.returned_unit_id = last.proposed_unit_id
            ticket.returned_reason = last.decline_reason
            ticket.returned_by = last.display_name
            ticket.returned_after = last.time_used

    def action_assign_proposed(self):
        """Follow the proposal of the unit that declined."""
        self.ensure_one()
        self._check_curator()
        if not self.returned_id:
            raise UserError(
                self.env._("No proposal of another unit waits for a decision here.")
            )
        return self.returned_id.action_assign_proposed()

    # -- late routing ------------------------------------------------------------

    @api.depends("assignment_ids.routed_late")
    def _compute_routed_late(self):
        for ticket in self:
            ticket.routed_late = any(ticket.assignment_ids.mapped("routed_late"))

    def _search_routed_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = fields.Domain("assignment_ids.routed_late", "=", True)
        return fields.Domain.OR(late if wanted else ~late for wanted in set(value))

    def _assign_one(self, unit, user, note):
        assignment = super()._assign_one(unit, user, note)
        # sudo: clocks and assignments are the procedure's.
        terms = self.sudo().deadline_ids.filtered(
            lambda clock: clock.stage == "assign" and clock.state != "cancelled"
        )
        due = terms.mapped("due")
        assignment.routed_late = bool(due) and assignment.assigned_at > max(due)
        return assignment

    # -- publishing by the executor ----------------------------------------------

    def _executor_publishes(self):
        """Whether the act and the curator let the executors publish: all of those
        at work on the message, as the reply is of all."""
        self.ensure_one()
        # sudo: as for any holder; the reader's own part is looked at by the caller.
        ticket = self.sudo()
        live = ticket.assignment_ids.filtered("is_live")
        return (
            bool(live)
            and ticket.regulation_id._executor_may_place(ticket.intake)
            and all(live.mapped("may_publish"))
        )

    def _refresh_social(self):
        """Tell the executors when it is theirs to publish."""
        before = {ticket: ticket.social_state for ticket in self}
        res = super()._refresh_social()
        for ticket, state in before.items():
            # sudo: a notice goes to others than who acts.
            record = ticket.sudo()
            if state == record.social_state or record.social_state != "approved":
                continue
            if record._executor_publishes():
                record.assignment_ids.filtered("is_live")._notify_publishers()
        return res

    def _check_publisher(self, text=None):
        """Refuse whoever may not publish: all but curators and, where the act and
        the curator agree, the executor.

        An executor publishes what was approved, to the letter: ``text`` is compared.
        """
        if self.env.su or self.env.user.has_group(GROUP_CURATOR):
            return super()._check_publisher(text)
        self.check_access("read")
        for ticket in self:
            held = any(ticket.assignment_ids.mapped("is_mine"))
            if not held or not ticket._executor_publishes():
                raise AccessError(
                    self.env._(
                        "Here only a curator publishes: the regulation or the curator "
                        "does not let the executor."
                    )
                )
            approved = ticket._approved_text().split()
            if text is not None and text.split() != approved:
                raise UserError(
                    self.env._(
                        "Publish the text as it was approved, or ask the curator to "
                        "send it back for rework."
                    )
                )
        return None
