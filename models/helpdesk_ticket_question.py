from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .helpdesk_social_deadline import write_changed
from .helpdesk_social_message_outbox import PENDING
from .helpdesk_ticket_clock import ENDINGS

#: The activity that tells of a question, an answer, or of none.
ACTIVITY = "helpdesk_mgmt_social.activity_clarification"


class HelpdeskTicket(models.Model):
    """Questions to the author: asking them, and waiting for the answer.

    Waiting follows from the history, like the state: from a question until an answer
    or the end of the course.
    """

    _inherit = "helpdesk.ticket"

    question_ids = fields.Many2many(
        "helpdesk.social.reply",
        string="Questions to be asked",
        compute="_compute_question_ids",
    )
    waiting_since = fields.Datetime(
        "Author asked", readonly=True, copy=False, index="btree_not_null"
    )
    waiting_until = fields.Datetime("Answer awaited until", readonly=True, copy=False)
    waiting_day_count = fields.Integer(
        "Days without an answer", compute="_compute_waiting_day_count"
    )
    outbox_asks = fields.Boolean(
        "A question is on its way", compute="_compute_outbox_asks"
    )
    close_proposed = fields.Boolean(
        "Proposed to close", readonly=True, copy=False, help="The author is silent."
    )

    _social_waiting_idx = models.Index(
        "(waiting_until) WHERE waiting_until IS NOT NULL"
    )

    @api.depends("reply_ids.kind", "reply_ids.state")
    def _compute_question_ids(self):
        for ticket in self:
            ticket.question_ids = ticket.reply_ids.filtered(
                lambda r: r.kind == "clarification" and r.state == "submitted"
            )

    @api.depends("social_message_ids.outbox_state")
    def _compute_outbox_asks(self):
        """Whether what is on its way, or stuck, is a question and no reply."""
        for ticket in self:
            # sudo: an executor sees the state of what is on its way, too.
            rows = ticket.sudo().social_message_ids.filtered(
                lambda row: row.outbox_state in ("failed", *PENDING)
            )
            ticket.outbox_asks = bool(rows) and rows == rows._questions()

    @api.depends("waiting_since")
    def _compute_waiting_day_count(self):
        now = fields.Datetime.now()
        for ticket in self:
            since = ticket.waiting_since
            ticket.waiting_day_count = (now - since).days if since else 0

    # -- waiting, derived --------------------------------------------------------

    def _refresh_social(self):
        res = super()._refresh_social()
        for ticket in self.sudo():  # sudo: derived, written by the procedure alone.
            since = ticket._waiting_now()
            if since == ticket.waiting_since:
                continue
            until = since and since + timedelta(days=ticket._waiting_days())
            vals = {"waiting_since": since, "waiting_until": until}
            write_changed(ticket, {**vals, "close_proposed": False})
        return res

    def _waiting_now(self):
        """When the question was asked that is unanswered (UTC); False for none."""
        self.ensure_one()
        since = False
        for event in self._effective_events():
            if event.type == "clarification_published":
                since = event.at
            elif event.type == "clarification_answered":
                since = False
            elif event.type in ENDINGS:
                return False
        return since

    def _waiting_days(self):
        """After how many days without an answer closing is proposed."""
        self.ensure_one()
        return self.regulation_id.waiting_days or self.company_id.social_waiting_days

    # -- asking ------------------------------------------------------------------

    def action_ask_author(self, question=None):
        """Ask for the text of a question and the way to ask it."""
        self.ensure_one()
        self._check_curator()
        self._check_may_ask()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt_social.action_ask"
        )
        question = question or self.question_ids[:1]
        action["context"] = {
            "default_ticket_id": self.id,
            "default_question_id": question.id,
        }
        return action

    def _check_may_ask(self):
        self._require_open(self.env._("Asking the author"))
        self._check_not_publishing()

    def _question_target(self, account, private=False):
        """The author's item that a question by ``account`` answers; empty where the
        author cannot be asked in that way.

        In private only a conversation that the author began can be used: no network
        lets a page write first.  It is for the page's curators alone.
        """
        self.ensure_one()
        if not account or not account._has_client() or account.publish_mode == "hand":
            return self.env["helpdesk.social.message"]
        if not private or self.kind == "private":
            return self._last_item(account)
        curators = account.sudo().curator_ids  # sudo: whether one is among them.
        if curators and not self.env.su and self.env.user not in curators:
            return self.env["helpdesk.social.message"]
        if not self.author_id:
            return self.env["helpdesk.social.message"]
        # sudo: the conversation may be another ticket's; it is not shown.
        return (
            self.env["helpdesk.social.message"]
            .sudo()
            .search(
                [
                    ("account_id", "=", account.id),
                    ("author_id", "=", self.author_id.id),
                    ("direction", "=", "in"),
                    ("kind", "=", "private"),
                    ("thread_id", "!=", False),
                ],
                order="posted_at desc, id desc",
                limit=1,
            )
        )

    def ask_author(self, text, account=None, private=False, question=None):
        """Ask the author through the outbox of ``account`` (the message's page).

        ``private``: in a private message, which takes a conversation that the author
        began.  ``question``: the executor's proposal that ``text`` comes from.
        Returns the row of the outbox.
        """
        self.ensure_one()
        self._check_curator()
        self._check_may_ask()
        account = account or self.social_account_id
        private = private or self.kind == "private"
        text = self._check_question(text, account.network)
        target = self._question_target(account, private)
        if not target:
            raise UserError(
                self.env._(
                    "The author cannot be asked in this way from here. Ask by hand, "
                    "or publicly where the message is public."
                )
            )
        if self.social_state == "to_triage":
            self.action_register()
        self._take_turn()
        reply = self._question_to_ask(text, question)
        reply.write({"state": "queued", "private": private})
        # sudo: the outbox is written by the procedure alone.
        failed = self.sudo().social_message_ids._questions()
        failed = failed.filtered(lambda row: row.outbox_state == "failed")
        failed.write({"outbox_state": "withdrawn", "problem": False})
        self._forget_clarification()
        return self.env["helpdesk.social.message"]._queue_reply(
            reply, account, text, answered=target
        )

    def ask_author_by_hand(self, text, link=None, at=None, question=None):
        """Record a question that a person has asked, at ``at`` (UTC, now)."""
        self.ensure_one()
        self._check_curator()
        self._check_may_ask()
        text = self._check_question(text, None)
        if link or self.kind != "private":
            link = self._check_link(link)
        now = fields.Datetime.now()
        at = at or now
        if at > now:
            raise UserError(self.env._("The author cannot be asked in the future."))
        if self.social_state == "to_triage":
            self.action_register()
        elif at < self._last_step_at():
            raise UserError(
                self.env._("Steps were taken after that moment. Name a later one.")
            )
        reply = self._question_to_ask(text, question)
        reply.private = self.kind == "private"
        self._asked(reply, max(at, self._last_step_at()), "hand", link=link)
        return True

    def _check_question(self, text, network):
        text = (text or "").strip()
        if not text:
            raise UserError(self.env._("Write the question to the author."))
        if network:
            self._check_length(text, network)
        return text

    def _question_to_ask(self, text, question):
        """The reply record that carries ``text``: the proposal, or a new one."""
        # sudo: replies are written by the procedure alone.
        Reply = self.env["helpdesk.social.reply"].sudo()
        vals = {"body": text, "approved_by_id": self.env.uid}
        if not question:
            new = {"ticket_id": self.id, "kind": "clarification", "state": "submitted"}
            return Reply.create({**new, **vals})
        question = Reply.browse(question.id)
        if question.ticket_id != self or question.kind != "clarification":
            raise UserError(self.env._("This question belongs to another message."))
        if question.state != "submitted":
            raise UserError(self.env._("This question is not waiting to be asked."))
        question.write(vals)
        return question

    def _asked(self, reply, at, where, link=None, row=None):
        """Follow a question that was asked at ``at`` (UTC).

        Who answered a question of unclear outcome answered it all the same: such an
        answer, that came before ``row`` was known to be sent, is found here.
        """
        self.ensure_one()
        # sudo: called by the outbox and by the step above, which check who acts.
        ticket, reply = self.sudo(), reply.sudo()
        reply.write(
            {"state": "published", "published_at": at, "published_link": link or False}
        )
        self._record_event(
            "clarification_published",
            at=at,
            reply=reply,
            reply_kind="clarification",
            published_where=where,
            link=link or False,
            # On the network the words stand in the conversation.
            note=reply.body if where == "hand" else False,
        )
        if row and ticket._answers_since(row):
            ticket._answered(at)

    def _last_step_at(self):
        """The instant of the last step in the history (UTC)."""
        self.ensure_one()
        # sudo: the history is whole, whoever asks.
        return max(self.sudo().event_ids.mapped("at"))
