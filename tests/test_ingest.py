from dataclasses import replace
from datetime import timedelta, timezone
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..networks import Batch, Consequence, NetworkError, Verdict
from .common import SocialCommon, comment, utc


@tagged("post_install", "-at_install")
class TestIngest(SocialCommon):
    """What a network sent is stored once, whatever comes in which order."""

    def message(self, external_id="wall-1_10_r1"):
        return self.env["helpdesk.social.message"].search(
            [("external_id", "=", external_id)]
        )

    def test_stored_once(self):
        self.network.inbox = [comment(), comment("wall-1_10_r2")]
        self.assertEqual(self.account.poll(), 2)
        self.network.inbox = [comment(), comment("wall-1_10_r2")]
        self.assertEqual(self.account.poll(), 0)
        self.assertEqual(self.account.message_count, 2)

    def test_own_replies_are_skipped(self):
        self.network.inbox = [comment(own=True)]
        self.assertEqual(self.account.poll(), 0)
        self.assertFalse(self.message())

    def test_authors_in_one_call(self):
        items = [comment(f"wall-1_10_r{n}", author=str(n)) for n in range(5)]
        self.receive(*items)
        self.assertEqual(self.network.authors_asked, [["0", "1", "2", "3", "4"]])
        self.receive(comment("wall-1_10_r9", author="3"))
        self.assertEqual(len(self.network.authors_asked), 1)

    def test_follow_up_joins_open_ticket(self):
        ticket = self.receive(comment())
        more = self.receive(
            comment("wall-1_10_r2", text="Уже неделю", thread="wall-1_10_r1")
        )
        self.assertFalse(more)
        self.assertEqual(len(ticket.social_message_ids), 2)
        self.assertTrue(ticket.follow_up)
        self.assertEqual(ticket.original_text, "Яма на дороге")

    def test_follow_up_under_own_post_joins(self):
        post = comment(
            "wall-1_20",
            item_type="post",
            root_id="wall-1_20",
            thread="wall-1_20",
            parent_id=None,
            permalink="https://vk.com/wall-1_20",
            raw={},
        )
        ticket = self.receive(post)
        self.assertTrue(ticket)
        self.assertFalse(self.receive(comment("wall-1_20_r21", root_id="wall-1_20")))
        self.assertEqual(len(ticket.social_message_ids), 2)

    def test_other_author_in_the_thread_is_another_ticket(self):
        ticket = self.receive(comment())
        other = self.receive(
            comment(
                "wall-1_10_r2", "А у нас темно", author="777", thread="wall-1_10_r1"
            )
        )
        self.assertTrue(other)
        self.assertNotEqual(other, ticket)
        self.assertFalse(other.possible_repeat_id)

    def test_follow_up_on_closed_is_possible_repeat(self):
        ticket = self.approved()
        ticket.publish_by_hand("Засыплем.", "https://vk.com/wall-1_10_r9")
        ticket.action_close()
        again = self.receive(comment("wall-1_10_r2", thread="wall-1_10_r1"))
        self.assertEqual(again.possible_repeat_id, ticket)
        self.assertEqual(again.social_state, "to_triage")
        self.assertTrue(again.next_due)

    def test_edit_keeps_versions(self):
        ticket = self.receive(comment())
        edit = comment(text="Яма и люк", edited_at=utc("2024-03-07 10:00"))
        self.receive(replace(edit, change="edit"))
        message = self.message()
        self.assertEqual(message.text, "Яма и люк")
        self.assertEqual(message.version_ids.mapped("text"), ["Яма на дороге"])
        self.assertEqual(ticket.original_text, "Яма на дороге")

    def test_edits_without_a_time(self):
        """VK does not tell when a comment was edited, and may repeat an event."""
        self.receive(comment())
        for text in ("Яма и люк", "Яма, люк и лужа"):
            self.receive(replace(comment(text=text), change="edit"))
        self.receive(comment())
        message = self.message()
        self.assertEqual(message.text, "Яма, люк и лужа")
        versions = sorted(message.version_ids.mapped("text"))
        self.assertEqual(versions, ["Яма и люк", "Яма на дороге"])

    def test_read_as_edited_before_its_events_came(self):
        """A list shows the edited text without saying so; then come the events."""
        self.receive(comment(text="Яма и люк", present=True))
        edited = comment(text="Яма и люк", edited_at=utc("2024-03-07 10:00"))
        self.receive(comment(), replace(edited, change="edit"))
        message = self.message()
        self.assertEqual(message.text, "Яма и люк")
        self.assertEqual(message.version_ids.mapped("text"), ["Яма на дороге"])

    def test_read_anew_is_the_present_state(self):
        self.receive(comment())
        self.receive(comment(text="Яма и люк", present=True))
        message = self.message()
        self.assertEqual(message.text, "Яма и люк")
        self.assertEqual(message.version_ids.mapped("text"), ["Яма на дороге"])

    def test_edit_before_original(self):
        edit = comment(text="Яма и люк", edited_at=utc("2024-03-07 10:00"))
        self.receive(replace(edit, change="edit"))
        self.receive(comment())
        message = self.message()
        self.assertEqual(message.text, "Яма и люк")
        self.assertEqual(message.version_ids.mapped("text"), ["Яма на дороге"])
        self.assertEqual(len(message.ticket_id), 1)

    def test_deletion_before_original(self):
        gone = comment(text="", author="", deleted=True, change="delete")
        self.assertFalse(self.receive(gone))
        self.assertFalse(self.receive(comment()))
        message = self.message()
        self.assertTrue(message.deleted_at)
        self.assertEqual(message.text, "Яма на дороге")
        self.assertFalse(message.ticket_id)

    def test_deletion_and_restoring(self):
        ticket = self.receive(comment())
        self.receive(comment(text="", author="", deleted=True, change="delete"))
        message = self.message()
        self.assertTrue(message.deleted_at)
        self.assertEqual(message.text, "Яма на дороге")
        self.assertEqual(ticket.social_state, "to_triage")
        self.receive(comment(change="restore"))
        self.assertFalse(message.deleted_at)

    def test_what_a_comparison_is_told_of_the_page(self):
        self.receive(
            comment(at="2024-03-07 09:10"),
            comment("wall-1_10_r2", at="2024-03-07 09:20"),
            comment("wall-1_10_r3", at="2024-03-07 09:30"),
            comment("wall-1_20_r4", root_id="wall-1_20", at="2024-03-07 09:40"),
            comment("photo-1_5_r6", item_type="photo_comment", root_id="photo-1_5"),
            comment("wall-1_30_r7", root_id="wall-1_30", at="2024-03-07 09:50"),
            comment("wall-1_40", item_type="post", root_id="wall-1_40"),
            comment("wall-1_41", item_type="suggested_post", root_id="wall-1_41"),
        )
        self.receive(
            comment("wall-1_10_r3", deleted=True, change="delete"),
            comment("wall-1_30_r7", deleted=True, change="delete"),
        )
        elsewhere = self.account.copy({"external_id": "987"})
        self.message("wall-1_20_r4").copy(
            {"account_id": elsewhere.id, "root_id": "wall-2_50", "external_id": "other"}
        )
        told = {}

        def reconcile(cursor, stored, since):
            told["known"] = stored.known(["wall-1_10_r2", "wall-1_10_r3", "wall-1_9"])
            moment = utc("2024-03-07 09:20").astimezone(timezone(timedelta(hours=7)))
            told["all"] = stored.live("comment", moment)
            told["of one"] = stored.live("comment", moment, "wall-1_10")
            told["below"] = stored.roots("comment", moment)
            told["posts"] = stored.live("post", since)
            yield from type(self.network).updates(self.network, cursor)

        self.account.next_reconcile = False
        with patch.object(self.network, "reconcile", reconcile):
            self.account.poll()
        self.assertEqual(told["known"], {"wall-1_10_r2": False, "wall-1_10_r3": True})
        self.assertEqual(told["all"], {"wall-1_10_r2", "wall-1_20_r4"})
        self.assertEqual(told["of one"], {"wall-1_10_r2"})
        self.assertEqual(told["below"], {"wall-1_10", "wall-1_20"})
        self.assertEqual(told["posts"], {"wall-1_40"})

    def test_restored_tombstone_gets_its_ticket(self):
        self.receive(comment(text="", author="", deleted=True, change="delete"))
        ticket = self.receive(comment(change="restore"))
        self.assertEqual(ticket.original_text, "Яма на дороге")

    def test_manual_ticket_is_found_again(self):
        ticket = self.env["helpdesk.ticket"].with_user(self.curator)
        ticket = ticket.enter_by_hand(
            {
                "permalink": "https://m.vk.com/wall-1_10?reply=1",
                "original_text": "Яма",
            }
        )
        self.assertFalse(self.receive(comment()))
        self.assertEqual(self.message().ticket_id, ticket)

    def test_one_broken_item_stops_nothing(self):
        broken = replace(comment("wall-1_10_r5"), posted_at="yesterday")
        tickets = self.receive(broken, comment("wall-1_10_r6"))
        self.assertEqual(len(tickets), 1)
        row = self.message("wall-1_10_r5")
        self.assertTrue(row.error)
        self.assertEqual(row.raw, {"id": "5"})

    def test_message_without_text(self):
        ticket = self.receive(comment(text=""))
        self.assertEqual(ticket.name, "Message without text")
        self.assertEqual(ticket.original_text or "", "")

    def test_hostile_text_stays_text(self):
        ticket = self.receive(comment(text="<script>alert(1)</script>"))
        self.assertNotIn("<script>", ticket.description)
        self.assertEqual(ticket.original_text, "<script>alert(1)</script>")

    def test_failure_is_kept_in_health(self):
        self.network.error = NetworkError(
            "access_token has expired", consequence=Consequence.CREDENTIALS, code=5
        )
        self.assertEqual(self.account.poll(), 0)
        self.assertEqual(self.account.health, "stopped")
        self.assertIn("expired", self.account.last_error)
        self.assertIn("new key", self.account.advice)
        self.assertFalse(self.account.lease_until)
        self.network.error = None
        self.account.with_user(self.social_admin).set_secrets({"access_token": "x"})
        self.account.poll()
        self.assertEqual(self.account.health, "ok")
        self.assertFalse(self.account.failures)

    def test_part_left_out_is_told(self):
        self.network.problems = (Verdict(False, "service_key", "service_key_missing"),)
        self.receive(comment())
        self.assertEqual(self.account.health, "warning")
        self.assertIn("Service key", self.account.last_error)

    def test_unfinished_reading_goes_on_soon(self):
        self.network.remaining = 3
        self.receive(comment())
        wait = self.account.next_poll - fields.Datetime.now()
        self.assertLess(wait.total_seconds(), 10)

    def test_reading_ends_with_its_time(self):
        """The lane's time is over: what is left is read soon, from the cursor."""
        batches = [
            Batch((comment(f"wall-1_10_r{n}"),), frozenset(), {"n": n}, left)
            for n, left in ((1, 1), (2, 1), (3, 0))
        ]

        def updates(cursor):
            return iter(batches[int(cursor.get("n", 0)) :])

        left, now = iter([9, 5, 0]), fields.Datetime.now()
        with patch.object(self.network, "updates", updates):
            self.account._poll_once(commit=lambda: next(left))
            self.assertEqual(self.account.cursor, {"n": 2})
            self.assertLess(self.account.next_poll - now, timedelta(seconds=10))
            self.account._poll_once(commit=lambda: 9)
        self.assertEqual(self.account.message_count, 3)

    def test_check_says_what_is_wrong_and_switching_on_mends_it(self):
        account = self.account.with_user(self.social_admin)
        self.account.health = "stopped"
        answer = account.action_check()
        self.assertEqual(answer["params"]["type"], "warning")
        self.assertIn("switched off", account.check_result)
        self.assertEqual(account.health, "stopped")
        answer = account.action_switch_on()
        self.assertEqual(answer["params"]["type"], "success")
        self.assertTrue(self.network.delivering)
        # A wholly good check lets the lane take a stopped page up again.
        self.assertEqual(account.health, "warning")
        self.assertIn(account, account.search(account._due_domain()))
        with self.assertRaises(AccessError):
            self.account.with_user(self.curator).action_switch_on()

    def test_taken_page_is_left_alone(self):
        self.account.lease_until = "2999-01-01 00:00:00"
        self.network.inbox = [comment()]
        self.assertEqual(self.account.poll(), 0)
        self.assertFalse(self.message())

    def test_secrets_are_never_read_back(self):
        account = self.account.with_user(self.social_admin)
        account.set_secrets({"access_token": "top-secret"})
        account.service_token = "second-secret"
        self.env.invalidate_all()
        values = account.read()[0]
        self.assertNotIn("top-secret", repr(values))
        self.assertNotIn("second-secret", repr(values))
        self.assertEqual(account.stored_secrets, "Access token, Service key")
        for user in (self.social_admin, self.curator, self.env.ref("base.user_admin")):
            secrets = self.env["helpdesk.social.account.secret"].with_user(user)
            with self.assertRaises(AccessError):
                secrets.search([]).read(["value"])
        self.assertEqual(
            self.account._secrets(),
            {"access_token": "top-secret", "service_token": "second-secret"},
        )
        with self.assertRaises(AccessError):
            self.account.with_user(self.curator).set_secrets({"access_token": "y"})
        with self.assertRaises(UserError):
            account.set_secrets({"password": "y"})
