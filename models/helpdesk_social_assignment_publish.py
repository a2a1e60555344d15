from odoo import api, fields, models
from odoo.exceptions import UserError


class HelpdeskSocialAssignment(models.Model):
    """Publishing by the executor, where the regulation and the curator agree."""

    _inherit = "helpdesk.social.assignment"

    may_publish = fields.Boolean(
        "May publish",
        readonly=True,
        help="The curator has agreed that this executor publishes the approved reply.",
    )
    publishing_allowed = fields.Boolean(compute="_compute_publishing_allowed")
    can_publish = fields.Boolean(compute="_compute_can_publish")
    source_mode = fields.Selection(related="ticket_id.source_mode", related_sudo=False)
    routed_late = fields.Boolean(
        "Routed late",
        readonly=True,
        index=True,
        help="Assigned after the term for routing the message had ended.",
    )

    def _compute_publishing_allowed(self):
        """Whether the act knows of it at all."""
        for assignment in self:
            ticket = assignment.ticket_id
            # sudo: one fact of the act, for whoever sees the assignment.
            regulation = ticket.sudo().regulation_id
            assignment.publishing_allowed = regulation and (
                regulation._executor_may_place(ticket.sudo().intake)
            )

    @api.depends_context("uid")
    @api.depends("state", "may_publish", "ticket_id.social_state")
    def _compute_can_publish(self):
        for assignment in self:
            ticket = assignment.ticket_id
            assignment.can_publish = (
                assignment.is_mine
                and assignment.may_publish
                and ticket.social_state == "approved"
                and not ticket.outbox_pending
                and ticket._executor_publishes()
            )

    def action_allow_publishing(self):
        """Agree that the executor publishes."""
        return self.allow_publishing(True)

    def action_forbid_publishing(self):
        """Take the agreement back."""
        return self.allow_publishing(False)

    def allow_publishing(self, allowed):
        """Let the executors of these shares publish the approved reply, or not."""
        self._check_curator()
        for assignment in self:
            if not assignment.is_live:
                raise UserError(self.env._("This assignment has ended."))
            if allowed and not assignment.publishing_allowed:
                raise UserError(
                    self.env._(
                        "By the regulation of this message only the curator publishes."
                    )
                )
        self.ticket_id._take_turn()
        # sudo: an assignment is written by the procedure alone.
        self.sudo().may_publish = allowed
        for assignment in self:
            words = self.env._("May publish the approved reply: %s")
            if not allowed:
                words = self.env._("May no longer publish the reply: %s")
            assignment.ticket_id.message_post(body=words % assignment.display_name)
        return True

    def _notify_publishers(self):
        """Tell whoever is in charge that the reply waits for being published."""
        for assignment, user in self._in_charge().items():
            partners = assignment.ticket_id._social_readers(user.partner_id.ids)
            if partners:
                assignment.message_notify(
                    partner_ids=partners.ids,
                    subject=assignment.ticket_number,
                    body=self.env._("The reply is approved. Publish it, please."),
                )

    def action_publish(self):
        """Show the reply as it will appear and publish it."""
        self.ensure_one()
        self._check_holder()
        return self.ticket_id.action_publish()
