from contextlib import contextmanager
from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.tests import tagged

from ..models.helpdesk_social_account import HelpdeskSocialAccount
from ..networks import Delivery
from .common import FakeClient, SocialCommon, comment
from .delivery import HookClient


@tagged("post_install", "-at_install")
class TestLaneConflicts(SocialCommon):
    """Somebody changes a page while a lane writes down the end of its work with it."""

    def setUp(self):
        super().setUp()
        self.env["helpdesk.social.account"].search([]).receive = False
        self.other = self.account.copy({"external_id": "4343", "name": "Other page"})
        pages = self.account | self.other
        pages.write({"receive": True, "next_poll": fields.Datetime.now()})
        self.clients = {self.account: FakeClient(), self.other: FakeClient()}
        self.startPatcher(
            patch.object(
                HelpdeskSocialAccount, "_client", lambda page: self.clients[page]
            )
        )

    @contextmanager
    def conflicts(self, times):
        """The lane's commits and rollbacks as savepoints of the test; the first commits
        after a page fail as those of changes made at the same time do."""
        cr, left = self.env.cr, [times]

        def progress(_cron, processed=0, **_more):
            if processed and left[0]:
                left[0] -= 1
                raise psycopg2.errors.SerializationFailure("could not serialize")
            self.env.flush_all()
            cr.execute("SAVEPOINT lane")
            return float("inf")

        def rollback():
            self.env.invalidate_all(flush=False)
            self.env.transaction.clear()
            cr.execute("ROLLBACK TO SAVEPOINT lane")

        with (
            patch.object(type(self.env["ir.cron"]), "_commit_progress", progress),
            patch.object(cr, "rollback", rollback),
        ):
            progress(None)
            yield

    def stored(self, page):
        return self.env["helpdesk.social.message"].search_count(
            [("account_id", "=", page.id)]
        )

    def test_reading(self):
        self.clients[self.account].inbox = [comment("wall-1_10_r1")]
        self.clients[self.other].inbox = [comment("wall-4343_10_r1")]
        with self.conflicts(1):
            self.env["helpdesk.social.account"]._cron_poll()
        self.assertEqual(self.stored(self.other), 1, "the next page has its turn")
        self.assertFalse(self.account.lease_until, "and the first one is given back")

    def test_reading_twice_in_a_row(self):
        """The claim runs out by itself where even giving it back meets somebody."""
        self.clients[self.other].inbox = [comment("wall-4343_10_r1")]
        with self.conflicts(2):
            self.env["helpdesk.social.account"]._cron_poll()
        self.assertEqual(self.stored(self.other), 1)

    def test_delivered_events(self):
        Kept = self.env["helpdesk.social.delivery"]
        for number, page in enumerate(self.clients):
            self.clients[page] = HookClient()
            event = {"n": number, "type": "new", "text": "Яма", "id": str(number)}
            Kept._keep(page, Delivery("ok", event, event["id"]))
        with self.conflicts(1):
            self.env["helpdesk.social.account"]._cron_deliveries()
        self.assertEqual(self.stored(self.other), 1, "the next page has its turn")
        self.assertFalse(self.account.lease_until, "and the first one is given back")
