import os
import socket
import threading
import time
import uuid
from datetime import timedelta

import psycopg2

from odoo import fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import mute_logger

#: A claim is not prolonged more often than that, in seconds; what is left of it is
#: longer than any one call all the same.
RENEW_AFTER = 3


def _machine():
    """Name of what numbers the processes: containers may share the name of a host."""
    try:
        space = os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        space = ""
    return f"{socket.gethostname()}/{space}"


_HOST = _machine()
_boot = uuid.uuid4().hex[:8]


def _fork():
    global _boot
    _boot = uuid.uuid4().hex[:8]


# The server loads the addon before it forks its workers.
os.register_at_fork(after_in_child=_fork)


def holder():
    """Names the present worker in a lease: this process, and this thread of it.

    A process that was killed never gets its lease back: the next one waits until it
    runs out and then finds out what happened.
    """
    return f"{_HOST}:{os.getpid()}:{threading.get_ident()}:{_boot}"


def is_gone(owner):
    """Whether ``owner`` of a claim was a process of this machine and is no more."""
    host, _colon, rest = (owner or "").partition(":")
    pid = rest.partition(":")[0]
    if host != _HOST or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        # It is somebody else's, so there is one.
        return False
    return False


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
                if self._lease_taken(now):
                    return False
                self.write(
                    {
                        "lease_owner": holder(),
                        "lease_until": now + timedelta(seconds=seconds),
                    }
                )
                self.flush_recordset(["lease_owner", "lease_until"])
        except psycopg2.errors.SerializationFailure:
            self.invalidate_recordset()
            return False
        return True

    def _lease_taken(self, now):
        """Whether somebody has a claim on this row at ``now`` (UTC)."""
        self.ensure_one()
        return bool(self.lease_until and self.lease_until > now)

    def _lease_renew(self, now, seconds):
        """Prolong a claim that this worker holds.

        Raises ConcurrencyError where it had run out and another process has it.
        """
        if not self._lease_holds():
            raise ConcurrencyError(f"The claim on {self} was lost")
        self.write({"lease_until": now + timedelta(seconds=seconds)})

    def _lease_over_calls(self, transport, seconds):
        """Let every call over ``transport`` begin with a claim of ``seconds`` left.

        What is done under one claim may take many calls, files above all.  The claim
        is prolonged and committed before a call; where another worker has taken it,
        ConcurrencyError is raised and nothing is sent.  For use where nothing else is
        pending in the transaction.
        """
        renewed = time.monotonic()

        def before_call():
            nonlocal renewed
            if time.monotonic() - renewed < RENEW_AFTER:
                return
            self._lease_renew(fields.Datetime.now(), seconds)
            self.env["ir.cron"]._commit_progress()
            renewed = time.monotonic()

        transport.before_call = before_call

    def _lease_holds(self):
        """Whether the claim is still this worker's own."""
        self.invalidate_recordset(["lease_owner"])
        return self.lease_owner == holder()

    def _lease_is_anothers(self):
        """Whether another worker has a claim, or had one that it did not give back."""
        return not self._lease_holds() and bool(self.lease_owner)

    def _lease_drop(self):
        """Give the claim back."""
        self.write({"lease_owner": False, "lease_until": False})

    def _lease_give_back(self):
        """Give the claim back where it is still this worker's own; write it at once,
        with all that is pending: a conflict shows here and not at the commit."""
        if self._lease_holds():
            self._lease_drop()
        self.env.flush_all()
