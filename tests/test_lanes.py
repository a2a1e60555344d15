"""Lanes that stop, fail or die, and who looks after what they leave."""

from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import helpdesk_social_turn as turns
from .common import MODULE, comment
from .head_notices import NOW, HeadNoticeCase
from .outbox_after import AfterCase

READING = f"odoo.addons.{MODULE}.models.helpdesk_social_account_ingest"


class Wakes:
    """When lanes are woken."""

    def forget_wakes(self):
        self.env["ir.cron.trigger"].search([]).unlink()

    def wakes(self, lane):
        """When this lane is to run, earliest first."""
        cron = self.env.ref(f"{MODULE}.{lane}")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        return sorted(triggers.mapped("call_at"))

    @contextmanager
    def conflict(self, model, method):
        """Let another process be quicker when ``method`` is called first."""
        calls = []

        def lost(_self, *_args, **_kwargs):
            calls.append(1)
            raise psycopg2.errors.SerializationFailure("could not serialize")

        cls = type(self.env[model])
        with (
            patch.object(cls, method, lost),
            patch.object(self.env.cr, "rollback", self.env.flush_all),
        ):
            yield
        self.assertEqual(len(calls), 1)


@tagged("post_install", "-at_install")
class TestPageLanes(Wakes, AfterCase):
    """Lanes that share the claim on a page."""

    def setUp(self):
        super().setUp()
        # Events are delivered to an address of this page.
        self.account.delivery_hash = "digest"

    def poll_by_lane(self):
        self.account.next_poll = fields.Datetime.now()
        others = self.env["helpdesk.social.account"].search([]) - self.account
        others.receive = False
        with self.committing(careful=True):
            self.env["helpdesk.social.account"]._cron_poll()
        self.assertFalse(self.account.lease_until)

    def test_reading_writes_before_it_says_so(self):
        self.network.inbox = [comment()]
        self.poll_by_lane()
        self.assertEqual(self.account.health, "ok")

    def test_failed_reading_wakes_the_lane_of_events(self):
        """What was delivered meanwhile was left alone for the reader's claim."""
        for error in (psycopg2.errors.SerializationFailure, ZeroDivisionError):
            with self.subTest(error=error.__name__):
                self.forget_wakes()
                with (
                    patch.object(
                        type(self.account), "_retry_broken", side_effect=error
                    ),
                    patch.object(self.env.cr, "rollback", self.env.flush_all),
                    mute_logger(READING),
                ):
                    self.poll_by_lane()
                self.assertTrue(self.wakes("cron_deliveries"))

    def test_looking_wakes_the_lane_of_events(self):
        ticket = self.published()
        self.later(hours=2)
        self.forget_wakes()
        self.look()
        self.assertEqual(self.rows(ticket).looks, 1)
        self.assertTrue(self.wakes("cron_deliveries"))

    def test_look_at_a_page_that_is_read_just_now(self):
        """Whoever pressed the button need not wait for the next regular look."""
        row = self.rows(self.published())
        row.with_user(self.curator).action_look_now()
        self.forget_wakes()
        self.account.write(
            {"lease_owner": "a reader", "lease_until": self.later(hours=1)}
        )
        self.now.tick(-timedelta(minutes=30))
        self.look()
        self.assertFalse(row.looks)
        soon = fields.Datetime.now() + timedelta(minutes=1)
        self.assertEqual(self.wakes("cron_look"), [soon])

    def test_conflict_while_looking(self):
        self.published()
        self.later(hours=2)
        with self.conflict("helpdesk.social.message", "_seen"):
            self.look()
        self.assertFalse(self.account.lease_until)


@tagged("post_install", "-at_install")
class TestSendingLanes(Wakes, AfterCase):
    """Rows that wait for others, and rows of lanes that are gone."""

    def lanes_woken(self):
        return all(self.wakes(lane) for lane in turns.LANES)

    def row(self, state):
        row = self.approved(at="2024-03-11 06:00").publish("Засыплем.", self.account)
        row.write({"outbox_state": state, "next_try": False})
        self.forget_wakes()
        return row

    def test_a_person_lets_those_behind_go(self):
        row = self.row("unknown")
        row.with_user(self.curator).action_mark_sent("https://vk.com/wall-1_10?reply=5")
        self.assertTrue(self.lanes_woken())

    def test_a_withdrawn_row_lets_those_behind_go(self):
        self.row("queued").with_user(self.curator).action_withdraw()
        self.assertTrue(self.lanes_woken())

    def test_claim_prolonged_beyond_its_plan(self):
        """The try of another process takes many calls, and that process may die."""
        row = self.row("sending")
        now = fields.Datetime.now()
        ends = now + timedelta(minutes=3)
        row.write(
            {"lease_owner": "gone", "lease_until": ends, "next_try": now, "attempts": 1}
        )
        self.send()
        self.assertEqual((row.outbox_state, row.attempts), ("sending", 1))
        for lane in turns.LANES:
            self.assertEqual(self.wakes(lane), [ends])


@tagged("post_install", "-at_install")
class TestHeadLane(Wakes, HeadNoticeCase):
    """Heads are told at once, whatever happens to who tells them."""

    def setUp(self):
        super().setUp()
        ticket = self.message("2024-03-14 14:00:00", user_id=self.curator.id)
        ticket.with_user(self.curator).mark_significant("Квартал без воды")
        self.notice = ticket.sudo().head_notice_ids
        self.assertEqual(self.notice.state, "awaited")
        self.forget_wakes()

    def test_conflict(self):
        """The claim is given back, and the lane goes on at once."""
        with self.conflict("helpdesk.social.head.notice", "_heads_to_tell"):
            self.tell()
        self.assertFalse(self.notice.lease_until)
        self.assertEqual(
            self.wakes("cron_head_notice"), [fields.Datetime.to_datetime(NOW)]
        )
        self.tell()
        self.assertEqual(self.notice.state, "told")

    def test_failure(self):
        with (
            patch.object(
                type(self.notice), "_heads_to_tell", side_effect=ZeroDivisionError
            ),
            patch.object(self.env.cr, "rollback", self.env.flush_all),
            self.assertLogs(f"odoo.addons.{MODULE}", "ERROR"),
        ):
            self.tell()
        self.assertFalse(self.notice.lease_until)
        self.tell("2024-03-14 15:05:00")
        self.assertEqual(self.notice.state, "told")

    def test_claimed_by_a_process_that_is_gone(self):
        ends = fields.Datetime.to_datetime("2024-03-14 15:04:00")
        self.notice.write({"lease_owner": "gone", "lease_until": ends})
        self.tell()
        self.assertEqual(self.wakes("cron_head_notice"), [ends])
