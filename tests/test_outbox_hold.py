import tempfile
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import config

from ..models import helpdesk_social_hold as holds
from ..networks import Consequence
from .common import MODULE
from .outbox_after import TEXT, AfterCase, error


@tagged("post_install", "-at_install")
class TestHold(AfterCase):
    """The outbox of a restored database waits for an administrator's word."""

    def setUp(self):
        super().setUp()
        self.Hold = self.env["helpdesk.social.hold"]
        self.Hold.search([]).unlink()
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.enterContext(patch.dict(config.options, {"data_dir": folder}))
        self.ticket = self.approved(at="2024-03-11 06:00")
        self.row = self.ticket.publish(TEXT, self.account)

    def restore(self):
        """The database is found in another place than it knows."""
        self.assertFalse(self.Hold._holds())
        self.Hold.search([]).write({"place": "1-1-1"})

    def release(self):
        self.Hold.with_user(self.social_admin).search([], limit=1).action_release()

    def test_first_start_holds_nothing(self):
        self.send()
        self.assertEqual(self.row.outbox_state, "sent")
        self.assertEqual(self.Hold.search([]).mapped("reason"), ["first"])
        self.assertFalse(self.Hold.with_user(self.curator).social_hold()["held"])

    def test_restored_database_sends_nothing(self):
        self.restore()
        self.send()
        self.later(hours=5)
        self.send()
        self.assertFalse(self.network.sent)
        self.assertEqual(self.row.outbox_state, "queued")
        hold = self.Hold.search([], limit=1)
        self.assertEqual(hold.reason, "moved")
        self.assertEqual(len(self.Hold.search([("released_at", "=", False)])), 1)
        admins = self.env.ref("helpdesk_mgmt_social.group_admin").all_user_ids
        self.assertIn(self.social_admin, admins)
        self.assertEqual(hold.activity_ids.user_id, admins.filtered("active"))
        self.assertEqual(hold.waiting_count, 1)
        self.assertTrue(self.ticket.outbox_held)

    def test_name_in_the_readers_words_and_zone(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.env["ir.module.module"].search(
            [("name", "=", MODULE)]
        )._update_translations(["ru_RU"], overwrite=True)
        self.restore()
        self.send()
        hold = self.Hold.search([], limit=1)
        hold.noticed_at = "2024-03-11 21:30"
        for lang, tz, name in (
            ("ru_RU", "Asia/Yekaterinburg", "12 марта 2024, 02:30"),
            ("ru_RU", "UTC", "11 марта 2024, 21:30"),
            ("en_US", "UTC", "11 March 2024, 21:30"),
        ):
            read = hold.with_context(lang=lang, tz=tz)
            reasons = dict(read._fields["reason"]._description_selection(read.env))
            self.assertEqual(read.display_name, f"{reasons['moved']}, {name}")

    def test_who_is_told_and_who_may(self):
        self.restore()
        self.send()
        told = self.Hold.with_user(self.curator).social_hold()
        self.assertTrue(told["held"])
        self.assertFalse(told["may_release"])
        self.assertEqual(told["waiting"], 1)
        told = self.Hold.with_user(self.social_admin).social_hold()
        self.assertTrue(told["may_release"])
        for user in (self.curator, self.head, self.roads):
            with self.assertRaises(AccessError):
                self.Hold.with_user(user).browse(told["id"]).action_release()
        self.release()
        self.assertFalse(self.Hold.social_hold()["held"])
        hold = self.Hold.search([], limit=1)
        self.assertEqual(hold.released_by_id, self.social_admin)
        self.assertFalse(hold.activity_ids)
        with self.assertRaisesRegex(UserError, "not held"):
            self.release()

    def test_published_since_the_backup_is_found(self):
        """The backup was taken before the reply was sent; nothing is sent twice."""
        # What the database of before the restore has done.
        with self.env.cr.savepoint() as savepoint:
            self.row.first_attempt_at = fields.Datetime.now()
            outgoing = self.row._outgoing()
            savepoint.rollback()
        self.env.invalidate_all()
        self.network.send(outgoing)
        sent = list(self.network.sent)
        self.later(days=1)
        self.restore()
        self.release_after_notice()
        self.assertEqual(self.row.outbox_state, "unknown")
        self.send()
        self.assertEqual(self.row.outbox_state, "sent")
        self.assertEqual(self.network.sent, sent)
        self.assertEqual(self.ticket.social_state, "published")

    def release_after_notice(self):
        self.send()
        self.release()

    def test_not_published_is_sent_once(self):
        self.later(days=1)
        self.restore()
        self.release_after_notice()
        self.send()
        self.assertEqual(self.row.outbox_state, "sent")
        self.assertEqual(len(self.network.wall), 1)

    def test_looked_for_since_the_citizen_wrote(self):
        """It may have been published before this copy of the row was even queued."""
        self.restore()
        self.release_after_notice()
        item = self.env["helpdesk.social.message"].search(
            [("external_id", "=", self.row.parent_id), ("direction", "=", "in")]
        )
        self.assertEqual(self.row.first_attempt_at, item.posted_at)

    def test_failed_is_read_back_when_tried_again(self):
        self.network.failures = [(error(Consequence.CONTENT), False)]
        self.send()
        self.assertEqual(self.row.outbox_state, "failed")
        outgoing = self.network.sent[0]
        self.Hold.search([]).write({"place": "1-1-1"})
        self.send()
        # In the time that was lost, it was tried again with success.
        self.network.wall.append(("wall-1_10_r900", outgoing))
        self.release()
        self.assertEqual(self.row.outbox_state, "unknown")
        self.send()
        self.assertEqual(self.row.outbox_state, "unknown", "a person decides")
        self.row.with_user(self.curator).action_retry()
        self.send()
        self.assertEqual(self.row.external_id, "wall-1_10_r900")
        self.assertEqual(len(self.network.sent), 1)

    def test_changes_wait_too(self):
        self.send()
        change = self.ticket.correct_reply("Засыплем 25 марта.", "Опечатка")
        self.Hold.search([]).write({"place": "1-1-1"})
        self.send()
        self.assertFalse(self.network.calls)
        self.release()
        self.send()
        self.assertEqual(change.state, "done")

    def test_set_back_in_its_own_place(self):
        """A try that was noted outside, and that the database knows nothing of."""
        self.send()
        place = self.Hold._place()
        path = holds._path(place)
        holds._write_note(path, self.row.last_attempt_at)
        self.assertFalse(self.Hold._holds())
        later = self.later(minutes=5)
        holds._write_note(path, later)
        holds._write_note(path, self.row.last_attempt_at)
        self.assertEqual(self.Hold._noted_try(place), later, "the later one stays")
        self.assertTrue(self.Hold._holds())
        self.assertEqual(self.Hold.search([], limit=1).reason, "behind")
        self.later(minutes=1)
        self.release()
        self.assertFalse(self.Hold._holds(), "said once")

    def test_a_try_of_another_lane_is_no_restore(self):
        """It was committed, and noted, after this transaction's snapshot."""
        self.send()
        later = self.row.last_attempt_at + timedelta(minutes=5)
        holds._write_note(holds._path(self.Hold._place()), later)
        self.patch(type(self.Hold), "_committed_try", lambda _self: later)
        self.assertFalse(self.Hold._holds())
        self.assertNotEqual(self.Hold.search([], limit=1).reason, "behind")

    def test_try_is_noted_once_it_is_committed(self):
        noted = []
        self.patch(holds, "_write_note", lambda path, now: noted.append(now))
        now = fields.Datetime.now()
        with self.sending():
            self.assertTrue(self.row._claim(now))
        self.assertFalse(noted)
        self.env.cr.postcommit.run()
        self.assertEqual(noted, [now])

    def test_unwritable_folder_stops_nothing(self):
        path = "/proc/nowhere/x/1-1.last_try"
        with self.assertLogs(holds._logger, "WARNING"):
            holds._write_note(path, fields.Datetime.now())

    def test_place_without_the_cluster(self):
        place = self.Hold._place()
        self.assertEqual(len(place.split("-")), 3)
        self.assertEqual(place, self.Hold._place())
