import logging
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..controllers.helpdesk_social_hook import LONGEST_CALL
from ..models.helpdesk_social_delivery import ATTEMPTS, HelpdeskSocialDelivery
from ..networks import Consequence, Delivery
from .common import comment
from .delivery import SECRET, DeliveryCase

MODELS = "odoo.addons.helpdesk_mgmt_social.models"
RECEIVE = f"{MODELS}.helpdesk_social_account_receive"
DELIVERY = f"{MODELS}.helpdesk_social_delivery"


@tagged("post_install", "-at_install")
class TestAddress(DeliveryCase):
    """What is answered at the address, to whom, and what is kept of it."""

    def test_stored_and_answered(self):
        answer = self.deliver(self.event(1))
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.text, '{"taken": true}')
        self.assertEqual(answer.headers["Content-Type"], "text/json")
        self.assertNotIn("Set-Cookie", answer.headers)
        row = self.deliveries
        self.assertEqual((row.state, row.key), ("new", "event-1"))
        self.assertEqual(row.payload["text"], "Яма 1")
        self.assertFalse(self.stored(), "understood after the answer, by the lane")

    def test_confirmation_keeps_nothing(self):
        answer = self.deliver(self.event(0, "confirmation"))
        self.assertEqual(answer.text, "code-of-the-page")
        self.assertEqual(answer.headers["Content-Type"], "text/plain; charset=utf-8")
        self.assertFalse(self.deliveries)

    def test_repeated(self):
        first = self.deliver(self.event(1))
        again = self.deliver(self.event(1, text="Другое"))
        self.assertEqual((again.status_code, again.text), (200, first.text))
        self.assertEqual(self.deliveries.payload["text"], "Яма 1")
        self.run_lane()
        self.deliver(self.event(1))
        self.assertEqual(len(self.deliveries), 1)
        self.assertEqual(self.deliveries.state, "done")

    def test_event_without_identity(self):
        """An equal payload is the same event; order of its names does not matter."""
        event = self.event(1, id="")
        self.deliver(event)
        self.deliver(dict(reversed(event.items())))
        self.assertEqual(len(self.deliveries), 1)
        self.deliver({**event, "text": "Другое"})
        self.assertEqual(len(self.deliveries), 2)

    def test_long_identity(self):
        for _time in range(2):
            self.assertEqual(
                self.deliver(self.event(1, id="й" * 9000)).status_code, 200
            )
        self.assertEqual(len(self.deliveries), 1)

    def test_what_a_database_refuses(self):
        body = self.event(1)
        hostile = (
            '{"n": 1, "type": "new", "id": "a\\u0000b", "text": "x\\u0000\\ud800y",'
            f' "secret": "{SECRET}", "big": 1e999}}'
        )
        self.assertEqual(self.deliver(hostile.encode()).status_code, 200)
        self.assertEqual(self.deliveries.payload["text"], "x?y")
        self.assertIsNone(self.deliveries.payload["big"])
        self.assertEqual(self.deliver(body).status_code, 200)
        self.run_lane()
        self.assertEqual(self.stored(), [1])

    def test_strangers_learn_nothing(self):
        """Wrong token, wrong secret, wrong body: the same answer to the letter."""
        deep = b'{"a":' * 200_000
        seen = set()
        for event, path in (
            (self.event(1), "/helpdesk_social/hook/" + "x" * 43),
            (self.event(1), "/helpdesk_social/hook/%00"),
            (self.event(1, secret="other"), None),
            (self.event(1, secret="не ASCII"), None),
            (self.event(1, secret="\ud800"), None),
            ({"n": 1}, None),
            (b"", None),
            (b"\xff\x00", None),
            (deep, None),
        ):
            with self.subTest(event=str(event)[:40], path=path):
                answer = self.deliver(event, path)
                answer.headers.pop("Date")
                seen.add((answer.status_code, answer.text, str(answer.headers)))
                self.assertEqual(answer.status_code, 404)
        self.assertEqual(len(seen), 1, seen)
        self.assertFalse(self.deliveries)

    def test_closed_pages(self):
        path = self.path
        for vals in ({"receive": False}, {"active": False}):
            self.account.write(vals)
            self.assertEqual(self.deliver(self.event(1), path).status_code, 404)
            self.account.write({"receive": True, "active": True})
        self.assertEqual(self.deliver(self.event(1), path).status_code, 200)

    def test_methods_and_sizes(self):
        for method in ("GET", "PUT", "DELETE", "OPTIONS", "PATCH"):
            answer = self.deliver(self.event(1), method=method)
            self.assertEqual(answer.status_code, 405, method)
        large = b" " * (LONGEST_CALL + 1)
        for path in (None, "/helpdesk_social/hook/unknown"):
            self.assertEqual(self.deliver(large, path).status_code, 413)
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        self.assertEqual(self.deliver(large, headers=form).status_code, 413)
        chunked = self.opener.post(
            self.base_url() + self.path, data=iter([b"{}"]), timeout=30
        )
        self.assertEqual(chunked.status_code, 411)
        self.assertFalse(self.deliveries)
        self.assertFalse(self.account.refused_deliveries)

    def test_names_in_the_query_are_no_arguments(self):
        answer = self.deliver(self.event(1), self.path + "?token=x&body=y&db=other")
        self.assertEqual(answer.status_code, 200)

    def test_refusals_are_counted(self):
        self.assertEqual(self.account.delivery_state, "on")
        for _call in range(3):
            self.deliver(self.event(1, secret="other"))
        self.assertEqual(self.account.refused_deliveries, 3)
        self.assertTrue(self.account.last_refused_at)
        self.assertEqual(self.account.delivery_state, "failing")
        with freeze_time(fields.Datetime.add(fields.Datetime.now(), seconds=5)):
            event = Delivery("ok", {"n": 9}, "event-9")
            self.env["helpdesk.social.delivery"]._keep(self.account, event)
        self.env.invalidate_all()
        self.assertEqual(self.account.delivery_state, "on")

    def test_a_flood_of_refusals_writes_little(self):
        Refusal = self.env["helpdesk.social.delivery.refusal"]
        clock = iter(range(0, 100_000)).__next__
        for _call in range(1000):
            Refusal._count(self.account, clock=lambda: clock() / 100)
        rows = Refusal.search([("account_id", "=", self.account.id)])
        self.assertLess(len(rows), 30)
        Refusal._count(self.account, clock=lambda: 1000.0)
        self.env.invalidate_all()
        self.assertEqual(self.account.refused_deliveries, 1001)

    def test_log_of_requests_hides_the_address(self):
        path = self.path
        with self.assertLogs("werkzeug", logging.INFO) as log:
            self.deliver(self.event(1), path)
        said = "\n".join(log.output)
        self.assertIn("/helpdesk_social/hook/***", said)
        self.assertNotIn(path.rpartition("/")[2], said)

    def test_lane_is_woken_once(self):
        cron = self.env.ref("helpdesk_mgmt_social.cron_deliveries")
        triggers = self.env["ir.cron.trigger"]
        domain = [("cron_id", "=", cron.id)]
        before = triggers.search_count(domain)
        for number in range(5):
            self.deliver(self.event(number))
        self.assertEqual(triggers.search_count(domain), before + 1)

    def test_lane_that_ends_meanwhile_is_woken(self):
        """Between the storing of an event and its commit the lane stores the event
        before, looks once more and sees nothing: nobody else would wake it."""
        self.deliver(self.event(1))
        earlier = self.deliveries
        cron = self.env.ref("helpdesk_mgmt_social.cron_deliveries")
        woken = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        woken.unlink()
        keep = HelpdeskSocialDelivery._keep

        def _keep(model, account, delivery):
            kept = keep(model, account, delivery)
            kept.browse(earlier.id)._note_done()
            return kept

        with patch.object(HelpdeskSocialDelivery, "_keep", _keep):
            self.deliver(self.event(2))
        self.assertEqual(self.deliveries.mapped("state"), ["done", "new"])
        self.assertTrue(woken.search([("cron_id", "=", cron.id)]))

    def test_many_that_wait_keep_the_lane_awake(self):
        """Then no event asks for itself: the network is answered the sooner."""
        announced = []
        with (
            patch(f"{DELIVERY}.PLENTY", 3),
            patch.object(
                HelpdeskSocialDelivery,
                "_announce",
                lambda event, _page: announced.append(event.key),
            ),
        ):
            for number in range(6):
                self.deliver(self.event(number))
        self.assertEqual(announced, [f"event-{number}" for number in range(4)])
        self.assertEqual(len(self.deliveries), 6)

    def test_postponed_event_wakes_nobody(self):
        """So it is not relied on: it may wait for long, and the lane sleeps."""
        self.deliver(self.event(1))
        self.deliveries._postpone("later")
        self.deliveries.next_try = fields.Datetime.now()
        self.env["ir.cron.trigger"].search([]).unlink()
        self.deliver(self.event(2))
        cron = self.env.ref("helpdesk_mgmt_social.cron_deliveries")
        domain = [("cron_id", "=", cron.id)]
        self.assertTrue(self.env["ir.cron.trigger"].search(domain))


@tagged("post_install", "-at_install")
class TestLane(DeliveryCase):
    """What was delivered becomes messages, each once, in order."""

    def test_in_order_of_arrival(self):
        for number in (3, 1, 2):
            self.deliver(self.event(number))
        self.run_lane()
        self.assertEqual(self.stored(), [3, 1, 2])
        self.assertEqual(set(self.deliveries.mapped("state")), {"done"})
        self.assertEqual(self.network.pieces, [[3, 1, 2]])
        self.assertFalse(self.account.lease_until)
        ticket = self.env["helpdesk.ticket"].search([("name", "ilike", "Яма 3")])
        self.assertTrue(ticket)
        self.run_lane()
        self.assertEqual(len(self.network.pieces), 1)

    def test_in_pieces(self):
        for number in range(7):
            self.deliver(self.event(number))
        with patch(f"{RECEIVE}.PIECE", 3):
            self.run_lane()
        self.assertEqual([len(piece) for piece in self.network.pieces], [3, 3, 1])

    def test_many_of_one_page_let_others_have_their_turn(self):
        for number in range(5):
            self.deliver(self.event(number))
        cron = self.env.ref("helpdesk_mgmt_social.cron_deliveries")
        triggers = self.env["ir.cron.trigger"]
        triggers.search([]).unlink()
        with patch(f"{RECEIVE}.PIECE", 2), patch(f"{RECEIVE}.PIECES", 2):
            self.run_lane()
            self.assertEqual(len(self.stored()), 4)
            self.assertTrue(triggers.search([("cron_id", "=", cron.id)]))
            self.run_lane()
        self.assertEqual(len(self.stored()), 5)

    def test_broken_event_stops_nothing(self):
        for number, kind in enumerate(("new", "broken", "new", "explode", "new")):
            self.deliver(self.event(number, kind))
        with mute_logger(RECEIVE):
            self.run_lane()
        self.assertEqual(self.stored(), [0, 2, 4])
        bad = self.deliveries.filtered("error")
        self.assertEqual(bad.mapped("state"), ["new", "new"])
        # Only what cannot be a citizen's words.
        self.assertEqual(bad.mapped("error"), ["no author", "ZeroDivisionError"])
        self.assertTrue(all(row.next_try > fields.Datetime.now() for row in bad))

    def test_broken_event_is_tried_again_ever_more_rarely(self):
        self.deliver(self.event(1, "broken"))
        row, now = self.deliveries, fields.Datetime.now()
        pauses = []
        while row.state == "new":
            with freeze_time(now):
                self.run_lane()
            pauses.append((row.next_try - now).total_seconds())
            now = row.next_try
        self.assertEqual(row.attempts, ATTEMPTS)
        self.assertEqual(row.state, "failed")
        self.assertGreater(pauses[6], 8 * pauses[0])
        self.assertEqual(self.account.delivery_state, "failing")
        # The client has learnt to read it.
        row.payload = self.event(1)
        row.with_user(self.social_admin).action_retry()
        self.run_lane()
        self.assertEqual((row.state, self.stored()), ("done", [1]))

    def test_failing_network_loses_nothing(self):
        error = self.network.error_of(Consequence.SLOW_DOWN, retry_after=600)
        self.network.events_error = error
        self.deliver(self.event(1))
        self.deliver(self.event(2))
        self.run_lane()
        rows = self.deliveries
        self.assertEqual(rows.mapped("state"), ["new", "new"])
        wait = rows[0].next_try - fields.Datetime.now()
        self.assertGreater(wait.total_seconds(), 500)
        self.network.events_error = None
        rows.next_try = fields.Datetime.now()
        self.run_lane()
        self.assertEqual(self.stored(), [1, 2])

    def test_page_being_read_is_left_alone(self):
        self.deliver(self.event(1))
        self.account.lease_until = "2999-01-01 00:00:00"
        self.run_lane()
        self.assertFalse(self.stored())
        self.assertEqual(self.deliveries.state, "new")
        self.account.lease_until = False
        triggers = self.env["ir.cron.trigger"]
        triggers.search([]).unlink()
        # The reader does not see the event: it was committed after its last look.
        self.deliveries.state = "done"
        self.account.poll()
        cron = self.env.ref("helpdesk_mgmt_social.cron_deliveries")
        self.assertTrue(triggers.search([("cron_id", "=", cron.id)]))

    def test_both_ways_are_one_message(self):
        self.deliver(self.event(1))
        self.run_lane()
        self.network.inbox = [comment("wall-1_10_r1", "Яма 1"), comment("wall-1_10_r2")]
        self.account.poll()
        self.deliver(self.event(2, text="Яма на дороге"))
        self.run_lane()
        self.assertEqual(self.stored(), [1, 2])
        self.assertEqual(set(self.deliveries.mapped("state")), {"done"})

    def test_outage_loses_nothing(self):
        """What never reached the address is found by the comparison."""
        lost = [comment("wall-1_10_r1"), comment("wall-1_10_r2")]
        self.deliver(self.event(3))
        self.run_lane()

        def reconcile(cursor, stored, since):
            new = {i.external_id for i in lost} - set(
                stored.known([i.external_id for i in lost])
            )
            batch = next(type(self.network).updates(self.network, cursor))
            items = tuple(i for i in lost if i.external_id in new)
            yield type(batch)(items, frozenset(), batch.cursor)

        self.account.next_reconcile = False
        with patch.object(self.network, "reconcile", reconcile):
            self.account.poll()
        self.assertEqual(sorted(self.stored()), [1, 2, 3])

    def test_waiting_events_of_a_page_switched_off(self):
        self.deliver(self.event(1))
        self.account.receive = False
        self.run_lane()
        self.assertFalse(self.stored())
        self.account.receive = True
        self.run_lane()
        self.assertEqual(self.stored(), [1])

    def test_old_events_are_forgotten(self):
        Delivery = self.env["helpdesk.social.delivery"]
        self.deliver(self.event(1))
        self.run_lane()
        self.deliver(self.event(2))
        self.deliveries.filtered("done_at").done_at = "2024-01-01 00:00:00"
        Delivery._gc_done()
        self.assertEqual(self.deliveries.mapped("key"), ["event-2"])


@tagged("post_install", "-at_install")
class TestDeliveryAccess(DeliveryCase):
    """The address and what came there are for administrators; the payload for none."""

    def test_roles(self):
        self.deliver(self.event(1))
        rows = self.deliveries
        address = self.path
        people = {
            "curator": self.curator,
            "executor": self.roads,
            "head": self.head,
            "admin": self.social_admin,
        }
        for role, user in people.items():
            with self.subTest(role):
                caller = self.as_user(user)
                model = "helpdesk.social.delivery"
                expected = "ok" if role == "admin" else "AccessError"
                self.assertEqual(
                    caller.outcome(model, "read", rows.ids, ["key", "state"]), expected
                )
                for method, args in (
                    ("read", [rows.ids, ["payload"]]),
                    ("write", [rows.ids, {"state": "done"}]),
                    ("unlink", [rows.ids]),
                    ("create", [[{"account_id": self.account.id, "key": "x"}]]),
                ):
                    got = caller.outcome(model, method, *args)
                    self.assertNotEqual(got, "ok", method)
                self.assertEqual(
                    caller.outcome(model, "action_retry", rows.ids), expected
                )
                values = [["delivery_state", "delivery_url"]]
                got = caller.outcome(
                    self.account._name, "read", self.account.ids, *values
                )
                self.assertEqual(got, expected)
                read = caller.call(self.account._name, "read", self.account.ids)
                self.assertEqual(address in repr(read), role == "admin")
                self.assertNotIn("delivery_hash", read[0])
                self.assertNotIn("cursor", read[0])
                for method in (
                    "action_delivery_on",
                    "action_delivery_rotate",
                    "action_delivery_off",
                ):
                    if role == "admin":
                        continue
                    got = caller.outcome(self.account._name, method, self.account.ids)
                    self.assertEqual(got, "AccessError")
        for method in ("_deliver", "_cron_deliveries", "_take_deliveries"):
            caller = self.as_user(self.social_admin)
            got = caller.outcome(self.account._name, method, self.account.ids)
            self.assertEqual(got, "AccessError")

    def test_other_administration(self):
        self.deliver(self.event(1))
        other = self.env["res.company"].create({"name": "Another city"})
        stranger = self._user("s_admin_2", "group_admin")
        stranger.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        rows = self.env["helpdesk.social.delivery"].with_user(stranger)
        self.assertFalse(rows.search([]))
        with self.assertRaises(AccessError):
            self.deliveries.with_user(stranger).read(["key"])
