import logging

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from .helpdesk_social_assignment import ACTIVITY as ASSIGNMENT_ACTIVITY
from .helpdesk_social_deadline_alert import BATCH, CONFLICTS
from .helpdesk_ticket import OPEN_STATES
from .helpdesk_ticket_question import ACTIVITY

_logger = logging.getLogger(__name__)


class HelpdeskTicket(models.Model):
    """The author's answer to a question, or none.

    An answer is what the author writes in the thread after the question; or, where
    the message was the author's only one that waited on the page, in private.  A later
    deletion of the answer changes nothing: it was given.
    """

    _inherit = "helpdesk.ticket"

    # -- from the network --------------------------------------------------------

    @api.model
    def _from_message(self, message):
        waiting = self.browse()
        if message.kind == "private":
            waiting = self._waiting_of(message)
        ticket = super()._from_message(message)
        # What the message was the answer to has it already.
        if len(waiting) == 1 and waiting != ticket:
            waiting._answered_privately(message, ticket)
        return ticket

    @api.model
    def _led_singly(self, messages):
        """Whatever may answer a question is led by itself."""
        singly = super()._led_singly(messages)
        waiting = self._waiting_of(messages).author_id
        return singly | messages.filtered(lambda m: m.author_id in waiting)

    @api.model
    def _open_ticket_for(self, message, earlier):
        """What waits for an answer gets it first; in private, what asked there."""
        waiting = earlier.filtered("waiting_since")[:1]
        if not waiting and message.kind == "private":
            waiting = self._waiting_of(message).filtered(
                lambda ticket: ticket._asked_privately()
            )[:1]
        return waiting or super()._open_ticket_for(message, earlier)

    @api.model
    def _waiting_of(self, messages):
        """What the authors of ``messages`` were asked on that page and have not
        answered."""
        if not messages.author_id:
            return self.browse()
        return self.search(
            [
                ("is_social", "=", True),
                ("social_account_id", "=", messages.account_id.id),
                ("author_id", "in", messages.author_id.ids),
                ("waiting_since", "!=", False),
                ("social_state", "in", OPEN_STATES),
            ],
            order="waiting_since desc, id desc",
        )

    def _asked_privately(self):
        self.ensure_one()
        asked = self.reply_ids.filtered(
            lambda r: r.kind == "clarification" and r.state == "published"
        )
        return asked.sorted(lambda r: (r.published_at, r.id))[-1:].private

    def _answered_privately(self, message, ticket):
        """Take a private ``message``, which is of ``ticket``, for the answer to a
        public question, the only one of the author that waits on the page."""
        self.ensure_one()
        if message.posted_at < self.waiting_since:
            return
        self._answered(
            message.posted_at,
            note=self.env._("In a private message: %s", ticket.number),
        )
        if ticket.social_state == "to_triage" and not ticket.possible_repeat_id:
            ticket.possible_repeat_id = self

    def _after_follow_up(self, message):
        res = super()._after_follow_up(message)
        # A question may be on its way: whoever stores its outcome sees this message,
        # or one of the two fails and looks again.
        self._take_turn()
        for ticket in self.filtered("waiting_since"):
            if message.posted_at and message.posted_at >= ticket.waiting_since:
                ticket._answered(message.posted_at)
        return res

    def _answers_since(self, row):
        """What the author wrote since ``row``, a question, may be on the network."""
        self.ensure_one()
        Message = self.env["helpdesk.social.message"]
        if not (self.author_id and row.first_attempt_at):
            return Message
        # sudo: a lane's work.
        return Message.sudo().search(
            [
                ("account_id", "=", row.account_id.id),
                ("author_id", "=", self.author_id.id),
                ("direction", "=", "in"),
                ("kind", "=", row.kind),
                ("posted_at", ">=", row.first_attempt_at),
                "|",
                ("ticket_id", "=", self.id),
                ("thread_id", "=", row.thread_id),
            ]
        )

    def _answered(self, at, note=None):
        """Follow the author's answer, given at ``at`` (UTC), and tell of it.

        A step taken since then was taken without knowing of the answer, so for the
        clocks it counts from that step.
        """
        self.ensure_one()
        at = max(min(at, fields.Datetime.now()), self._last_step_at())
        self._record_event("clarification_answered", at=at, note=note)
        # sudo: whoever brings the answer need not be allowed to plan activities.
        ticket = self.sudo()
        ticket.follow_up = True
        ticket._forget_clarification()
        ticket._tell_curator(self.env._("The author has answered"))
        ticket._tell_executors(self.env._("The author has answered"))

    # -- by a person -------------------------------------------------------------

    def action_answer(self):
        """Ask what the author has answered elsewhere."""
        self.ensure_one()
        self._check_curator()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_answer"
        )
        action["context"] = {"default_ticket_id": self.id}
        return action

    def record_answer(self, text, at=None):
        """Record an answer that no page of ours brought, given at ``at`` (UTC, now)."""
        self.ensure_one()
        self._check_curator()
        self._require_waiting()
        text = (text or "").strip()
        if not text:
            raise UserError(self.env._("Write what the author has answered."))
        at = at or fields.Datetime.now()
        if at > fields.Datetime.now():
            raise UserError(self.env._("An answer cannot come in the future."))
        if at < self.waiting_since:
            raise UserError(self.env._("An answer comes after the question."))
        self._answered(at, note=text)
        return True

    def close_unanswered(self, note=None):
        """Close messages whose author has not answered for as long as is waited."""
        self._check_curator()
        self._require_waiting()
        self._check_not_publishing()
        now = fields.Datetime.now()
        for ticket in self:
            if ticket.waiting_until > now:
                raise UserError(
                    self.env._("The time to wait for the author's answer is not over.")
                )
            days = ticket.waiting_day_count
            reason = note or self.env._(
                "The author did not answer the question for %s days.", days
            )
            # sudo: the outcome and the shares are written by the procedure alone.
            record = ticket.sudo()
            record.resolution_note = reason
            record._withdraw_failed()
            live = record.assignment_ids.filtered("is_live")
            (live.reply_id | record.question_ids).state = "withdrawn"
            live.state = "cancelled"
            live.activity_unlink([ASSIGNMENT_ACTIVITY])
            record._forget_clarification()
            ticket._record_event("closed", note=reason)
        return True

    def action_close_unanswered(self):
        """«Close without the author's answer»."""
        return self.close_unanswered()

    def _require_waiting(self):
        self._require_open(self.env._("Waiting for the author"))
        if not all(self.mapped("waiting_since")):
            raise UserError(
                self.env._("No question to the author waits for an answer.")
            )

    def no_reaction(self, reason, note=None):
        # A question on its way contradicts it.
        self._check_curator()
        self._check_not_publishing()
        return super().no_reaction(reason, note)

    def _withdraw_failed(self):
        """A failed question that is taken out can be edited and asked again."""
        res = super()._withdraw_failed()
        for row in self.sudo().social_message_ids._questions():
            if row.outbox_state == "withdrawn" and row.reply_id.state == "queued":
                row.reply_id._after_withdrawn()
        return res

    def action_follow_up_seen(self):
        res = super().action_follow_up_seen()
        # sudo: of each record the reader's own activities alone.
        for record in (*self.sudo(), *self.sudo().assignment_ids):
            record.activity_unlink([ACTIVITY], user_id=self.env.uid)
        return res

    # -- telling -----------------------------------------------------------------

    def _tell_curator(self, summary, activity=ACTIVITY):
        """Plan an activity for whoever is in charge and may read the message."""
        for ticket in self:
            page, desk = ticket.social_account_id, ticket.team_id
            groups = (ticket.user_id, page.curator_ids, desk.user_ids | desk.user_id)
            for group in groups:
                user = group.filtered(ticket._may_be_read_by)[:1]
                if user:
                    ticket.activity_schedule(activity, user_id=user.id, summary=summary)
                    break

    def _tell_executors(self, summary):
        """Plan an activity on each live share, for its person or the unit's leader."""
        for ticket in self:
            for share in ticket.assignment_ids.filtered("is_live"):
                user = share.user_id or share.unit_id.user_id
                if user and ticket._may_be_read_by(user):
                    share.activity_schedule(ACTIVITY, user_id=user.id, summary=summary)

    def _forget_clarification(self):
        """Take away the activities that are done with."""
        # sudo: they are other people's.
        self.sudo().activity_unlink([ACTIVITY])

    # -- no answer: the lane -----------------------------------------------------

    @api.model
    def _cron_waiting(self):
        """The lane of silence: propose to close what waited long enough.

        Never raises.
        """
        self = self.with_user(SUPERUSER_ID).with_context(social_automatic=True)
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(self._silent_domain()))
        if self.env["helpdesk.social.deadline"]._in_turns(self._propose_closing):
            cron._commit_progress(remaining=0)

    @api.model
    def _silent_domain(self):
        return [
            ("waiting_until", "<=", fields.Datetime.now()),
            ("close_proposed", "=", False),
            ("social_state", "in", OPEN_STATES),
        ]

    @api.model
    def _propose_closing(self):
        """Propose to close some messages; returns how many."""
        tickets = self.search(self._silent_domain(), order="id", limit=BATCH)
        tickets.close_proposed = True
        for ticket in tickets:
            try:
                with self.env.cr.savepoint():
                    ticket._tell_curator(
                        self.env._("The author does not answer: close the message?")
                    )
            except CONFLICTS:
                raise
            except Exception:  # pylint: disable=broad-except
                # The mark is on the message, and one failure stops nobody else's.
                _logger.exception("Telling of ticket %s failed", ticket.id)
        self.env.flush_all()
        return len(tickets)
