from odoo import api, fields, models
from odoo.exceptions import UserError

from ..language.difference import difference

ACTIVITY = "helpdesk_mgmt_social.activity_change"
#: States in which a change is still to be brought to the network.
OPEN = ("queued", "sending", "hand", "failed")


class HelpdeskSocialChange(models.Model):
    """A change of a published reply: another text, or taken off the network.

    It goes through the lanes of the outbox where the network can do it, else a person
    does it and says so.  Both ways it becomes true here only when it is true there.
    """

    _name = "helpdesk.social.change"
    _description = "Change of a published reply"
    _inherit = ["helpdesk.social.lease", "helpdesk.social.procedural"]
    _order = "id desc"

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        "Message",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        bypass_search_access=True,
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True)
    reply_id = fields.Many2one(
        "helpdesk.social.reply",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    account_id = fields.Many2one(
        "helpdesk.social.account", "Page", readonly=True, index="btree_not_null"
    )
    kind = fields.Selection(
        [("edit", "Corrected"), ("withdraw", "Taken off")], required=True, readonly=True
    )
    text = fields.Text("New text", readonly=True)
    text_before = fields.Text(readonly=True)
    difference = fields.Json(compute="_compute_difference")
    reason = fields.Text(required=True, readonly=True)
    agreed_with = fields.Char(
        "Agreed with",
        readonly=True,
        help="Who agreed the new text, where the act asks for it.",
    )
    requested_by_id = fields.Many2one("res.users", "Asked by", readonly=True)
    requested_at = fields.Datetime("Asked", readonly=True)
    state = fields.Selection(
        [
            ("queued", "Waiting"),
            ("sending", "Being sent"),
            ("hand", "To be done by hand"),
            ("failed", "Failed"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="queued",
    )
    link = fields.Char(related="reply_id.published_link")
    attempts = fields.Integer(readonly=True)
    parts_done = fields.Integer(
        readonly=True, help="Parts of a long reply that stand changed already."
    )
    last_attempt_at = fields.Datetime("Last try", readonly=True)
    next_try = fields.Datetime(readonly=True)
    last_consequence = fields.Char(readonly=True)
    problem = fields.Char(readonly=True)
    done_at = fields.Datetime("Done on", readonly=True)
    done_by_id = fields.Many2one(
        "res.users", "Done by", readonly=True, help="Empty where the software did it."
    )

    _one_open = models.UniqueIndex(
        "(reply_id) WHERE state IN ('queued', 'sending', 'hand', 'failed')",
        "This reply is being changed already.",
    )
    _due_idx = models.Index("(next_try) WHERE state IN ('queued', 'sending')")
    _last_attempt_idx = models.Index(
        "(last_attempt_at) WHERE last_attempt_at IS NOT NULL"
    )

    @api.depends("kind", "ticket_id.number")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for change in self:
            number = change.ticket_id.number or ""
            change.display_name = f"{labels.get(change.kind, '')}: {number}"

    @api.depends("text", "text_before", "kind")
    def _compute_difference(self):
        for change in self:
            change.difference = (
                difference(change.text_before or "", change.text or "")
                if change.kind == "edit"
                else False
            )

    # -- where it is done ----------------------------------------------------------

    def _rows(self):
        """What stands of the reply on the network by our doing, in order."""
        self.ensure_one()
        return self.reply_id._standing_rows()

    def _parts_of(self, rows):
        """What ``rows`` are to say: pairs (row, text); no text takes a row off.

        Raises UserError where the new text needs more items than stand there.
        """
        self.ensure_one()
        if self.kind == "withdraw":
            # The last part first: what is left can be read at any time.
            return [(row, None) for row in reversed(rows)]
        texts = self.reply_id._split_for(rows.account_id.network, self.text)
        if len(texts) > len(rows):
            raise UserError(
                self.env._(
                    "The corrected text needs %(needed)d items on the network; "
                    "%(there)d stand there. Make it shorter.",
                    needed=len(texts),
                    there=len(rows),
                )
            )
        texts += [None] * (len(rows) - len(texts))
        return list(zip(rows, texts, strict=True))

    @api.model
    def _network_can(self, kind, reply):
        """Whether the network can do a change of this kind with the page's keys."""
        rows = reply._standing_rows()
        page = rows.account_id
        # What a person marked as sent has no id that the network would know.
        if len(page) != 1 or not all(rows.mapped("external_id")):
            return False
        if not page._has_client() or page.publish_mode != "network":
            return False
        needed = "edit" if kind == "edit" else "delete"
        return needed in page._client().abilities(rows[:1].kind)

    def _by_network(self):
        """Whether the network can do this very change; UserError for a text that
        needs more items than stand there."""
        self.ensure_one()
        if not self._network_can(self.kind, self.reply_id):
            return False
        rows = self._rows()
        shorter = any(text is None for _row, text in self._parts_of(rows))
        return not shorter or self._network_can("withdraw", self.reply_id)

    def _start(self):
        """Queue a new change for the network, or for a person."""
        for change in self:
            by_network = change._by_network()
            change.account_id = change._rows().account_id[:1] or change._reply_page()
            change.state = "queued" if by_network else "hand"
            if by_network:
                change.next_try = fields.Datetime.now()
            else:
                change._ask_person()
        self.env["helpdesk.social.turn"]._trigger()

    def _reply_page(self):
        """The page that answered, where no row of the outbox tells."""
        return self.reply_id.account_id or self.ticket_id.social_account_id

    def _ask_person(self):
        """Plan the change as a task for whoever asked for it."""
        self.ensure_one()
        user, ticket = self.requested_by_id, self.ticket_id
        if not (user.active and ticket._may_be_read_by(user)):
            ticket._tell_curator(self._task_words(), ACTIVITY)
            return
        words = self.with_context(lang=user.lang)._task_words()
        ticket.activity_schedule(ACTIVITY, user_id=user.id, summary=words)

    def _task_words(self):
        if self.kind == "edit":
            return self.env._("Correct the published reply on the network")
        return self.env._("Take the published reply off the network")

    # -- a person's steps ------------------------------------------------------------

    def _check_open(self, *states):
        self.ticket_id._check_curator()
        for change in self:
            if change.state not in states:
                raise UserError(self.env._("This change is not waiting for a person."))

    def _claim_for_person(self):
        """Keep the lanes from this change while a person decides on it."""
        now = fields.Datetime.now()
        seconds = self.env["helpdesk.social.http"]._lease_seconds()
        if not self._lease_take(now, seconds):
            raise UserError(self.env._("The reply is being changed just now."))

    def action_retry(self):
        """Try a failed change again."""
        self._check_open("failed")
        # sudo: changes are written by the procedure alone.
        self.sudo().write(
            {
                "state": "queued",
                "next_try": fields.Datetime.now(),
                "attempts": 0,
                "problem": False,
            }
        )
        self._forget_task()
        self.env["helpdesk.social.turn"]._trigger()
        return True

    def action_done_by_hand(self):
        """Record that a person has done the change on the network."""
        self._check_open("hand", "failed")
        for change in self.sudo():  # sudo: as above.
            change._claim_for_person()
            change._finish(self.env.user)
            change._lease_drop()
        return True

    def action_cancel(self):
        """Leave the published reply as it is."""
        self._check_open("queued", "hand", "failed")
        for change in self.sudo():  # sudo: as above.
            if change.parts_done:
                raise UserError(
                    self.env._(
                        "A part of the reply is changed already: the rest must "
                        "follow. Try again, or do it by hand and confirm that."
                    )
                )
            change._claim_for_person()
            change.write({"state": "cancelled", "next_try": False})
            change._lease_drop()
            change.ticket_id.message_post(
                body=self.env._("The reply stays as it was published."),
                author_id=self.env.user.partner_id.id,
            )
        self._forget_task()
        return True

    def _forget_task(self):
        # sudo: the task may be somebody else's.
        self.sudo().ticket_id.activity_unlink([ACTIVITY])

    # -- the outcome -----------------------------------------------------------------

    def _finish(self, user=None):
        """Follow a change that is true on the network; ``user`` did it by hand."""
        self.ensure_one()
        now = fields.Datetime.now()
        self.write(
            {
                "state": "done",
                "done_at": now,
                "done_by_id": user.id if user else False,
                "next_try": False,
                "problem": False,
                "last_consequence": False,
            }
        )
        rows = self._rows()
        if self.kind == "edit":
            if user and rows:
                self._follow_by_hand(rows)
            self.reply_id._corrected(self)
        else:
            rows._changed_to(None)
            self.reply_id._taken_off(self)
        self._forget_task()
        self.ticket_id._after_change_of_reply(self, now)

    def _follow_by_hand(self, rows):
        """What the rows say now that a person has put the new text there."""
        try:
            parts = self._parts_of(rows)
        except UserError:
            # Placed otherwise than in as many items as before.
            parts = [(rows[:1], self.text)]
        for row, text in parts:
            if text != row.text:
                row._changed_to(text)
