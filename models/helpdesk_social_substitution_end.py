from odoo import api, fields, models

from .helpdesk_social_assignment_substitute import RECENT
from .res_users import LIVE_STATES


class HelpdeskSocialSubstitution(models.Model):
    """What standing in leaves is taken back with the sight of the messages."""

    _inherit = "helpdesk.social.substitution"

    def write(self, vals):
        before = self.substitute_id
        res = super().write(vals)
        self._forget_stand_ins(before)
        return res

    def unlink(self):
        people, before = self.user_id, self.substitute_id
        res = super().unlink()
        self.browse()._forget_stand_ins(before, people)
        return res

    def _forget_stand_ins(self, stand_ins=None, people=None):
        """Take from those who stand in no more what following and asking left on the
        open messages of ``people`` (those of these records)."""
        people = (people or self.env["res.users"]) | self.user_id
        stand_ins = (stand_ins or self.env["res.users"]) | self.substitute_id
        tickets = self._social_open_tickets(people)
        if not (tickets and stand_ins):
            return
        left = tickets.filtered(
            lambda ticket: stand_ins.partner_id & ticket._social_reached()
        )
        for user in stand_ins:
            blind = left.filtered(lambda t, u=user: not t._may_be_read_by(u))
            blind._forget_blind()
            left -= blind

    @api.model
    def _social_open_tickets(self, people):
        """Messages on which ``people`` or their units are at work."""
        unit = self.env["helpdesk.ticket.team"].sudo()  # sudo: as below.
        units = unit.search(
            ["|", ("user_id", "in", people.ids), ("user_ids", "in", people.ids)]
        )
        # sudo: whoever names a substitute need not see every assignment.
        shares = self.env["helpdesk.social.assignment"].sudo()
        return shares.search(
            [
                ("state", "in", LIVE_STATES),
                "|",
                ("user_id", "in", people.ids),
                ("unit_id", "in", units.ids),
            ]
        ).ticket_id


class HelpdeskSocialAssignment(models.Model):
    _inherit = "helpdesk.social.assignment"

    @api.model
    def _follow_absences(self, people=None):
        """Whose time is over by itself keeps nothing either."""
        res = super()._follow_absences(people)
        if people:
            now = fields.Datetime.now()
            over = [("stop", "<=", now), ("stop", ">", now - RECENT)]
            domain = ["|", ("standing", "=", True), "&", *over]
            # sudo: whoever names a substitute need not see all of them.
            Substitution = self.env["helpdesk.social.substitution"].sudo()
            found = Substitution.search([("user_id", "in", people.ids), *domain])
            found._forget_stand_ins()
        return res


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def _social_reached(self):
        """Partners who follow this message, or were told or asked something on it."""
        self.ensure_one()
        records = (self, *self.assignment_ids, *self.approval_ids)
        partners = self.env["res.partner"]
        for record in records:
            partners |= record.message_partner_ids
            partners |= record.activity_ids.user_id.partner_id
            partners |= record.message_ids.notified_partner_ids
        return partners
