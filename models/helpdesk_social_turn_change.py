import random
from datetime import timedelta, timezone

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ConcurrencyError

from ..networks import Consequence, NetworkError, Outgoing, Upload, pause
from .helpdesk_social_message_outbox import AGAIN, MAX_ATTEMPTS, PAGE_STOPS
from .helpdesk_social_message_standing import same_text

#: The network does not let the software do it; a person may be able to.
NOT_FOR_US = (Consequence.PERMISSION, Consequence.TOO_LATE)


class HelpdeskSocialChange(models.Model):
    """Changes in the lanes of the outbox.

    Doing one twice does no harm, so a change of unclear outcome (a killed process, a
    timeout) is simply done again; where the network can be looked at, what is done
    already is left alone.  The parts of a long reply are done one by one, each
    committed.
    """

    _inherit = "helpdesk.social.change"

    @api.model
    def _waiting_domain(self):
        return [("state", "in", ("queued", "sending")), ("next_try", "!=", False)]

    @api.model
    def _due_domain(self, now):
        """Changes that are to be brought to the network at ``now`` (UTC)."""
        return [("state", "in", ("queued", "sending")), ("next_try", "<=", now)]

    def _lease_seconds(self):
        return self.env["helpdesk.social.http"]._lease_seconds()

    def _claim(self, now):
        """Claim a change for one try; returns whether it is this process's to do."""
        self.ensure_one()
        if not self._lease_take(now, self._lease_seconds()):
            return False
        self.invalidate_recordset()
        if self.state not in ("queued", "sending"):
            self._lease_drop()
            return False
        unclear = self.state == "sending" or (
            self.last_consequence == str(Consequence.UNKNOWN)
        )
        self.write(
            {
                "state": "sending",
                "attempts": self.attempts + 1,
                "last_attempt_at": now,
                "next_try": self.lease_until,
                "last_consequence": str(Consequence.UNKNOWN) if unclear else False,
            }
        )
        self.env["helpdesk.social.hold"]._remember(now)
        return True

    def _prepare(self):
        """What a try needs: the client, and what each row is to say."""
        self.ensure_one()
        rows = self._rows()
        return self.account_id._client(), self._parts_of(rows)

    def _deliver(self, delivery):
        """One try: every part that does not stand there as it is to."""
        self.ensure_one()
        self = self.with_user(SUPERUSER_ID).with_context(social_automatic=True)
        client, parts = delivery
        self._lease_over_calls(client.transport, self._lease_seconds())
        try:
            done = self._done_already(client, parts)
            for row, text in parts:
                # What somebody has changed there is put right by the same text, too.
                needed = text != row.text or row.standing == "changed"
                if needed and row not in done:
                    self._do(client, row, text)
                self._keep_hold()
                if needed:
                    row._changed_to(text)
                    self.parts_done += 1
                self._lease_renew(fields.Datetime.now(), self._lease_seconds())
                self.env["ir.cron"]._commit_progress()
        except NetworkError as error:
            self._keep_hold()
            self._failed(error)
            return
        self._finish()
        self._lease_drop()

    def _keep_hold(self):
        """Refuse to go on where the claim ran out and another process took over."""
        if not self._lease_holds():
            raise ConcurrencyError(f"The claim on {self} was lost")

    def _done_already(self, client, parts):
        """Rows that an earlier try of unclear outcome has changed, as far as the
        network can be looked at."""
        rows = self.env["helpdesk.social.message"]
        if self.last_consequence != str(Consequence.UNKNOWN):
            return rows
        if "look" not in client.abilities(parts[0][0].kind if parts else ""):
            return rows
        seen = {
            standing.external_id: standing
            for standing in client.look([row._published_item() for row, _text in parts])
        }
        for row, text in parts:
            standing = seen.get(row.external_id)
            if standing is None:
                continue
            if text is None and standing.state == "gone":
                rows |= row
            elif text and standing.state == "there":
                # An exact comparison: a correction may be one sign.
                if standing.text and same_text(text, standing.text):
                    rows |= row
        return rows

    @staticmethod
    def _do(client, row, text):
        """Change one item on the network; no text takes it off."""
        published = row._published_item()
        if text is None:
            try:
                client.delete(published)
            except NetworkError as error:
                # What is gone already need not be taken off.
                if error.consequence != Consequence.GONE:
                    raise
            return
        outgoing = Outgoing(
            kind=row.kind,
            thread_id=row.thread_id,
            parent_id=row.parent_id,
            text=text,
            idempotency_key=row.idempotency_key,
            attachments=tuple(
                Upload(file.name, file.raw, file.mimetype) for file in row._files()
            ),
            since=row.posted_at.replace(tzinfo=timezone.utc),
        )
        client.edit(published, outgoing)

    def _broke(self, error):
        """Keep a try that failed for a reason of our own, the transaction rolled back;
        not to be tried again at once."""
        if self.state not in ("queued", "sending") or self._lease_is_anothers():
            return
        now, attempts = fields.Datetime.now(), self.attempts
        self.problem = type(error).__name__
        if self.state == "queued" or self.next_try <= now:
            attempts += 1
            wait = timedelta(seconds=pause(attempts - 1, random.Random()))
            self.write({"attempts": attempts, "next_try": now + wait})
        if attempts >= MAX_ATTEMPTS:
            self._leave_to_person("failed")

    def _failed(self, error):
        """Keep a failed try: again later, by a person on the network, or here."""
        again = error.consequence in (*AGAIN, Consequence.UNKNOWN)
        vals = {
            "last_consequence": str(error.consequence),
            "problem": self.account_id._error_sentence(error),
        }
        if again and self.attempts < MAX_ATTEMPTS:
            wait = pause(self.attempts - 1, random.Random())
            wait = max(wait, error.retry_after or 0)
            next_try = fields.Datetime.now() + timedelta(seconds=wait)
            self.write({**vals, "state": "queued", "next_try": next_try})
            self._lease_drop()
            return
        by_hand = error.consequence in NOT_FOR_US
        state = "hand" if by_hand else "failed"
        self.write(vals)
        if error.consequence in PAGE_STOPS:
            self.account_id._note_failure(error.consequence, error.message)
        self._leave_to_person(state)

    def _leave_to_person(self, state):
        """Stop trying; whoever asked for the change is told."""
        self.write({"state": state, "next_try": False})
        self._lease_drop()
        self.ticket_id.message_post(
            body=self.env._("The published reply was not changed. %s", self.problem)
        )
        self._ask_person()


class HelpdeskSocialMessage(models.Model):
    _inherit = "helpdesk.social.message"

    def _changed_to(self, text):
        """Follow what was done with these items on the network; no text: taken off."""
        now = fields.Datetime.now()
        for row in self:
            if text is None:
                row.write({"taken_off_at": now, "next_look": False, "standing": "off"})
                continue
            if text != row.text:
                row._keep_version(row.text, row.edited_at or row.posted_at)
                row.write({"text": text, "edited_at": now})
            if row.external_id:
                row._look_again()
