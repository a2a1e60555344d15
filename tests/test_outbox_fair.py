from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..models import helpdesk_social_turn as turns
from ..models.helpdesk_social_account import HelpdeskSocialAccount
from ..networks import Consequence
from .common import comment
from .outbox_after import AfterCase, AfterClient, error


@tagged("post_install", "-at_install")
class TestFair(AfterCase):
    """Pages take turns: none waits for another one's trouble."""

    def setUp(self):
        super().setUp()
        self.other_network = AfterClient()
        self.other = self.account.copy({"external_id": "4343", "name": "Other page"})
        clients = {self.account.id: self.network, self.other.id: self.other_network}
        self.startPatcher(
            patch.object(
                HelpdeskSocialAccount, "_client", lambda page: clients[page.id]
            )
        )
        self.order = []
        for page, client in ((self.account, self.network), (self.other, None)):
            client = client or self.other_network
            self.note_order(page, client)

    def note_order(self, page, client):
        original = client.send

        def send(outgoing):
            self.order.append(page)
            return original(outgoing)

        self.patch(client, "send", send)

    def queue(self, page, number):
        """Queue a reply of ``page``; returns its row."""
        client = page._client()
        item = comment(
            f"wall-{page.id}_10_r{page.id}{number:03}", at="2024-03-11 06:00"
        )
        client.inbox.append(item)
        page.poll()
        ticket = self.env["helpdesk.ticket"].search(
            [("social_account_id", "=", page.id)], order="id desc", limit=1
        )
        ticket = ticket.with_user(self.curator)
        ticket.action_register()
        ticket.assign([(self.unit_roads, self.env["res.users"])])
        self.drafted(ticket).with_user(self.curator).action_approve()
        return ticket.publish("Яму засыплем до 15 марта.", page)

    def test_many_rows_of_one_page(self):
        """The eleventh row of one page waits for the first of another."""
        rows = [self.queue(self.account, n) for n in range(turns.ROWS_PER_TURN + 2)]
        last = self.queue(self.other, 1)
        self.send()
        self.assertEqual(
            self.order,
            [self.account] * turns.ROWS_PER_TURN + [self.other] + [self.account] * 2,
        )
        states = {row.outbox_state for row in (*rows, last)}
        self.assertEqual(states, {"sent"})

    def slow(self, client, seconds):
        """Let each call of ``client`` take so long, and fail."""
        clock = [0.0]

        def send(outgoing):
            clock[0] += seconds
            self.order.append(self.account)
            raise error(Consequence.UNKNOWN)

        self.patch(client, "send", send)
        self.startPatcher(patch.object(turns.time, "monotonic", lambda: clock[0]))

    def test_hanging_page_rests(self):
        """One timeout shows that the page hangs; its other rows do not try it."""
        rows = [self.queue(self.account, n) for n in range(3)]
        last = self.queue(self.other, 1)
        self.slow(self.network, 30)
        self.send()
        self.assertEqual(self.order, [self.account, self.other])
        self.assertEqual(last.outbox_state, "sent")
        states = [row.outbox_state for row in rows]
        self.assertEqual(states, ["unknown", "queued", "queued"])
        self.send()
        self.assertEqual(len(self.order), 2, "it rests")
        self.later(minutes=3)
        self.patch(self.network, "send", self.other_network.send)
        self.send()
        self.assertEqual({row.outbox_state for row in rows}, {"sent"})

    def test_slow_success_ends_the_turn(self):
        clock = [0.0]
        original = self.network.send

        def send(outgoing):
            clock[0] += 15
            return original(outgoing)

        self.patch(self.network, "send", send)
        self.startPatcher(patch.object(turns.time, "monotonic", lambda: clock[0]))
        for number in range(4):
            self.queue(self.account, number)
        self.queue(self.other, 1)
        self.send()
        pages = [self.account] * 2 + [self.other] + [self.account] * 2
        self.assertEqual(self.order, pages)

    def test_network_asks_for_a_rest(self):
        rows = [self.queue(self.account, n) for n in range(2)]
        self.network.failures = [(error(Consequence.SLOW_DOWN, retry_after=600), False)]
        self.send()
        self.later(minutes=9)
        self.send()
        self.assertEqual([row.attempts for row in rows], [1, 0])
        self.later(minutes=2)
        self.send()
        self.assertEqual({row.outbox_state for row in rows}, {"sent"})

    def test_quick_failure_stops_nothing(self):
        rows = [self.queue(self.account, n) for n in range(2)]
        self.network.failures = [(error(Consequence.RETRY), False)]
        self.send()
        self.assertEqual([row.outbox_state for row in rows], ["queued", "sent"])

    def test_page_of_another_lane(self):
        """A page that another lane serves is left to it, whatever hangs there."""
        row, last = self.queue(self.account, 1), self.queue(self.other, 1)
        turn = self.env["helpdesk.social.turn"]._of_pages(self.account.ids)
        self.assertTrue(turn._lease_take(fields.Datetime.now(), 60))
        self.send()
        self.assertEqual((row.outbox_state, last.outbox_state), ("queued", "sent"))
        planned = self.env["ir.cron.trigger"].search(
            [("call_at", "=", turn.lease_until)]
        )
        lanes = {self.env.ref(f"helpdesk_mgmt_social.{n}") for n in turns.LANES}
        self.assertEqual(set(planned.cron_id), lanes, "woken when that lane has died")
        self.later(minutes=2)
        self.send()
        self.assertEqual(row.outbox_state, "sent")

    def test_all_lanes_are_woken(self):
        before = self.env["ir.cron.trigger"].search([])
        self.queue(self.account, 1)
        woken = (self.env["ir.cron.trigger"].search([]) - before).cron_id
        lanes = {self.env.ref(f"helpdesk_mgmt_social.{n}") for n in turns.LANES}
        self.assertLessEqual(lanes, set(woken))

    def test_reading_takes_what_still_waits(self):
        """A page that another lane has read meanwhile is not read again."""
        pages = self.account | self.other
        pages.next_poll = fields.Datetime.now()
        read = []
        for page in pages._still_due():
            read.append(page)
            # While this lane waited, another one has read the rest.
            self.other.next_poll = fields.Datetime.now() + timedelta(minutes=1)
        self.assertEqual(read, [self.account])
        pages.next_poll = fields.Datetime.now()
        self.account._lease_take(fields.Datetime.now(), 60)
        self.assertEqual(list(pages._still_due()), [self.other])
