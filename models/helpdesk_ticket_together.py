from odoo import api, fields, models
from odoo.exceptions import UserError

from .helpdesk_ticket import OPEN_STATES
from .helpdesk_ticket_group import AGREEMENT
from .helpdesk_ticket_reply_agreement import VOIDING

#: Steps of the lead that publish the reply of all.
PUBLISHING = ("published", "interim_published")
#: States of a lead in which what it agrees or publishes concerns its followers.
AGREED_STATES = ("agreement", "approved", "published", "closed")


class HelpdeskTicket(models.Model):
    """Messages answered together, where the act has the reply agreed or signed.

    One reply is agreed once, on the lead.  What was agreed there holds for the
    followers, whose own acts may ask for no more than the lead's does.
    """

    _inherit = "helpdesk.ticket"

    # -- joining -----------------------------------------------------------------

    def _join_obstacle(self, lead):
        obstacle = super()._join_obstacle(lead)
        if not obstacle and self._asks_more_than(lead):
            return self.env._(
                "The regulation of message %(number)s asks for an agreement or a "
                "signature that the one of %(lead)s does not know: let %(number)s "
                "lead.",
                number=self.number,
                lead=lead.number,
            )
        return obstacle

    def _asks_more_than(self, lead):
        """Whether this message's act lets somebody decide whom the lead's does not."""
        self.ensure_one()
        own, other = self._regulation_to_be(), lead._regulation_to_be()
        asked = set(own._chain_steps().mapped("role"))
        known = set(other._chain_steps().mapped("role"))
        if own._signature_step() is not None:
            asked.add("signatory")
        if other._signature_step() is not None:
            known.add("signatory")
        return bool(asked - known)

    def _mirror_shares(self, lead):
        """As ever; an own agreement ends, and what the lead's draft has passed of the
        agreement outside counts here from this instant."""
        own = self.approval_ids.filtered("standing")
        own._void()
        res = super()._mirror_shares(lead)
        now = fields.Datetime.now()
        for event in lead._agreement_events():
            self._record_event(event.type, at=now, note=event.note)
        self._refresh_social()
        return res

    def _agreement_events(self):
        """The steps of the agreement outside on the text as it is now."""
        self.ensure_one()
        passed = []
        for event in self._effective_events():
            if event.type in VOIDING:
                passed = []
            elif event.type in AGREEMENT:
                passed.append(event)
        return passed

    def _detach(self):
        """A message of its own life agrees its own reply."""
        res = super()._detach()
        self._refresh_social()
        return res

    def _hand_over_lead(self):
        """The others follow the heir, whose reply is to be agreed anew."""
        followers = self.sudo().follower_ids  # sudo: as there.
        res = super()._hand_over_lead()
        followers.filtered(lambda t: t.social_state in OPEN_STATES)._refresh_social()
        return res

    # -- the agreement of the lead holds for all ---------------------------------

    def _refresh_social(self):
        """As ever; where the lead stands with its agreement, its followers do."""
        res = super()._refresh_social()
        # sudo: who takes the step need not see the other messages.
        leads = self.sudo().filtered(
            lambda t: t.follower_ids and t.social_state in AGREED_STATES
        )
        behind = leads.follower_ids.filtered(
            lambda t: (
                t.social_state in ("agreement", "approved")
                and t.social_state != t._social_state_now()
            )
        )
        if behind:
            behind._refresh_social()
        return res

    def _approval_done(self):
        """Whether the lead's agreement has all that this message's act asks for; a
        reply that the lead has published was agreed."""
        lead = self.sudo().lead_id  # sudo: of the lead only this is told.
        if not lead:
            return super()._approval_done()
        if not self._chain() or self._group_reply():
            return True
        agreed = lead._standing_approvals().filtered(lambda r: r.state == "approved")
        asked = set(self._chain().mapped("role"))
        return lead._approval_done() and asked <= set(agreed.mapped("role"))

    def _agreed_text(self):
        lead = self.sudo().lead_id  # sudo: as above.
        if not lead:
            return super()._agreed_text()
        published = self._group_reply()
        if published and self._chain():
            return published.body
        return lead._agreed_text()

    def _check_published_at(self, at, now):
        res = super()._check_published_at(at, now)
        # sudo: as above.
        for row in self.sudo().lead_id._standing_decisions():
            if at < row.decided_at:
                raise UserError(
                    self.env._("The reply cannot be published before it was agreed.")
                )
        return res

    def _standing_decisions(self):
        """Decisions on the text as it is now; none of no record."""
        rows = self.approval_ids.filtered("standing")
        return rows.filtered("decided_at")

    def _check_may_agree(self):
        following = self.filtered("lead_id")
        if following:
            raise UserError(following._follows_words())
        return super()._check_may_agree()

    @api.depends("lead_id.social_state", "lead_id.approval_ids.state")
    def _compute_agreement_next(self):
        """Nothing is to be done on a follower: it waits as its lead does."""
        res = super()._compute_agreement_next()
        for ticket in self.filtered("lead_id"):
            if ticket.agreement_next:
                # sudo: as above.
                waiting = ticket.sudo().lead_id._waiting_approval()
                ticket.agreement_next = "wait"
                ticket.agreement_with = waiting and waiting.sudo()._role_label()
        return res

    # -- the reply of the lead ---------------------------------------------------

    def _group_reply(self):
        """As ever, unless the lead has another draft by now: that one waits."""
        reply = super()._group_reply()
        types = [
            event.type
            for event in self.sudo().lead_id.event_ids.sorted(lambda e: (e.at, e.id))
            if event.type in (*PUBLISHING, "draft_submitted")
        ]
        return reply if types and types[-1] in PUBLISHING else reply.browse()

    def _merged_text(self):
        """Of a follower whose lead is not answered yet: what its lead will say."""
        lead = self.sudo().lead_id  # sudo: of the lead only the reply is told.
        if lead.social_state in ("agreement", "approved") and not self._group_reply():
            return lead._merged_text()
        return super()._merged_text()

    def _may_merge(self):
        """The parts are put together on the lead."""
        return not self.sudo().lead_id and super()._may_merge()

    def _check_facts(self, asked, replies):
        """One reply carries the labels of the message it was drafted on, and tells
        of the measures as soon as one of the citizens writes again."""
        facts = super()._check_facts(asked, replies)
        # sudo: whoever drafts sees the lead alone; nothing of the others is shown.
        lead = self.sudo().lead_id
        if lead:
            labels = lead._check_facts(asked, replies)
            for name in ("number", "topic", "place"):
                facts[name] = labels[name]
        else:
            others = self.sudo().follower_ids
            open_ones = others.filtered(lambda t: t.social_state in OPEN_STATES)
            facts["repeated"] |= any(t.repeat_of_id for t in open_ones)
        return facts
