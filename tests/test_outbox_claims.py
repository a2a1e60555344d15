import os
import subprocess
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta, timezone
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models import helpdesk_social_lease as leases
from ..models.helpdesk_social_account import HelpdeskSocialAccount
from ..models.helpdesk_social_message_outbox import MAX_ATTEMPTS
from ..models.helpdesk_social_reply import HelpdeskSocialReply
from ..networks import Consequence, NetworkError, Transport
from .outbox_after import AfterCase


@tagged("post_install", "-at_install")
class TestClaims(AfterCase):
    """A claim belongs to one worker, outlasts each call, and never holds up others."""

    def setUp(self):
        super().setUp()
        self.ticket = self.approved(at="2024-03-11 06:00")
        self.row = self.ticket.publish("Засыплем.", self.account)

    @contextmanager
    def lane(self):
        """The lane's commits and rollbacks as savepoints of the test."""
        cr = self.env.cr

        def progress(*_args, **_kwargs):
            self.env.flush_all()
            cr.execute("SAVEPOINT lane")
            return float("inf")

        def rollback():
            self.env.invalidate_all(flush=False)
            self.env.transaction.clear()
            cr.execute("ROLLBACK TO SAVEPOINT lane")

        progress()
        with (
            patch.object(type(self.env["ir.cron"]), "_commit_progress", progress),
            patch.object(cr, "rollback", rollback),
        ):
            yield self.env["helpdesk.social.turn"]

    # -- whose it is -------------------------------------------------------------

    def test_reader_that_is_gone_is_not_waited_for(self):
        """Only one that is known to be gone, and only of reading."""
        ended = subprocess.Popen(["true"])
        ended.wait()
        mine = leases.holder()
        host, _pid, *rest = mine.split(":")
        gone = ":".join((host, str(ended.pid), *rest))
        now = fields.Datetime.now()
        later = now + timedelta(minutes=5)
        for owner, taken in (
            (gone, False),
            (mine, True),
            (f"other{gone}", True),
            (f"{host}:somebody", True),
            ("somebody", True),
        ):
            with self.subTest(owner):
                self.account.write({"lease_owner": owner, "lease_until": later})
                self.assertEqual(self.account._lease_taken(now), taken)
        self.row.write({"lease_owner": gone, "lease_until": later})
        self.assertTrue(self.row._lease_taken(now))

    def test_another_thread_has_no_part_in_a_claim(self):
        """The lanes of one server process are threads."""
        self.assertTrue(self.account._lease_take(fields.Datetime.now(), 60))
        self.assertTrue(self.account._lease_holds())
        seen = []
        thread = threading.Thread(
            target=lambda: seen.append(self.account._lease_holds())
        )
        thread.start()
        thread.join()
        self.assertEqual(seen, [False])

    def test_forked_workers_have_claims_of_their_own(self):
        """The server loads the addon first and forks its workers then."""
        read, write = os.pipe()
        child = os.fork()
        if not child:
            try:
                os.write(write, leases.holder().encode())
            finally:
                os._exit(0)
        os.close(write)
        os.waitpid(child, 0)
        with os.fdopen(read) as told:
            theirs = told.read()
        self.assertTrue(theirs)
        self.assertNotEqual(theirs, leases.holder())

    # -- how long it lasts ---------------------------------------------------------

    def call_slowly(self, seconds, before_last=None):
        """Let the reply take several calls of ``seconds`` each, the last publishing."""
        transport = self.network.transport = Transport()
        published = self.network.send
        clock = [time.monotonic()]
        self.startPatcher(patch.object(leases.time, "monotonic", lambda: clock[0]))

        def send(outgoing):
            for call in range(4):
                if call == 3 and before_last:
                    before_last()
                transport.before_call()
                self.until.append(self.row.lease_until - fields.Datetime.now())
                clock[0] += seconds
                self.later(seconds=seconds)
            return published(outgoing)

        self.until = []
        self.patch(self.network, "send", send)

    def test_a_claim_outlasts_every_call_of_a_long_reply(self):
        """Ten photos take longer than one claim; nobody else may begin meanwhile."""
        self.call_slowly(40)
        self.send()
        self.assertEqual(self.row.outbox_state, "sent")
        longest = timedelta(seconds=Transport().longest_call)
        self.assertGreater(min(self.until), longest)

    def test_a_lost_claim_publishes_nothing(self):
        def taken():
            self.row.write({"lease_owner": "another worker"})
            self.env.flush_all()

        self.call_slowly(40, taken)
        with self.lane() as lane:
            lane._serve_all()
        self.assertEqual(self.network.wall, [])
        self.assertEqual(self.row.outbox_state, "sending")

    # -- when it was ---------------------------------------------------------------

    def test_what_was_published_in_time_was_published_in_time(self):
        """The answer of the network was lost; it is found hours later."""
        posted = self.later(minutes=1).replace(tzinfo=timezone.utc)
        lost = NetworkError("lost", consequence=Consequence.UNKNOWN)
        self.network.failures = [(lost, True)]
        self.send()
        self.assertEqual(self.row.outbox_state, "unknown")
        found = self.network.read_back
        self.patch(
            self.network,
            "read_back",
            lambda outgoing: [replace(i, posted_at=posted) for i in found(outgoing)],
        )
        self.later(hours=5)
        self.send()
        self.assertEqual(self.row.outbox_state, "sent")
        self.assertEqual(self.row.posted_at, posted.replace(tzinfo=None))
        event = self.ticket.sudo().event_ids.filtered(lambda e: e.type == "published")
        self.assertEqual(event.at, posted.replace(tzinfo=None))
        self.assertFalse(self.ticket.sudo()._replay_differences())

    # -- what fails on our side ----------------------------------------------------

    def client_fails(self, failure):
        """Let making a client fail; returns the list of attempts."""
        tries = []

        def client(_page):
            tries.append(failure)
            # The lane would go on for ever.
            if len(tries) > 3:
                return self.network
            raise failure

        self.startPatcher(patch.object(HelpdeskSocialAccount, "_client", client))
        return tries

    def test_a_page_that_cannot_be_called_is_tried_once(self):
        """The number of a page mistyped: a person is asked, the lane goes on."""
        wrong = NetworkError("A number is needed", consequence=Consequence.PERSON)
        tries = self.client_fails(wrong)
        with self.lane() as lane:
            lane._serve_all()
        self.assertEqual(len(tries), 1)
        self.assertEqual(self.row.outbox_state, "failed")
        self.assertIn("A number is needed", self.row.problem)
        self.assertEqual(self.account.health, "stopped")

    def test_whoever_publishes_is_told_what_is_wrong_with_the_page(self):
        ticket = self.approved(external_id="wall-1_10_r2", at="2024-03-11 06:00")
        self.client_fails(
            NetworkError("A number is needed", consequence=Consequence.PERSON)
        )
        with self.assertRaisesRegex(UserError, "A number is needed"):
            ticket.publish("Засыплем.", self.account)

    def test_a_failure_leaves_a_row_that_another_worker_has_sent(self):
        def crash(outgoing):
            self.row.write(
                {"lease_owner": "another worker", "outbox_state": "sent"}
                | {"next_try": False}
            )
            self.env.flush_all()
            self.env.cr.execute("SAVEPOINT lane")
            raise KeyError

        self.patch(self.network, "send", crash)
        logged = self.assertLogs("odoo.addons.helpdesk_mgmt_social", "ERROR")
        with logged, self.lane() as lane:
            lane._serve_all()
        self.assertEqual(self.row.outbox_state, "sent")
        self.assertFalse(self.row.next_try or self.row.problem)

    def test_what_fails_before_the_call_waits(self):
        tries = self.client_fails(OSError("No space left on device"))
        logged = self.assertLogs("odoo.addons.helpdesk_mgmt_social", "ERROR")
        with logged, self.lane() as lane:
            lane._serve_all()
        self.assertEqual(len(tries), 1)
        self.assertEqual(self.row.outbox_state, "queued")
        self.assertEqual(self.row.problem, "OSError")
        self.assertGreater(self.row.next_try, fields.Datetime.now())

    def test_what_cannot_be_followed_is_told_at_last(self):
        """Published, but our own bookkeeping fails: not read back for ever."""
        problem = patch.object(HelpdeskSocialReply, "_after_sent", side_effect=KeyError)
        logged = self.assertLogs("odoo.addons.helpdesk_mgmt_social", "ERROR")
        with problem, logged, self.lane() as lane:
            for _try in range(MAX_ATTEMPTS + 2):
                self.later(hours=2)
                lane._serve_all()
        self.assertEqual(self.row.outbox_state, "unknown")
        self.assertFalse(self.row.next_try)
        self.assertEqual(len(self.network.wall), 1)
