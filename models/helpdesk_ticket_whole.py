from odoo import api, fields, models
from odoo.exceptions import UserError

#: Events after which the parts, or who answers for them, are others.
VOIDING = ("assigned", "declined", "draft_submitted", "rework_requested")
VOIDING += ("interim_published", "published")


class HelpdeskTicket(models.Model):
    """The approved parts of several executors made into one reply.

    By the curator, or by the executor whom the curator has named to lead.  What the
    leading executor writes is a proposal: it is published, or sent for agreement, by
    the curator, who sees it beside the parts.
    """

    _inherit = "helpdesk.ticket"

    whole_text = fields.Text("The whole reply", readonly=True, copy=False)
    whole_by_id = fields.Many2one(
        "res.users", "Put together by", readonly=True, copy=False
    )
    whole_at = fields.Datetime("Put together on", readonly=True, copy=False)
    has_parts = fields.Boolean(compute="_compute_has_parts")

    @api.depends("social_state", "assignment_ids.state", "outbox_pending")
    def _compute_has_parts(self):
        """Whether there are parts to be put together now."""
        for ticket in self:
            ticket.has_parts = ticket.is_social and ticket._may_merge()

    def _may_merge(self):
        """Whether the parts of several executors are all approved, and not out."""
        self.ensure_one()
        # sudo: how many parts there are, whoever asks.
        ticket = self.sudo()
        return (
            ticket.social_state in ("approved", "agreement")
            and len(ticket._approved_replies()) > 1
            and not ticket.outbox_pending
            and not ticket._approved_text_is_agreed()
        )

    def _approved_text_is_agreed(self):
        """Whether a text is on its way through an approval chain already."""
        self.ensure_one()
        return bool(self._agreed_text())

    def _merged_text(self):
        """The whole that somebody has put together goes before the bare parts."""
        if self._approved_text_is_agreed():
            return super()._merged_text()
        # sudo: the curator reads the ticket; a wizard of an executor may ask, too.
        return self.sudo().whole_text or super()._merged_text()

    def _record_event(self, event_type, *args, **kwargs):
        if event_type in VOIDING:
            # sudo: a derived text, kept by the procedure alone.
            changed = self.sudo().filtered("whole_text")
            changed.write(
                {"whole_text": False, "whole_by_id": False, "whole_at": False}
            )
        return super()._record_event(event_type, *args, **kwargs)

    def merge_parts(self, text):
        """Keep ``text`` as the whole reply made of the approved parts."""
        self.ensure_one()
        self._check_merger()
        text = (text or "").strip()
        if not text:
            raise UserError(self.env._("Write the whole reply."))
        self._check_length(text)
        self._take_turn()
        # sudo: the leading executor has no right to write tickets.
        ticket = self.sudo()
        ticket.write(
            {
                "whole_text": text,
                "whole_by_id": self.env.uid,
                "whole_at": fields.Datetime.now(),
            }
        )
        ticket.message_post(
            body=self.env._("The parts were put together into one reply."),
            author_id=self.env.user.partner_id.id,
        )
        return True

    def _check_merger(self):
        """Refuse whoever neither routes the message nor leads its executors."""
        leads = self.assignment_ids.filtered(lambda a: a.is_lead and a.is_mine)
        if not leads:
            self._check_curator()
        self.check_access("read")
        if not self._may_merge():
            raise UserError(
                self.env._(
                    "There is nothing to put together: the drafts of several "
                    "executors must be approved, and the reply not yet sent."
                )
            )

    def action_merge(self):
        """Show the parts joined, to be made one text."""
        self.ensure_one()
        self._check_merger()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_merge_parts"
        )
        action["context"] = {
            "default_ticket_id": self.id,
            "dialog_size": "extra-large",
        }
        return action


class HelpdeskSocialAssignment(models.Model):
    _inherit = "helpdesk.social.assignment"

    is_lead = fields.Boolean(
        "Puts the reply together",
        readonly=True,
        help="Puts the approved parts of all executors together into one reply.",
    )
    can_lead = fields.Boolean(compute="_compute_can_lead")
    can_merge = fields.Boolean(compute="_compute_can_merge")

    @api.depends("state", "is_lead", "ticket_id.assignment_ids.state")
    def _compute_can_lead(self):
        for assignment in self:
            live = assignment.ticket_id.assignment_ids.filtered("is_live")
            assignment.can_lead = (
                len(live) > 1 and assignment in live and not assignment.is_lead
            )

    @api.depends_context("uid")
    @api.depends("state", "is_lead", "ticket_id.social_state")
    def _compute_can_merge(self):
        for assignment in self:
            assignment.can_merge = (
                assignment.is_lead
                and assignment.is_mine
                and assignment.ticket_id._may_merge()
            )

    def action_lead(self):
        """Let this executor put the parts of all together, in place of another."""
        self.ensure_one()
        self._check_curator()
        if not self.can_lead:
            raise UserError(
                self.env._("Only one of several executors at work can lead.")
            )
        # sudo: an assignment is written by the procedure alone.
        shares = self.sudo().ticket_id.assignment_ids
        shares.is_lead = False
        self.sudo().is_lead = True
        self.ticket_id.message_post(
            body=self.env._("Leads the executors: %s", self.display_name)
        )
        return True

    def action_merge(self):
        """The leading executor's way to the whole reply."""
        self.ensure_one()
        self._check_holder()
        return self.ticket_id.action_merge()
