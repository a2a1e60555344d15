import hashlib
import json
import random
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import NO_ACCESS, Domain
from odoo.tools import SQL

from ..networks import pause, storable
from .res_users import GROUP_ADMIN

#: Tries to understand an event, with growing pauses, before a person is asked.
ATTEMPTS = 10
#: Days for which a stored event is remembered, so that a repetition is known.
KEPT_DAYS = 14
#: Longer keys are kept by their digest: an index has its limits.
LONGEST_KEY = 200
GC_LIMIT = 10_000
#: Events of a page that keep the lane busy for several looks.
PLENTY = 300


class HelpdeskSocialDelivery(models.Model):
    """An event that a network delivered to our address.

    It is stored before the network is answered, and understood afterwards.
    """

    _name = "helpdesk.social.delivery"
    _description = "Delivered event"
    _inherit = ["helpdesk.social.procedural"]
    _order = "id"
    _rec_name = "key"
    _log_access = False

    account_id = fields.Many2one(
        "helpdesk.social.account", "Page", required=True, ondelete="cascade"
    )
    key = fields.Char("Event", required=True, help="The event's own identity.")
    # Private messages are among them, and which ones is not known yet.
    payload = fields.Json("As delivered", groups=NO_ACCESS)
    received_at = fields.Datetime("Received", required=True)
    state = fields.Selection(
        [("new", "Waiting"), ("done", "Stored"), ("failed", "Not understood")],
        required=True,
    )
    attempts = fields.Integer("Tries")
    error = fields.Char("What went wrong")
    next_try = fields.Datetime("Next try")
    done_at = fields.Datetime("Stored at")

    _event_uniq = models.UniqueIndex(
        "(account_id, key)", "This event was delivered before."
    )
    _due_idx = models.Index("(account_id, next_try) WHERE state = 'new'")
    _received_idx = models.Index("(account_id, received_at)")
    _done_idx = models.Index("(done_at) WHERE state = 'done'")

    # -- storing -----------------------------------------------------------------

    @api.model
    def _keep(self, account, delivery):
        """Store what a client has read from a call.

        Returns the new event, to be followed by a commit and :meth:`_announce`.  None
        where it is a repetition, or so many of its page wait that the lane, which
        takes them piece by piece, looks again long after this one is committed.

        The network waits, so this is one statement; it does not go to the log where
        it is refused, since it holds what citizens write.  To be called in a
        transaction that has changed nothing so far.
        """
        payload = json.dumps(storable(delivery.payload), sort_keys=True)
        key = storable(delivery.key)
        if not key or len(key) > LONGEST_KEY:
            text = key or payload
            key = "sha256:" + hashlib.sha256(text.encode()).hexdigest()
        now = fields.Datetime.now()
        query = SQL(
            """INSERT INTO helpdesk_social_delivery
                   (account_id, key, payload, received_at, next_try, state, attempts)
               VALUES (%(account)s, %(key)s, %(payload)s, %(now)s, %(now)s, 'new', 0)
               ON CONFLICT (account_id, key) DO NOTHING
               RETURNING id, EXISTS (
                   SELECT FROM helpdesk_social_delivery
                    WHERE account_id = %(account)s AND state = 'new'
                    ORDER BY next_try DESC
                   OFFSET %(plenty)s)""",
            account=account.id,
            plenty=PLENTY,
            key=key,
            payload=payload,
            now=now,
        )
        try:
            self.env.cr.execute(query, log_exceptions=False)
        except psycopg2.errors.SerializationFailure:
            # The same event, committed by another process since our snapshot.
            self.env.cr.rollback()
            return self.browse()
        return self.browse([new for new, many in self.env.cr.fetchall() if not many])

    def _announce(self, account):
        """Wake the lane for this event of ``account``, unless an earlier one waits.

        That one has woken the lane, and the lane looks again after each event that
        it has stored.  So this must be asked after the commit that made this event
        visible: asked before, the lane may have looked for the last time in between,
        and both would rely on each other.
        """
        self.ensure_one()
        query = SQL(
            # The order is that of the index of what waits: whatever the statistics
            # say, nothing else is read.  From its end, since at its beginning stands
            # what was stored a moment ago, until PostgreSQL has cleaned up.
            """SELECT FROM helpdesk_social_delivery
                WHERE account_id = %s AND state = 'new' AND attempts = 0 AND id < %s
                ORDER BY next_try DESC LIMIT 1""",
            account.id,
            self.id,
        )
        self.env.cr.execute(query)
        if not self.env.cr.rowcount:
            self._wake_lane()

    @api.model
    def _due_domain(self):
        """Events to be looked at now, of pages that are read."""
        return Domain(
            [
                ("state", "=", "new"),
                ("next_try", "<=", fields.Datetime.now()),
                ("account_id.active", "=", True),
                ("account_id.receive", "=", True),
            ]
        )

    @api.model
    def _wake_lane(self):
        """Let the lane look soon, once this transaction is committed."""
        self.env.ref("helpdesk_mgmt_social.cron_deliveries")._trigger()

    # -- outcomes ----------------------------------------------------------------

    def _note_done(self):
        """What these events brought is stored."""
        now = fields.Datetime.now()
        self.write({"state": "done", "done_at": now, "error": False})

    def _postpone(self, error, retry_after=None):
        """Look again after a pause that grows with each try."""
        now = fields.Datetime.now()
        for delivery in self:
            seconds = pause(delivery.attempts, random.Random())
            delivery.write(
                {
                    "attempts": delivery.attempts + 1,
                    "error": error[:500],
                    "next_try": now + timedelta(seconds=max(seconds, retry_after or 0)),
                }
            )

    def _note_broken(self, error):
        """This event could not be understood: again later, in the end a person."""
        self._postpone(error)
        self.filtered(lambda d: d.attempts >= ATTEMPTS).state = "failed"

    def action_retry(self):
        """Try again at once to understand these events."""
        if not self.env.user.has_group(GROUP_ADMIN):
            raise AccessError(
                self.env._("Only a social administrator tries delivered events again.")
            )
        self.check_access("read")
        # sudo: nobody writes these rows but the procedure.
        mine = self.sudo().filtered(lambda d: d.state != "done")
        mine.write({"state": "new", "attempts": 0, "next_try": fields.Datetime.now()})
        mine._wake_lane()

    @api.autovacuum
    def _gc_done(self):
        """Forget events that were stored long ago; nobody repeats them any more."""
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        old = self.search(
            [("state", "=", "done"), ("done_at", "<", limit)], limit=GC_LIMIT
        )
        old.unlink()
        return len(old), len(old) == GC_LIMIT
