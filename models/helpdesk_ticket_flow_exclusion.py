from odoo import api, fields, models
from odoo.exceptions import UserError


class HelpdeskTicket(models.Model):
    """Grounds of exclusion, and two people to decide on it where the act asks.

    The first curator proposes, and nothing else changes; another one confirms or
    refuses.
    """

    _inherit = "helpdesk.ticket"

    exclusion_proposed_by_id = fields.Many2one(
        "res.users",
        "Exclusion proposed by",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    exclusion_proposed_at = fields.Datetime(
        "Exclusion proposed", readonly=True, copy=False
    )
    exclusion_proposed_reason_id = fields.Many2one(
        "helpdesk.social.exclusion.reason", "Proposed ground", readonly=True, copy=False
    )
    exclusion_proposed_note = fields.Text("Proposed why", readonly=True, copy=False)
    can_confirm_exclusion = fields.Boolean(compute="_compute_can_confirm_exclusion")

    @api.depends_context("uid")
    @api.depends("exclusion_proposed_by_id", "social_state")
    def _compute_can_confirm_exclusion(self):
        for ticket in self:
            proposer = ticket.exclusion_proposed_by_id
            ticket.can_confirm_exclusion = proposer and proposer != self.env.user

    def exclude(self, reason, note=None):
        """Exclude, or propose it where the act asks for a second person."""
        by_two = self.filtered("regulation_id.exclusion_second_person")
        by_one = self - by_two
        if by_two:
            by_two._propose_exclusion(reason, note)
        if by_one or not by_two:
            super(HelpdeskTicket, by_one).exclude(reason, note)
        return True

    def _check_ground(self, reason):
        """Refuse a ground of an act that these messages are not worked on under."""
        for ticket in self:
            own = ticket._regulation_to_be()
            if reason.regulation_id and reason.regulation_id != own:
                raise UserError(
                    self.env._(
                        "«%(ground)s» is a ground of another regulation than that of "
                        "message %(number)s.",
                        ground=reason.name,
                        number=ticket.number,
                    )
                )

    def _propose_exclusion(self, reason, note):
        self._check_curator()
        self._require_open(self.env._("Excluding"))
        self._check_not_publishing()
        if not reason:
            raise UserError(self.env._("Choose why the message is excluded."))
        self._check_ground(reason)
        for ticket in self.filtered("exclusion_proposed_by_id"):
            raise UserError(
                self.env._(
                    "The exclusion of message %(number)s is proposed by %(who)s "
                    "already. Confirm or refuse it.",
                    number=ticket.number,
                    who=ticket.exclusion_proposed_by_id.name,
                )
            )
        self._take_turn()
        # sudo: a proposal is written by the procedure alone.
        self.sudo().write(
            {
                "exclusion_proposed_by_id": self.env.uid,
                "exclusion_proposed_at": fields.Datetime.now(),
                "exclusion_proposed_reason_id": reason.id,
                "exclusion_proposed_note": note or False,
            }
        )
        words = self.env._("Exclusion proposed: %s", reason.name)
        for ticket in self:
            ticket.message_post(body=": ".join([words, note]) if note else words)

    def _require_proposed(self, step):
        self._check_curator()
        self._require_open(step)
        if not all(ticket.exclusion_proposed_by_id for ticket in self):
            raise UserError(self.env._("No exclusion is proposed."))

    def action_confirm_exclusion(self):
        """Exclude what another curator proposed to exclude."""
        self._require_proposed(self.env._("Confirming an exclusion"))
        self._check_not_publishing()
        for ticket in self:
            proposer = ticket.exclusion_proposed_by_id
            if proposer == self.env.user:
                raise UserError(
                    self.env._(
                        "You proposed to exclude message %s: another curator decides.",
                        ticket.number,
                    )
                )
            note = ticket.exclusion_proposed_note
            reason = ticket.exclusion_proposed_reason_id
            words = self.env._("Proposed by %s", proposer.name)
            ticket._forget_proposal()
            # The step as it is without a proposal.
            # pylint: disable=super-method-mismatch
            super(HelpdeskTicket, ticket).exclude(
                reason, ". ".join([note, words]) if note else words
            )
        return True

    def action_refuse_exclusion(self):
        """Go on with the work: by another curator, or the proposer thinks better."""
        self._require_proposed(self.env._("Refusing an exclusion"))
        self._take_turn()
        for ticket in self:
            ticket.message_post(body=self.env._("The exclusion is refused."))
        self._forget_proposal()
        return True

    def _forget_proposal(self):
        # sudo: a proposal is written by the procedure alone.
        self.sudo().write(
            {
                "exclusion_proposed_by_id": False,
                "exclusion_proposed_at": False,
                "exclusion_proposed_reason_id": False,
                "exclusion_proposed_note": False,
            }
        )
