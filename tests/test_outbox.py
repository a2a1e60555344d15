from dataclasses import replace
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..networks import Consequence, NetworkError
from .common import SocialCommon


def failing(consequence, accepted=False, retry_after=None):
    error = NetworkError(
        "the network's words", consequence=consequence, retry_after=retry_after
    )
    return (error, accepted)


@tagged("post_install", "-at_install")
class TestOutbox(SocialCommon):
    """A reply is sent once, whatever happens on the way."""

    def setUp(self):
        super().setUp()
        self.ticket = self.approved()
        self.row = self.ticket.publish("Засыплем.", self.account)

    def send(self, after=0):
        """Run the lane ``after`` seconds from now."""
        moment = fields.Datetime.now() + timedelta(seconds=after)
        with freeze_time(moment), self.sending() as outbox:
            outbox._cron_send()

    def test_sent(self):
        self.send()
        self.assertEqual(self.row.outbox_state, "sent")
        self.assertEqual(self.row.external_id, "wall-1_10_r1000")
        self.assertEqual(self.row.attempts, 1)
        reply = self.row.reply_id
        self.assertEqual(reply.state, "published")
        self.assertEqual(reply.published_link, self.row.permalink)
        self.send(after=600)
        self.assertEqual(len(self.network.sent), 1)

    def test_attachments_go_with_the_reply(self):
        self.row.reply_id.sudo().attachment_ids = self.env["ir.attachment"].create(
            {"name": "road.png", "raw": b"picture", "mimetype": "image/png"}
        )
        self.send()
        (upload,) = self.network.sent[0].attachments
        self.assertEqual((upload.name, upload.content), ("road.png", b"picture"))

    def test_own_reply_read_later_is_no_new_message(self):
        self.send()
        own = self.network.read_back(self.network.sent[0])
        self.assertFalse(self.receive(*own))

    def test_retry_with_the_same_key(self):
        self.network.failures = [failing(Consequence.RETRY)]
        self.send()
        self.assertEqual(self.row.outbox_state, "queued")
        self.assertEqual(self.ticket.social_state, "approved")
        self.send(after=1)
        self.assertEqual(len(self.network.sent), 1, "not before its time")
        self.send(after=120)
        self.assertEqual(self.row.outbox_state, "sent")
        keys = {outgoing.idempotency_key for outgoing in self.network.sent}
        self.assertEqual(keys, {self.row.idempotency_key})

    def test_slow_down_waits_as_told(self):
        self.network.failures = [failing(Consequence.SLOW_DOWN, retry_after=900)]
        self.send()
        wait = (self.row.next_try - fields.Datetime.now()).total_seconds()
        self.assertGreater(wait, 890)

    def test_a_short_pause_is_kept_short(self):
        """A network that counts by the second is asked again within seconds, longer
        with each refusal."""
        waits = []
        for after in (0, 60, 120, 180):
            self.network.failures = [failing(Consequence.SLOW_DOWN, retry_after=1)]
            moment = fields.Datetime.now() + timedelta(seconds=after)
            self.send(after=after)
            waits.append((self.row.next_try - moment).total_seconds())
        self.assertLessEqual(waits[0], 2)
        self.assertGreater(waits[3], waits[0])
        self.assertLessEqual(waits[3], 10)

    def test_unclear_but_accepted_is_not_sent_twice(self):
        self.network.failures = [failing(Consequence.UNKNOWN, accepted=True)]
        self.send()
        self.assertEqual(self.row.outbox_state, "unknown")
        self.send(after=60)
        self.assertEqual(self.row.outbox_state, "sent")
        self.assertEqual(self.row.external_id, "wall-1_10_r1000")
        self.assertEqual(len(self.network.wall), 1)
        self.assertEqual(self.ticket.social_state, "published")

    def test_unclear_and_lost_is_sent_again(self):
        self.network.failures = [failing(Consequence.UNKNOWN, accepted=False)]
        self.send()
        self.send(after=60)
        self.assertEqual(self.row.outbox_state, "sent")
        self.assertEqual(len(self.network.sent), 2)

    def test_what_another_row_claims_is_not_taken(self):
        self.send()
        other = self.row.copy(
            {
                "outbox_state": "unknown",
                "idempotency_key": "other",
                "first_attempt_at": self.row.first_attempt_at,
                "next_try": fields.Datetime.now(),
                "external_id": False,
            }
        )
        self.send()
        self.assertEqual(other.outbox_state, "sent")
        self.assertNotEqual(other.external_id, self.row.external_id)
        self.assertEqual(len(self.network.wall), 2)

    def test_what_a_colleague_wrote_is_left_to_a_person(self):
        self.network.failures = [failing(Consequence.UNKNOWN)]
        self.send()
        (sent,) = self.network.sent
        self.network.wall.append(
            ("wall-1_10_r900", replace(sent, text="Спасибо, передали в отдел дорог."))
        )
        self.send(after=60)
        self.assertEqual(self.row.outbox_state, "unknown")
        self.assertFalse(self.row.next_try)
        self.assertEqual(len(self.network.sent), 1, "nothing is sent in doubt")
        self.assertIn("not known", self.ticket.outbox_problem)
        wizard = self.env["helpdesk.social.outcome"].with_user(self.curator)
        wizard.create({"message_id": self.row.id, "outcome": "absent"}).action_confirm()
        self.send(after=120)
        self.assertEqual(self.row.outbox_state, "sent")
        self.assertEqual(len(self.network.sent), 2)

    def test_unclear_reply_seen_by_a_person(self):
        self.network.failures = [failing(Consequence.UNKNOWN)]
        self.send()
        wizard = self.env["helpdesk.social.outcome"].with_user(self.curator)
        link = "https://vk.com/wall-1_10?reply=900"
        wizard.create({"message_id": self.row.id, "link": link}).action_confirm()
        self.assertEqual(self.ticket.social_state, "published")
        self.assertEqual(self.ticket.published_link, link)
        self.send(after=60)
        self.assertEqual(len(self.network.sent), 1)

    def test_killed_process_is_read_back(self):
        with self.sending():
            self.assertTrue(self.row._claim(fields.Datetime.now()))
            client, outgoing, _unclear = self.row._prepare()
            client.send(outgoing)
        # The process is gone: its claim stands until the lease runs out.
        self.send(after=1)
        self.assertEqual(self.row.outbox_state, "sending")
        self.send(after=600)
        self.assertEqual(self.row.outbox_state, "sent")
        self.assertEqual(len(self.network.wall), 1)

    def test_order_within_a_thread(self):
        second = self.row.copy(
            {"outbox_state": "queued", "idempotency_key": "second", "text": "И ещё."}
        )
        self.network.failures = [failing(Consequence.RETRY)]
        self.send()
        self.assertEqual(second.outbox_state, "queued")
        self.assertFalse(second.attempts)
        self.send(after=120)
        self.assertEqual(
            [outgoing.text for outgoing in self.network.sent],
            ["Засыплем.", "Засыплем.", "И ещё."],
        )

    def test_order_within_a_flat_discussion(self):
        """Nothing shows there which of two comments an answer answers: the one that
        arrived would be taken for the one that did not, and be sent twice."""
        place = {"item_type": "board_comment", "root_id": "topic-1_11"}
        self.row.write({**place, "thread_id": "topic-1_11_r1"})
        second = self.row.copy(
            {"idempotency_key": "second", "thread_id": "topic-1_11_r2", "text": "Да."}
        )
        self.network.failures = [failing(Consequence.UNKNOWN)]
        self.send()
        self.assertEqual(self.row.outbox_state, "unknown")
        self.assertEqual(second.outbox_state, "queued")
        # What waits for a person holds up no other citizen's answer.
        self.row.next_try = False
        self.send(after=1)
        self.assertEqual(second.outbox_state, "sent")

    def test_refused_goes_to_the_curator(self):
        self.network.failures = [failing(Consequence.CONTENT)]
        self.send()
        self.assertEqual(self.row.outbox_state, "failed")
        self.assertIn("refuses this text", self.ticket.outbox_problem)
        self.assertEqual(self.ticket.social_state, "approved")
        row = self.row.with_user(self.curator)
        row.action_retry()
        self.send()
        self.assertEqual(row.outbox_state, "sent")

    def test_withdrawn_is_not_sent(self):
        self.row.with_user(self.curator).action_withdraw()
        self.send()
        self.assertFalse(self.network.sent)
        self.assertEqual(self.row.reply_id.state, "approved")
        self.ticket.publish("Засыплем завтра.", self.account)
        self.send()
        self.assertEqual(self.network.sent[0].text, "Засыплем завтра.")

    def test_unclear_is_not_withdrawn(self):
        self.network.failures = [failing(Consequence.UNKNOWN)]
        self.send()
        with self.assertRaisesRegex(UserError, "may have reached"):
            self.row.with_user(self.curator).action_withdraw()

    def test_nothing_contradicts_a_reply_on_its_way(self):
        with self.assertRaisesRegex(UserError, "being published"):
            self.ticket.publish("Ещё раз", self.account)
        assignment = self.ticket.assignment_ids
        with self.assertRaisesRegex(UserError, "being published"):
            assignment.request_rework(self.env["helpdesk.social.rework.reason"], "Ещё")
        with self.assertRaisesRegex(UserError, "being published"):
            self.ticket.exclude(self.env.ref("helpdesk_mgmt_social.exclusion_obscene"))

    def test_bad_key_stops_the_page(self):
        self.network.failures = [failing(Consequence.CREDENTIALS)]
        self.send()
        self.assertEqual(self.row.outbox_state, "failed")
        self.assertEqual(self.account.health, "stopped")
