import logging
import random
from datetime import timedelta, timezone
from functools import partial

import psycopg2

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError
from odoo.tools import clean_context

from ..networks import Consequence, NetworkError, pause
from .helpdesk_social_lease import is_gone
from .res_users import GROUP_ADMIN, GROUP_CURATOR

_logger = logging.getLogger(__name__)

#: A little less than the minute of the scheduled action, so that it finds the page
#: due each time.
POLL_SECONDS = 45
RECONCILE_MINUTES = 10
#: Calls that one piece of reading may take, authors and photos included.
PIECE_CALLS = 10
#: Failures in a row after which a page counts as failing.
FAILING_AFTER = 3
#: Another process was quicker with the same rows.
CONFLICTS = (psycopg2.errors.SerializationFailure, ConcurrencyError)
#: What the page's reader cannot mend by trying again soon.
PERSON_NEEDED = (Consequence.CREDENTIALS, Consequence.PERSON, Consequence.PERMISSION)


class HelpdeskSocialAccount(models.Model):
    """Reading of a page: what the network has, stored once, in order."""

    _inherit = "helpdesk.social.account"

    def poll(self):
        """Fetch once what is new on these pages and store it.

        Nothing is committed here.  A page that another process is reading just now
        is left to it.  A failure of the network is kept in the page's health.

        :return: how many new items were stored.
        """
        user = self.env.user
        if not (self.env.su or user.has_group(GROUP_CURATOR)):
            if not user.has_group(GROUP_ADMIN):
                raise AccessError(
                    self.env._("Only curators and administrators fetch messages.")
                )
        self.check_access("read")
        # sudo: what the network sent is stored by the procedure alone.
        return sum(account._poll_once() for account in self.sudo())

    def action_poll(self):
        """Fetch now, from a button."""
        stored = self.poll()
        if self.health in ("warning", "failing", "stopped"):
            return self._notify("warning", f"{self.last_error}\n{self.advice}")
        return self._notify("success", self.env._("New messages: %s", stored))

    @api.model
    def _cron_poll(self):
        """The lane of reading: every page that is due, one after the other.

        Never raises: what goes wrong with a page is kept in its health.
        """
        cron = self.env["ir.cron"]
        due = self.search(self._due_domain(), order="next_poll, id")
        cron._commit_progress(remaining=len(due))
        for account in due._still_due():
            try:
                account._poll_once(commit=cron._commit_progress)
                # The end of the reading, too, is written here: somebody may have
                # changed the page meanwhile.
                account._lease_give_back()
                left = cron._commit_progress(1)
            except CONFLICTS:
                # Another process was quicker with the same rows.  The cursor stands
                # before what was not stored: it is read again.
                left = account._leave_failed()
            except Exception as error:  # pylint: disable=broad-except
                # A lane never stops at one page; the page's health tells.
                _logger.exception("Reading page %s failed", account.id)
                reason = type(error).__name__
                left = account._leave_failed(
                    partial(account._note_failure, Consequence.RETRY, reason)
                )
            if not left:
                break
        else:
            # The rest another lane has read, or reads just now.
            cron._commit_progress(remaining=0)

    def _leave_failed(self, note=None):
        """End what a lane did with this page and what failed; ``note`` keeps that.

        Returns the seconds left.  Where others change the page at this very moment,
        the claim is left to run out.
        """
        cron = self.env["ir.cron"]
        self.env.cr.rollback()
        try:
            if note:
                note()
            self._lease_give_back()
            return cron._commit_progress(1)
        except CONFLICTS:
            self.env.cr.rollback()
            return cron._commit_progress(1)

    def _still_due(self):
        """Those of these pages that wait at the moment they come up, one by one.

        Several lanes read at the same time: while one waits for a slow network, the
        others have read what stands behind it.
        """
        for account in self:
            account.invalidate_recordset()
            now = fields.Datetime.now()
            taken = account._lease_taken(now)
            if not taken and account.filtered_domain(account._due_domain()):
                yield account

    def _lease_taken(self, now):
        """As ever; but a reader that was killed is not waited for.

        The claim covers a piece of many calls, and with it the shortest terms of the
        acts would pass.  What was read is stored or is not, and reading again does no
        harm.
        """
        return super()._lease_taken(now) and not is_gone(self.lease_owner)

    @api.model
    def _due_domain(self):
        return [
            ("receive", "=", True),
            ("next_poll", "<=", fields.Datetime.now()),
            ("health", "!=", "stopped"),
        ]

    def _poll_once(self, commit=None):
        """Read one page; ``commit`` is called after each stored piece, if given."""
        self.ensure_one()
        # Nobody's step, whoever pressed the button.
        context = {**clean_context(self.env.context), "social_automatic": True}
        context["lang"] = self.company_id._social_lang()
        self = self.with_user(SUPERUSER_ID).with_context(context)
        now = fields.Datetime.now()
        if not self.receive or not self._has_client():
            return 0
        # A piece of reading is several calls; the claim is renewed with each piece.
        seconds = PIECE_CALLS * self._http()._lease_seconds()
        if not self._lease_take(now, seconds):
            return 0
        if commit:
            commit()
        stored, pause_seconds, problems = 0, POLL_SECONDS, []
        try:
            client = self._client()
            for batch in self._batches(client, now):
                stored += self._store_batch(client, batch)
                pause_seconds = self._pause_after(batch)
                problems += [self._verdict_sentence(v) for v in batch.problems]
                self._lease_renew(fields.Datetime.now(), seconds)
                if commit and commit() == 0 and batch.remaining_hint:
                    # No time is left: the cursor says where the next run goes on.
                    pause_seconds = 1
                    break
            self._retry_broken(client)
            self.env["helpdesk.social.message"]._fetch_photos(self, client)
            self._note_success(now, pause_seconds, problems)
        except NetworkError as error:
            self._note_failure(error.consequence, error.message, error.retry_after)
        finally:
            # After a database error the transaction is lost and the lease with it.
            if not self.env.cr.closed and not _aborted(self.env.cr):
                self._lease_drop()
        return stored

    def _pause_after(self, batch):
        """Seconds until the next reading: soon, where this one is not complete.

        The server never waits for a network's allowance of calls; it comes back.
        """
        if not batch.remaining_hint:
            return POLL_SECONDS
        return min(max(batch.retry_after or 1, 1), POLL_SECONDS)

    def _http(self):
        return self.env["helpdesk.social.http"]

    def _batches(self, client, now):
        """What is new, then, when it is time, a full comparison."""
        cursor = dict(self.cursor or {})
        for batch in client.updates(cursor):
            cursor = batch.cursor
            yield batch
        overdue = not self.next_reconcile or self.next_reconcile <= now
        if overdue or client.reconcile_needed(cursor):
            since = (self.since or now - timedelta(days=3)).replace(tzinfo=timezone.utc)
            finished = True
            for batch in client.reconcile(cursor, self._stored(), since):
                finished = not batch.remaining_hint
                yield batch
            if finished:
                self.next_reconcile = now + timedelta(minutes=RECONCILE_MINUTES)

    def _stored(self):
        """What is stored of this page, for whoever compares it with its network."""
        return _Stored(self)

    # -- health ------------------------------------------------------------------

    def _note_success(self, now, pause_seconds, problems=()):
        """Keep a reading that came through; ``problems`` are parts it left out."""
        next_poll = fields.Datetime.now() + timedelta(seconds=pause_seconds)
        if pause_seconds < POLL_SECONDS:
            self.env.ref("helpdesk_mgmt_social.cron_poll")._trigger(next_poll)
        self.write(
            {
                "health": "warning" if problems else "ok",
                "failures": 0,
                "last_success": now,
                "last_error": "\n".join(dict.fromkeys(problems)) or self.last_error,
                "last_error_at": now if problems else self.last_error_at,
                "last_consequence": str(Consequence.PERMISSION) if problems else False,
                "next_poll": next_poll,
            }
        )

    def _note_failure(self, consequence, message, retry_after=None):
        """Keep a failure where the administrator sees it, and when to try again."""
        now = fields.Datetime.now()
        failures = self.failures + 1
        seconds = max(pause(failures - 1, random.Random()), retry_after or 0)
        health = "failing" if failures >= FAILING_AFTER else "warning"
        if consequence in PERSON_NEEDED:
            health = "stopped"
        if consequence in (Consequence.SLOW_DOWN, Consequence.SLOW_DOWN_LONG):
            health = self.health if self.health != "new" else "warning"
        self.write(
            {
                "health": health,
                "failures": failures,
                "last_error": message,
                "last_error_at": now,
                "last_consequence": str(consequence),
                "next_poll": now + timedelta(seconds=seconds),
            }
        )


class _Stored:
    """What is stored of a page, see :class:`..networks.base.Stored`."""

    def __init__(self, account):
        self._account = account

    def known(self, external_ids):
        rows = self._rows(
            [("external_id", "in", list(external_ids))], ["external_id", "deleted_at"]
        )
        return {row.external_id: bool(row.deleted_at) for row in rows}

    def live(self, item_type, since, root_id=None):
        domain = self._live_domain(item_type, since)
        if root_id:
            domain.append(("root_id", "=", root_id))
        return set(self._rows(domain, ["external_id"]).mapped("external_id"))

    def roots(self, item_type, since):
        # Counted by the database: a page has many more comments than posts.
        domain = self._of_page(self._live_domain(item_type, since))
        groups = self._messages()._read_group(domain, ["root_id"])
        return {root_id for (root_id,) in groups if root_id}

    @staticmethod
    def _live_domain(item_type, since):
        return [
            ("direction", "=", "in"),
            ("item_type", "=", item_type),
            ("posted_at", ">=", since.astimezone(timezone.utc).replace(tzinfo=None)),
            ("deleted_at", "=", False),
        ]

    def _rows(self, domain, names):
        return self._messages().search_fetch(self._of_page(domain), names)

    def _of_page(self, domain):
        return [("account_id", "=", self._account.id), *domain]

    def _messages(self):
        return self._account.env["helpdesk.social.message"]


def _aborted(cr):
    """Whether the transaction can only be rolled back."""
    status = cr.connection.info.transaction_status
    return status == psycopg2.extensions.TRANSACTION_STATUS_INERROR
