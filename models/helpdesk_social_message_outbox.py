import random
import uuid
from datetime import timedelta, timezone
from difflib import SequenceMatcher

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.fields import Domain

from ..language.splitting import split
from ..networks import Consequence, NetworkError, Outgoing, Upload, pause

#: States in which a row still has something before it.
PENDING = ("queued", "sending", "unknown")
#: Tries of what can be tried again, before a person is asked.
MAX_ATTEMPTS = 10
#: Time for a reply of unclear outcome to show on the network, before reading back.
UNCLEAR_SECONDS = 10
#: Likeness of a published text to ours from which it is taken for ours.
SAME_TEXT = 0.6
#: What stands in a flat discussion, where nothing shows what an answer answers: until
#: it is known what became of one, the next could be taken for it.
FLAT = "board_comment"
AGAIN = (Consequence.RETRY, Consequence.SLOW_DOWN, Consequence.SLOW_DOWN_LONG)
#: How the page itself suffers from a failed try, besides this reply.
PAGE_STOPS = (Consequence.CREDENTIALS, Consequence.PERSON)


class HelpdeskSocialMessage(models.Model):
    """Outgoing rows: the outbox.

    A row with its idempotency key is committed before the network is called, and
    claimed by a lease while it is.  After an unclear outcome (a killed process, a
    timeout) the thread is read back before anything is sent again.
    """

    _inherit = "helpdesk.social.message"

    reply_id = fields.Many2one(
        "helpdesk.social.reply", readonly=True, index="btree_not_null"
    )
    outbox_state = fields.Selection(
        [
            ("queued", "Waiting"),
            ("sending", "Being sent"),
            ("sent", "Sent"),
            ("unknown", "Outcome unclear"),
            ("failed", "Failed"),
            ("withdrawn", "Withdrawn"),
        ],
        "Outbox",
        readonly=True,
        index="btree_not_null",
    )
    idempotency_key = fields.Char(readonly=True, copy=False)
    attempts = fields.Integer(readonly=True)
    first_attempt_at = fields.Datetime(readonly=True)
    last_attempt_at = fields.Datetime("Last try", readonly=True, copy=False)
    next_try = fields.Datetime(readonly=True)
    last_consequence = fields.Char(readonly=True)
    problem = fields.Char(readonly=True)
    ticket_number = fields.Char(related="ticket_id.number", related_sudo=False)

    _idempotency_uniq = models.UniqueIndex(
        "(idempotency_key) WHERE idempotency_key IS NOT NULL",
        "The key of a reply is used once.",
    )
    _last_attempt_idx = models.Index(
        "(last_attempt_at) WHERE last_attempt_at IS NOT NULL"
    )
    _outbox_idx = models.Index(
        "(next_try) WHERE outbox_state IN ('queued', 'sending', 'unknown')"
    )

    # -- queueing ----------------------------------------------------------------

    @api.model
    def _queue_reply(self, reply, account, text, answered=None):
        """Put a reply into the outbox; it is sent right after the commit.

        ``answered`` is the incoming item it answers, by default the last one that
        is as public as the message itself.
        """
        try:
            account._client()
        except NetworkError as error:
            raise UserError(account._error_sentence(error)) from error
        ticket = reply.ticket_id
        if answered is None:
            answered = ticket._last_item(account)
        if not answered:
            raise UserError(
                self.env._(
                    "The message did not come by this page, so a reply cannot be "
                    "placed under it from here. Publish it by hand."
                )
            )
        limit = ticket._social_text_limit(account.network)
        parts = split(text, limit) if limit and len(text) > limit else [text]
        # sudo: the outbox is written by the procedure alone.
        rows = self.sudo().create(
            [
                {
                    "account_id": account.id,
                    "direction": "out",
                    "ticket_id": ticket.id,
                    "reply_id": reply.id,
                    "kind": answered.kind,
                    "item_type": answered.item_type,
                    "root_id": answered.root_id,
                    "thread_id": answered.thread_id,
                    "parent_id": answered.external_id,
                    "text": part,
                    "part": number if len(parts) > 1 else 0,
                    "outbox_state": "queued",
                    "idempotency_key": str(uuid.uuid4()),
                    "next_try": fields.Datetime.now(),
                }
                for number, part in enumerate(parts, 1)
            ]
        )
        self._trigger_sending()
        return rows

    @api.model
    def _trigger_sending(self, at=None):
        self.env["helpdesk.social.turn"]._trigger(at)

    # -- what a person may do ----------------------------------------------------

    def action_retry(self):
        """Try a failed reply again."""
        self._check_waiting()
        for row in self.sudo():
            if row.outbox_state not in ("failed", "unknown"):
                raise UserError(self.env._("This reply is not waiting for a person."))
            # What may have arrived is read back, what surely has not is sent.
            state = "unknown" if row.outbox_state == "unknown" else "queued"
            row.write(
                {
                    "outbox_state": state,
                    "next_try": fields.Datetime.now(),
                    "attempts": 0 if state == "queued" else row.attempts,
                    "problem": False,
                }
            )
        self._trigger_sending()
        return True

    def action_withdraw(self):
        """Take a reply out of the outbox; it goes back to the curator as approved.

        Refused while a process is sending it or the outcome is unclear: the reply
        may be on the network already.
        """
        self.ticket_id._check_curator()
        now = fields.Datetime.now()
        lease = self._http()._lease_seconds()
        for row in self.sudo():
            if row.outbox_state not in ("queued", "failed"):
                raise UserError(
                    self.env._(
                        "The reply may have reached the network already; look at the "
                        "page and, if it is there, mark it as published."
                    )
                )
            if not row._lease_take(now, lease):
                raise UserError(self.env._("The reply is being sent just now."))
            row.write({"outbox_state": "withdrawn", "problem": False})
            row._lease_drop()
            row.reply_id._after_withdrawn()
        # Rows of the same thread may have waited for these.
        self._trigger_sending()
        return True

    def action_mark_sent(self, link):
        """A person saw an unclear reply on the network, at ``link``."""
        self.ensure_one()
        self._check_waiting()
        if self.outbox_state not in ("unknown", "failed"):
            raise UserError(self.env._("The outcome of this reply is clear."))
        link = self.ticket_id._check_link(link)
        # sudo: the outbox is written by the procedure alone.
        row = self.sudo()
        # Who is sending it just now would report the publication a second time.
        if not row._lease_take(fields.Datetime.now(), self._http()._lease_seconds()):
            raise UserError(self.env._("The reply is being sent just now."))
        row._sent(None, link)
        # Rows of the same thread may have waited for this one.
        self._trigger_sending()
        return True

    def action_send_again(self):
        """A person saw that a reply of unclear outcome is not on the network."""
        self._check_waiting()
        now = fields.Datetime.now()
        for row in self.sudo():  # sudo: the outbox is written by the procedure alone.
            if row.outbox_state != "unknown":
                raise UserError(self.env._("The outcome of this reply is clear."))
            if not row._lease_take(now, self._http()._lease_seconds()):
                raise UserError(self.env._("The reply is being sent just now."))
            row.write(
                {
                    "outbox_state": "queued",
                    "next_try": now,
                    "attempts": 0,
                    "first_attempt_at": False,
                    "problem": False,
                }
            )
            row._lease_drop()
        self._trigger_sending()
        return True

    def _check_waiting(self):
        """Refuse a step on a reply whose message waits for no publication any more:
        it would be published twice, or after it was sent back."""
        self.ticket_id._check_curator()
        step = self.env._("Publishing the reply")
        self.ticket_id._require_state(["approved"], step)

    def _http(self):
        return self.env["helpdesk.social.http"]

    # -- the lane ----------------------------------------------------------------

    @api.model
    def _cron_send(self):
        """A lane of sending: every row that is due, page by page in turn.

        Several scheduled actions run it at the same time.  Never raises: what goes
        wrong is kept on the row, for the curator.
        """
        if self.env["helpdesk.social.hold"]._holds():
            self.env["ir.cron"]._commit_progress(remaining=0)
            return
        self.env["helpdesk.social.turn"]._serve_all()

    @api.model
    def _outbox_waiting_domain(self):
        return [("outbox_state", "in", PENDING), ("next_try", "!=", False)]

    @api.model
    def _outbox_due_domain(self, now):
        """Rows that are to be sent, or found out about, at ``now`` (UTC)."""
        return [("outbox_state", "in", PENDING), ("next_try", "<=", now)]

    def _claim(self, now):
        """Claim a row for one try; returns whether it is this process's to send.

        The rows of a thread go out in their order: one that waits for an earlier
        one, or that another process holds, is left for later.
        """
        self.ensure_one()
        seconds = self._http()._lease_seconds()
        if self._earlier_pending() or not self._lease_take(now, seconds):
            return False
        self.invalidate_recordset()
        if self.outbox_state not in PENDING or self._earlier_pending():
            self._lease_drop()
            return False
        # A row found «sending» was left there by a process that is gone.
        unclear = self.outbox_state in ("sending", "unknown")
        self.write(
            {
                "outbox_state": "unknown" if unclear else "sending",
                "attempts": self.attempts + 1,
                "first_attempt_at": self.first_attempt_at or now,
                "last_attempt_at": now,
                "next_try": self.lease_until,
            }
        )
        self.env["helpdesk.social.hold"]._remember(now)
        return True

    def _earlier_pending(self):
        before = Domain("thread_id", "=", self.thread_id)
        if self.item_type == FLAT:
            before |= Domain(
                [("root_id", "=", self.root_id), ("next_try", "!=", False)]
            )
        pending = [
            ("account_id", "=", self.account_id.id),
            ("outbox_state", "in", PENDING),
            ("id", "<", self.id),
        ]
        return bool(self.search_count(before & Domain(pending), limit=1))

    def _prepare(self):
        """What a try needs: the client, the reply, whether to read back first."""
        self.ensure_one()
        unclear = self.outbox_state == "unknown"
        return self.account_id._client(), self._outgoing(), unclear

    def _deliver(self, delivery):
        """One try: read back where the last outcome is unclear, else send."""
        self.ensure_one()
        self = self.with_user(SUPERUSER_ID).with_context(social_automatic=True)
        client, outgoing, unclear = delivery
        self._lease_over_calls(client.transport, self._http()._lease_seconds())
        try:
            if unclear:
                found, doubtful = self._find_own(client.read_back(outgoing))
                if found:
                    row = self._still_ours()
                    row._sent(found.external_id, found.permalink, row._found_at(found))
                    return
                if doubtful:
                    self._still_ours()._ask_person(Consequence.UNKNOWN, "")
                    return
                # Reading back took its time: the sending gets all of its own.
                seconds = self._http()._lease_seconds()
                self._lease_renew(fields.Datetime.now(), seconds)
                self.env["ir.cron"]._commit_progress()
            sent = client.send(outgoing)
        except NetworkError as error:
            self._still_ours()._failed(error)
        else:
            self._still_ours()._sent(sent.external_id, sent.permalink)

    def _still_ours(self):
        """This row, unless the claim ran out during the call and another process
        took it over: what became of the row is then for that one to find out."""
        if not self._lease_holds():
            raise ConcurrencyError(f"The claim on {self} was lost")
        return self

    def _outgoing(self):
        self.ensure_one()
        return Outgoing(
            kind=self.kind,
            thread_id=self.thread_id,
            parent_id=self.parent_id,
            text=self.text,
            idempotency_key=self.idempotency_key,
            attachments=tuple(
                Upload(file.name, file.raw, file.mimetype) for file in self._files()
            ),
            since=self.first_attempt_at.replace(tzinfo=timezone.utc),
        )

    def _find_own(self, items):
        """What of ``items`` this row's try has published: (item or None, doubtful).

        The client has matched our own author, the parent and the time; here those
        that another row claims drop out.  Mass answers are identical, so the text
        alone says nothing; but a free item with quite another text may be what a
        colleague wrote by hand on the network, and a person must look.
        """
        ids = [item.external_id for item in items]
        claimed = self.search(
            [
                ("account_id", "=", self.account_id.id),
                ("external_id", "in", ids),
                ("id", "!=", self.id),
            ]
        ).mapped("external_id")
        free = [item for item in items if item.external_id not in claimed]
        for item in free:
            if _likeness(self.text, item.text) >= SAME_TEXT:
                return item, False
        return None, bool(free)

    def _found_at(self, item):
        """When ``item``, found on the network as this row's, was published (UTC).

        What was answered in time was answered in time, however late it is found out;
        but not before the last step that clocks follow, nor before it was queued.
        """
        self.ensure_one()
        steps = [step.at for step in self.ticket_id._clock_steps()]
        posted_at = item.posted_at.replace(tzinfo=None, microsecond=0)
        earliest = max([self.stored_at, *steps])
        return min(max(posted_at, earliest), fields.Datetime.now())

    def _sent(self, external_id, link, at=None):
        """Store what became of the row and follow it on the ticket.

        ``at``: when it was published (UTC), by default just now.
        """
        self.ensure_one()
        now = at or fields.Datetime.now()
        self.write(
            {
                "outbox_state": "sent",
                "external_id": external_id,
                "permalink": link,
                "posted_at": now,
                "next_try": False,
                "problem": False,
                "last_consequence": False,
            }
        )
        self._lease_drop()
        if self._reply_is_whole():
            link = self._parts()[:1].permalink or link
            self.reply_id._after_sent(self, link, now)

    def _failed(self, error):
        """Keep a failed try: again later, to be read back, or for a person."""
        again = self.attempts < MAX_ATTEMPTS
        if error.consequence == Consequence.UNKNOWN and again:
            state, wait = "unknown", UNCLEAR_SECONDS
        elif error.consequence in AGAIN and again:
            # A failed reading back leaves the outcome as unclear as it was.
            state = "unknown" if self.outbox_state == "unknown" else "queued"
            # Where the network says for how long, that is the first pause.
            told = error.retry_after or 0
            first = min(told or 30, 30)
            wait = max(pause(self.attempts - 1, random.Random(), first=first), told)
        else:
            self._ask_person(error.consequence, error.message)
            if error.consequence in PAGE_STOPS:
                self.account_id._note_failure(error.consequence, error.message)
            return
        self.write(
            {
                "outbox_state": state,
                "next_try": fields.Datetime.now() + timedelta(seconds=wait),
                "last_consequence": str(error.consequence),
                "problem": self.account_id._error_sentence(error),
            }
        )
        self._lease_drop()

    def _broke(self, error):
        """Keep a try that failed for a reason of our own, the transaction rolled back.

        A claim that was committed stands: what happened on the network is found out
        when it has run out.  One that was not must not be tried again at once.
        """
        if self.outbox_state not in PENDING or self._lease_is_anothers():
            return
        now, reason = fields.Datetime.now(), type(error).__name__
        attempts = self.attempts
        if self.outbox_state == "queued" or self.next_try <= now:
            attempts += 1
            wait = timedelta(seconds=pause(attempts - 1, random.Random()))
            self.write({"attempts": attempts, "next_try": now + wait})
        if attempts < MAX_ATTEMPTS:
            self.problem = reason
            return
        sure = self.outbox_state == "queued"
        self._ask_person(Consequence.PERSON if sure else Consequence.UNKNOWN, reason)

    def _ask_person(self, consequence, message):
        """Stop trying; the curator sees the problem and what to do."""
        advice = self.account_id._consequence_advice(consequence)
        unclear = consequence == Consequence.UNKNOWN
        unclear = unclear or self.outbox_state == "unknown"
        self.write(
            {
                "outbox_state": "unknown" if unclear else "failed",
                "next_try": False,
                "last_consequence": str(consequence),
                "problem": f"{advice} ({message})" if message else advice,
            }
        )
        self._lease_drop()
        self.ticket_id.message_post(body=self._failure_words())

    def _failure_words(self):
        """What the history says of a row that waits for a person."""
        return self.env._("The reply was not published. %s", self.problem)


def _likeness(ours, theirs):
    """How alike two texts are, from 0 to 1; networks change spaces and links."""
    return SequenceMatcher(
        None, (ours or "").split(), (theirs or "").split(), autojunk=False
    ).ratio()
