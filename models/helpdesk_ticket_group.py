from odoo import api, fields, models
from odoo.exceptions import UserError

from .helpdesk_ticket import OPEN_STATES

#: Steps of an agreement outside: what holds for the one reply holds for all it goes to.
AGREEMENT = ("sent_to_superior", "superior_approved", "superior_rejected")
#: Events after which a message leads nobody any more: it gets no reply.
UNANSWERED = ("excluded", "no_reaction", "closed")
#: States in which a message is no lead for others: nothing is answered there.
NO_LEAD = ("excluded", "no_reaction")


class HelpdeskTicket(models.Model):
    """Several citizens on one problem: one lead, one reply published to each.

    The executors work on the lead alone.  Their steps are mirrored to the followers
    at the same instants, so that each message's clocks are true under its own facts
    and its own act.
    """

    _inherit = "helpdesk.ticket"

    lead_id = fields.Many2one(
        "helpdesk.ticket",
        "Answered together with",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    lead_number = fields.Char(related="lead_id.number", string="Number of the lead")
    follower_ids = fields.One2many(
        "helpdesk.ticket", "lead_id", "On the same problem", readonly=True
    )
    follower_count = fields.Integer(
        "Others on the same problem", compute="_compute_follower_count"
    )

    @api.depends("follower_ids.social_state")
    def _compute_follower_count(self):
        """How many other messages the reply goes to; a number, nothing of them."""
        # sudo: the executors of the lead do not see the other messages.
        counted = dict(
            self.sudo()._read_group(
                [
                    ("lead_id", "in", self.ids),
                    ("social_state", "not in", NO_LEAD),
                ],
                ["lead_id"],
                ["__count"],
            )
        )
        counts = {lead.id: count for lead, count in counted.items()}
        for ticket in self:
            ticket.follower_count = counts.get(ticket._origin.id, 0)

    # -- joining -----------------------------------------------------------------

    def action_join(self):
        """Ask which message leads, for one or many messages on one problem."""
        self._check_curator()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_social_join"
        )
        action["context"] = {"default_ticket_ids": self.ids}
        return action

    def _likely_lead(self):
        """Which of these messages had best lead: the one that leads already, else a
        public one, as the reply to a private message is not placed in the feed."""
        leads = self.lead_id or self.filtered("follower_ids")
        if len(leads) == 1:
            return leads
        return self._oldest_public()

    def _oldest_public(self):
        """The public before the private, work under way before the rest, the oldest
        first: the one of these messages that others may follow best."""
        return self.sorted(
            lambda t: (
                t.kind == "private",
                not t.assignment_ids.filtered("is_live"),
                t.received_at or t.create_date,
                t.id,
            )
        )[:1]

    def _join_obstacle(self, lead):
        """Why this message cannot be answered together with ``lead``; else empty."""
        self.ensure_one()
        if not lead or lead == self:
            return self.env._("A message does not follow itself.")
        if lead.company_id != self.company_id or not lead.is_social:
            return self.env._("Both messages must belong to one administration.")
        if lead.kind == "private" and self.kind != "private":
            return self.env._(
                "The reply to a private message is not placed in the feed: let the "
                "public message lead."
            )
        if self.social_state not in OPEN_STATES:
            return self.env._("Message %s is finished already.", self.number)
        if lead.social_state in NO_LEAD:
            return self.env._("Message %s gets no reply.", lead.number)
        if self.lead_id == lead:
            return self.env._("These messages are answered together already.")
        return ""

    def join(self, lead):
        """Answer these messages together with ``lead``, or with its own lead.

        Taking into work is implied.  What other units were asked on a joining message
        ends; the lead's executors go on for it, from this instant.
        """
        lead.ensure_one()
        lead = lead.with_env(self.env)
        lead._check_curator()
        self._check_curator()
        lead = lead.lead_id or lead
        joining = self - lead
        for ticket in joining:
            obstacle = ticket._join_obstacle(lead)
            if obstacle:
                raise UserError(obstacle)
        joining._check_not_publishing()
        if lead.social_state == "to_triage":
            lead.action_register()
        for ticket in joining:
            ticket._join_one(lead)
        # What ended on the way has taken sight from those who held it.
        joining._forget_blind()
        return True

    def _join_one(self, lead):
        self.ensure_one()
        if self.social_state == "to_triage":
            self.action_register()
        # sudo: groups and mirrored shares are written by the procedure alone.
        ticket, lead = self.sudo(), lead.sudo()
        # What somebody does with either of them just now comes before or after.
        (ticket | lead)._take_turn()
        followers = ticket.follower_ids
        ticket.lead_id = lead
        ticket._mirror_shares(lead)
        ticket._note_group(self.env._("Answered together with %s.", lead.number))
        lead._note_group(self.env._("Message %s is answered together.", ticket.number))
        ticket._point_to_repeat()
        for follower in followers:
            follower.sudo(self.env.su)._join_one(lead)
        (ticket | lead).invalidate_recordset(["follower_ids", "follower_count"])

    def _note_group(self, words):
        self.message_post(body=words)

    def _mirror_shares(self, lead):
        """Give this message the shares of ``lead``; own shares of other units end.

        A share that the same unit holds already goes on: its clock is as old as it
        is.
        """
        own = self.assignment_ids.filtered("is_live")
        answered = lead.assignment_ids.filtered(lambda a: a.state == "done")
        # Of a lead that was answered already, the shares that answered.
        shares = lead.assignment_ids.filtered("is_live") or answered
        now = fields.Datetime.now()
        words = self.env._("Answered together with %s.", lead.number)
        for assignment in own.filtered(lambda a: a.unit_id not in shares.unit_id):
            assignment._end_for_group(now, words)
        for share in shares.sorted("id"):
            mirror = own.filtered(lambda a, s=share: a.unit_id == s.unit_id)[:1]
            share._mirror_on(self, now, mirror)

    # -- leaving -----------------------------------------------------------------

    def action_detach(self):
        """Give a follower its own life again; its shares go on where they are."""
        self._check_curator()
        for ticket in self:
            if not ticket.lead_id:
                raise UserError(
                    self.env._("Message %s follows no other one.", ticket.number)
                )
            ticket._detach()
        return True

    def _detach(self):
        self.ensure_one()
        # sudo: groups are written by the procedure alone.
        ticket = self.sudo()
        lead = ticket.lead_id
        (ticket | lead)._take_turn()
        ticket.lead_id = False
        ticket.assignment_ids._become_own()
        ticket._note_group(self.env._("Answered apart from %s again.", lead.number))
        ticket._point_to_repeat()
        lead.invalidate_recordset(["follower_ids", "follower_count"])

    def _hand_over_lead(self):
        """Let the first of the open followers lead on, where this one ends without
        a reply."""
        for lead in self.sudo():  # sudo: groups are written by the procedure alone.
            heirs = lead.follower_ids.filtered(lambda t: t.social_state in OPEN_STATES)
            heir = heirs._oldest_public()
            if not heir:
                continue
            inherited = {
                share.mirror_of_id: share
                for share in heir.assignment_ids
                if share.mirror_of_id
            }
            others = lead.follower_ids - heir
            for share in others.assignment_ids.filtered("mirror_of_id"):
                share.mirror_of_id = inherited.get(share.mirror_of_id, False)
            heir._detach()
            # Only the private may follow the private.
            kept = others.filtered(
                lambda t, h=heir: h.kind != "private" or t.kind == "private"
            )
            kept.lead_id = heir
            for apart in others - kept:
                apart._detach()
            (lead | heir).invalidate_recordset(["follower_ids", "follower_count"])

    # -- steps that concern the whole group --------------------------------------

    def _record_event(self, event_type, at=None, **kwargs):
        """As ever; an agreement is the followers' too, and a lead that ends without
        a reply hands over."""
        at = at or fields.Datetime.now()
        res = super()._record_event(event_type, at=at, **kwargs)
        if event_type in AGREEMENT:
            # sudo: who takes the step need not see the other messages.
            followers = self.sudo().follower_ids.filtered(
                lambda t: t.social_state in OPEN_STATES
            )
            if followers:
                followers._record_event(event_type, at=at, note=kwargs.get("note"))
        elif event_type in UNANSWERED:
            self.filtered(
                lambda t: "published" not in t.sudo().event_ids.mapped("type")
            )._hand_over_lead()
        return res

    def assign(self, executors, note=None):
        following = self.filtered("lead_id")
        if following:
            raise UserError(following._follows_words())
        return super().assign(executors, note=note)

    def _assign_one(self, unit, user, note):
        assignment = super()._assign_one(unit, user, note)
        # sudo: groups and mirrored shares are written by the procedure alone.
        share = assignment.sudo()
        for follower in self.sudo().follower_ids:
            if follower.social_state in OPEN_STATES:
                share._mirror_on(follower, share.assigned_at)
        return assignment

    def _follows_words(self):
        """The refusal of a step that only the lead takes."""
        return self.env._(
            "Message %(number)s is answered together with %(lead)s: take the step "
            "there, or press «Answer apart» first.",
            number=self[:1].number,
            lead=self[:1].sudo().lead_id.number,
        )

    # -- one reply to each -------------------------------------------------------

    def _group_reply(self):
        """The published reply of the lead that this message waits to get, if any."""
        self.ensure_one()
        # sudo: of the lead only the reply itself is told.
        events = self.sudo().lead_id.event_ids.filtered(
            lambda e: (
                e.type in ("published", "interim_published")
                and e.reply_id.state != "withdrawn"
            )
        )
        reply = events.sorted(lambda e: (e.at, e.id))[-1:].reply_id
        return reply if reply.kind == self._merged_kind() else reply.browse()

    def _merged_text(self):
        """As ever; of a follower, what its lead's citizen was answered."""
        self.ensure_one()
        reply = self._group_reply() if self.lead_id else None
        return reply.body.strip() if reply else super()._merged_text()

    def _published(self, reply, link, at, where):
        """As ever; then the followers' turn comes."""
        res = super()._published(reply, link, at, where)
        # sudo: whoever published need not see the other messages.
        self.sudo()._answer_followers(reply.sudo())
        return res

    def _answer_followers(self, reply):
        """Queue the lead's published ``reply`` for each follower, by its own page.

        What cannot be sent by itself stays «to publish» with the text ready.  Nothing
        here stops the lead's own publication, which has happened.
        """
        for ticket in self.follower_ids:
            if ticket.social_state != "approved" or not ticket._can_be_sent():
                continue
            try:
                with self.env.cr.savepoint():
                    ticket.publish(reply.body, ticket.social_account_id)
                    ticket._group_row().reply_id.approved_by_id = reply.approved_by_id
            except UserError as error:
                ticket.message_post(
                    body=self.env._(
                        "The reply to %(lead)s waits here to be published: %(error)s",
                        lead=self.number,
                        error=str(error),
                    )
                )

    def _group_row(self):
        """The row of the outbox made last."""
        return self.social_message_ids.filtered("outbox_state").sorted("id")[-1:]
