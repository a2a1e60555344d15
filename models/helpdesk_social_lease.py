import os
import socket
import uuid
from datetime import timedelta

import psycopg2

from odoo import fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import mute_logger

#: Names this process in a lease.  A process that was killed never gets its lease
#: back: the next one waits until it runs out and then finds out what happened.
PROCESS = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


class HelpdeskSocialLease(models.AbstractModel):
    """A claim on a row that outlives a commit.

    A row lock ends with its transaction, and both polling and sending commit on the
    way.  A lease is a committed «mine until», taken under a row lock.
    """

    _name = "helpdesk.social.lease"
    _description = "Lease"

    lease_owner = fields.Char(readonly=True, copy=False)
    lease_until = fields.Datetime(readonly=True, copy=False)

    def _lease_take(self, now, seconds):
        """Claim this row until ``now`` (UTC) plus ``seconds``.

        Returns whether it could be claimed.  It is for the caller to commit.  A row
        that another transaction holds or has just claimed counts as taken.
        """
        self.ensure_one()
        try:
            # A claim committed after our snapshot shows as a serialization failure.
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                if not self.try_lock_for_update(allow_referencing=True):
                    return False
                self.invalidate_recordset(["lease_owner", "lease_until"])
                if self.lease_until and self.lease_until > now:
                    return False
                self.write(
                    {
                        "lease_owner": PROCESS,
                        "lease_until": now + timedelta(seconds=seconds),
                    }
                )
                self.flush_recordset(["lease_owner", "lease_until"])
        except psycopg2.errors.SerializationFailure:
            self.invalidate_recordset()
            return False
        return True

    def _lease_renew(self, now, seconds):
        """Prolong a claim that this process holds.

        Raises ConcurrencyError where it had run out and another process has it.
        """
        if not self._lease_holds():
            raise ConcurrencyError(f"The claim on {self} was lost")
        self.write({"lease_until": now + timedelta(seconds=seconds)})

    def _lease_holds(self):
        """Whether the claim is still this process's own."""
        self.invalidate_recordset(["lease_owner"])
        return self.lease_owner == PROCESS

    def _lease_drop(self):
        """Give the claim back."""
        self.write({"lease_owner": False, "lease_until": False})
