from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.helpdesk_ticket_intake import HelpdeskTicket
from ..networks import Batch
from .common import SocialCommon, comment, utc


@tagged("post_install", "-at_install")
class TestBroken(SocialCommon):
    """What cannot be processed stops nothing, and is not lost."""

    def message(self, external_id="wall-1_10_r1"):
        return self.env["helpdesk.social.message"].search(
            [("external_id", "=", external_id)]
        )

    def fault(self, word):
        """Let tickets of messages with ``word`` fail until the cause is mended."""
        original = HelpdeskTicket._social_title

        def title(ticket, text):
            if word in (text or ""):
                raise ValueError("the cause")
            return original(ticket, text)

        return patch.object(HelpdeskTicket, "_social_title", title)

    def poll_at(self, instant):
        with freeze_time(instant):
            self.account.next_poll = fields.Datetime.now()
            self.account.poll()

    def test_mended_cause(self):
        """Kept with the reason, tried again with growing pauses, then a ticket."""
        with self.fault("Яма"), freeze_time("2024-03-07 10:00:00"):
            items = [comment(f"wall-1_10_r{n}", "Темно", author="7") for n in (2, 3)]
            tickets = self.receive(items[0], comment(), items[1])
        self.assertEqual(len(tickets), 2)
        row = self.message()
        self.assertTrue(row.broken)
        self.assertEqual((row.attempts, row.raw), (1, {"id": "1"}))
        self.assertIn("the cause", row.error)
        pauses = []
        now = fields.Datetime.to_datetime("2024-03-07 10:00:00")
        with self.fault("Яма"):
            for attempt in range(2, 6):
                pauses.append(row.next_try - now)
                now = row.next_try + timedelta(seconds=1)
                self.poll_at(now)
                self.assertEqual(row.attempts, attempt)
        self.assertGreater(pauses[-1], 3 * pauses[0])
        self.poll_at(now)
        self.assertTrue(row.broken, "its time has not come")
        self.poll_at(row.next_try + timedelta(seconds=1))
        self.assertFalse(row.broken)
        self.assertFalse(row.error)
        self.assertEqual(row.ticket_id.original_text, "Яма на дороге")
        self.assertEqual(row.author_id.name, "Житель 501")
        self.assertEqual(row.ticket_id.received_at, row.posted_at)

    def test_kept_in_a_form_of_former_times(self):
        """It waits for a person, and stops nothing."""
        with self.fault("Яма"), freeze_time("2024-03-07 10:00:00"):
            self.receive(comment())
        row = self.message()
        row.pending_items = [{"form": "of former times"}]
        self.network.inbox = [comment("wall-1_10_r2", "Темно", author="7")]
        self.poll_at(row.next_try + timedelta(seconds=1))
        self.assertEqual(self.account.health, "ok")
        self.assertTrue(self.message("wall-1_10_r2").ticket_id)
        self.assertTrue(row.broken)
        self.assertFalse(row.next_try)
        self.assertTrue(row.pending_items)

    def test_later_states_wait_with_it(self):
        edit = replace(
            comment(text="Яма и люк"),
            edited_at=utc("2024-03-07 10:00"),
            change="edit",
        )
        with self.fault("Яма"):
            self.receive(comment(), edit)
        row = self.message()
        self.assertEqual(len(row.pending_items), 2)
        row.with_user(self.social_admin).action_process_again()
        self.assertEqual(row.text, "Яма и люк")
        self.assertEqual(row.version_ids.mapped("text"), ["Яма на дороге"])
        self.assertEqual(row.ticket_id.original_text, "Яма на дороге")

    def test_a_good_state_mends(self):
        self.receive(replace(comment(), posted_at="yesterday"))
        self.assertTrue(self.message().broken)
        ticket = self.receive(comment())
        self.assertEqual(ticket.social_message_ids, self.message())
        # What was wrong with the first state may still be looked at.
        self.assertTrue(self.message().broken)
        self.message().with_user(self.social_admin).action_leave_broken()
        self.assertFalse(self.message().broken)

    def test_what_the_client_did_not_understand(self):
        raw = {"id": "1", "strange": True}
        batch = Batch((), frozenset(), {}, broken=((raw, "KeyError: from_id"),))
        for _time in range(2):
            self.account._store_batch(self.network, batch)
        rows = self.env["helpdesk.social.message"].search(
            [("account_id", "=", self.account.id), ("broken", "=", True)]
        )
        self.assertEqual(len(rows), 1)
        self.assertEqual(rows.raw, raw)
        # The software has learnt it: the comparison brings the same object.
        ticket = self.receive(comment(raw=raw))
        self.assertEqual(ticket.social_message_ids, rows)
        self.assertFalse(rows.broken)

    def test_what_no_database_stores(self):
        hostile = [
            comment("wall-1_10_r1", "Яма\x00 \ud83d", author="1"),
            comment("wall-1_10_r2", "Люк", author="2", raw={"a": "\x00\ud800"}),
            comment("wall-1_10_r3\x00", "Свет", author="3"),
            comment("wall-1_10_r4", "Снег", author="4"),
        ]
        deep = {}
        for _level in range(3000):
            deep = {"a": deep}
        hostile.append(comment("wall-1_10_r5", "Лёд", author="5", raw=deep))
        tickets = self.receive(*hostile)
        texts = set(tickets.mapped("original_text"))
        self.assertLessEqual({"Яма ?", "Снег"}, texts)
        stored = self.env["helpdesk.social.message"].search(
            [("account_id", "=", self.account.id)]
        )
        self.assertEqual(len(stored), 5)
        self.assertEqual(self.account.health, "ok")

    def test_who_may(self):
        with self.fault("Яма"):
            self.receive(comment())
        row = self.message()
        for user in (self.curator, self.roads, self.head):
            with self.assertRaises(AccessError):
                row.with_user(user).action_process_again()
            with self.assertRaises(AccessError):
                self.account.with_user(user).action_process_broken()
        self.account.with_user(self.social_admin).action_process_broken()
        self.assertTrue(row.ticket_id)
        with self.assertRaises(UserError):
            row.with_user(self.social_admin).action_process_again()

    def test_author_that_is_none(self):
        tickets = self.receive(
            comment("wall-1_10_r1", author="5\x00"), comment("wall-1_10_r2", author="6")
        )
        self.assertEqual(len(tickets), 2)
